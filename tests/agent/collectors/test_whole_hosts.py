"""Everything that these collectors say of whole hosts, held by goldens."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from agent.collectors import (
    access,
    backups,
    certificates,
    clock,
    firewall,
    logs,
    monitoring_agents,
    packages,
    pressure,
)
from agent.collectors.machine import Collector, NotHereError, NotSeenError
from tests import builders as b
from tests.agent.collectors.fake_hosts import talking
from tests.agent.collectors.whole_hosts import ALPINE, DEBIAN, EMPTY, ROCKY, WholeHost

COLLECTORS = tuple(
    module.COLLECTOR
    for module in (packages, clock, access, firewall, backups, certificates, logs, monitoring_agents, pressure)
)
YESTERDAY = 1.0
Golden = Callable[[str, str], None]


def said(collector: Collector, host: WholeHost, root: Path) -> dict[str, object]:
    """Return what one collector says of a host, and what it says it could not see."""
    machine = talking(root, host.answers, host.files)
    for name in host.files:
        moment = b.days_ago(host.written.get(name, YESTERDAY)).timestamp()
        os.utime(root / name.strip("/").removesuffix("!"), (moment, moment), follow_symlinks=False)
    try:
        facts: object = collector.collect(machine)
    except NotHereError as error:
        facts = f"not here: {error}"
    except NotSeenError as error:
        facts = f"not seen, {error.reason}: {error.detail}; {error.grant}"
    return {"facts": facts, "could_not_see": machine.could_not_see, "reason": machine.reason, "grant": machine.grant}


@pytest.mark.parametrize(
    ("name", "host"), [("debian12", DEBIAN), ("rocky9", ROCKY), ("alpine", ALPINE), ("empty", EMPTY)]
)
def test_a_whole_host(
    name: str, host: WholeHost, tmp_path: Path, golden: Golden, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    found = {each.name: said(each, host, tmp_path / each.name) for each in COLLECTORS}
    text = msgspec.json.format(msgspec.json.encode(found), indent=1).decode()
    assert "Zq7x" not in text
    golden(f"collectors/{name}.json", f"{text}\n")


def test_each_costs_little(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    started = time.process_time()
    for each in COLLECTORS:
        said(each, DEBIAN, tmp_path / each.name)
    assert time.process_time() - started < 2
