import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.measures.knowledge.aliases import Author
from analyzers.measures.knowledge.authorship import Change, Decay, Ledger, authors, degree_of_authorship

A: Author = ("A Martin", "a.martin@x.example")
B: Author = ("B Leroy", "b.leroy@x.example")
C: Author = ("C Prov", "c.prov@x.example")
WHO = {A: "a", B: "b", C: "c"}
NOW = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
DAY = 86_400.0

Event = tuple[Author, str, str, str]


def ledger(*events: Event, decay: Decay | None = None, when: float = NOW.timestamp()) -> Ledger:
    made = Ledger(decay=decay)
    for author, status, path, old in events:
        made.record(author, when, [Change(status=status, path=path, old=old)])
    return made


def added(who: Author, path: str = "f") -> Event:
    return (who, "A", path, "")


def modified(who: Author, path: str = "f") -> Event:
    return (who, "M", path, "")


def renamed(who: Author, old: str, path: str) -> Event:
    return (who, "R", path, old)


@pytest.mark.parametrize(
    ("created", "deliveries", "acceptances", "degree"),
    [
        pytest.param(0, 0, 0, 3.293, id="the constant"),
        pytest.param(1, 0, 0, 4.391, id="creation"),
        pytest.param(0, 10, 0, 4.933, id="deliveries"),
        pytest.param(1, 2, math.e - 1, 4.398, id="others' changes, by their logarithm"),
    ],
)
def test_the_published_formula(created: float, deliveries: float, acceptances: float, degree: float) -> None:
    assert degree_of_authorship(created, deliveries, acceptances) == pytest.approx(degree)


@pytest.mark.parametrize(
    ("events", "knowers"),
    [
        pytest.param([added(A)], {"a"}, id="who creates knows"),
        pytest.param([added(A), modified(B)], {"a", "b"}, id="one change each way"),
        pytest.param(
            [added(A), modified(A), modified(A), modified(B)], {"a"}, id="one change beside a creator who stays"
        ),
        pytest.param([added(A), *[modified(B)] * 12], {"b"}, id="many changes make the creator a stranger"),
        pytest.param([added(A), *[modified(B)] * 3], {"a", "b"}, id="some changes make two authors"),
        pytest.param([added(A), added(B)], {"a", "b"}, id="added on two branches"),
        pytest.param([modified(A)], {"a"}, id="creation lost with a shallow clone"),
        pytest.param([(A, "D", "f", "")], set(), id="deleting is no knowledge"),
        pytest.param([(A, "T", "f", "")], set(), id="nor is a change of type"),
    ],
)
def test_who_knows_a_file(events: list[Event], knowers: set[str]) -> None:
    assert ledger(*events).knowers("f", WHO) == knowers


def test_the_thresholds_are_a_share_above_and_a_least_degree() -> None:
    assert authors({"a": 8.0, "b": 6.0, "c": 6.01}) == {"a", "c"}
    assert authors({"a": 3.293, "b": 3.292}) == {"a"}
    assert authors({"a": 3.0}) == frozenset()
    assert authors({}) == frozenset()


def test_a_path_that_nobody_touched_is_known_by_nobody() -> None:
    assert ledger(added(A)).knowers("other", WHO) == frozenset()


def test_an_author_who_stands_for_nobody_weighs_nothing() -> None:
    made = ledger(added(A), *[modified(B)] * 40)
    assert made.knowers("f", {A: "a"}) == {"a"}
    assert made.degrees("f", {A: "a"})["a"] == pytest.approx(4.391)


def test_aliases_add_up() -> None:
    made = ledger(added(A), *[modified(B)] * 3, *[modified(C)] * 3)
    apart = made.degrees("f", WHO)
    assert made.degrees("f", {**WHO, C: "b"})["b"] > max(apart["b"], apart["c"])


def test_renamings_chain_and_may_come_back() -> None:
    made = ledger(added(A, "one"), renamed(B, "one", "two"), renamed(B, "two", "three"), renamed(B, "three", "one"))
    assert made.knowers("three", WHO) == made.knowers("one", WHO) == {"a", "b"}


def test_renaming_keeps_what_another_branch_still_does_under_the_old_name() -> None:
    made = ledger(renamed(B, "old", "new"), *[modified(C, "old")] * 14, added(A, "old"))
    assert made.knowers("new", WHO) == {"c"}


def test_knowledge_fades_with_age() -> None:
    decay = Decay(days=100.0, now=NOW)
    assert decay.weight(NOW.timestamp() - 100 * DAY) == pytest.approx(1 / math.e)
    assert decay.weight(NOW.timestamp() + DAY) == 1.0
    made = ledger(added(A), *[modified(A)] * 20, decay=decay, when=NOW.timestamp() - 1000 * DAY)
    for _ in range(3):
        made.record(B, NOW.timestamp(), [Change(status="M", path="f")])
    assert made.knowers("f", WHO) == {"b"}
    faithful = ledger(added(A), *[modified(A)] * 20, *[modified(B)] * 3)
    assert faithful.knowers("f", WHO) == {"a"}


EVENTS = st.lists(
    st.tuples(st.sampled_from([A, B, C]), st.sampled_from("AMD"), st.sampled_from(["f", "g"]), st.just("")), max_size=20
)


@given(EVENTS, st.randoms())
def test_the_order_in_which_commits_are_read_does_not_matter(events: list[Event], random) -> None:
    shuffled = list(events)
    random.shuffle(shuffled)
    one, other = ledger(*events).degrees("f", WHO), ledger(*shuffled).degrees("f", WHO)
    assert one == pytest.approx(other)


@given(EVENTS, st.sampled_from([A, B, C]))
def test_renaming_keeps_knowledge(events: list[Event], mover: Author) -> None:
    before = ledger(*events).degrees("f", WHO)
    after = ledger(*events, renamed(mover, "f", "h")).degrees("h", WHO)
    assert set(before) <= set(after)
    assert after[WHO[mover]] > before.get(WHO[mover], 0.0)


@given(EVENTS, st.sampled_from([A, B, C]))
def test_one_more_change_raises_its_author_and_nobody_else(events: list[Event], author: Author) -> None:
    before = ledger(*events).degrees("f", WHO)
    after = ledger(*events, modified(author)).degrees("f", WHO)
    for person, degree in before.items():
        assert after[person] > degree if person == WHO[author] else after[person] <= degree


@given(EVENTS)
def test_without_age_decay_changes_nothing(events: list[Event]) -> None:
    faded = ledger(*events, decay=Decay(days=30.0, now=NOW))
    assert faded.degrees("f", WHO) == pytest.approx(ledger(*events).degrees("f", WHO))
