from __future__ import annotations

from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.measures.capacity.loads import Load
from analyzers.measures.capacity.placement import place

DIMENSIONS = ("vcpu", "memory_gb")


def load(name: str = "assistant", replicas: int = 1, **needs: float) -> Load:
    return Load(name=name, replicas=replicas, needs=needs)


def test_what_fits_is_placed_and_no_more() -> None:
    found = place([load(replicas=5, vcpu=2.0)], [{"vcpu": 5.0}, {"vcpu": 3.0}], unknown_is_ample=False)
    assert (found.placed, found.best) == ((3,), True)


def test_free_processors_of_two_hosts_make_no_room_for_one_replica() -> None:
    assert place([load(vcpu=4.0)], [{"vcpu": 3.0}, {"vcpu": 3.0}], unknown_is_ample=False).placed == (0,)


def test_every_dimension_counts() -> None:
    free = [{"vcpu": 8.0, "memory_gb": 4.0}, {"vcpu": 1.0, "memory_gb": 64.0}]
    assert place([load(vcpu=2.0, memory_gb=8.0)], free, unknown_is_ample=False).placed == (0,)


def test_workloads_share_the_room() -> None:
    loads = [load("a", 2, vcpu=4.0), load("b", 1, vcpu=8.0)]
    found = place(loads, [{"vcpu": 8.0}, {"vcpu": 8.0}], unknown_is_ample=False)
    assert found.placed == (2, 1)


def test_what_is_not_known_is_nothing_or_ample() -> None:
    needs = load(vcpu=2.0, gpu=1.0)
    assert place([needs], [{"vcpu": 8.0}], unknown_is_ample=False).placed == (0,)
    assert place([needs], [{"vcpu": 8.0}], unknown_is_ample=True).placed == (1,)
    assert place([needs], [{"vcpu": 1.0}], unknown_is_ample=True).placed == (0,)


def test_no_host_places_nothing() -> None:
    assert place([load(vcpu=1.0)], [], unknown_is_ample=True).placed == (0,)


hosts = st.lists(st.fixed_dictionaries(dict.fromkeys(DIMENSIONS, st.integers(0, 6).map(float))), max_size=3)
loads_ = st.lists(
    st.builds(
        load,
        name=st.just("w"),
        replicas=st.integers(1, 2),
        vcpu=st.integers(1, 4).map(float),
        memory_gb=st.integers(1, 4).map(float),
    ),
    min_size=1,
    max_size=2,
)


def by_hand(loads: list[Load], free: list[dict[str, float]]) -> Fraction:
    """Return the best mean share, by trying every host for every replica."""
    replicas = [each for each in loads for _ in range(each.replicas)]
    best = Fraction(0)
    for choice in product(range(-1, len(free)), repeat=len(replicas)):
        used = [dict.fromkeys(DIMENSIONS, 0.0) for _ in free]
        for each, host in zip(replicas, choice, strict=True):
            for name in DIMENSIONS if host >= 0 else ():
                used[host][name] += each.needs[name]
        if all(used[host][name] <= free[host][name] for host in range(len(free)) for name in DIMENSIONS):
            share = sum(
                (Fraction(1, each.replicas) for each, host in zip(replicas, choice, strict=True) if host >= 0),
                Fraction(0),
            )
            best = max(best, share)
    return best


@settings(max_examples=60)
@given(loads_, hosts)
def test_the_best_placement_is_found(loads: list[Load], free: list[dict[str, float]]) -> None:
    found = place(loads, free, unknown_is_ample=False)
    share = sum((Fraction(count, each.replicas) for count, each in zip(found.placed, loads, strict=True)), Fraction(0))
    assert found.best
    assert share == by_hand(loads, free)


@settings(max_examples=60)
@given(loads_, hosts, hosts)
def test_another_host_never_takes_room_away(
    loads: list[Load], free: list[dict[str, float]], more: list[dict[str, float]]
) -> None:
    def share(rooms: list[dict[str, float]]) -> Fraction:
        placed = place(loads, rooms, unknown_is_ample=False).placed
        return sum((Fraction(count, each.replicas) for count, each in zip(placed, loads, strict=True)), Fraction(0))

    assert share([*free, *more]) >= share(free)
