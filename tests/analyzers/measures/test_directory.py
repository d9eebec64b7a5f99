from __future__ import annotations

import datetime as dt

import pytest

from analyzers.measures.directory import Directory, parse
from analyzers.model.context import Contract, ContractAccess, Provider
from tests import builders as b

OLD = b.TODAY - dt.timedelta(days=400)


def context(**blocks):
    services = (
        b.service(
            "paiement", external=True, addresses=("203.0.113.0/28", "2001:db8::/48"), domains=("paycorp.example",)
        ),
        b.service("intranet", addresses=("10.9.9.9", "not an address")),
    )
    providers = (Provider(name="InfoServ", ranges=("198.51.100.7/28",), domains=("*.infoserv.example",)),)
    contracts = (Contract(provider="HostCo", access=ContractAccess(ranges=("192.0.2.0/24",))),)
    return b.context(**({"services": services, "providers": providers, "contracts": contracts} | blocks))


@pytest.mark.parametrize(
    ("text", "name", "path"),
    [
        ("203.0.113.15", "paiement", "services[0].addresses"),
        ("203.0.113.16", None, None),
        ("::ffff:203.0.113.1", "paiement", "services[0].addresses"),
        ("2001:db8::5", "paiement", "services[0].addresses"),
        ("2001:db9::5", None, None),
        ("10.9.9.9", "intranet", "services[1].addresses"),
        ("198.51.100.1", "InfoServ", "providers[0].ranges"),
        ("192.0.2.200", "HostCo", "contracts[0].access.ranges"),
        ("api.paycorp.example", "paiement", "services[0].domains"),
        ("PAYCORP.example", "paiement", "services[0].domains"),
        ("notpaycorp.example", None, None),
        ("vpn.infoserv.example", "InfoServ", "providers[0].domains"),
        ("", None, None),
    ],
)
def test_who_is_behind_an_address(text: str, name: str | None, path: str | None) -> None:
    found = Directory(b.estate(context=context())).who(text)
    assert (found.name if found else None) == name
    assert (found.evidence[0].provenance.query if found else None) == path


def test_hosts_of_the_estate_come_first() -> None:
    host = b.host("db1", addresses=("10.9.9.9",))
    found = Directory(b.estate(host, context=context())).who("10.9.9.9%eth0")
    assert found is not None
    assert found.name == "db1"
    assert found.host is not None


def test_without_a_context_only_hosts_are_known() -> None:
    directory = Directory(b.estate(b.host("db1", addresses=("10.9.9.9",))))
    assert directory.who("10.9.9.9") is not None
    assert directory.who("203.0.113.1") is None


def test_a_stale_claim_is_told_apart_and_a_fresh_one_preferred() -> None:
    old = Provider(name="Ancien", ranges=("203.0.113.0/24",), date=OLD)
    found = Directory(b.estate(context=b.context(providers=(old,)))).who("203.0.113.1")
    assert found is not None
    assert (found.name, found.stale, found.evidence[0].kind) == ("Ancien", True, "unknown")
    both = Directory(b.estate(context=context(providers=(old,)))).who("203.0.113.1")
    assert both is not None
    assert (both.name, both.stale) == ("paiement", False)


@pytest.mark.parametrize(
    ("text", "address"), [("fe80::1%eth0", "fe80::1"), ("::ffff:10.0.0.1", "10.0.0.1"), ("db1", "None"), ("", "None")]
)
def test_addresses_as_sockets_show_them(text: str, address: str) -> None:
    assert str(parse(text)) == address
