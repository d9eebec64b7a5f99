"""Agents on the hosts of a small company find who calls whom: every true flow, no other, services by their names."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.snapshot_file import read_snapshot
from tests.agent.commands.door import run
from tests.fake_http import Asked, Reply, serve
from tests.lab.estate import DARK, NAMES, ONCE, TRUTH, Truth, company

pytestmark = pytest.mark.lab

AGENT = 9477
"""Port of the agents: asking them is a flow too, which the test itself makes."""


@pytest.fixture(scope="module")
def found() -> Iterator[set[Truth]]:
    """Return the flows that a scan of the agents finds."""
    folder = Path(tempfile.mkdtemp(prefix="lab-"))
    folder.chmod(0o755)
    try:
        yield set(_found(folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _found(folder: Path) -> Iterator[Truth]:
    with company(folder) as hosts:

        def door(asked: Asked) -> Reply:
            # Agents speak on loopback, each in its own host; this is the way in from here.
            host = hosts[asked.path.split("/")[1]]
            url = f"http://127.0.0.1:{AGENT}/snapshot"
            body = host.run("curl", "-s", "-f", "-H", "Accept-Encoding: gzip", url)
            return Reply(body=body, headers={"Content-Encoding": "gzip"})

        with serve(door) as server:
            agents = [word for name in NAMES if name != DARK for word in ("--agents", f"{server.url}/{name}")]
            done = run(folder, "scan", "--no-local", *agents, "--out", "out", "--format", "json")
    assert done.code == 0, done.err
    snapshot = read_snapshot(folder / "out")
    assert {each.name for each in snapshot.hosts} == set(NAMES) - {DARK}
    drawn = run(folder, "graph", "out", "--format", "json")
    assert drawn.code == 0, drawn.err
    for each in json.loads(drawn.out)["flows"]:
        source, destination = each["source"], each["destination"]
        yield Truth(
            source["host"] or source["address"],
            source["service"],
            destination["host"] or destination["address"],
            destination["service"],
            destination["port"],
            destination["protocol"],
        )


def wanted() -> set[Truth]:
    """Return the truth as it can be told: a host that nobody reads is an address of its network."""
    assert len(TRUTH) == len(set(TRUTH))
    return {each._replace(source="10.77.0.0/24") if each.source == DARK else each for each in TRUTH}


def without_names_of(found: set[Truth]) -> set[Truth]:
    """Return flows without the caller of what was there once for some milliseconds."""
    return {each._replace(caller="") if (each.source, each.destination) in ONCE else each for each in found}


def test_every_true_flow_is_found(found: set[Truth]) -> None:
    missed = without_names_of(wanted()) - without_names_of(found)
    assert not missed, f"missed {missed}\nfound {sorted(found)}"


def test_no_flow_is_invented(found: set[Truth]) -> None:
    invented = {each for each in without_names_of(found) - without_names_of(wanted()) if each.port != AGENT}
    assert not invented, f"invented {invented}"


def test_who_called_once_is_named_or_left_open(found: set[Truth]) -> None:
    assert {each.caller for each in found if (each.source, each.destination) in ONCE} <= {"", "facturation"}
