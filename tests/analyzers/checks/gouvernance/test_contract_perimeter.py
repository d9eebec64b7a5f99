from __future__ import annotations

import datetime as dt

import pytest

from analyzers.checks.gouvernance.contract_perimeter import CHECK
from analyzers.model.context import Contract, ContractAssets, Responsibilities
from tests import builders as b

DB = b.service("base-clients", match={"units": ("postgresql.service",), "hosts": ("db*",)})
HOSTS = [b.host(name, inventory=b.inventory(), listeners=(b.listener("postgresql", 5432),)) for name in ("db1", "db3")]
APP = b.host("app1", inventory=b.inventory(), listeners=(b.listener("boutique", 8080),))


def contract(hosts=("db1", "db2"), services=("base-clients",), **fields):
    return Contract(provider="InfoServ", assets=ContractAssets(hosts=hosts, services=services), **fields)


def found(*contracts, services=(DB,), monitoring=None, **blocks):
    context = b.context(services=services, contracts=contracts, **blocks)
    return b.answer(CHECK, *HOSTS, APP, context=context, monitoring=monitoring)


def values(*contracts, **sources):
    members = b.by_name(found(*contracts, **sources).population)
    return {name: each.measured and int(each.measured.low) for name, each in members.items()}


SEEN_BY_SERVER = b.monitoring(b.uname("db1", "db3", "app1"))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (contract(model="partial"), {"db1": 1, "db2": None, "db3": 0, "base-clients": 1}),
        (contract(model="total"), {"db1": 1, "db2": None, "db3": 0, "app1": 0, "base-clients": 1}),
        (contract(), {"db1": 1, "db2": None, "db3": 0, "app1": 0, "base-clients": 1}),
        (contract(hosts=(), model="partial"), {"base-clients": 1}),
        (contract(services=(), model="partial"), {"db1": 1, "db2": None}),
    ],
)
def test_what_a_contract_covers_is_compared_with_what_was_seen(given, expected) -> None:
    assert values(given) == expected


def test_a_host_that_the_server_should_know_and_does_not_is_a_loss() -> None:
    assert values(contract(model="partial"), monitoring=SEEN_BY_SERVER)["db2"] == 0
    assert values(contract(hosts=("db1.dupont.example",), model="partial"))["db1"] == 1


def test_a_host_whose_sockets_nobody_read_may_run_what_the_contract_lists() -> None:
    dark = b.refused("db3")
    context = b.context(services=(DB,), contracts=(contract(hosts=("db1",), model="partial"),))
    members = b.by_name(b.answer(CHECK, HOSTS[0], APP, dark, context=context, monitoring=SEEN_BY_SERVER).population)
    assert (members["db3"].measured, members["db3"].reason) == (None, "no_permission")
    assert "app1" not in members


def test_what_the_provider_runs_by_the_matrix_should_be_under_contract() -> None:
    services = (DB, b.service("boutique"), b.service("wiki"))
    matrix = {"boutique": Responsibilities(patching="InfoServ"), "wiki": Responsibilities(patching="InfoServ")}
    drift = values(contract(model="partial"), services=services, responsibilities=matrix)
    assert drift["boutique"] == 0
    assert "wiki" not in drift


def test_another_contract_may_cover_the_rest() -> None:
    rest = contract(hosts=("app1", "db3"), services=(), model="partial")
    assert values(contract(model="total"), rest) == {"db1": 1, "db2": None, "db3": 1, "app1": 1, "base-clients": 1}


def test_a_service_that_others_run_is_seen_when_it_is_called() -> None:
    saas = b.service("paiement", external=True, addresses=("203.0.113.0/28",))
    deal = Contract(provider="PayCorp", assets=ContractAssets(services=("paiement",)))
    context = b.context(services=(saas, b.service("boutique")), contracts=(deal,))
    caller = b.host("app9", connections=(b.connection("203.0.113.5", 443),))
    (seen,) = b.answer(CHECK, caller, APP, context=context).population.members
    assert (seen.name, seen.measured is not None) == ("paiement", True)
    assert b.answer(CHECK, b.host("app1"), context=context).population.members[0].measured is None


def test_extras_and_losses_are_named() -> None:
    answer = found(contract(model="partial"), monitoring=SEEN_BY_SERVER)
    assert str(answer.message) == (
        "2 of 4 assets are under contract and were seen; seen without a contract: db3; "
        "under contract and not seen: db2."
    )
    assert answer.subjects == ("db3", "db2")


def test_an_old_contract_and_one_that_lists_nothing_say_nothing() -> None:
    old = contract(model="partial", date=b.TODAY - dt.timedelta(days=400))
    reasons = {each.name: each.reason for each in found(old, Contract(provider="PayCorp")).population.members}
    assert (reasons["db1"], reasons["PayCorp"]) == ("stale", "not_declared")


def test_without_contracts() -> None:
    assert b.finding(CHECK, APP, context=b.context()).reason == "not_declared"
    for nothing in ({"contracts": ()}, {"providers": ()}):
        assert b.finding(CHECK, APP, context=b.context(**nothing)).outcome == "not_applicable"
