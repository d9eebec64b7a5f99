from __future__ import annotations

import datetime as dt

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters import parts
from exporters.charts import HEIGHT, MOST_AHEAD, WIDTH, curve
from exporters.html import html
from exporters.reading import Reading
from exporters.sayings import Sayings
from tests import builders as b
from tests.exporters import verdicts as v


def forecast(values: tuple[float | None, ...] = (0.5, 0.6, 0.7), **fields: object) -> parts.ForecastPart:
    given_ = {
        "host": "db1",
        "resource": "disk /srv",
        "start": b.NOW - dt.timedelta(days=len(values) - 1),
        "step_seconds": 86400.0,
        "level": 0.7,
        "slope": 0.01,
        "days_until_full": 30.0,
        "error": 0.012,
    }
    return parts.ForecastPart(values=values, **(given_ | fields))


def points(line: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in (each.split(",") for each in line.split())]


def test_the_trend_goes_from_now_to_full() -> None:
    found = curve(forecast())
    first, last = points(found.ahead)
    assert first == pytest.approx((found.now, 0.3 * HEIGHT), abs=0.1)
    assert last == pytest.approx((found.full, 0.0), abs=0.1)


def test_a_hole_breaks_the_line() -> None:
    found = curve(forecast((0.1, None, 0.2, 0.3)))
    assert [len(points(each)) for each in found.seen] == [1, 2]


def test_what_fills_beyond_the_chart_is_not_marked() -> None:
    found = curve(forecast(days_until_full=MOST_AHEAD * 3.0, slope=0.0006))
    assert found.full is None


def test_what_is_full_is_marked_now() -> None:
    found = curve(forecast((1.0, 1.0), level=1.0, slope=0.0, days_until_full=0.0))
    assert found.full == found.now


shares = st.none() | st.floats(-0.5, 1.5)


@given(
    st.lists(shares, min_size=1, max_size=60).map(tuple),
    st.floats(-0.2, 1.4),
    st.floats(-0.1, 0.1),
    st.floats(0, 730),
)
def test_nothing_leaves_the_box(values: tuple[float | None, ...], level: float, slope: float, days: float) -> None:
    found = curve(forecast(values, level=level, slope=slope, days_until_full=days))
    for line in (*found.seen, found.ahead):
        for x, y in points(line):
            assert -0.1 <= x <= WIDTH + 0.1
            assert -0.1 <= y <= HEIGHT + 0.1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "full in 30 days, on 23 December 2026; a week ago the same forecast was 1.2 points off"),
        ({"error": None}, "full in 30 days, on 23 December 2026"),
        ({"days_until_full": 0.0}, "full now"),
    ],
)
def test_the_date_is_said(fields: dict[str, object], said: str) -> None:
    reading = Reading(document=v.pas_encore(), lang="en")
    assert Sayings(reading=reading).filling_date(forecast(**fields)) == said


def test_a_page_draws_each_and_escapes_its_name() -> None:
    hostile = forecast(host="<b>db1</b>")
    found = msgspec.structs.replace(v.pas_encore(), annexes=parts.Annexes(forecasts=(forecast(), hostile)))
    page = html(found, lang="en")
    assert page.count("<figure>") == 2
    assert "<b>db1</b>" not in page
    assert "<figure>" not in html(v.pas_encore(), lang="en")
