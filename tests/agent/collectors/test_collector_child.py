from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors.child import HANDLED, Reply, answer, blocked_signals, encode, frame, unframe
from agent.collectors.machine import Collector, Machine, NotHereError, NotSeenError
from analyzers.model.facts import Unit
from tests.agent.collectors.fake_hosts import machine


def collector(collect: Callable[[Machine], object]) -> Collector:
    return Collector(name="units", block="units", source="test", collect=collect)


def raising(error: BaseException) -> Callable[[Machine], object]:
    def collect(_: Machine) -> object:
        raise error

    return collect


def test_a_value_is_ok(tmp_path: Path) -> None:
    reply = answer(collector(lambda _: (Unit(name="a"),)), machine(tmp_path))
    assert (reply.outcome, reply.reason) == ("ok", None)
    assert msgspec.msgpack.decode(reply.value, type=tuple[Unit, ...]) == (Unit(name="a"),)


def test_an_empty_value_is_ok_and_no_value_is_not(tmp_path: Path) -> None:
    assert answer(collector(lambda _: ()), machine(tmp_path)).outcome == "ok"
    nothing = answer(collector(lambda _: None), machine(tmp_path))
    assert (nothing.outcome, nothing.reason, nothing.value) == ("unknown", "unreadable", b"")


def test_what_was_missed_makes_the_block_partial(tmp_path: Path) -> None:
    def collect(host: Machine) -> object:
        host.missed("this", "no_permission", "sudo x")
        host.missed("that", "timed_out", "sudo y")
        return ()

    reply = answer(collector(collect), machine(tmp_path))
    assert (reply.outcome, reply.reason, reply.grant) == ("partial", "no_permission", "sudo x")
    assert reply.could_not_see == ("this", "that")


def test_no_value_after_a_refusal_is_that_refusal(tmp_path: Path) -> None:
    def collect(host: Machine) -> object:
        host.missed("this", "no_permission", "sudo x")

    reply = answer(collector(collect), machine(tmp_path))
    assert (reply.outcome, reply.reason, reply.grant) == ("unknown", "no_permission", "sudo x")


@pytest.mark.parametrize(
    ("error", "outcome", "reason", "detail"),
    [
        (NotHereError("no systemd"), "not_applicable", None, "no systemd"),
        (NotSeenError("stale", "too old", "update"), "unknown", "stale", "too old"),
        (
            PermissionError(13, "Permission denied", "/x"),
            "unknown",
            "no_permission",
            "[Errno 13] Permission denied: '/x'",
        ),
        (ValueError("two\nlines"), "unknown", "unreadable", "ValueError: two lines"),
        (SystemExit(3), "unknown", "unreadable", "SystemExit: 3"),
        (MemoryError(), "unknown", "unreadable", "MemoryError: "),
        (RuntimeError("x" * 2000), "unknown", "unreadable", f"RuntimeError: {'x' * 486}"),
    ],
)
def test_whatever_is_raised_has_its_reason(
    tmp_path: Path, error: BaseException, outcome: str, reason: str | None, detail: str
) -> None:
    reply = answer(collector(raising(error)), machine(tmp_path))
    assert (reply.outcome, reply.reason, reply.detail) == (outcome, reason, detail)


def test_the_grant_of_what_is_not_seen_is_kept(tmp_path: Path) -> None:
    refusal = NotSeenError("no_permission", "x", "sudo y")
    assert answer(collector(raising(refusal)), machine(tmp_path)).grant == "sudo y"


def test_names_that_are_no_utf8_lose_their_odd_bytes_alone() -> None:
    odd = os.fsdecode(b"caf\xe9")
    decoded = msgspec.msgpack.decode(encode({"a": (Unit(name=odd, restarts=2),), odd: [odd]}))
    assert decoded == {"a": [{"name": "caf?", "restarts": 2}], "caf?": ["caf?"]}


@given(st.binary(max_size=200), st.integers(0, 300))
def test_a_reply_is_whole_only_when_all_of_it_came(value: bytes, cut: int) -> None:
    sent = frame(Reply(outcome="ok", value=value))
    received = unframe(sent[:cut])
    assert (received is None) == (cut < len(sent))
    if received is not None:
        assert msgspec.msgpack.decode(received, type=Reply).value == value


def test_what_comes_after_a_reply_is_not_part_of_it() -> None:
    sent = frame(Reply(outcome="ok"))
    assert unframe(sent + b"noise") == unframe(sent)
    assert unframe(b"") is None


def test_signals_wait_until_the_fork_is_done() -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGUSR1, lambda number, _: heard.append(number))
    try:
        with blocked_signals():
            signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)
            assert heard == []
        assert heard == [signal.SIGUSR1]
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert not set(HANDLED) & signal.pthread_sigmask(signal.SIG_BLOCK, [])
