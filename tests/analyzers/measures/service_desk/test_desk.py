"""Tickets: which count, and what may be concluded from them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.measures.service_desk import fires, lead_time, levels, recurrence, trend
from analyzers.measures.service_desk.desk import desk, on_scale, widened
from analyzers.model import context as ctx
from analyzers.model.estate import Estate
from analyzers.model.evidence import Member, Population
from analyzers.model.interval import Interval
from analyzers.model.tickets import Ticket
from tests import builders as b

MEASURES = (fires.share, recurrence.recurring, levels.first_level, trend.time_to_resolve, lead_time.lead_time)
every_measure = pytest.mark.parametrize("measure", MEASURES, ids=lambda each: each.__name__)


def estate(*tickets: Ticket, context: ctx.Context | None = None, **file: Any) -> Estate:
    return b.estate(tickets=[b.ticket_file(*tickets, **file)], context=context)


def only(population: Population) -> Member:
    (member,) = population.members
    return member


def year(count: int = 40, **fields: Any) -> list[Ticket]:
    """Return that many incidents, evenly spread over a year."""
    return [b.ticket(each, 1 + each * 355 / count, **fields) for each in range(count)]


@every_measure
def test_without_an_export_nothing_is_known(measure: Any) -> None:
    found = measure(b.estate())
    assert only(found).measured is None
    assert only(found).reason in {"no_source", "not_declared"}
    assert not found.complete


@every_measure
@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ({"reason": "unreadable"}, "unreadable"),
        ({"columns": ("id", "opened")}, "partial"),
    ],
)
def test_an_export_that_cannot_answer_says_why(measure: Any, file: dict[str, Any], reason: str) -> None:
    assert only(measure(estate(*year(), **file))).reason in {reason, "not_declared"}


@every_measure
def test_few_tickets_and_old_ones_prove_nothing(measure: Any) -> None:
    assert only(measure(estate(*year(4)))).measured is None
    old = [b.ticket(each, 120 + each * 7) for each in range(30)]
    assert only(measure(estate(*old))).measured is None


def test_a_ticket_in_two_exports_counts_once_and_the_one_that_saw_it_solved_wins() -> None:
    opened = b.ticket(7, 5, None)
    files = [b.ticket_file(opened, file="october.csv"), b.ticket_file(b.ticket(7, 5, 3), file="november.csv")]
    found = desk(b.estate(tickets=files), "opened")
    assert [each.closed is not None for each in found.tickets] == [True]


def test_tickets_of_another_year_are_left_out() -> None:
    assert [each.id for each in desk(estate(b.ticket(1, 400), b.ticket(2, 3)), "opened").tickets] == ["2"]


def test_every_ticket_is_an_incident_where_the_export_does_not_say() -> None:
    mixed = [b.ticket(1, kind="request"), b.ticket(2)]
    assert len(desk(estate(*mixed), "opened").incidents()) == 1
    assert len(desk(estate(*mixed, columns=("opened",)), "opened").incidents()) == 2


@given(st.fractions(0, 1), st.integers(1, 50), st.integers(0, 50))
def test_rows_that_could_not_be_read_only_widen(value: Fraction, seen: int, unseen: int) -> None:
    found = widened(value, seen, unseen)
    assert found.contains(Interval.point(value))
    assert found.width == Fraction(unseen, seen + unseen)


@given(st.fractions(0, 1), st.fractions(0, 1))
def test_a_falling_scale_keeps_the_order_of_ends(one: Fraction, other: Fraction) -> None:
    low, high = min(one, other), max(one, other)
    found = on_scale(Interval(low, high), Fraction(6, 10), Fraction(3, 10))
    assert 0 <= found.low <= found.high <= 1


@pytest.mark.parametrize(("hours", "value"), [(1, 1), (3, 1), (6, 0), (9, 0), (4.5, Fraction(1, 2))])
def test_fires_are_the_share_of_handled_time_that_incidents_take(hours: float, value: Fraction) -> None:
    rest = [b.ticket(f"r{each}", 2 + each * 3, 10 - hours, kind="request") for each in range(20)]
    found = only(fires.share(estate(*[b.ticket(each, 2 + each * 3, hours) for each in range(20)], *rest)))
    assert found.measured == Interval.point(value)


def test_the_time_spent_is_believed_before_the_time_that_passed() -> None:
    spent = [b.ticket(each, 2 + each, 100, spent_hours=1.0) for each in range(20)]
    rest = [b.ticket(f"r{each}", 2 + each, 1, kind="request", spent_hours=9.0) for each in range(20)]
    found = only(fires.share(estate(*spent, *rest)))
    assert found.measured == Interval.point(1)
    assert "time spent" in found.evidence[1].key


def test_causes_that_return_within_a_quarter_on_the_same_service_are_repeats() -> None:
    tickets = [
        b.ticket(1, 300, cause="Disque plein"),
        b.ticket(2, 200, cause="disque plein"),
        b.ticket(3, 150, cause="DISQUE-PLEIN"),
        b.ticket(4, 140, cause="disque plein", service="facturation"),
        b.ticket(5, 100, cause="Autre"),
        b.ticket(6, 99, cause="autre"),
    ]
    assert [each.id for each in recurrence.repeats(tickets)] == ["3"]


def test_incidents_without_a_cause_may_come_back_or_not() -> None:
    known = year(30)
    unsaid = [b.ticket(f"u{each}", 3 + each, cause="inconnu") for each in range(10)]
    found = only(recurrence.recurring(estate(*known, *unsaid)))
    assert found.measured == Interval(Fraction(3, 4), Fraction(1))
    assert found.reason == "partial"
    again = only(recurrence.recurring(estate(*year(40, cause="disque plein"))))
    assert again.measured == Interval.point(Fraction(1, 40))
    assert [each.key for each in again.evidence] == ["incidents", "repeated", "comes_back: disque plein"]


@pytest.mark.parametrize(("first", "value"), [(20, 0), (34, 1), (40, 1), (27, Fraction(1, 2))])
def test_the_first_level_is_counted_among_solved_incidents(first: int, value: Fraction) -> None:
    tickets = [b.ticket(each, 2 + each, level=1 if each < first else 2) for each in range(40)]
    found = only(levels.first_level(estate(*tickets)))
    assert found.measured == Interval.point(value)


def test_what_a_contract_reports_is_a_statement_that_tickets_disprove() -> None:
    told = b.context(contracts=(ctx.Contract(provider="InfoServ", kpis=ctx.Kpis(first_level=0.85)),))
    said = only(levels.first_level(b.estate(context=told)))
    assert (said.declared, said.measured) == (1, None)
    seen = only(levels.first_level(estate(*year(level=2), context=told)))
    assert seen.contradicted(Fraction(3, 10))
    assert {each.provenance.source for each in seen.evidence} == {"tickets:tickets.csv", "pasencore.yaml (a.martin)"}


@pytest.mark.parametrize(
    ("months", "growth"),
    [
        ([2, 2, 2, 2, 2, 2], None),
        ([6, 5, 4, 3, 2, 1], None),
        ([2, 3, 2, 3, 2, 3], None),
        ([10, 11, 12, 13], Fraction(6, 23)),
        ([1, 2, 4, 8, 16], Fraction(9, 4) * Fraction(7, 6)),
        ([1, 2, 3], None),
        ([0, 0, 0, 0, 0], None),
    ],
)
def test_a_growth_must_be_told_from_chance(months: list[int], growth: Fraction | None) -> None:
    found = trend.growth_per_quarter([Fraction(each) for each in months])
    assert (found is None) == (growth is None)
    assert found is None or found > 0
    if months == [10, 11, 12, 13]:
        assert found == growth


@given(st.lists(st.integers(1, 100), min_size=1, max_size=12))
def test_a_series_and_its_mirror_do_not_both_grow(months: Sequence[int]) -> None:
    forth = trend.growth_per_quarter([Fraction(each) for each in months])
    back = trend.growth_per_quarter([Fraction(each) for each in reversed(months)])
    assert forth is None or back is None


def test_times_to_resolve_that_double_count_nought() -> None:
    tickets = [b.ticket(each, 340 - each * 8, 2 * 1.5 ** (each // 5)) for each in range(40)]
    assert only(trend.time_to_resolve(estate(*tickets))).measured == Interval.point(0)
    assert only(trend.time_to_resolve(estate(*year(60)))).measured == Interval.point(1)


@pytest.mark.parametrize(("yearly", "value"), [(-0.05, 1), (0.0, 1), (1.0, Fraction(1, 2)), (3.0, 0)])
def test_a_reported_trend_is_a_statement(yearly: float, value: Fraction) -> None:
    told = b.context(contracts=(ctx.Contract(provider="InfoServ", kpis=ctx.Kpis(resolution_trend=yearly)),))
    assert only(trend.time_to_resolve(b.estate(context=told))).declared == value


@pytest.mark.parametrize(("days", "value"), [(0.5, 1), (1, 1), (15.5, Fraction(1, 2)), (30, 0), (90, 0)])
def test_days_to_add_capacity_are_declared_or_counted(days: float, value: Fraction) -> None:
    told = only(lead_time.lead_time(b.estate(context=b.context(capacity=ctx.Capacity(provisioning_days=days)))))
    assert (told.declared, told.measured) == (value, None)
    asked = [b.ticket(each, 100 + each, days * 24, kind="request", cause="Capacité") for each in range(3)]
    seen = only(lead_time.lead_time(estate(*asked, b.ticket("now", 1))))
    assert seen.measured == Interval.point(value)


def test_a_short_declared_delay_is_disproved_by_long_deliveries() -> None:
    told = b.context(capacity=ctx.Capacity(provisioning_days=1))
    asked = [b.ticket(each, 100 + each, 30 * 24, kind="change", cause="provisioning") for each in range(3)]
    found = only(lead_time.lead_time(estate(*asked, b.ticket("now", 1), context=told)))
    assert found.contradicted(Fraction(3, 10))


@every_measure
def test_a_stale_statement_does_not_count(measure: Any) -> None:
    long_ago = b.TODAY.replace(year=2024)
    contract = ctx.Contract(provider="x", date=long_ago, kpis=ctx.Kpis(first_level=0.9, resolution_trend=0.0))
    capacity = ctx.Capacity(provisioning_days=1, date=long_ago)
    assert only(measure(b.estate(context=b.context(contracts=(contract,), capacity=capacity)))).declared is None
