from __future__ import annotations

from analyzers.checks.gouvernance.backups_present import CHECK
from analyzers.model.context import Backup
from analyzers.model.facts import BackupTool
from analyzers.rubric import published
from tests import builders as b

RULE = published().checks[CHECK.id]


def host(name: str, *ages: float):
    tools = tuple(BackupTool(name="pg_dump", scheduled=True, last_success=b.days_ago(age)) for age in ages)
    return b.host(name, listeners=(b.listener("postgres", 5432),), backups=tools)


def test_services_with_a_recent_backup_are_counted_and_the_others_named() -> None:
    found = b.answer(CHECK, host("db1", 0.5), host("db2", 20), host("db3"))
    assert str(found.message) == (
        "1 of 3 data services are measured to have a backup that is recent enough; only declared: 0."
    )
    assert found.subjects == ("db2 postgres",)


def test_a_backup_that_is_only_declared_is_counted_apart() -> None:
    context = b.context(services=(b.service("erp", backup=Backup(tool="veeam")),))
    found = b.answer(CHECK, host("db1", 0.5), context=context)
    assert str(found.message).startswith("1 of 2 data services are measured")
    assert str(found.message).endswith("only declared: 1.")


def test_a_failure_that_was_measured_forbids_any_project() -> None:
    finding = b.finding(CHECK, host("db1", 20), context=b.context(services=(b.service("postgres", backup=Backup()),)))
    assert RULE.redhibitoire
    assert finding.measured_only.high < RULE.fail_below


def test_nothing_that_is_only_said_or_not_found_forbids_a_project() -> None:
    for sources in ({}, {"context": b.context(services=(b.service("postgres", backup=Backup(tool="none")),))}):
        assert b.finding(CHECK, host("db1"), **sources).measured_only.high == 1


def test_an_estate_without_data_is_not_concerned() -> None:
    assert b.finding(CHECK, b.host("web1", listeners=(b.listener(),))).outcome == "not_applicable"
