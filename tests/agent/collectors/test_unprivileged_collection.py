"""What an account without any right sees of the real host: less, never nothing, and how to see more."""

from __future__ import annotations

import os
import pickle
import time

import pytest

from agent.collectors.machine import Machine, NotHereError, NotSeenError
from tests.agent.collectors.test_whole_hosts import COLLECTORS

NOBODY = 65534

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become nobody")

Run = tuple[str, str | None, str, list[str]]
"""How it ended, and the reason, grant and phrases of what was not seen."""


def as_nobody() -> dict[str, Run]:
    """Return how each collector fared in a child without rights."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            os.chdir("/")
            with os.fdopen(writer, "wb") as stream:
                pickle.dump({each.name: one(each.collect) for each in COLLECTORS}, stream)
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        content = stream.read()
    _, ended = os.waitpid(child, 0)
    assert ended == 0
    found: dict[str, Run] = pickle.loads(content)
    return found


def one(collect: object) -> Run:
    machine = Machine(deadline=time.monotonic() + 20)
    try:
        assert callable(collect)
        collect(machine)
    except NotSeenError as error:
        return "not seen", error.reason, error.grant, [error.detail]
    except NotHereError as error:
        return "not here", None, "", [str(error)]
    return "seen", machine.reason, machine.grant, machine.could_not_see


@pytest.fixture(scope="module")
def runs() -> dict[str, Run]:
    return as_nobody()


def test_every_collector_answers(runs: dict[str, Run]) -> None:
    assert set(runs) == {each.name for each in COLLECTORS}


@pytest.mark.parametrize("name", ["packages", "clock", "access", "backups", "logs", "agents", "pressure"])
def test_most_is_seen_without_any_right(runs: dict[str, Run], name: str) -> None:
    assert runs[name][0] in {"seen", "not here"}


def test_what_is_refused_comes_with_the_command_that_grants_it(runs: dict[str, Run]) -> None:
    refused = {name: run for name, run in runs.items() if run[1] == "no_permission"}
    assert refused, "an account without rights must have been refused something"
    assert all(grant.startswith("sudo ") for _, _, grant, _ in refused.values())


def test_the_packet_filter_is_for_root(runs: dict[str, Run]) -> None:
    state, reason, grant, _ = runs["firewall"]
    assert state == "not seen"
    assert reason in {"no_permission", "no_source"}
    assert grant.startswith("sudo ")


def test_keys_of_root_are_refused_and_said_so(runs: dict[str, Run]) -> None:
    assert any(phrase.startswith("authorized_keys, accounts refused: ") for phrase in runs["access"][3])
