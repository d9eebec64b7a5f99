from __future__ import annotations

import datetime as dt

import pytest

from analyzers.checks.lisibilite.uncontrolled_dependencies import CHECK
from analyzers.model.context import Contract, Provider
from analyzers.model.interval import Interval
from tests import builders as b
from tests.flow_worlds import WATCHED

NO, YES, OPEN = Interval.point(0), Interval.point(1), None
PAYCORP = {"external": True, "provider": "PayCorp", "addresses": ("203.0.113.0/28",)}
SIGNED = (Contract(provider="PayCorp"),)
OLD = (Contract(provider="PayCorp", date=b.TODAY - dt.timedelta(days=400)),)
PAID = b.connection("203.0.113.5", 443, service="boutique")
NOWHERE = b.connection("8.8.8.8", 443, service="boutique")
PRIVATE = b.connection("10.0.9.9", 443, service="boutique")


def member(*connections, needs=None, owner="a.martin", contracts=SIGNED, watch=WATCHED, **entry):
    """Return what is known of boutique, critical, and of what it needs from outside."""
    host = b.host(
        "app1",
        addresses=("10.0.0.1",),
        listeners=(b.listener("boutique", 8080),),
        connections=connections,
        flow_watch=watch,
    )
    services = (
        b.service("boutique", criticality=5, depends_on=needs, **entry),
        b.service("paiement", owner=owner, **PAYCORP),
        b.service("wiki", criticality=1),
    )
    context = b.context(services=services, contracts=contracts)
    return b.by_name(CHECK.evidence(b.estate(host, context=context)))["boutique"]


@pytest.mark.parametrize(
    ("given", "measured", "declared", "reason"),
    [
        ({"connections": (PAID,)}, OPEN, 1, None),
        ({"connections": (PAID,), "owner": None}, NO, None, None),
        ({"connections": (PAID,), "contracts": ()}, NO, None, None),
        ({"connections": (PAID,), "contracts": OLD}, NO, None, None),
        ({"connections": (PAID,), "contracts": None}, OPEN, None, "not_declared"),
        ({"connections": (NOWHERE,)}, NO, None, None),
        ({"connections": (PRIVATE,)}, OPEN, None, "partial"),
        ({"connections": ()}, YES, None, None),
        ({"connections": (), "watch": None}, OPEN, None, "not_declared"),
        ({"connections": (), "watch": None, "needs": ()}, OPEN, 1, None),
        ({"connections": (), "needs": ("paiement",)}, OPEN, 1, None),
        ({"connections": (), "needs": ("paiement",), "contracts": ()}, OPEN, 0, None),
        ({"connections": (PAID,), "date": b.TODAY - dt.timedelta(days=400)}, OPEN, None, "stale"),
    ],
)
def test_what_a_critical_service_needs_from_outside(given, measured, declared, reason) -> None:
    found = member(*given.pop("connections"), **given)
    assert (found.measured, found.declared, found.reason) == (measured, declared, reason)


def test_a_range_of_a_provider_counts_by_the_entry_that_somebody_owns() -> None:
    host = b.host("app1", listeners=(b.listener("boutique"),), connections=(PAID,))
    provider = Provider(name="PayCorp", ranges=("203.0.113.0/24",))
    services = (
        b.service("boutique", criticality=4),
        b.service("paiement", external=True, provider="PayCorp", owner="a.martin"),
    )
    context = b.context(services=services, providers=(provider,), contracts=SIGNED)
    assert b.answer(CHECK, host, context=context).population.members[0].declared == 1


def test_the_sentence_counts_and_names() -> None:
    host = b.host("app1", listeners=(b.listener("boutique"),), connections=(NOWHERE,))
    services = (b.service("boutique", criticality=4, depends_on=()), b.service("wiki", criticality=2))
    found = b.answer(CHECK, host, context=b.context(services=services, contracts=()))
    expected = "0 of 1 critical services need nothing from outside that lacks an owner or a contract."
    assert (str(found.message), found.subjects) == (expected, ("boutique",))


def test_without_a_critical_service_the_question_does_not_arise() -> None:
    valued = b.context(services=(b.service("wiki", criticality=2),))
    assert b.finding(CHECK, context=valued).outcome == "not_applicable"
    assert b.finding(CHECK, context=b.context(services=(b.service("wiki"),))).reason == "not_declared"
