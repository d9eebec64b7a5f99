import random
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.measures.knowledge import loss as loss_module
from analyzers.measures.knowledge.key_set import key_set, peeled
from analyzers.measures.knowledge.loss import worst_loss
from analyzers.measures.knowledge.truck_factor import Knowledge, coverage, truck_factor

PEOPLE = "abcdefg"
KNOWLEDGE = st.lists(st.frozensets(st.sampled_from(PEOPLE), max_size=4), max_size=14).map(
    lambda sets: {f"f{index}": knowers for index, knowers in enumerate(sets)}
)


def knowledge(*sets: str) -> Knowledge:
    return {f"f{index}": frozenset(knowers) for index, knowers in enumerate(sets)}


def orphans(known: Knowledge, gone: frozenset[str]) -> int:
    return sum(1 for knowers in known.values() if knowers and knowers <= gone)


def groups_of(known: Knowledge, most: int) -> list[frozenset[str]]:
    people = sorted({person for knowers in known.values() for person in knowers})
    return [frozenset(group) for size in range(most + 1) for group in combinations(people, size)]


@pytest.mark.parametrize(
    ("known", "people"),
    [
        pytest.param(knowledge(), (), id="no file"),
        pytest.param(knowledge("", "", "a"), (), id="half unknown to begin with"),
        pytest.param(knowledge("a"), ("a",), id="one person"),
        pytest.param(knowledge("a", "b"), ("a", "b"), id="exactly half known is not less than half"),
        pytest.param(knowledge("a", "a", "b"), ("a",), id="two thirds lost"),
        pytest.param(knowledge("ab", "ab", "ab", "c"), ("a", "b"), id="each file known by two"),
        pytest.param(knowledge("b", "a", "c", "d"), ("a", "b", "c"), id="ties go to the smaller name"),
    ],
)
def test_the_published_truck_factor(known: Knowledge, people: tuple[str, ...]) -> None:
    assert truck_factor(known) == people


@given(KNOWLEDGE)
def test_without_the_truck_factor_less_than_half_is_known(known: Knowledge) -> None:
    people = truck_factor(known)
    if known:
        assert coverage(known, frozenset(people)) < 0.5
    if people:
        assert coverage(known, frozenset(people[:-1])) >= 0.5


@given(KNOWLEDGE, st.sampled_from(PEOPLE), st.frozensets(st.sampled_from(PEOPLE)))
def test_a_departure_never_raises_knowledge(known: Knowledge, person: str, gone: frozenset[str]) -> None:
    assert coverage(known, gone | {person}) <= coverage(known, gone)


@given(KNOWLEDGE, st.integers(1, 3))
def test_the_worst_loss_is_that_of_all_groups_tried(known: Knowledge, leavers: int) -> None:
    found = worst_loss(known, leavers)
    assert found.exact
    assert len(found.people) <= leavers
    assert orphans(known, frozenset(found.people)) == found.orphans
    assert found.orphans == max(orphans(known, group) for group in groups_of(known, leavers))


@given(KNOWLEDGE)
def test_the_worst_loss_grows_with_the_leavers(known: Knowledge) -> None:
    losses = [worst_loss(known, leavers).orphans for leavers in (1, 2, 3)]
    assert losses == sorted(losses)


def test_a_search_that_is_cut_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    known = knowledge(*("".join(pair) for pair in combinations(PEOPLE, 2)))
    assert worst_loss(known, 2).exact
    monkeypatch.setattr(loss_module, "MOST_STEPS", 3)
    assert not worst_loss(known, 2).exact


def smallest(known: Knowledge) -> int:
    people = groups_of(known, len(PEOPLE))
    return min(len(group) for group in people if coverage(known, group) < 0.5)


@given(KNOWLEDGE.filter(bool))
def test_the_key_set_does_it_and_its_bound_holds(known: Knowledge) -> None:
    for limit in (0.0, 5.0):
        found = key_set(known, limit=limit)
        assert coverage(known, frozenset(found.people)) < 0.5
        assert found.proved <= smallest(known) <= len(found.people) <= len(truck_factor(known))
    assert found.proved == len(found.people)


def test_nothing_to_know_needs_nobody() -> None:
    found = key_set({})
    assert (found.people, found.proved) == ((), 0)


def test_peeling_beats_the_greedy_order_where_the_busiest_shares_everything() -> None:
    known = knowledge("ab", "ac", "ad", "ae", "af", "b", "b", "b", "c", "c", "c")
    assert len(truck_factor(known)) == 3
    found = key_set(known, limit=0.0)
    assert (found.people, found.proved) == (("b", "c"), 2)


@given(KNOWLEDGE.filter(bool))
def test_peeled_sets_hold_nobody_who_could_stay(known: Knowledge) -> None:
    from collections import Counter

    groups = Counter(knowers for knowers in known.values() if knowers)
    need = (groups.total() + 1) // 2
    people = peeled(groups, need)
    assert orphans(known, people) >= need
    assert all(orphans(known, people - {person}) < need for person in people)


def scattered(files: int, people: int, seed: int) -> Knowledge:
    drawn = random.Random(seed)
    names = [f"p{number:02d}" for number in range(people)]
    return {f"f{number}": frozenset(drawn.sample(names, drawn.randint(2, 4))) for number in range(files)}


def test_what_is_not_proved_is_not_claimed() -> None:
    known = scattered(400, 60, seed=1)
    quick = key_set(known, limit=0.0)
    assert 3 < quick.proved < len(quick.people)
    assert coverage(known, frozenset(quick.people)) < 0.5


def test_the_integer_program_closes_the_gap_where_it_can() -> None:
    known = scattered(40, 14, seed=2)
    quick, certified = key_set(known, limit=0.0), key_set(known, limit=60.0)
    assert quick.proved < certified.proved == len(certified.people) <= len(quick.people)


def test_without_scipy_the_bound_is_only_lower(monkeypatch: pytest.MonkeyPatch) -> None:
    known = scattered(40, 14, seed=2)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert key_set(known, limit=60.0) == key_set(known, limit=0.0)
