from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors.flows import tracepoint
from agent.collectors.flows.netlink import RefusedError
from agent.collectors.flows.tracepoint import Call, Tracepoint, lost_in, parse_call

START = (
    "         python3-26993   [001] .....  7104.637104: inet_sock_set_state: family=AF_INET protocol=IPPROTO_TCP "
    "sport=0 dport=44007 saddr=127.0.0.1 daddr=127.0.0.2 saddrv6=::ffff:127.0.0.1 daddrv6=::ffff:127.0.0.2 "
    "oldstate=TCP_CLOSE newstate=TCP_SYN_SENT"
)
SIX = (
    "          my-app-7       [000] ..s..  7104.638325: inet_sock_set_state: family=AF_INET6 protocol=IPPROTO_TCP "
    "sport=50216 dport=39251 saddr=0.0.0.0 daddr=0.0.0.0 saddrv6=::1 daddrv6=fd00::2 oldstate=TCP_SYN_SENT "
    "newstate=TCP_ESTABLISHED"
)


def test_a_call_that_starts_tells_who_calls() -> None:
    assert parse_call(START) == Call("started", 26993, "python3", "127.0.0.1", 0, "127.0.0.2", 44007)


def test_a_call_that_is_answered_or_fails() -> None:
    assert parse_call(SIX) == Call("answered", 7, "my-app", "::1", 50216, "fd00::2", 39251)
    failed = parse_call(SIX.replace("TCP_ESTABLISHED", "TCP_CLOSE"))
    assert failed is not None
    assert failed.step == "failed"


@pytest.mark.parametrize(
    "line", ["", "# tracer: nop", START[:-1], START.replace("dport", "port"), START + "\n" + START]
)
def test_lines_that_tell_no_call(line: str) -> None:
    assert parse_call(line) is None


def test_lost_events_are_counted() -> None:
    assert lost_in("CPU:1 [LOST 512 EVENTS]") == 512
    assert lost_in(START) == 0


@given(
    st.text(max_size=200)
    | st.tuples(st.integers(0, len(START)), st.text(max_size=10)).map(lambda t: START[: t[0]] + t[1] + START[t[0] :])
)
def test_garbage_is_no_call_or_one_with_ports(line: str) -> None:
    call = parse_call(line)
    assert call is None or 0 <= call.peer_port <= 99_999


def test_without_tracefs_or_in_a_namespace_it_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracepoint, "at_the_root", lambda: True)
    with pytest.raises(RefusedError, match="not mounted"):
        Tracepoint(str(tmp_path))
    monkeypatch.setattr(tracepoint, "at_the_root", lambda: False)
    with pytest.raises(RefusedError, match="namespace"):
        Tracepoint(str(tmp_path))
