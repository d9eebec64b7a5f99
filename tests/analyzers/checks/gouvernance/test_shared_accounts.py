from __future__ import annotations

from analyzers.checks.gouvernance.shared_accounts import CHECK
from analyzers.model.facts import Access, Account
from tests import builders as b


def host(name: str, account: str, uid: int = 1000, **fields):
    entered = Account(name=account, uid=uid, interactive=True, keys=1, login_days_90d=4, **fields)
    return b.host(name, access=Access(accounts=(entered,), sessions=()))


HOSTS = (host("web1", "amartin"), host("db1", "infog", concurrent_sources=True), b.refused("bkp1"))


def test_hosts_without_a_shared_account_are_counted_and_the_others_named() -> None:
    found = b.answer(CHECK, *HOSTS)
    assert str(found.message) == "1 of 3 hosts are known to have no shared account in use."
    assert found.subjects == ("db1",)


def test_a_host_that_refused_may_share_or_not() -> None:
    finding = b.finding(CHECK, *HOSTS)
    assert (finding.interval.low, finding.interval.high) == (b.Fraction(1, 3), b.Fraction(2, 3))
    assert (finding.reason, finding.coverage) == ("no_permission", b.Fraction(2, 3))


def test_the_shared_account_is_told_and_no_person() -> None:
    told = [piece.value for piece in b.finding(CHECK, *HOSTS).evidence]
    assert "infog" in told
    assert "amartin" not in told
