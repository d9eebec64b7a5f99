from __future__ import annotations

from analyzers.checks.gouvernance.restore_proven import CHECK
from analyzers.model.context import RestoreTest
from analyzers.model.facts import BackupTool
from analyzers.rubric import published
from tests import builders as b

RULE = published().checks[CHECK.id]


def host(name: str, *tools: BackupTool):
    return b.host(name, listeners=(b.listener("postgres", 5432),), backups=tools)


CONTEXT = b.context(
    services=(b.service("postgres", match={"hosts": ("db1",)}),),
    restore_tests=(RestoreTest(service="postgres", date=b.days_ago(20).date(), by="b.leroy", minutes=55),),
)
FAILED = BackupTool(name="pg_dump", scheduled=True, last_success=b.days_ago(20))


def test_services_that_were_restored_are_counted_and_the_others_named() -> None:
    shop = b.host("db2", listeners=(b.listener("mysql", 3306),), backups=(BackupTool(name="mysqldump"),))
    found = b.answer(CHECK, host("db1"), shop, context=CONTEXT)
    assert str(found.message) == (
        "0 of 2 data services are measured to have been restored in time within 180 days; only declared: 1."
    )
    assert found.subjects == ("db2 mysql",)


def test_a_statement_is_discounted() -> None:
    finding = b.finding(CHECK, host("db1"), context=CONTEXT)
    assert (finding.interval.low, finding.interval.high, finding.coverage) == (b.Fraction(7, 10), 1, 0)


def test_a_backup_that_fails_leaves_the_first_rung() -> None:
    finding = b.finding(CHECK, host("db1", FAILED), context=CONTEXT)
    assert (finding.interval.low, finding.interval.high) == (b.Fraction(1, 5), b.Fraction(1, 5))
    assert finding.measured_only.high == RULE.fail_below


def test_silence_is_unknown() -> None:
    assert (b.finding(CHECK, host("db1")).outcome, b.finding(CHECK, host("db1")).reason) == ("unknown", "not_declared")
