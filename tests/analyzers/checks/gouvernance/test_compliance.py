from __future__ import annotations

from analyzers.checks.gouvernance.compliance import CHECK
from tests import builders as b

DATABASE = b.host("db1", listeners=(b.listener("postgresql", 5432),))


def test_data_services_without_a_class_are_named() -> None:
    found = b.answer(CHECK, DATABASE, context=b.context(services=(b.service("postgresql"),)))
    assert str(found.message) == "0 of 1 data services have a class of data."
    assert found.subjects == ("postgresql",)


def test_a_database_that_no_entry_names_is_measured() -> None:
    finding = b.finding(CHECK, DATABASE, context=b.context(services=()))
    assert (finding.measured_only.high, finding.coverage) == (0, 1)


def test_an_estate_without_data_is_not_applicable_and_an_unread_one_unknown() -> None:
    assert b.finding(CHECK, b.host(listeners=(b.listener(),))).outcome == "not_applicable"
    assert b.finding(CHECK, b.refused()).outcome == "unknown"
