from __future__ import annotations

from analyzers.checks.gouvernance.exposure import CHECK
from analyzers.model.facts import Firewall
from tests import builders as b

CATALOGUE = b.context(services=(b.service("nginx", public=True),))
WEB1 = b.host(
    "web1",
    listeners=(b.listener("nginx", 443), b.listener("redis", 6379)),
    firewall=Firewall(kind="none", active=False),
)
DB1 = b.host("db1", listeners=(b.listener("postgres", 5432),), runs=(b.run("firewall", "unknown", "no_permission"),))


def test_sockets_that_may_be_reached_are_counted_and_the_others_named() -> None:
    found = b.answer(CHECK, WEB1, DB1, context=CATALOGUE)
    assert str(found.message) == "1 of 3 sockets that anybody can reach are known to be declared public or blocked."
    assert found.subjects == ("web1 redis:6379/tcp",)


def test_a_filter_that_nobody_may_read_leaves_doubt() -> None:
    finding = b.finding(CHECK, WEB1, DB1, context=CATALOGUE)
    assert (finding.interval.low, finding.interval.high) == (b.Fraction(1, 3), b.Fraction(2, 3))
    assert finding.reason == "no_permission"


def test_hosts_that_nobody_can_reach_are_not_concerned() -> None:
    quiet = b.host("db1", listeners=(b.listener("postgres", 5432, address="127.0.0.1"),))
    assert b.finding(CHECK, quiet).outcome == "not_applicable"


def test_without_a_catalogue_the_sockets_are_counted() -> None:
    finding = b.finding(CHECK, WEB1)
    assert (finding.outcome, finding.reason) == ("unknown", "not_declared")
    assert str(finding.message) == "Sockets that anybody can reach, of which nobody said whether they are public: 2."


def test_a_host_that_nobody_read_is_no_socket() -> None:
    assert "Nothing that answers" in str(b.finding(CHECK, b.refused("web1")).message)
