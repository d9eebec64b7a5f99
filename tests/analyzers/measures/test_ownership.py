from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from analyzers.measures.ownership import SERVICES_OF_A_HOST, owners, values
from analyzers.model.interval import Interval
from tests import builders as b

HALF = Fraction(1, 2)
OLD = b.TODAY - dt.timedelta(days=366)


def declared(entry, measure=owners, **sources):
    return b.by_name(measure(b.estate(context=b.context(services=(entry,)), **sources)))[entry.name]


@pytest.mark.parametrize(
    ("named", "value", "said"),
    [
        ({"owner": "a.martin", "deputy": "b.leroy"}, 1, "an owner and a deputy"),
        ({"owner": "a.martin"}, HALF, "an owner without a deputy"),
        ({"owner": "a.martin", "deputy": "a.martin"}, HALF, "the same person twice"),
        ({"deputy": "b.leroy"}, 0, "a deputy without an owner"),
        ({}, 0, "nobody"),
    ],
)
def test_an_entry_names_an_owner_and_somebody_else(named, value, said) -> None:
    member = declared(b.service("boutique", criticality=5, **named))
    assert (member.declared, member.measured, member.weight) == (value, None, 5)
    (evidence,) = member.evidence
    assert (evidence.value, evidence.kind) == (said, "declared")
    assert evidence.provenance.query == "services[boutique].owner"
    assert evidence.provenance.source == "pasencore.yaml (a.martin)"


@pytest.mark.parametrize(
    ("rated", "value", "said"),
    [
        ({"business_value": 5, "criticality": 4}, 1, "business value 5, criticality 4"),
        ({"business_value": 5}, HALF, "business value 5"),
        ({"criticality": 1}, HALF, "criticality 1"),
        ({}, 0, "nothing"),
    ],
)
def test_an_entry_is_rated_on_both_scales(rated, value, said) -> None:
    member = declared(b.service("boutique", **rated), values)
    assert (member.declared, member.evidence[0].value) == (value, said)
    assert member.evidence[0].provenance.query == "services[boutique].business_value"


def test_a_statement_has_its_own_date_and_author() -> None:
    day = dt.date(2026, 9, 2)
    member = declared(b.service("boutique", owner="a.martin", date=day, author="b.leroy"))
    provenance = member.evidence[0].provenance
    assert (provenance.source, provenance.collected_at.date()) == ("pasencore.yaml (b.leroy)", day)


@pytest.mark.parametrize("measure", [owners, values])
def test_an_old_statement_is_stale(measure) -> None:
    member = declared(b.service("boutique", owner="a.martin", business_value=3, date=OLD), measure)
    assert (member.declared, member.reason, member.evidence[0].kind) == (None, "stale", "unknown")


WEB1 = b.host("web1", listeners=(b.listener("redis", 6379),))


@pytest.mark.parametrize("measure", [owners, values])
def test_a_shadow_is_measured_against_a_catalogue_that_was_read(measure) -> None:
    found = b.by_name(measure(b.estate(WEB1, context=b.context(services=(b.service("boutique"),)))))
    shadow = found["redis"]
    assert (shadow.measured, shadow.declared, shadow.weight) == (Interval.point(0), None, 3)
    assert {each.provenance.source for each in shadow.evidence} == {"host:web1", "pasencore.yaml (a.martin)"}


@pytest.mark.parametrize("context", [None, b.context()])
def test_without_a_catalogue_nobody_said_anything(context) -> None:
    (member,) = owners(b.estate(WEB1, context=context)).members
    assert (member.measured, member.declared, member.reason) == (None, None, "not_declared")


def test_an_empty_catalogue_is_a_statement_and_no_measurement() -> None:
    (member,) = owners(b.estate(WEB1, context=b.context(services=()))).members
    assert (member.measured, member.declared) == (None, 0)
    assert member.evidence[0].provenance.query == "services"


def test_a_catalogued_service_that_is_seen_is_judged_by_its_entry() -> None:
    entry = b.service("redis", owner="a.martin", deputy="b.leroy")
    member = declared(entry)
    seen = b.by_name(owners(b.estate(WEB1, context=b.context(services=(entry,)))))["redis"]
    assert (seen.measured, seen.declared, seen.hosts) == (None, member.declared, ("web1",))


@pytest.mark.parametrize(
    ("fields", "there"), [({}, False), ({"owner": "c.prov"}, True), ({"owner": "c.prov", "deputy": "a.martin"}, True)]
)
def test_what_others_run_counts_once_somebody_answers_for_it(fields, there) -> None:
    entry = b.service("paiement", external=True, provider="PayCorp", **fields)
    found = owners(b.estate(context=b.context(services=(entry,)))).members
    assert bool(found) is there


@pytest.mark.parametrize("measure", [owners, values])
def test_a_dark_host_weighs_as_much_as_the_shadows_it_may_hold(measure) -> None:
    population = measure(b.estate(b.refused("web1"), context=b.context(services=())))
    (member,) = population.members
    assert (member.kind, member.weight, member.reason) == ("host", 3 * SERVICES_OF_A_HOST, "no_permission")
    assert not population.complete


def test_an_estate_that_was_read_and_runs_nothing_has_nobody_to_name() -> None:
    population = owners(b.estate(b.host("web1", listeners=()), context=b.context(services=())))
    assert (population.members, population.complete) == ((), True)
