"""Cells of exports: dates, levels, kinds, durations."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.sources.tickets.values import (
    FIRST_YEAR,
    LAST_YEAR,
    absent,
    hours,
    kind,
    kind_of_id,
    level,
    moment,
    month_first,
)

QUARTER_PAST = dt.datetime(2026, 12, 31, 8, 15)  # noqa: DTZ001 - cells rarely say a zone


@pytest.mark.parametrize(
    "cell",
    [
        "31/12/2026 08:15",
        "31/12/2026 08:15:00",
        "31/12/2026 8h15",
        "31-12-2026 08:15",
        "31.12.2026 08:15",
        "31/12/26 08:15",
        "2026-12-31 08:15:00",
        "2026-12-31T08:15:00.000",
        "2026/12/31 08:15",
        "31/Dec/26 8:15 AM",
        "31/déc./26 8:15 AM",
        "31 décembre 2026 à 08:15",
        "jeudi 31 décembre 2026 08:15",
        "  31/12/2026 08:15  ",
    ],
)
def test_dates_are_understood_as_tools_write_them(cell: str) -> None:
    found = moment(cell)
    assert found is not None
    assert (found.when, found.timed) == (QUARTER_PAST, True)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2026-12-31T08:15:00Z", dt.datetime(2026, 12, 31, 8, 15, tzinfo=dt.UTC)),
        ("2026-12-31T08:15:00+01:00", dt.datetime(2026, 12, 31, 7, 15, tzinfo=dt.UTC)),
        ("2026-12-31 08:15:00 -0530", dt.datetime(2026, 12, 31, 13, 45, tzinfo=dt.UTC)),
    ],
)
def test_a_zone_that_is_written_counts(cell: str, expected: dt.datetime) -> None:
    found = moment(cell)
    assert found is not None
    assert found.when == expected


@pytest.mark.parametrize(
    ("cell", "hour"), [("1/2/2026 12:05 AM", 0), ("1/2/2026 12:05 PM", 12), ("1/2/2026 1:05 pm", 13)]
)
def test_half_days_are_counted_from_noon_and_midnight(cell: str, hour: int) -> None:
    found = moment(cell)
    assert found is not None
    assert found.when.hour == hour


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "",
            "demain",
            "31/02/2026",
            "32/12/2026 08:15",
            "12/31/2026 08:15",
            "2026-13-01",
            "31/12/2026 25:00",
            "12345",
        ),
        *("31/12/0026", "31/12/2026 08:15 +99:99", "31/foo/2026", "00/00/0000", "1889-01-01", "31/12/2026 and more"),
    ],
)
def test_what_is_no_date_is_none(cell: str) -> None:
    assert moment(cell) is None


def test_a_day_has_no_hour() -> None:
    found = moment("31/12/2026")
    assert found is not None
    assert not found.timed


MOMENTS = st.datetimes(dt.datetime(FIRST_YEAR, 1, 1), dt.datetime(LAST_YEAR, 12, 31)).map(  # noqa: DTZ001 - as above
    lambda when: when.replace(second=0, microsecond=0)
)


@given(MOMENTS, st.sampled_from(("%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%d.%m.%Y %Hh%M")))
def test_a_written_date_is_read_as_it_was_meant(when: dt.datetime, form: str) -> None:
    found = moment(when.strftime(form))
    assert found is not None
    assert found.when == when


@given(MOMENTS)
def test_american_dates_are_read_with_the_month_first(when: dt.datetime) -> None:
    found = moment(when.strftime("%m/%d/%Y %I:%M %p"), american=True)
    assert found is not None
    assert found.when == when


@given(st.text(max_size=40))
def test_no_text_is_too_strange(cell: str) -> None:
    moment(cell)
    level(cell)
    kind(cell)
    kind_of_id(cell)
    found = hours(cell)
    assert found is None or (found >= 0 and math.isfinite(found))


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["12/31/2026", "01/02/2026"], True),
        (["31/12/2026", "01/02/2026"], False),
        (["12/31/2026", "31/12/2026"], False),
        (["01/02/2026"], False),
        (["01/02/2026 8:15 AM"], True),
        (["2026-12-31", "", "x"], False),
        ([], False),
    ],
)
def test_the_month_comes_first_only_when_a_date_proves_it(cells: list[str], *, expected: bool) -> None:
    assert month_first(cells) is expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("1", 1), ("N1", 1), ("L2", 2), ("Niveau 3", 3), ("Support N1", 1), ("tier-2", 2), ("", None), ("expert", None)],
)
def test_levels_are_read_from_their_digit(cell: str, expected: int | None) -> None:
    assert level(cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Incident", "incident"), ("[System] Incident", "incident"), ("Panne", "incident"), ("Bug", "incident"),
        ("Demande", "request"), ("Service Request", "request"), ("sc_request", "request"), ("Changement", "change"),
        ("change_request", "change"), ("Problème", "problem"), ("Task", "other"), ("", "other"),
    ],
)  # fmt: skip
def test_kinds_are_known_in_both_languages(cell: str, expected: str) -> None:
    assert kind(cell) == expected


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        *[("INC0010023", "incident"), ("RITM0010", "request"), ("CHG0001", "change"), ("PRB0007", "problem")],
        *[("I-000123", "incident"), ("R-000124", "request"), ("C-17", "change"), ("SUP-12", None), ("42", None)],
    ],
)
def test_numbers_of_some_tools_tell_the_kind(identity: str, expected: str | None) -> None:
    assert kind_of_id(identity) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        *[("3600", 1.0), ("5 400", 1.5), ("2h", 2.0), ("2h 30m", 2.5), ("1 jour 2 heures", 26.0)],
        *[("1 Day 2 Hours", 26.0), ("90 minutes", 1.5), ("1:30", 1.5), ("0:30:00", 0.5), ("", None)],
        *[("beaucoup", None), ("3 lunes", None), ("-5", None)],
    ],
)
def test_durations_are_hours(cell: str, expected: float | None) -> None:
    assert hours(cell) == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("cell", "expected"), [("NULL", True), (" - ", True), ("0000-00-00 00:00:00", True), ("0", False)]
)
def test_what_exports_write_for_nothing_is_nothing(cell: str, *, expected: bool) -> None:
    assert absent(cell) is expected
