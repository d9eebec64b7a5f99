"""Tools that apply configuration, by the traces that they leave."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest

from agent.collectors import configuration
from analyzers.model.facts import ConfigurationTool
from tests import builders as b
from tests.agent.collectors.fake_hosts import machine

SUMMARY = (
    "---\nversion:\n  config: 1\nresources:\n  failed: {failed}\ntime:\n  last_run: {when}\nevents:\n  failure: 0\n"
)
WHEN = int(b.days_ago(2).timestamp())


def summary(failed: int = 0) -> str:
    return SUMMARY.format(failed=failed, when=WHEN)


def collect(
    root: Path, files: dict[str, str], touched: dict[str, float] | None = None
) -> tuple[ConfigurationTool, ...]:
    host = machine(root, files)
    for name, age in (touched or {}).items():
        stamp = b.days_ago(age).timestamp()
        os.utime(host.path(name), (stamp, stamp))
    return configuration.collect(host)


@pytest.mark.parametrize("path", configuration._PUPPET)
def test_puppet_says_when_it_ran_and_whether_it_failed(tmp_path: Path, path: str) -> None:
    (found,) = collect(tmp_path / "a", {path: summary()})
    assert found == ConfigurationTool(name="puppet", evidence=path, last_run=b.days_ago(2), failed=False)
    (failed,) = collect(tmp_path / "b", {path: summary(3)})
    assert failed.failed


@pytest.mark.parametrize("text", ["", "time: soon", "\x00\x01", "time:\n  last_run: 99999999999999999999\n"])
def test_a_summary_that_says_no_date_gives_none(tmp_path: Path, text: str) -> None:
    found = collect(tmp_path, {configuration._PUPPET[0]: text})
    assert all(each.last_run is None for each in found)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/var/cfengine/promise_summary.log", "cfengine"),
        ("/var/cache/salt/minion/highstate.cache.p", "salt"),
        ("/var/log/chef/client.log", "chef"),
        ("/root/.ansible/tmp/", "ansible"),
        ("/home/deploy/.ansible/tmp/", "ansible"),
    ],
)
def test_a_trace_dates_the_last_run(tmp_path: Path, path: str, name: str) -> None:
    (found,) = collect(tmp_path, {path: ""}, {path: 3})
    assert (found.name, found.evidence, found.last_run) == (name, path.rstrip("/"), b.days_ago(3))


def test_the_newest_home_that_ansible_entered_counts(tmp_path: Path) -> None:
    homes = {"/home/a/.ansible/tmp/": "", "/home/b/.ansible/tmp/": ""}
    (found,) = collect(tmp_path, homes, {"/home/a/.ansible/tmp": 9, "/home/b/.ansible/tmp": 1})
    assert found.evidence == "/home/b/.ansible/tmp"


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({"/proc/9/comm": "salt-minion\n"}, "salt"),
        ({"/lib/systemd/system/puppet.service": ""}, "puppet"),
        ({"/lib/systemd/system/ansible-pull.timer": ""}, "ansible-pull"),
        ({"/proc/9/comm": "cf-execd\n"}, "cfengine"),
    ],
)
def test_a_tool_that_is_only_installed_has_no_date(tmp_path: Path, files: dict[str, str], name: str) -> None:
    (found,) = collect(tmp_path, {"/proc/1/comm": "systemd\n", **files})
    assert (found.name, found.last_run) == (name, None)


def test_commits_of_etc_are_history_and_apply_nothing(tmp_path: Path) -> None:
    line = f"0000 1111 root <root@web1> {WHEN} +0100\tcommit: daily autocommit\n"
    older = f"0000 1111 root <root@web1> {WHEN - 86400} +0100\tcommit: x\n"
    (found,) = collect(tmp_path, {"/etc/.git/logs/HEAD": older + line})
    assert (found.name, found.last_run, found.applies) == ("etckeeper", b.days_ago(2), False)


def test_an_empty_host_has_no_tool(tmp_path: Path) -> None:
    host = machine(tmp_path, {"/proc/1/comm": "systemd\n"})
    assert configuration.collect(host) == ()
    assert host.could_not_see == []


def test_a_home_that_may_not_be_looked_into_is_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    host = machine(tmp_path, {"/proc/1/comm": "systemd\n", "/root/.profile": ""})
    stat = Path.stat

    def refuse(path: Path, **options: bool) -> os.stat_result:
        if ".ansible" in str(path):
            raise PermissionError(13, "Permission denied")
        return stat(path, **options)

    monkeypatch.setattr(Path, "stat", refuse)
    assert configuration.collect(host) == ()
    assert "/root/.ansible/tmp" in host.could_not_see
    assert host.reason == "no_permission"


def test_dates_are_aware(tmp_path: Path) -> None:
    (found,) = collect(tmp_path, {configuration._PUPPET[0]: summary()})
    assert found.last_run is not None
    assert found.last_run.tzinfo is dt.UTC
