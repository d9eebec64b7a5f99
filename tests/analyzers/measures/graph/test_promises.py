from __future__ import annotations

from fractions import Fraction

import pytest

from analyzers.measures.graph.promises import needed, realistic
from analyzers.model.context import Contract, ContractAssets, Objectives, Organisation, Sla
from tests import builders as b
from tests.analyzers.measures.graph.planted import hosts

SMALL = Organisation(people=15)


def entry(name, availability=None, needs=(), **fields):
    objectives = Objectives(availability=availability) if availability is not None else None
    return b.service(name, objectives=objectives, depends_on=needs, **fields)


def contract(availability, services=(), machines=(), **fields):
    assets = ContractAssets(services=services, hosts=machines) if services or machines else None
    return Contract(provider="InfoServ", assets=assets, sla=Sla(availability=availability), **fields)


def judged(*services, contracts=(), organisation=SMALL, read=()):
    context = b.context(services=services, contracts=contracts, organisation=organisation)
    members = b.by_name(realistic(b.estate(*read, context=context)))
    return {name: each.declared if each.declared is not None else each.reason for name, each in members.items()}


def test_a_promise_above_the_product_of_what_it_rests_on_is_out_of_reach() -> None:
    chain = (entry("boutique", 99.9, ("api",)), entry("api", 99.9, ("db",)), entry("db", 99.9))
    assert judged(*chain) == {"boutique": 0, "api": 1, "db": 1}


def test_what_two_things_need_counts_once() -> None:
    shared = (entry("boutique", 99.8, ("api", "web")), entry("api", None, ("db",)), entry("web", None, ("db",)))
    assert judged(*shared, entry("db", 99.8))["boutique"] == "not_declared", "api and web promise nothing"
    assert (
        judged(entry("boutique", 99.8, ("db", "api")), entry("api", 100, ("db",)), entry("db", 99.8))["boutique"] == 1
    )


def test_a_contract_promises_for_its_services() -> None:
    services = (entry("boutique", 99.9), entry("erp", None))
    assert judged(*services, contracts=(contract(99.5, ("boutique", "erp")),)) == {"boutique": 0, "erp": 1}


def test_hosts_under_contract_stand_in_for_each_other() -> None:
    running = hosts({"app1": ("boutique",), "db1": ("postgresql",), "db2": ("postgresql",)})
    services = (entry("boutique", 99.9, ("postgresql",)), entry("postgresql", None))
    two = contract(99.0, machines=("db1", "db2"))
    assert judged(*services, contracts=(two,), read=running) == {"boutique": 1}
    alone = hosts({"app1": ("boutique",), "db1": ("postgresql",)})
    assert judged(*services, contracts=(two,), read=alone) == {"boutique": 0}


def test_a_provider_promises_for_what_it_runs() -> None:
    outside = b.service("paiement", external=True, provider="InfoServ")
    assert judged(entry("boutique", 99.5, ("paiement",)), outside, contracts=(contract(99.0),)) == {
        "boutique": 0,
        "paiement": 1,
    }


def test_dependencies_that_were_seen_count_as_those_that_were_said() -> None:
    running = hosts({"app1": ("boutique",), "db1": ("postgresql",)}, [("boutique", "postgresql")])
    assert judged(entry("boutique", 99.9), entry("postgresql", 99.0), read=running)["boutique"] == 0


@pytest.mark.parametrize(
    ("people", "need"), [(None, None), (15, 0.99), (20, 0.99), (21, 0.995), (50, 0.995), (51, 0.999), (4000, 0.999)]
)
def test_the_need_grows_with_the_company(people, need) -> None:
    assert needed(people) == (None if need is None else Fraction(str(need)))


def test_a_promise_under_the_need_is_not_enough() -> None:
    assert judged(entry("boutique", 99.0), organisation=Organisation(people=60)) == {"boutique": 0}
    assert judged(entry("boutique", 99.0), organisation=None) == {"boutique": "not_declared"}


def test_what_it_rests_on_must_be_known_to_say_that_it_can_be_kept() -> None:
    silent = b.service("boutique", objectives=Objectives(availability=99.5))
    assert judged(silent) == {"boutique": "not_declared"}
    assert judged(entry("boutique", 99.5), read=(b.refused("dark1"),)) == {"boutique": "not_declared"}


def test_old_entries_and_contracts_promise_nothing() -> None:
    old = b.TODAY.replace(year=2024)
    assert judged(entry("boutique", 99.5, date=old)) == {"boutique": "stale"}
    assert judged(entry("boutique", 99.5), contracts=(contract(99.0, ("boutique",), date=old),)) == {"boutique": 1}


def test_circles_are_no_trouble() -> None:
    assert judged(entry("a", 99.5, ("b",)), entry("b", 99.6, ("a",))) == {"a": 1, "b": 0}


def test_nobody_promises() -> None:
    nobody = realistic(b.estate(context=b.context(services=(b.service("boutique"),))))
    assert (nobody.members, nobody.missing, nobody.declared_empty) == ((), "not_declared", None)
    assert realistic(b.estate(context=b.context(services=(), contracts=()))).declared_empty
