from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.measures.capacity.forecast import FEWEST_DAYS, forecast
from tests.analyzers.measures.capacity.days import level, rising

SHARES = st.floats(0, 1, allow_nan=False)


def test_too_few_days_say_nothing() -> None:
    assert forecast(level(0.5, FEWEST_DAYS - 1)) is None
    assert forecast([None] * 40 + [0.5] * (FEWEST_DAYS - 1)) is None
    assert forecast(()) is None


def test_a_straight_line_is_found_exactly() -> None:
    found = forecast(rising(0.60, 0.01))
    assert found is not None
    assert (found.level, found.slope) == pytest.approx((0.60, 0.01), abs=1e-6)
    assert found.days_until(1.0) == pytest.approx(40, abs=0.01)
    assert found.error == pytest.approx(0, abs=1e-6)


def test_a_season_of_the_week_is_no_trend() -> None:
    values = [0.5 + (0.3 if day % 7 == 2 else 0.0) for day in range(28)]
    found = forecast(values)
    assert found is not None
    assert found.slope == 0
    assert found.at(0) == pytest.approx(0.8, abs=1e-6), "the busiest day counts"
    assert found.error == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("spike", [0.0, 0.95])
def test_one_odd_day_in_ten_changes_little(spike: float) -> None:
    values = [spike if day % 10 == 3 else value for day, value in enumerate(rising(0.6, 0.005, 50))]
    found = forecast(values)
    assert found is not None
    assert found.slope == pytest.approx(0.005, abs=0.0015)


def test_holes_are_left_out() -> None:
    values: list[float | None] = list(rising(0.6, 0.01, 40))
    for day in range(0, 40, 4):
        values[day] = None
    found = forecast(values)
    assert found is not None
    assert (found.slope, found.days) == (pytest.approx(0.01, abs=1e-6), 30)


@pytest.mark.parametrize(("to", "days"), [(1.0, 0.0), (1.2, 0.0)])
def test_what_is_full_is_full_now(to: float, days: float) -> None:
    found = forecast(level(to))
    assert found is not None
    assert found.days_until(1.0) == days


@pytest.mark.parametrize("slope", [0.0, -0.001])
def test_what_does_not_grow_never_fills(slope: float) -> None:
    found = forecast(rising(0.5, slope))
    assert found is not None
    assert found.days_until(1.0) is None


def test_the_forecast_of_a_week_ago_says_how_wrong_it_is() -> None:
    found = forecast([*level(0.3, 28), *level(0.5, 7)])
    assert found is not None
    assert found.error == pytest.approx(0.2, abs=0.01)


def test_three_weeks_are_needed_for_that() -> None:
    found = forecast(level(0.3, 20))
    assert found is not None
    assert found.error is None


@given(st.lists(SHARES, min_size=FEWEST_DAYS, max_size=56), st.floats(-0.5, 0.5), st.floats(0.1, 3))
def test_scale_and_shift_pass_through(values: list[float], shift: float, scale: float) -> None:
    plain, moved = forecast(values), forecast([value * scale + shift for value in values])
    assert plain is not None
    assert moved is not None
    assert moved.slope == pytest.approx(plain.slope * scale, abs=1e-6)
    assert moved.at(0) == pytest.approx(plain.at(0) * scale + shift, abs=1e-4)


@given(st.lists(SHARES, min_size=FEWEST_DAYS, max_size=56))
def test_it_is_always_finite_and_the_same(values: list[float]) -> None:
    first, second = forecast(values), forecast(list(values))
    assert first == second
    assert first is not None
    assert all(math.isfinite(each) for each in (first.level, first.slope, *first.season))
    days = first.days_until(1.0)
    assert days is None or days >= 0
