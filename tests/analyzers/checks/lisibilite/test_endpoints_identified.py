from __future__ import annotations

from analyzers.checks.lisibilite.endpoints_identified import CHECK
from tests import builders as b


def test_known_remote_ends_are_counted_and_the_others_named() -> None:
    connections = (b.connection("10.0.0.2"), b.connection("8.8.8.8", 53), b.connection("192.168.4.7", 80, "in"))
    hosts = (b.host("web1", connections=connections), b.host("db1", addresses=("10.0.0.2",), connections=()))
    found = b.answer(CHECK, *hosts)
    assert str(found.message) == "1 of 3 remote ends of connections are a known host, service or provider."
    assert found.subjects == ("192.168.4.0/24 -> :80", "8.8.8.8:53")


def test_connections_that_were_refused_are_unknown() -> None:
    finding = b.finding(CHECK, b.refused("web1", "no_permission"))
    assert (finding.outcome, finding.reason) == ("unknown", "no_permission")


def test_an_estate_that_talks_to_nobody_is_not_concerned() -> None:
    assert b.finding(CHECK, b.host("web1", connections=())).outcome == "not_applicable"


def test_strangers_of_critical_services_come_first() -> None:
    calls = (
        b.connection("8.8.8.8", 443, service="wiki"),
        b.connection("9.9.9.9", 443, service="boutique"),
    )
    host = b.host("web1", listeners=(b.listener("wiki", 80), b.listener("boutique", 81)), connections=calls)
    context = b.context(services=(b.service("wiki", criticality=1), b.service("boutique", criticality=5)))
    assert b.answer(CHECK, host, context=context).subjects == ("9.9.9.9:443", "8.8.8.8:443")
