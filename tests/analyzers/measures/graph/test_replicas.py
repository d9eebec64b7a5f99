from __future__ import annotations

import datetime as dt

import pytest

from analyzers.measures.graph.replicas import redundancy, single_points
from analyzers.model.context import Risk
from tests import builders as b
from tests.analyzers.measures.graph.planted import catalogue, hosts

TWO = {"app1": ("boutique",), "app2": ("boutique",), "db1": ("postgresql",), "erp1": ("erp",)}
CALLS = [("boutique", "postgresql")]
SAID = (("boutique", ("postgresql",)), ("postgresql", ()), ("erp", ()))


def accepted(*subjects, **fields):
    given = {"owner": "b.leroy", "accepted": b.TODAY, "expires": b.TODAY + dt.timedelta(days=90)}
    return Risk(title="one database", subjects=subjects, **(given | fields))


def points(running=TWO, calls=CALLS, risks=(), needs=SAID, extra=(), **critical):
    population = single_points(
        b.estate(*hosts(running, calls), *extra, context=catalogue(*needs, risks=risks, **critical))
    )
    return {each.name: (each.measured, each.declared, each.reason) for each in population.members}


def test_what_one_host_runs_and_a_critical_service_needs_is_found_and_nothing_else() -> None:
    assert points() == {"postgresql": (None, 0, None)}


def test_a_dependency_that_nobody_declared_is_followed_too() -> None:
    assert set(points(needs=(("boutique", ()), ("postgresql", ()), ("erp", ())))) == {"postgresql"}


def test_one_that_is_only_declared_is_followed_until_it_is_disproved() -> None:
    assert set(points(calls=())) == {"estate"}, "both ends were watched for a week: a ghost"
    brief = hosts(TWO, (), flow_watch=None)
    population = single_points(b.estate(*brief, context=catalogue(*SAID)))
    assert {each.name for each in population.members} == {"postgresql"}


def test_points_behind_points_are_found() -> None:
    running = TWO | {"cache1": ("redis",)}
    chain = [*CALLS, ("postgresql", "redis")]
    assert set(points(running, chain, needs=(*SAID, ("redis", ())))) == {"postgresql", "redis"}


def test_a_critical_service_on_one_host_is_a_point_itself() -> None:
    assert set(points(critical=("boutique", "erp"))) == {"postgresql", "erp"}


@pytest.mark.parametrize(
    ("risk", "value"),
    [
        (accepted("postgresql"), 1),
        (accepted("db1"), 1),
        (accepted("DB1.dupont.example"), 1),
        (accepted("erp1"), 0),
        (accepted("postgresql", owner=None), 0),
        (accepted("postgresql", accepted=None), 0),
        (accepted("postgresql", expires=b.TODAY - dt.timedelta(days=1)), 0),
        (accepted("postgresql", date=b.TODAY - dt.timedelta(days=700)), None),
    ],
)
def test_it_is_decided_upon_when_somebody_owns_it_until_a_date(risk, value) -> None:
    assert points(risks=(risk,))["postgresql"][1] == value


def test_without_a_register_nothing_is_said() -> None:
    assert points(risks=None) == {"postgresql": (None, None, "not_declared")}


def test_none_found_is_full_marks_where_all_was_read() -> None:
    running = TWO | {"db2": ("postgresql",)}
    assert [each[0].low for each in points(running).values()] == [1]


def test_a_host_that_was_not_read_may_hide_more_and_may_hold_the_second_instance() -> None:
    found = points(extra=(b.refused("dark1"),))
    assert found == {"postgresql": (None, None, "partial"), "dark1": (None, None, "no_permission")}


def test_an_entry_that_says_where_settles_it() -> None:
    here = b.service("postgresql", match={"hosts": ("db1",)}, criticality=5)
    elsewhere = b.service("postgresql", match={"hosts": ("db*", "dark1")}, criticality=5)
    for entry, value in ((here, 0), (elsewhere, None)):
        estate = b.estate(*hosts(TWO, CALLS), b.refused("dark1"), context=b.context(services=(entry,)))
        (member,) = redundancy(estate).members
        assert (member.measured.low if member.measured else None) == value


def test_critical_services_on_two_hosts_are_redundant() -> None:
    population = redundancy(b.estate(*hosts(TWO, CALLS), context=catalogue(*SAID, critical=("boutique", "erp"))))
    assert {name: each.measured.low for name, each in b.by_name(population).items()} == {"boutique": 1, "erp": 0}


def test_two_instances_on_one_host_are_one() -> None:
    twice = b.host("app1", listeners=(b.listener("boutique", 8080), b.listener("boutique", 8081)))
    (member,) = redundancy(b.estate(twice, context=catalogue(("boutique", ())))).members
    assert member.measured.high == 0


def test_a_critical_service_that_nobody_saw_is_unknown() -> None:
    (member,) = redundancy(b.estate(*hosts(TWO), context=catalogue(("mailer", ()), critical=("mailer",)))).members
    assert (member.measured, member.reason) == (None, "partial")


def test_a_catalogue_without_a_critical_service_has_none() -> None:
    for measure in (redundancy, single_points):
        assert measure(b.estate(*hosts(TWO), context=catalogue(*SAID, critical=()))).declared_empty
        assert measure(b.estate(*hosts(TWO))).missing == "not_declared"
        assert not measure(b.estate(*hosts(TWO), context=b.context(services=(b.service("erp"),)))).declared_empty
