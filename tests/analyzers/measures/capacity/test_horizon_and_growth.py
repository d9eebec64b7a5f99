from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.measures.capacity.growth import absorbed
from analyzers.measures.capacity.horizon import until_full, value_of
from analyzers.model.context import Organisation
from analyzers.model.estate import Estate
from analyzers.model.interval import UNKNOWN
from analyzers.model.monitoring import QueryResult
from tests import builders as b
from tests.analyzers.measures.capacity.days import by_day, calm, level, points, rising

DISK = "capacity.disk"


def estate(*queries: QueryResult, hosts: tuple[str, ...] = ("web1",), **blocks: object) -> Estate:
    context = b.context(**blocks) if blocks else None
    return b.estate(*(b.host(each) for each in hosts), monitoring=b.monitoring(*queries), context=context)


def with_disk(*values: float | None, host: str = "web1") -> list[QueryResult]:
    return [*calm(host)[:2], by_day(DISK, points(values, host, mountpoint="/srv"))]


@pytest.mark.parametrize(("days", "value"), [(0, 0), (30, 0), (105, Fraction(1, 2)), (180, 1), (4000, 1), (None, 1)])
def test_the_value_of_a_date(days: float | None, value: Fraction) -> None:
    assert value_of(days) == value


def test_a_calm_month_lasts() -> None:
    population = until_full(estate(*calm()))
    assert population.measured_only.low == 1


def test_the_resource_that_fills_first_counts_with_its_date_and_error() -> None:
    population = until_full(estate(*with_disk(*rising(0.6, 0.01))))
    member = b.by_name(population)["web1"]
    assert member.measured is not None
    assert float(member.measured.high) == pytest.approx((40 - 30) / 150, abs=0.001)
    first, second = member.evidence[:2]
    assert first.key == "disk /srv: full in"
    assert first.value == pytest.approx(40, abs=0.1)
    assert "a week ago" in second.key


def test_the_worst_host_counts() -> None:
    both = [
        by_day(each.id, *each.points, *other.points)
        for each, other in zip(with_disk(*rising(0.9, 0.01)), calm("web2"), strict=True)
    ]
    population = until_full(estate(*both, hosts=("web1", "web2")))
    assert (population.measured_only.low, population.measured_only.high) == (0, 0)


def test_hosts_of_critical_services_alone_count_where_some_are_declared() -> None:
    filling = [
        by_day(each.id, *each.points, *other.points)
        for each, other in zip(with_disk(*rising(0.9, 0.01), host="web2"), calm("web1"), strict=True)
    ]
    found = b.estate(
        b.host("web1", listeners=(b.listener("shop", 80),)),
        b.host("web2", listeners=(b.listener("wiki", 80),)),
        monitoring=b.monitoring(*filling),
        context=b.context(services=(b.service("shop", criticality=5), b.service("wiki", criticality=2))),
    )
    assert [each.name for each in until_full(found).members] == ["web1"]


def test_a_host_without_days_is_unknown_with_the_reason() -> None:
    found = b.estate(b.host(), monitoring=b.monitoring(b.query(DISK, reason="budget_exhausted")))
    (member,) = until_full(found).members
    assert (member.measured, member.reason) == (None, "budget_exhausted")
    (member,) = until_full(b.estate(b.host())).members
    assert member.reason == "no_monitoring_source"


def test_too_few_days_are_said() -> None:
    (member,) = until_full(estate(by_day(DISK, points(level(0.5, 5), mountpoint="/")))).members
    assert (member.measured, member.reason) == (None, "too_few")


def test_a_resource_that_nobody_tells_keeps_the_low_at_nothing() -> None:
    (member,) = until_full(estate(*calm()[:2])).members
    assert member.measured == UNKNOWN
    assert member.reason == "partial"


@given(st.floats(0.001, 0.02), st.floats(0.001, 0.02))
def test_growing_slower_never_lowers_the_value(one: float, other: float) -> None:
    slow, fast = sorted((one, other))
    values = [until_full(estate(*with_disk(*rising(0.5, slope, 14)))).measured_only.low for slope in (slow, fast)]
    assert values[0] >= values[1]


@pytest.mark.parametrize(("percent", "value"), [(0, 1), (50, 1), (130, 0)])
def test_declared_growth_multiplies_what_is_used(percent: float, value: int) -> None:
    found = estate(*calm(), organisation=Organisation(growth_percent_per_year=percent))
    assert absorbed(found).measured_only.low == value
    assert absorbed(found).measured_only.high == value


def test_without_a_declared_growth_the_trend_goes_on() -> None:
    assert absorbed(estate(*with_disk(*rising(0.5, 0.001)))).measured_only.high == 0
    assert absorbed(estate(*calm())).measured_only.low == 1


def test_declared_growth_needs_no_fortnight() -> None:
    short = [by_day(each.id, points(each.points[0].values[-3:], mountpoint="/")) for each in calm()]
    found = estate(*short, organisation=Organisation(growth_percent_per_year=10))
    assert absorbed(found).measured_only.low == 1


def test_a_resource_over_its_bar_settles_the_host_whatever_the_others_are() -> None:
    found = estate(
        by_day(DISK, points(level(0.79), mountpoint="/")), organisation=Organisation(growth_percent_per_year=5)
    )
    (member,) = absorbed(found).members
    assert member.measured is not None
    assert member.measured.high == 0


@given(st.floats(0, 300), st.floats(0, 300))
def test_less_growth_never_lowers_the_value(one: float, other: float) -> None:
    less, more = sorted((one, other))
    low = [
        absorbed(estate(*calm(), organisation=Organisation(growth_percent_per_year=each))).measured_only.low
        for each in (less, more)
    ]
    assert low[0] >= low[1]
