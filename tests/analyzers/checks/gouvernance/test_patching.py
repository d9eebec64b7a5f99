from __future__ import annotations

from analyzers.checks.gouvernance.patching import CHECK
from analyzers.model.facts import Packages, PendingUpdate
from tests import builders as b

SUPPORTED = b.dt.date(2028, 6, 30)


def host(name: str, *pending: str, support_end=SUPPORTED):
    packages = Packages(
        manager="dpkg",
        installed=400,
        pending=tuple(PendingUpdate(name=each, security=True) for each in pending),
        lists_updated_at=b.days_ago(1),
    )
    return b.host(name, inventory=b.inventory(os=b.system(support_end=support_end)), packages=packages)


def test_hosts_that_are_up_to_date_are_counted_and_the_others_named() -> None:
    found = b.answer(CHECK, host("web1"), host("db1", "openssl"), host("bkp1", support_end=None))
    assert str(found.message) == "1 of 3 hosts are known to run a supported system with its security updates applied."
    assert found.subjects == ("db1",)


def test_a_release_whose_end_nobody_knows_leaves_doubt() -> None:
    finding = b.finding(CHECK, host("bkp1", support_end=None))
    assert (finding.outcome, finding.reason) == ("measured", "partial")
    assert (finding.interval.low, finding.interval.high, finding.coverage) == (0, 1, 0)


def test_an_estate_without_package_managers_is_not_concerned() -> None:
    appliance = b.host("nas1", inventory=b.inventory(), runs=(b.run("packages", "not_applicable"),))
    assert b.finding(CHECK, appliance).outcome == "not_applicable"
