from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters import formats

N = formats.NARROW


@pytest.mark.parametrize(
    ("template", "parameters", "expected"),
    [
        ("nothing", {}, "nothing"),
        ("{a} and {b}", {"a": "1", "b": "{a}"}, "1 and {a}"),
        ("{{kept}} {a}", {"a": "x"}, "{kept} x"),
    ],
)
def test_plain_fields_are_filled_once(template: str, parameters: dict, expected: str) -> None:
    assert formats.fill(template, parameters) == expected


@pytest.mark.parametrize(
    "template",
    [
        "{missing}",
        "{a.__class__}",
        "{a[0]}",
        "{a!r}",
        "{a:>999999999}",
        "{}",
        "{0}",
        "{a",
        "a}",
        "{a:{a}}",
    ],
)
def test_anything_but_a_plain_field_is_refused(template: str) -> None:
    with pytest.raises(formats.TemplateError):
        formats.fill(template, {"a": "x"})


@given(st.text())
def test_no_template_raises_anything_else(template: str) -> None:
    try:
        formats.fill(template, {})
    except formats.TemplateError:
        return
    assert formats.fill(template, {}) == template.replace("{{", "{").replace("}}", "}")


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [(8080, "8080", "8080"), (12.5, "12,5", "12.5"), (3.0, "3", "3"), (0.126, "0,13", "0.13"), (-2, "-2", "-2")],
)
def test_numbers_inside_sentences(value: float, french: str, english: str) -> None:
    assert formats.plain_number(value, "fr") == french
    assert formats.plain_number(value, "en") == english


@pytest.mark.parametrize(
    ("value", "decimals", "french", "english"),
    [
        (1234567, 0, f"1{N}234{N}567", "1,234,567"),
        (1234.56, 1, f"1{N}234,6", "1,234.6"),
        (21.0, 1, "21", "21"),
        (100, 0, "100", "100"),
        (0, 2, "0", "0"),
    ],
)
def test_quantities(value: float, decimals: int, french: str, english: str) -> None:
    assert formats.number(value, "fr", decimals) == french
    assert formats.number(value, "en", decimals) == english


@pytest.mark.parametrize(("share", "shown"), [(0.0, "0"), (0.299999, "29"), (0.3, "30"), (0.999, "99"), (1.0, "100")])
def test_percentages_are_rounded_down(share: float, shown: str) -> None:
    assert formats.percent(share, "fr") == f"{shown}{N}%"
    assert formats.percent(share, "en") == f"{shown}%"


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [(12.3, 55.1, "12\N{EN DASH}56"), (0.0, 100.0, "0\N{EN DASH}100"), (60.0, 60.0, "60"), (60.5, 60.5, "60,5")],
)
def test_intervals_are_rounded_outwards(low: float, high: float, shown: str) -> None:
    assert formats.span(low, high, "fr") == shown


@pytest.mark.parametrize(
    ("date", "french", "english"),
    [
        (dt.date(2027, 3, 31), "31 mars 2027", "31 March 2027"),
        (dt.date(2026, 8, 1), "1er août 2026", "1 August 2026"),
    ],
)
def test_days(date: dt.date, french: str, english: str) -> None:
    assert formats.day(date, "fr") == french
    assert formats.day(date, "en") == english
    assert formats.day_or_text(date.isoformat(), "fr") == french


@pytest.mark.parametrize("text", ["2027-13-31", "2027-03-31T00:00", "host-2027-03-31", "", "2027-3-1"])
def test_what_only_looks_like_a_day_stays(text: str) -> None:
    assert formats.day_or_text(text, "fr") == text


def test_moments_are_shown_in_utc() -> None:
    paris = dt.datetime(2026, 11, 20, 0, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    assert formats.moment(paris, "fr") == "19 novembre 2026 à 23:30 UTC"
    assert formats.moment(paris, "en") == "19 November 2026, 23:30 UTC"


@pytest.mark.parametrize(
    ("count", "french", "english"),
    [
        (0, f"0{N}o", "0 B"),
        (999, f"999{N}o", "999 B"),
        (7_340_032, f"7,3{N}Mo", "7.3 MB"),
        (5e15, f"5{N}000{N}To", "5,000 TB"),
    ],
)
def test_sizes(count: float, french: str, english: str) -> None:
    assert formats.size(count, "fr") == french
    assert formats.size(count, "en") == english
