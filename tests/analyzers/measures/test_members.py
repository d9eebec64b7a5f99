from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from analyzers.measures.members import (
    failing,
    host_evidence,
    host_member,
    of_hosts,
    only_said,
    passing,
    proved,
    settled,
    stale,
    statement_evidence,
    why_unseen,
)
from analyzers.model.evidence import Member, Population
from analyzers.model.interval import Interval
from tests import builders as b


def population(**values: tuple[object, object]) -> Population:
    evidence = (statement_evidence(b.estate(context=b.context()), "x", "x", 1),)
    return Population(
        key="test",
        members=tuple(
            Member(
                name=name,
                kind="host",
                measured=None if measured is None else Interval.between(*measured),
                declared=None if declared is None else Fraction(declared),
                evidence=evidence,
            )
            for name, (measured, declared) in values.items()
        ),
    )


MIXED = population(
    good=((1, 1), None),
    half=((0.5, 0.5), None),
    bad=((0, 0), None),
    unsure=((0.25, 1), None),
    open=((0, 1), None),
    unseen=(None, None),
    stated=(None, 1),
    denied=(None, 0),
)


def test_failing_members_come_worst_first_and_the_unknown_are_left_out() -> None:
    assert failing(MIXED) == ("bad", "denied", "unsure", "half")


def test_members_with_full_marks_are_counted_and_those_known_at_all() -> None:
    assert (passing(MIXED), settled(MIXED)) == (2, 6)


def test_what_is_only_said_is_counted_apart() -> None:
    assert (proved(MIXED), only_said(MIXED)) == (1, 1)


@pytest.mark.parametrize(
    ("measured", "declared", "counts"),
    [
        ((1, 1), 1, (1, 0)),
        ((1, 1), 0.5, (1, 0)),
        ((0.2, 1), 1, (0, 1)),
        ((0, 1), 1, (0, 1)),
        ((0, 0), 1, (0, 0)),
        (None, 0.5, (0, 0)),
    ],
)
def test_a_measurement_with_a_statement_is_counted_once(measured, declared, counts) -> None:
    found = population(web1=(measured, declared))
    assert (proved(found), only_said(found)) == counts


def test_an_open_measurement_with_a_statement_counts_by_its_statement() -> None:
    assert failing(population(web1=((0, 1), 1))) == ()
    assert passing(population(web1=((0, 1), 1))) == 1


@pytest.mark.parametrize(
    ("outcome", "reason", "complete", "missing"),
    [
        ("ok", None, True, None),
        ("not_applicable", None, True, None),
        ("partial", "no_permission", False, "no_permission"),
        ("partial", None, False, "partial"),
        ("unknown", "timed_out", False, "timed_out"),
    ],
)
def test_a_population_is_whole_when_its_collectors_answered_in_full(
    outcome, reason, missing, *, complete: bool
) -> None:
    estate = b.estate(b.host("web1", runs=[b.run("jobs", outcome, reason)]))
    found = of_hosts("test", (), estate, "jobs")
    assert (found.complete, found.missing) == (complete, missing)


def test_a_collector_that_never_ran_leaves_a_population_open() -> None:
    assert not of_hosts("test", (), b.estate(b.host("web1")), "jobs").complete
    assert of_hosts("test", (), b.estate(b.host("web1"))).complete


def test_a_host_that_nobody_read_leaves_a_population_open() -> None:
    estate = b.estate(b.host("web1"), monitoring=b.monitoring(b.uname("db1")))
    assert (of_hosts("test", (), estate).complete, of_hosts("test", (), estate).missing) == (False, "no_source")
    assert of_hosts("test", (), b.estate()).missing == "no_source"


def test_why_a_collector_says_nothing() -> None:
    (named,) = b.estate(monitoring=b.monitoring(b.uname("db1"))).hosts
    (refused,) = b.estate(b.refused("web1", "unreadable")).hosts
    (partial,) = b.estate(b.host("web1", runs=[b.run("jobs", "partial")])).hosts
    assert why_unseen(named, "jobs") == "no_source"
    assert why_unseen(refused, "jobs") == "unreadable"
    assert why_unseen(partial, "jobs") == "partial"


def test_evidence_of_a_host_tells_how_its_collector_read_it() -> None:
    (host,) = b.estate(b.host("web1", runs=[b.run("jobs")])).hosts
    found = host_evidence(host, "jobs", "jobs", 3, "jobs").provenance
    assert (found.source, found.query, found.collected_at) == ("host:web1", "read by jobs", b.NOW)
    assert host_evidence(host, "other", "x", 1).provenance.query == "other"


def test_a_host_weighs_as_its_most_critical_service() -> None:
    context = b.context(services=(b.service("nginx", criticality=2), b.service("postgres", criticality=5)))
    listeners = (b.listener(), b.listener("postgres", 5432))
    (host,) = b.estate(b.host("web1", listeners=listeners), context=context).hosts
    member = host_member(host, None, reason="stale")
    assert (member.weight, member.services, member.hosts) == (5, ("nginx", "postgres"), ("web1",))


def test_a_statement_falls_back_on_the_date_and_author_of_its_file() -> None:
    estate = b.estate(context=b.context(date=dt.date(2026, 11, 1)))
    found = statement_evidence(estate, "services[0]", "x", 1).provenance
    assert (found.source, found.collected_at.date()) == ("pasencore.yaml (a.martin)", dt.date(2026, 11, 1))
    other = statement_evidence(estate, "services[0]", "x", 1, dt.date(2026, 5, 1), "b.leroy").provenance
    assert (other.source, other.collected_at.date()) == ("pasencore.yaml (b.leroy)", dt.date(2026, 5, 1))


@pytest.mark.parametrize(
    ("age", "limit", "old"), [(365, None, False), (366, None, True), (180, 180, False), (181, 180, True)]
)
def test_statements_grow_old(age: int, limit: int | None, *, old: bool) -> None:
    estate = b.estate(context=b.context())
    assert stale(estate, b.TODAY - dt.timedelta(days=age), limit) is old
