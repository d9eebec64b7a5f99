"""Whatever happens to the files of a host, a collector answers, or says why it cannot."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.collectors.machine import Collector, NotHereError, NotSeenError
from analyzers.model.facts import Host
from analyzers.model.reasons import REASONS
from tests.agent.collectors.fake_hosts import Talking, talking
from tests.agent.collectors.test_whole_hosts import COLLECTORS
from tests.agent.collectors.whole_hosts import ALPINE, DEBIAN, ROCKY, WholeHost

HOSTS = {"debian": DEBIAN, "rocky": ROCKY, "alpine": ALPINE}
many = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)


@st.composite
def damaged(draw: st.DrawFn) -> WholeHost:
    """Return a host some of whose files are gone, looped, cut short, garbage, or the content of another."""
    host = draw(st.sampled_from(sorted(HOSTS)).map(HOSTS.__getitem__))
    files: dict[str, str | bytes] = dict(host.files)
    for name in draw(st.lists(st.sampled_from(sorted(files)), max_size=6, unique=True)):
        content = files.pop(name)
        damage = draw(st.sampled_from(["gone", "loop", "cut", "garbage", "swapped"]))
        if damage == "loop":
            files[name.removesuffix("!")] = f"-> {name.rpartition('/')[2].removesuffix('!')}"
        elif damage == "cut" and not str(content).startswith("-> "):
            files[name] = content[: draw(st.integers(0, max(0, len(content))))]
        elif damage == "garbage":
            files[name] = draw(st.binary(max_size=400))
        elif damage == "swapped":
            files[name] = draw(
                st.sampled_from([each for each in host.files.values() if not str(each).startswith("-> ")])
            )
    answers = dict(host.answers)
    for words in draw(st.lists(st.sampled_from([*sorted(answers), "none"]), max_size=3)):
        if words in answers:
            answers[words] = draw(st.sampled_from(["", "garbage\n", "{}", "[]"]) | st.text(max_size=200))
    return WholeHost(files=files, answers=answers)


def answer(collector: Collector, machine: Talking) -> object:
    """Return the facts, None when the collector says that it has none and why."""
    try:
        return collector.collect(machine)
    except (NotSeenError, NotHereError):
        return None


@many
@given(damaged())
def test_no_damage_breaks_a_collector(tmp_path_factory: pytest.TempPathFactory, host: WholeHost) -> None:
    root = tmp_path_factory.mktemp("host")
    built: Mapping[str, str | bytes] = host.files
    machine = talking(root, host.answers, built)
    for collector in COLLECTORS:
        facts = answer(collector, machine)
        written = msgspec.json.encode(facts)
        assert msgspec.json.decode(written) is None or facts is not None
    assert machine.reason is None or machine.reason in REASONS
    assert all(phrase and len(phrase) < 2000 for phrase in machine.could_not_see)


@pytest.mark.parametrize("collector", COLLECTORS, ids=lambda each: each.name)
def test_facts_are_those_of_a_host(tmp_path: Path, collector: Collector) -> None:
    facts = answer(collector, talking(tmp_path, DEBIAN.answers, DEBIAN.files))
    host = msgspec.json.encode({"id": "a", "name": "a", "collected_at": "2026-11-23T08:00:00Z", collector.block: facts})
    read = msgspec.json.decode(host, type=Host)
    assert getattr(read, collector.block) == facts


SECRET = "Zq7xZq7xZq7x"
PLACES = {
    "/etc/cron.d/x": f"0 1 * * * root RESTIC_PASSWORD={SECRET} restic -r rest:https://u:{SECRET}@bkp1/ backup /srv\n",
    "/etc/borgmatic/config.yaml": f"encryption_passphrase: {SECRET}\nrepositories:\n  - path: ssh://u:{SECRET}@bkp1/./x\n",
    "/etc/pgbackrest.conf": f"repo1-cipher-pass={SECRET}\nrepo1-type=s3\n",
    "/etc/sudoers": f"a ALL=NOPASSWD: /usr/bin/mysql -p{SECRET}\nb ALL=/usr/bin/env TOKEN={SECRET} x\n",
    "/etc/systemd/system/x.service": f"[Service]\nEnvironment=BORG_PASSPHRASE={SECRET}\nExecStart=/bin/borg create\n",
    "/etc/systemd/system/timers.target.wants/x.timer": "-> /etc/systemd/system/x.timer",
    "/etc/systemd/system/x.timer": "[Timer]\n",
    "/proc/1/comm": "systemd\n",
    "/proc/9/comm": "promtail\n",
    "/proc/9/cmdline": f"/usr/bin/promtail\0-client.password={SECRET}\0",
    "/etc/rsyslog.conf": f'action(type="omfwd" target="logs" password="{SECRET}")\n',
    "/root/.ssh/authorized_keys": f"ssh-ed25519 AAAA {SECRET}\n",
    "/etc/passwd": f"root:{SECRET}:0:0:{SECRET}:/root:/bin/bash\n",
    "/etc/redis/redis.conf": f"requirepass {SECRET}\ntls-cert-file /x.crt\n",
    "/var/log/restic.log": f"2026-11-22 02:00:01 RESTIC_PASSWORD={SECRET}\nsnapshot 51ed2631 saved\n",
}


@pytest.mark.parametrize("collector", COLLECTORS, ids=lambda each: each.name)
def test_no_secret_of_any_file_leaves_it(tmp_path: Path, collector: Collector) -> None:
    machine = talking(tmp_path, {}, PLACES)
    facts = answer(collector, machine)
    assert SECRET not in msgspec.json.encode([facts, machine.could_not_see, machine.grant]).decode()
