from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from analyzers.measures.stack import ON_STANDARD, RELEASES, diversity
from analyzers.model.context import Standards
from analyzers.model.interval import UNKNOWN, Interval
from tests import builders as b


def host(name="web1", service="nginx", **system):
    return b.host(name, inventory=b.inventory(os=b.system(**system)), listeners=(b.listener(service),))


def standard(*names, age=10):
    return b.context(standards=Standards(os=names, date=b.TODAY - dt.timedelta(days=age)))


DEBIAN = {"id": "debian", "version_id": "12", "family": "debian"}
ROCKY = {"id": "rocky", "version_id": "9.4", "family": "rhel"}
ALMA = {"id": "almalinux", "version_id": "9.3", "family": "rhel"}


@pytest.mark.parametrize(
    ("system", "names", "ends"),
    [
        (DEBIAN, ("debian 12",), (1, 1)),
        (DEBIAN, ("Debian 12",), (1, 1)),
        (DEBIAN, ("rocky 9", "debian 12"), (1, 1)),
        (DEBIAN, ("debian",), (1, 1)),
        (DEBIAN, ("debian 11",), (0, 0)),
        (DEBIAN, ("rocky 9",), (0, 0)),
        (DEBIAN | {"version_id": "1"}, ("debian 12",), (0, 0)),
        (ROCKY, ("rocky 9",), (1, 1)),
        (ROCKY, ("rocky 9.4",), (1, 1)),
        (ROCKY | {"version_id": "90"}, ("rocky 9",), (0, 0)),
        (DEBIAN | {"support_end": None}, ("debian 12",), (0, 1)),
        (DEBIAN | {"support_end": b.TODAY - dt.timedelta(days=1)}, ("debian 12",), (0, 0)),
        (DEBIAN | {"support_end": b.TODAY}, ("debian 12",), (1, 1)),
    ],
)
def test_hosts_against_the_declared_standard(system, names, ends) -> None:
    population = diversity(b.estate(host(**system), context=standard(*names)))
    assert population.key == ON_STANDARD
    member = b.by_name(population)["web1"]
    assert b.ends(member) == ends
    assert [each.kind for each in member.evidence] == ["measured", "reconciled"]


@pytest.mark.parametrize(
    ("systems", "value"),
    [
        ([DEBIAN], 1),
        ([DEBIAN, DEBIAN], 1),
        ([DEBIAN, ROCKY], Fraction(1, 2)),
        ([ROCKY, ALMA], 1),
        ([DEBIAN, DEBIAN | {"version_id": "11"}, ROCKY], Fraction(1, 3)),
    ],
)
def test_without_a_standard_distinct_releases_share_one_point(systems, value) -> None:
    estate = b.estate(*(host(f"web{index}", **each) for index, each in enumerate(systems)))
    population = diversity(estate)
    assert population.key == RELEASES
    assert population.interval(Fraction(0)) == Interval.point(value)
    assert population.coverage == 1


def test_each_role_is_judged_alone() -> None:
    context = b.context(services=(b.service("nginx"), b.service("postgres")))
    hosts = (host("web1", **DEBIAN), host("web2", **DEBIAN), host("db1", "postgres", **ROCKY))
    assert diversity(b.estate(*hosts, context=context)).interval(Fraction(0)) == Interval.point(1)
    assert diversity(b.estate(*hosts)).interval(Fraction(0)) == Interval.point(Fraction(1, 2))


def test_the_role_of_a_host_is_its_most_critical_service() -> None:
    context = b.context(services=(b.service("nginx", criticality=2), b.service("postgres", criticality=5)))
    both = b.host(
        "web1", inventory=b.inventory(os=b.system(**DEBIAN)), listeners=(b.listener(), b.listener("postgres", 5432))
    )
    estate = b.estate(both, host("db1", "postgres", **ROCKY), context=context)
    assert {each.name: each.measured for each in diversity(estate).members} == {
        "web1": Interval.point(Fraction(1, 2)),
        "db1": Interval.point(Fraction(1, 2)),
    }


@pytest.mark.parametrize("unread", [b.refused("db1", "timed_out"), host("db1", id="")])
def test_without_a_standard_one_unread_host_leaves_the_whole_unknown(unread) -> None:
    population = diversity(b.estate(host("web1", **DEBIAN), unread))
    assert population.interval(Fraction(0)) == UNKNOWN
    assert population.coverage == 0


@pytest.mark.parametrize("context", [b.context(), b.context(standards=Standards()), standard("debian 12", age=400)])
def test_no_fresh_standard_is_no_standard(context) -> None:
    population = diversity(b.estate(host(**ROCKY), context=context))
    assert population.key == RELEASES
    assert population.interval(Fraction(0)) == Interval.point(1)


def test_a_stale_standard_is_shown() -> None:
    population = diversity(b.estate(host(**ROCKY), context=standard("debian 12", age=400)))
    assert [each.kind for each in population.members[0].evidence] == ["measured", "unknown"]


def test_an_unread_host_keeps_its_reason() -> None:
    population = diversity(b.estate(b.refused("db1", "timed_out"), context=standard("debian 12")))
    assert [(each.name, each.reason) for each in population.members] == [("db1", "timed_out")]
