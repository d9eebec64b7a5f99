from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from analyzers.measures.restores import ladder
from analyzers.model import context as ctx
from analyzers.model.facts import BackupTool
from analyzers.model.interval import Interval
from tests import builders as b

POSTGRES = b.listener("postgres", 5432)


def day(age):
    return b.TODAY - dt.timedelta(days=age)


def member(*tools, tests=None, **entry):
    services = (b.service("postgres", **entry),)
    context = b.context(services=services, restore_tests=tests)
    (found,) = ladder(b.estate(b.host("db1", listeners=(POSTGRES,), backups=tools), context=context)).members
    return found


def fifths(low, high=5) -> Interval:
    return Interval(Fraction(low, 5), Fraction(high, 5))


def tool(name="pg_dump", **fields) -> BackupTool:
    ages = {key: b.days_ago(age) for key, age in fields.items() if key.startswith("last_")}
    return BackupTool(name=name, **(fields | ages))


@pytest.mark.parametrize(
    ("found", "rung"),
    [
        (tool(), 1),
        (tool(scheduled=True), 1),
        (tool(last_success=0.5), 1),
        (tool(scheduled=True, last_success=0.5), 2),
        (tool(last_success=0.5, last_integrity_check=30), 3),
        (tool(last_success=0.5, last_integrity_check=30.1), 1),
        (tool(last_success=0.5, last_restore=700), 4),
        (tool(last_success=0.5, last_restore=1, last_integrity_check=1, scheduled=True), 4),
        (tool("restic", last_success=0.5, last_restore=1), 0),
    ],
)
def test_what_a_host_shows_is_a_lower_bound(found, rung) -> None:
    seen = member(found)
    assert (seen.measured, seen.declared, seen.reason) == (fifths(rung), None, "partial")


def test_the_highest_rung_of_several_tools_counts() -> None:
    assert member(tool(), tool("pgbackrest", last_success=0.5, last_restore=9)).measured == fifths(4)


def test_a_backup_that_fails_leaves_a_tool_and_nothing_above() -> None:
    seen = member(tool(scheduled=True, last_success=20, last_restore=30))
    assert (seen.measured, seen.reason) == (fifths(1, 1), None)


def test_an_old_dump_that_nobody_repeats_disproves_nothing() -> None:
    seen = member(tool(last_success=20), tests=(drill(),))
    assert (seen.measured, seen.reason) == (fifths(1), "partial")
    assert not seen.contradicted(Fraction(3, 10))


def test_nothing_found_proves_nothing() -> None:
    seen = member()
    assert (seen.measured, seen.declared, seen.reason) == (None, None, "not_declared")


def test_nothing_readable_says_why() -> None:
    db1 = b.host("db1", listeners=(POSTGRES,), runs=(b.run("backups", "unknown", "timed_out"),))
    (seen,) = ladder(b.estate(db1)).members
    assert (seen.name, seen.measured, seen.reason) == ("db1 postgres", None, "timed_out")


def drill(age=10, **fields) -> ctx.RestoreTest:
    return ctx.RestoreTest(**({"service": "postgres", "date": day(age), "by": "b.leroy", "minutes": 55} | fields))


FOUR_HOURS = ctx.Objectives(rto_hours=4)


@pytest.mark.parametrize(
    ("test", "entry", "rung"),
    [
        (drill(), {}, 5),
        (drill(180), {}, 5),
        (drill(181), {}, 4),
        (drill(by=None), {}, 4),
        (drill(minutes=None), {}, 5),
        (drill(minutes=240), {"objectives": FOUR_HOURS}, 5),
        (drill(minutes=241), {"objectives": FOUR_HOURS}, 4),
        (drill(minutes=None), {"objectives": FOUR_HOURS}, 4),
        (drill(minutes=999), {"objectives": FOUR_HOURS, "date": day(400)}, 5),
    ],
)
def test_a_restore_that_people_tell(test, entry, rung) -> None:
    seen = member(tests=(test,), **entry)
    assert (seen.measured, seen.declared) == (None, Fraction(rung, 5))
    (evidence,) = seen.evidence
    assert (evidence.value, evidence.provenance.query) == (test.date.isoformat(), "restore_tests[0]")


def test_the_best_restore_counts() -> None:
    seen = member(tests=(drill(300), drill(100), drill(20, by=None)))
    assert (seen.declared, seen.evidence[0].provenance.query) == (1, "restore_tests[1]")


def test_a_restore_older_than_any_statement_may_be_is_stale() -> None:
    seen = member(tests=(drill(366),))
    assert (seen.declared, seen.reason, seen.evidence[0].kind) == (None, "stale", "unknown")


def test_a_restore_of_something_else_says_nothing() -> None:
    seen = member(tests=(drill(service="erp"),))
    assert (seen.declared, seen.reason) == (None, "not_declared")


@pytest.mark.parametrize(
    ("entry", "rung"),
    [
        ({}, 0),
        ({"backup": ctx.Backup(tool="none")}, 0),
        ({"backup": ctx.Backup(tool="pg_dump")}, 1),
        ({"backup": ctx.Backup(tool="pg_dump", schedule="daily")}, 2),
    ],
)
def test_saying_that_nothing_was_restored_leaves_the_backup(entry, rung) -> None:
    seen = member(tests=(), **entry)
    assert seen.declared == Fraction(rung, 5)
    assert seen.evidence[0].provenance.query == "restore_tests"


def test_a_backup_that_fails_contradicts_a_restore() -> None:
    seen = member(tool(scheduled=True, last_success=20), tests=(drill(),))
    assert (seen.measured, seen.declared) == (fifths(1, 1), 1)
    assert seen.contradicted(Fraction(3, 10))


def test_a_restore_of_software_without_an_entry() -> None:
    db1 = b.host("db1", listeners=(POSTGRES,))
    (seen,) = ladder(b.estate(db1, context=b.context(restore_tests=(drill(),)))).members
    assert (seen.name, seen.declared) == ("db1 postgres", 1)
