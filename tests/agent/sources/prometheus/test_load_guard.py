"""The load guard: budgets, windows, pace, and when it stops."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.sources.failures import NoAnswerError
from agent.sources.prometheus.guard import Budget, Fleet, Grant, Guard
from agent.sources.prometheus.queries import QUERIES
from agent.sources.prometheus.query import Query

NOW = Query(id="now", promql="up")
WEEK = Query(id="week", promql="avg_over_time(up[{window}])", windows=("7d", "1d", "1h"), cost="scrapes")
STEPS = Query(id="steps", promql="x[{window}:1h]", windows=("7d", "1d"), cost="steps:168")
OWN = Query(id="own", promql="x[{window}]", windows=("1d",), cost="scrapes", series=10)

DAY = 86400


@dataclass
class World:
    """A server and a clock that a test controls."""

    requests: int = 0
    shares: list[float | None] = field(default_factory=list)
    looks: int = 0
    waits: list[float] = field(default_factory=list)

    def in_use(self) -> float | None:
        self.looks += 1
        return self.shares.pop(0) if self.shares else None

    def guard(
        self,
        *queries: Query,
        budget: Budget | None = None,
        fleet: Fleet | None = None,
        seconds: float = 100,
        since: float = float("inf"),
    ) -> Guard:
        return Guard(
            budget or Budget(),
            fleet or Fleet(),
            queries,
            requests=lambda: self.requests,
            in_use=self.in_use,
            end=time.monotonic() + seconds,
            since_seconds=since,
            sleep=self.waits.append,
        )


def refusal(act: Callable[[], object]) -> NoAnswerError:
    with pytest.raises(NoAnswerError) as caught:
        act()
    return caught.value


@pytest.mark.parametrize(
    ("query", "window", "fleet", "samples"),
    [
        (NOW, "", Fleet(series=50), 50),
        (WEEK, "1d", Fleet(series=10, interval_seconds=60), 14_400),
        (WEEK, "7d", Fleet(series=1, interval_seconds=15), 40_320),
        (WEEK, "7d", Fleet(series=1, interval_seconds=60, kept_seconds=DAY), 1_440),
        (WEEK, "1d", Fleet(series=1, interval_seconds=60, kept_seconds=7 * DAY), 1_440),
        (STEPS, "7d", Fleet(series=2), 336),
        (STEPS, "1d", Fleet(series=7), 168),
        (OWN, "1d", Fleet(series=5_000, interval_seconds=60), 14_400),
    ],
)
def test_the_price_of_a_query(query: Query, window: str, fleet: Fleet, samples: float) -> None:
    assert fleet.samples(query, window) == pytest.approx(samples)


@pytest.mark.parametrize(
    ("samples", "window"),
    [(10_080, "7d"), (10_079, "1d"), (1_440, "1d"), (1_439, "1h"), (60, "1h")],
)
def test_the_longest_window_that_the_budget_allows_is_taken(samples: int, window: str) -> None:
    guard = World().guard(WEEK, budget=Budget(samples=samples), fleet=Fleet(interval_seconds=60))
    assert guard.admit(WEEK).window == window


def test_a_query_that_fits_over_no_window_is_refused() -> None:
    guard = World().guard(WEEK, budget=Budget(samples=59), fleet=Fleet(interval_seconds=60))
    error = refusal(lambda: guard.admit(WEEK))
    assert error.reason == "budget_exhausted"
    assert "59 samples" in error.detail
    assert guard.admit(NOW).window == ""


def test_enough_is_kept_for_the_shortest_window_of_the_others() -> None:
    others = [Query(id=f"other{n}", promql="y[{window}]", windows=("7d", "1d"), cost="scrapes") for n in range(3)]
    guard = World().guard(WEEK, *others, budget=Budget(samples=14_000), fleet=Fleet(interval_seconds=60))
    assert guard.admit(WEEK).window == "1d"
    guard = World().guard(WEEK, *others, budget=Budget(samples=14_400), fleet=Fleet(interval_seconds=60))
    assert guard.admit(WEEK).window == "7d"


def test_enough_is_kept_for_queries_that_come_later() -> None:
    guard = World().guard(WEEK, budget=Budget(samples=10_100), fleet=Fleet(interval_seconds=60))
    guard.expect([STEPS])
    assert guard.admit(WEEK).window == "1d"


def test_raw_samples_are_read_no_further_back_than_asked() -> None:
    guard = World().guard(WEEK, STEPS, since=2 * DAY)
    assert guard.admit(WEEK).window == "1d"
    assert guard.admit(STEPS).window == "7d"
    assert World().guard(WEEK, since=60).admit(WEEK).window == "1h"


def test_a_window_that_proved_too_much_gives_way_to_a_shorter_one() -> None:
    guard = World().guard(WEEK)
    assert guard.admit(WEEK, below="7d").window == "1d"
    assert guard.admit(WEEK, below="1d").window == "1h"
    assert refusal(lambda: guard.admit(WEEK, below="1h")).reason == "budget_exhausted"


def test_what_the_server_says_it_read_counts_and_corrects_the_next_price() -> None:
    fleet = Fleet(interval_seconds=60)
    guard = World().guard(WEEK, budget=Budget(samples=200_000), fleet=fleet)
    grant = guard.admit(WEEK)
    assert guard.price(WEEK, "7d") == 10_080
    guard.settle(WEEK, grant, 20_160, 0.1)
    assert guard.samples == 20_160
    assert guard.price(WEEK, "7d") == 20_160
    assert guard.price(STEPS, "7d") == 168
    assert guard.price(OWN, "1d") == 14_400
    guard.settle(WEEK, guard.admit(WEEK), 161_280, 0.1)
    assert guard.price(WEEK, "7d") == 40_320
    assert guard.admit(WEEK).window == "1d"


def test_what_reads_less_than_estimated_does_not_make_the_next_look_cheap() -> None:
    guard = World().guard(WEEK)
    guard.settle(WEEK, guard.admit(WEEK), 0, 0.1)
    assert guard.price(WEEK, "7d") == Fleet().samples(WEEK, "7d")


def test_what_runs_meanwhile_is_already_counted() -> None:
    fleet = Fleet(interval_seconds=60)
    guard = World().guard(WEEK, STEPS, budget=Budget(samples=10_300), fleet=fleet)
    first = guard.admit(WEEK)
    assert first.window == "7d"
    assert guard.admit(STEPS).window == "7d"
    assert refusal(lambda: guard.admit(Query(id="more", promql="z[{window}]", windows=("1d",), cost="scrapes"))).reason
    guard.settle(WEEK, first, 0, 0.1)
    assert guard.admit(Query(id="more", promql="z[{window}]", windows=("1d",), cost="scrapes")).window == "1d"


def test_without_an_account_the_estimate_counts() -> None:
    guard = World().guard(WEEK)
    grant = guard.admit(WEEK)
    guard.settle(WEEK, grant, None, 0.1)
    assert guard.samples == grant.samples == 40_320


def test_the_budget_of_requests_ends_the_scan() -> None:
    world = World()
    guard = world.guard(NOW, budget=Budget(requests=5))
    guard.admit(NOW)
    world.requests = 5
    error = refusal(lambda: guard.admit(NOW))
    assert (error.reason, error.detail) == ("budget_exhausted", "not asked: 5 requests were sent")


def test_the_deadline_ends_the_scan() -> None:
    guard = World().guard(NOW, seconds=-1, budget=Budget(seconds=120))
    error = refusal(lambda: guard.admit(NOW))
    assert (error.reason, error.detail) == ("timed_out", "not asked: the 120 s for this server are over")


@pytest.mark.parametrize(("left", "granted"), [(100, 30), (12, 12), (0.5, 1)])
def test_a_query_may_take_what_is_left(left: float, granted: float) -> None:
    assert World().guard(NOW, seconds=left).admit(NOW).seconds == pytest.approx(granted, abs=0.3)


@pytest.mark.parametrize(
    ("shares", "waits"),
    [
        ([None], []),
        ([0.0], []),
        ([0.8], []),
        ([0.81, 0.5], [1.0]),
        ([1.0, 1.0, 0.9, None], [1.0, 2.0, 4.0]),
        ([1.0, 1.0, 1.0, 1.0, 0.1], [1.0, 2.0, 4.0, 8.0]),
    ],
)
def test_a_busy_server_is_given_time(shares: list[float | None], waits: list[float]) -> None:
    world = World(shares=shares)
    world.guard(NOW).admit(NOW)
    assert world.waits == waits


def test_a_server_that_stays_busy_is_left_alone() -> None:
    world = World(shares=[0.95] * 9)
    guard = world.guard(NOW)
    error = refusal(lambda: guard.admit(NOW))
    assert error.reason == "budget_exhausted"
    assert "95%" in error.detail
    assert world.looks == 5
    assert refusal(lambda: guard.admit(NOW)) is error
    assert world.looks == 5


def test_no_wait_outlasts_the_deadline() -> None:
    world = World(shares=[0.95] * 9)
    guard = world.guard(NOW, seconds=2.5)
    assert refusal(lambda: guard.admit(NOW)).reason == "budget_exhausted"
    assert world.waits == [1.0, 2.0]


def test_the_server_is_looked_at_again_now_and_then() -> None:
    world = World()
    guard = world.guard(NOW)
    for _ in range(25):
        guard.admit(NOW)
    assert world.looks == 3


@pytest.mark.parametrize(("seconds", "waits"), [(0.1, []), (2.0, []), (2.5, [2.5]), (60.0, [5.0])])
def test_a_slow_answer_is_followed_by_a_pause_as_long(seconds: float, waits: list[float]) -> None:
    world = World()
    guard = world.guard(NOW)
    guard.settle(NOW, guard.admit(NOW), 1, seconds)
    guard.admit(NOW)
    assert world.waits == pytest.approx(waits)
    guard.settle(NOW, Grant("", 1, 1), 1, 0.01)
    guard.admit(NOW)
    assert world.waits == pytest.approx(waits)


@pytest.mark.parametrize("reason", ["timed_out", "unreachable"])
def test_a_server_without_an_answer_three_times_is_left_alone(reason: str) -> None:
    guard = World().guard(NOW)
    failed = NoAnswerError(reason=reason, detail="no")  # type: ignore[arg-type]
    for _ in range(3):
        guard.fail(guard.admit(NOW), failed)
    error = refusal(lambda: guard.admit(NOW))
    assert error.reason == reason
    assert "3 times in a row" in error.detail


@pytest.mark.parametrize("between", ["answer", "refusal"])
def test_an_answer_or_a_refusal_between_shows_that_it_lives(between: str) -> None:
    guard = World().guard(NOW)
    failed = NoAnswerError(reason="timed_out", detail="no")
    for _ in range(4):
        guard.fail(guard.admit(NOW), failed)
        if between == "answer":
            guard.settle(NOW, guard.admit(NOW), 1, 0.1)
        else:
            guard.fail(guard.admit(NOW), NoAnswerError(reason="unreadable", detail="no"))
    guard.admit(NOW)


def test_the_cheapest_are_asked_first() -> None:
    guard = World().guard(fleet=Fleet(series=100, interval_seconds=60))
    order = [each.id for each in guard.cheapest_first([WEEK, STEPS, NOW])]
    assert order == ["now", "steps", "week"]


@given(
    st.integers(1, 5_000),
    st.sampled_from([10.0, 15.0, 60.0]),
    st.integers(0, 60_000_000),
    st.floats(0.5, 20),
)
def test_estimates_that_hold_never_exceed_the_budget(series: int, interval: float, samples: int, factor: float) -> None:
    """A law: when the server reads what was estimated, or less, the budget of samples holds."""
    fleet = Fleet(series=series, interval_seconds=interval)
    guard = World().guard(*QUERIES, budget=Budget(samples=samples), fleet=fleet)
    for query in guard.cheapest_first(QUERIES):
        try:
            grant = guard.admit(query)
        except NoAnswerError as error:
            assert error.reason == "budget_exhausted"  # noqa: PT017 - either outcome is fine, each has its law
            continue
        guard.settle(query, grant, int(grant.samples / max(1.0, factor)), 0.01)
    assert guard.samples <= samples


@given(st.lists(st.sampled_from(QUERIES), max_size=12, unique_by=lambda query: query.id), st.integers(1, 3_000))
def test_a_larger_budget_never_shortens_a_window(queries: Sequence[Query], series: int) -> None:
    def lengths(samples: int) -> list[int]:
        guard = World().guard(*queries, budget=Budget(samples=samples), fleet=Fleet(series=series))
        found = []
        for query in guard.cheapest_first(queries):
            try:
                window = guard.admit(query).window
            except NoAnswerError:
                found.append(-1)
                continue
            found.append(len(query.windows) - query.windows.index(window) if window else 0)
        return found

    for small, large in itertools.pairwise([lengths(10**4), lengths(10**6), lengths(10**8)]):
        assert all(before <= after for before, after in zip(small, large, strict=True))
