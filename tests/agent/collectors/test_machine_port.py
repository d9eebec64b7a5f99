from __future__ import annotations

import datetime as dt
import os
import time
from pathlib import Path

import pytest

from agent.collectors import machine as module
from agent.collectors.machine import Machine
from tests.agent.collectors.fake_hosts import machine, tree


class Refused(type(Path())):  # type: ignore[misc]
    """A path that the system refuses, whoever asks: root is refused nothing by permissions alone."""

    error: OSError

    def open(self, *_: object, **__: object) -> object:
        raise self.error

    def exists(self, **_: object) -> bool:
        raise self.error

    def stat(self, **_: object) -> os.stat_result:
        raise self.error


class Refusing(Machine):
    """A host that answers every question with the same error."""

    def path(self, name: str) -> Path:
        """Return a path that refuses."""
        found = Refused(Machine.path(self, name))
        found.error = self.error  # type: ignore[attr-defined]
        return found


def refusing(root: Path, error: OSError) -> Machine:
    host = Refusing(root=root)
    Refusing.error = error  # type: ignore[attr-defined]
    return host


def test_a_file_is_read_below_the_root_whatever_its_bytes(tmp_path: Path) -> None:
    host = machine(tmp_path, {"/etc/x": b"caf\xc3\xa9 \xff\n"})
    assert host.read("/etc/x") == "caf\xe9 \ufffd\n"
    assert host.read("etc/x") == host.read("/etc/x")


@pytest.mark.parametrize("name", ["/absent", "/etc", "/etc/x/below"])
def test_what_is_absent_or_no_file_is_none_and_no_blind_spot(tmp_path: Path, name: str) -> None:
    host = machine(tmp_path, {"/etc/x": ""})
    assert host.read(name) is None
    assert host.could_not_see == []


def test_only_the_beginning_of_an_endless_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 10)
    assert machine(tmp_path, {"/x": "0123456789abc"}).read("/x") == "0123456789"


def test_a_file_that_is_refused_is_missed_with_its_grant(tmp_path: Path) -> None:
    host = refusing(tmp_path, PermissionError(13, "Permission denied"))
    assert host.read("/etc/x") is None
    assert (host.could_not_see, host.reason) == (["/etc/x"], "no_permission")
    assert host.grant == "sudo setfacl -m u:$(id -un):r /etc/x"
    assert not host.exists("/etc/x")
    assert host.modified("/etc/x") is None


def test_a_file_that_fails_is_missed_with_its_error(tmp_path: Path) -> None:
    host = refusing(tmp_path, OSError(5, "Input/output error"))
    assert host.read("/etc/x") is None
    assert (host.could_not_see, host.reason) == (["/etc/x: Input/output error"], "unreadable")


def test_names_of_a_folder_are_sorted_and_an_absent_folder_is_empty(tmp_path: Path) -> None:
    host = machine(tmp_path, {"/etc/b": "", "/etc/a": ""})
    assert host.list("/etc") == ("a", "b")
    assert host.list("/absent") == host.list("/etc/a") == ()
    assert host.could_not_see == []


@pytest.mark.parametrize(
    ("error", "phrase", "reason"),
    [
        (PermissionError(13, "Permission denied"), "/etc", "no_permission"),
        (OSError(116, "Stale file handle"), "/etc: Stale file handle", "unreadable"),
    ],
)
def test_a_folder_that_may_not_be_listed_is_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, phrase: str, reason: str
) -> None:
    def refuse(_: object) -> list[str]:
        raise error

    monkeypatch.setattr(os, "listdir", refuse)
    host = machine(tmp_path)
    assert host.list("/etc") == ()
    assert (host.could_not_see, host.reason) == ([phrase], reason)


def test_patterns_give_names_of_the_host_not_of_the_folder(tmp_path: Path) -> None:
    host = machine(tmp_path, {"/etc/cron.d/b": "", "/etc/cron.d/a": "", "/etc/other": ""})
    assert list(host.glob("/etc/cron.d/*")) == ["/etc/cron.d/a", "/etc/cron.d/b"]
    assert list(host.glob("/absent/*")) == []


def test_the_date_of_a_file_is_in_utc(tmp_path: Path) -> None:
    host = machine(tmp_path, {"/x": ""})
    os.utime(host.path("/x"), (1790000000, 1790000000))
    assert host.modified("/x") == dt.datetime(2026, 9, 21, 14, 13, 20, tzinfo=dt.UTC)
    assert host.modified("/absent") is None
    assert host.exists("/x")
    assert not host.exists("/absent")


def test_the_first_reason_and_the_first_grant_are_kept() -> None:
    host = Machine()
    host.missed("a", "timed_out")
    host.missed("b", "no_permission", "sudo x")
    host.missed("c", "unreadable", "sudo y")
    assert (host.could_not_see, host.reason, host.grant) == (["a", "b", "c"], "timed_out", "sudo x")


def test_commands_speak_of_the_real_host_alone(tmp_path: Path) -> None:
    files = machine(tmp_path)
    assert not files.live
    assert files.which("sh") is None
    assert files.run(["sh", "-c", "echo x"]) is None
    assert files.could_not_see == []
    assert Machine().which("sh")


def test_a_command_answers_in_the_c_locale_and_reads_nothing() -> None:
    host = Machine()
    assert host.run(["sh", "-c", "cat; echo $LC_ALL"]) == "C\n"
    assert host.run(["no-such-program-here"]) is None
    assert host.could_not_see == []


@pytest.mark.parametrize(
    ("script", "phrase", "reason"),
    [
        ("echo broken >&2; exit 3", "sh -c echo broken >&2; exit 3: broken", "unreadable"),
        ("exit 3", "sh -c exit 3: 3", "unreadable"),
        ("echo Permission denied >&2; exit 1", None, "no_permission"),
        ("echo Operation not permitted >&2; exit 1", None, "no_permission"),
    ],
)
def test_a_command_that_fails_is_missed_with_its_complaint(script: str, phrase: str | None, reason: str) -> None:
    host = Machine()
    assert host.run(["sh", "-c", script]) is None
    assert host.reason == reason
    assert phrase is None or host.could_not_see == [phrase]


def test_a_command_that_hangs_is_cut_with_what_it_started() -> None:
    host = Machine()
    started = time.monotonic()
    assert host.run(["sh", "-c", "sleep 30 & sleep 30"], limit=0.2) is None
    assert time.monotonic() - started < 10
    assert host.reason == "timed_out"


def test_no_command_starts_after_the_deadline() -> None:
    host = Machine(deadline=time.monotonic() - 1)
    assert host.run(["sh", "-c", "echo x"]) is None
    assert host.reason == "timed_out"


def test_a_program_that_cannot_start_is_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path, {"/broken!": "\x7fELF"})
    monkeypatch.setenv("PATH", str(tmp_path))
    host = Machine()
    assert host.run(["broken"]) is None
    assert host.reason == "unreadable"
