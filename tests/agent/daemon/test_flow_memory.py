from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent.daemon.flow_memory import FlowKey, FlowMemory

NOW = 1_780_000_000_000
DAY = 86_400_000


def out(service: str = "api", peer: str = "10.0.0.2", port: int = 5432, local: str = "10.0.0.1") -> FlowKey:
    return FlowKey("out", service, local, peer, port, "tcp")


def into(peer: str) -> FlowKey:
    return FlowKey("in", "web", "10.0.0.1", peer, 80, "tcp")


def test_first_last_and_how_often() -> None:
    memory = FlowMemory()
    for moment in (NOW, NOW + 5, NOW + 9):
        memory.observe(out(), moment, sent=10)
    ((key, record),) = memory.items()
    assert key == out()
    assert (record.first, record.last, record.seen, record.sent, record.received) == (NOW, NOW + 9, 3, 30, None)


def test_what_nobody_owns_is_the_only_callers() -> None:
    memory = FlowMemory()
    memory.observe(out(""), NOW)
    memory.observe(out("api"), NOW + 1)
    memory.observe(out(""), NOW + 2)
    memory.settle(NOW + 2)
    assert [(key.service, record.first, record.seen) for key, record in memory.items()] == [("api", NOW, 3)]


def test_what_two_call_is_nobodys() -> None:
    memory = FlowMemory()
    for service in ("api", "worker", ""):
        memory.observe(out(service), NOW)
    memory.settle(NOW)
    assert {key.service for key, _ in memory.items()} == {"api", "worker", ""}


def test_a_failed_call_makes_no_flow_and_counts_with_a_known_one() -> None:
    memory = FlowMemory()
    memory.observe_failure(out(""))
    assert len(memory) == 0
    memory.observe(out("api"), NOW)
    memory.observe_failure(out(""))
    assert [record.failed for _, record in memory.items()] == [1]


def test_each_direction_has_half_the_room() -> None:
    memory = FlowMemory(most=10)
    for at in range(50):
        memory.observe(into(f"198.51.100.{at}"), NOW)
    memory.observe(out(), NOW)
    assert len(memory) == 6
    assert memory.dropped["memory_full"] == 45
    assert out() in dict(memory.items())


def test_what_is_not_seen_for_28_days_is_forgotten_and_makes_room() -> None:
    memory = FlowMemory(most=2)
    memory.observe(out(), NOW)
    memory.settle(NOW + 29 * DAY, forget=False)
    assert len(memory) == 1
    memory.settle(NOW + 29 * DAY)
    assert (len(memory), memory.dropped["forgotten"]) == (0, 1)
    assert not memory.calls("10.0.0.2", 5432, "tcp")
    assert not memory.calls_port(5432, "tcp")
    memory.observe(out("other"), NOW + 29 * DAY)
    assert len(memory) == 1


def test_a_clock_that_is_set_back_keeps_first_before_last() -> None:
    memory = FlowMemory()
    memory.observe(out(), NOW)
    memory.observe(out(), NOW - DAY)
    ((_, record),) = memory.items()
    assert record.first <= record.last == NOW - DAY


keys = st.builds(
    FlowKey,
    st.sampled_from(["in", "out"]),
    st.sampled_from(["", "a", "b"]),
    st.just("10.0.0.1"),
    st.sampled_from(["10.0.0.2", "10.0.0.3"]),
    st.sampled_from([53, 80]),
    st.sampled_from(["tcp", "udp"]),
)


@given(steps=st.lists(st.tuples(keys, st.integers(0, 60 * DAY)), max_size=60), most=st.integers(2, 12))
def test_it_is_bounded_and_its_counts_agree(steps: list[tuple[FlowKey, int]], most: int) -> None:
    memory = FlowMemory(most=most)
    for at, (key, later) in enumerate(steps):
        memory.observe(key, NOW + later)
        if at % 5 == 4:
            memory.settle(NOW + later)
    found = dict(memory.items())
    for direction in ("in", "out"):
        assert memory._count[direction] == sum(each.direction == direction for each in found) <= most // 2
    for peer in {(each.peer_address, each.port, each.protocol) for each in found}:
        callers = {
            each.service
            for each in found
            if (each.direction, bool(each.service)) == ("out", True)
            and (each.peer_address, each.port, each.protocol) == peer
        }
        assert memory.calls(*peer) is bool(callers)
        assert memory.only_speaker(*peer) == (callers.pop() if len(callers) == 1 else "")
    assert all(record.first <= record.last for record in found.values())
