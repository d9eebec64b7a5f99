from __future__ import annotations

from analyzers.checks.gouvernance.cost_visible import CHECK
from analyzers.model import context as ctx
from tests import builders as b


def test_costs_are_counted_and_a_bill_that_is_off_is_said() -> None:
    services = (b.service("boutique", monthly_cost=90.0), b.service("facturation"))
    found = b.answer(CHECK, context=b.context(services=services))
    assert str(found.message) == "1 of 2 services have a known cost."
    assert found.subjects == ("facturation",)
    bill = ctx.Contract(provider="InfoServ", invoices=(ctx.Invoice(month="2026-11", units={"hosts": 3}),))
    context = b.context(services=services, contracts=(bill,))
    said = str(b.answer(CHECK, b.host("web1"), b.host("db1"), context=context).message)
    assert said == "1 of 2 services have a known cost; a bill is 50 % off what is seen."


def test_silence_is_unknown() -> None:
    assert (b.finding(CHECK).outcome, b.finding(CHECK).reason) == ("unknown", "not_declared")


def test_a_bill_speaks_of_the_services_that_its_contract_names_and_not_of_all_on_their_hosts() -> None:
    assets = ctx.ContractAssets(hosts=("db1",), services=("postgresql",))
    bill = ctx.Contract(
        provider="InfoServ", assets=assets, invoices=(ctx.Invoice(month="2026-11", units={"hosts": 3}),)
    )
    names = ("postgresql", "ssh")
    host = b.host("db1", listeners=tuple(b.listener(name, port) for name, port in zip(names, (5432, 22), strict=True)))
    context = b.context(services=tuple(b.service(name, monthly_cost=90.0) for name in names), contracts=(bill,))
    members = b.by_name(b.answer(CHECK, host, context=context).population)
    assert {name: each.measured is not None for name, each in members.items()} == {"postgresql": True, "ssh": False}
