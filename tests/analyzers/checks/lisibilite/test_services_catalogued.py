from __future__ import annotations

from analyzers.checks.lisibilite.services_catalogued import CHECK
from tests import builders as b


def test_listening_services_with_an_entry_are_counted_and_the_others_named() -> None:
    host = b.host("web1", listeners=(b.listener(), b.listener("redis", 6379), b.listener("memcached", 11211)))
    found = b.answer(CHECK, host, context=b.context(services=(b.service("nginx"),)))
    assert str(found.message) == "1 of 3 listening services have an entry in the catalogue."
    assert found.subjects == ("memcached", "redis")


def test_without_a_context_the_question_has_no_answer() -> None:
    finding = b.finding(CHECK, b.host("web1", listeners=(b.listener(),)))
    assert (finding.outcome, finding.reason) == ("unknown", "not_declared")
    assert str(finding.message) == "Services that listen without any declared catalogue: 1."


def test_hosts_that_were_refused_are_not_said_to_lack_a_catalogue() -> None:
    assert str(b.finding(CHECK, b.refused("web1")).message) == "Nothing that answers this question was seen."


def test_an_unread_host_widens_the_answer() -> None:
    host = b.host("web1", listeners=(b.listener(),))
    finding = b.finding(CHECK, host, b.refused("db1", "timed_out"), context=b.context(services=(b.service("nginx"),)))
    assert (finding.outcome, finding.reason, finding.coverage) == ("measured", "timed_out", 0.5)
    assert (finding.interval.low, finding.interval.high) == (b.Fraction(2, 5), 1)


def test_an_estate_where_nothing_listens_is_not_concerned() -> None:
    assert b.finding(CHECK, b.host("web1", listeners=())).outcome == "not_applicable"
