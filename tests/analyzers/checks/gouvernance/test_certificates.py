from __future__ import annotations

from analyzers.checks.gouvernance.certificates import CHECK
from analyzers.model.facts import Certificate
from tests import builders as b


def certificate(name: str, days: float) -> Certificate:
    return Certificate(path=f"/etc/ssl/{name}.pem", subject=f"CN={name}", not_after=b.days_ago(-days), renewal=False)


WEB1 = b.host("web1", certificates=(certificate("web", 80), certificate("api", 12), certificate("old", -1)))


def test_certificates_that_hold_are_counted_and_the_others_named() -> None:
    found = b.answer(CHECK, WEB1)
    assert str(found.message) == "1 of 3 certificates are known to last more than 21 days or to renew themselves."
    assert found.subjects == ("web1 /etc/ssl/api.pem", "web1 /etc/ssl/old.pem")


def test_the_value_is_the_share_that_holds() -> None:
    finding = b.finding(CHECK, WEB1)
    assert (finding.interval.low, finding.interval.high) == (b.Fraction(1, 3), b.Fraction(1, 3))


def test_hosts_that_serve_none_are_not_concerned() -> None:
    assert b.finding(CHECK, b.host("web1", certificates=())).outcome == "not_applicable"
