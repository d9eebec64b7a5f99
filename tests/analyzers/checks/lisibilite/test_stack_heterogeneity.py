from __future__ import annotations

from analyzers.checks.lisibilite.stack_heterogeneity import CHECK
from analyzers.model.context import Standards
from tests import builders as b


def hosts():
    rocky = b.system(id="rocky", version_id="9.4", family="rhel")
    return b.host("web1", inventory=b.inventory()), b.host("db1", inventory=b.inventory(os=rocky))


def test_hosts_off_the_standard_are_named() -> None:
    found = b.answer(CHECK, *hosts(), context=b.context(standards=Standards(os=("debian 12",))))
    assert str(found.message) == "1 of 2 hosts are known to run a supported release of the declared standard."
    assert found.subjects == ("db1",)


def test_without_a_standard_hosts_that_differ_from_their_role_are_named() -> None:
    found = b.answer(CHECK, *hosts())
    assert (
        str(found.message)
        == "Without a declared standard: 0 of 2 hosts are known to run the only release of their role."
    )
    assert found.subjects == ("db1", "web1")


def test_one_unread_host_leaves_diversity_unknown() -> None:
    finding = b.finding(CHECK, *hosts(), b.refused("bkp1", "timed_out"))
    assert (finding.interval.low, finding.interval.high, finding.coverage) == (0, 1, 0)
    assert finding.reason == "timed_out"
