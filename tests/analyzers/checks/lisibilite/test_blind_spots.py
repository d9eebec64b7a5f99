from __future__ import annotations

from analyzers.checks.lisibilite.blind_spots import CHECK
from tests import builders as b


def test_hosts_that_were_not_seen_in_full_are_named_the_blindest_first() -> None:
    hosts = (b.host("web1", clock=b.clock()), b.host("db1", clock=b.clock(), runs=[b.run("jobs", "partial", "stale")]))
    found = b.answer(CHECK, *hosts, monitoring=b.monitoring(b.uname("nas1")))
    assert str(found.message) == "1 of 3 known hosts were seen in full."
    assert found.subjects == ("nas1", "db1")


def test_that_nobody_was_seen_is_measured_when_somebody_is_known() -> None:
    finding = b.finding(CHECK, monitoring=b.monitoring(b.uname("nas1")))
    assert (finding.outcome, finding.interval.high, finding.coverage) == ("measured", 0, 1)


def test_without_any_host_the_question_has_no_source() -> None:
    finding = b.finding(CHECK)
    assert (finding.outcome, finding.reason) == ("unknown", "no_source")
