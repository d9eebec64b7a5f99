from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from analyzers.measures.backup_traces import AGE
from analyzers.measures.backups import DATA_SERVICES_OF_A_HOST, is_none, present
from analyzers.model import context as ctx
from analyzers.model.facts import BackupTool
from analyzers.model.interval import ONE, UNKNOWN, ZERO, Interval
from tests import builders as b

YES, NO = Interval.point(1), Interval.point(0)
POSTGRES = b.listener("postgres", 5432)


def tool(hours=None, name="pg_dump", **fields) -> BackupTool:
    last = None if hours is None else b.days_ago(hours / 24)
    return BackupTool(**({"name": name, "scheduled": None if hours is None else True, "last_success": last} | fields))


def member(*tools, others=(), monitoring=None, **entry):
    context = b.context(services=(b.service("postgres", **entry),)) if entry else None
    db1 = b.host("db1", listeners=(POSTGRES,), backups=tools)
    population = present(b.estate(db1, *others, context=context, monitoring=monitoring))
    return next(each for each in population.members if "postgres" in each.name)


@pytest.mark.parametrize(
    ("tools", "value"),
    [
        ((tool(1),), YES),
        ((tool(26),), YES),
        ((tool(26.01),), NO),
        ((tool(500),), NO),
        ((tool(500), tool(600)), NO),
        ((tool(500), tool(600, scheduled=False)), NO),
        ((tool(500, scheduled=False),), UNKNOWN),
        ((tool(500, scheduled=None),), UNKNOWN),
        ((tool(500, scheduled=False), tool(600, scheduled=None)), UNKNOWN),
        ((tool(500), tool(2)), YES),
        ((tool(),), UNKNOWN),
        ((tool(500), tool()), UNKNOWN),
        ((tool(500), tool(500, "restic")), UNKNOWN),
        ((tool(500), tool(name="restic", scheduled=False)), NO),
        ((tool(500), tool(name="restic")), UNKNOWN),
        ((tool(500), tool(5, "restic", scheduled=False)), UNKNOWN),
        ((tool(name="restic", scheduled=False),), UNKNOWN),
        ((tool(1, "restic"),), UNKNOWN),
        ((tool(1, "restic", covers=("postgresql",)),), YES),
    ],
)
def test_the_last_success_against_a_day(tools, value) -> None:
    found = member(*tools)
    assert (found.measured, found.declared) == (value, None)
    assert found.reason == ("partial" if value == UNKNOWN else None)
    assert found.evidence


@pytest.mark.parametrize(
    ("rpo", "hours", "value"),
    [(4, 4.3, YES), (4, 4.4, NO), (168, 180, YES), (168, 183, NO), (0, 0.1, NO)],
)
def test_the_last_success_against_the_objective(rpo, hours, value) -> None:
    assert member(tool(hours), objectives=ctx.Objectives(rpo_hours=rpo)).measured == value


def test_an_objective_that_was_said_long_ago_is_none() -> None:
    old = b.TODAY - dt.timedelta(days=400)
    assert member(tool(100), objectives=ctx.Objectives(rpo_hours=168), date=old).measured == NO


@pytest.mark.parametrize(("hours", "value"), [(0.9, YES), (10, UNKNOWN), (27, NO)])
def test_a_tool_that_ships_every_change_is_late_after_a_day_at_least(hours, value) -> None:
    assert member(tool(hours, "pgbackrest"), objectives=ctx.Objectives(rpo_hours=1)).measured == value


@pytest.mark.parametrize(
    "other",
    [
        b.refused("web1"),
        b.host("bkp1", backups=(BackupTool(name="barman", covers=("postgresql",)),)),
    ],
    ids=["a host that refused", "a backup server"],
)
def test_a_late_backup_is_no_failure_while_another_may_be_elsewhere(other) -> None:
    found = member(tool(500), others=(other,))
    assert (found.measured, found.reason) == (UNKNOWN, "partial")


def test_a_backup_made_elsewhere_counts() -> None:
    bkp1 = b.host("bkp1", backups=(tool(3, "restic", covers=("db1",)),))
    assert member(others=(bkp1,)).measured == YES


@pytest.mark.parametrize(
    ("stanza", "age", "value"),
    [
        ("main", 3600.0, YES),
        ("postgres", 30 * 3600.0, NO),
        ("postgresql", 30 * 3600.0, NO),
        ("main", 30 * 3600.0, UNKNOWN),
    ],
)
def test_a_metric_counts_as_a_tool_and_is_late_when_it_names_the_service(stanza, age, value) -> None:
    labels = {"tool": "pgbackrest", "stanza": stanza, "instance": "db1:9854"}
    assert member(monitoring=b.monitoring(b.query(AGE, (labels, age)))).measured == value


def test_a_server_that_did_not_answer_may_know_of_another() -> None:
    assert member(tool(500), monitoring=b.monitoring(b.query(AGE, reason="timed_out"))).measured == UNKNOWN


def test_nothing_found_is_no_failure() -> None:
    found = member()
    assert (found.name, found.measured, found.declared, found.reason) == ("db1 postgres", None, None, "not_declared")


def test_nothing_readable_says_why() -> None:
    db1 = b.host("db1", listeners=(POSTGRES,), runs=(b.run("backups", "unknown", "no_permission"),))
    (found,) = present(b.estate(db1)).members
    assert (found.measured, found.reason) == (None, "no_permission")


@pytest.mark.parametrize(
    ("backup", "declared", "said"),
    [
        (ctx.Backup(tool="pgbackrest", schedule="daily"), ONE, "pgbackrest"),
        (ctx.Backup(where="off-site"), ONE, "declared"),
        (ctx.Backup(tool="none"), ZERO, "none"),
        (ctx.Backup(), ZERO, "none"),
    ],
)
def test_what_the_catalogue_says(backup, declared, said) -> None:
    found = member(backup=backup)
    assert (found.measured, found.declared) == (None, declared)
    (evidence,) = found.evidence
    assert (evidence.value, evidence.provenance.query) == (said, "services[postgres].backup")


def test_a_late_backup_contradicts_what_is_declared() -> None:
    found = member(tool(500), backup=ctx.Backup(tool="pg_dump"))
    assert (found.measured, found.declared) == (NO, ONE)
    assert found.contradicted(Fraction(3, 10))


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("pg_dump", NO),
        ("PG_Dump ", NO),
        ("veeam", UNKNOWN),
        ("none", NO),
        (None, NO),
    ],
)
def test_a_late_backup_proves_nothing_of_a_service_that_another_tool_backs_up(said, value) -> None:
    found = member(tool(500), backup=ctx.Backup(tool=said, schedule="daily"))
    assert (found.measured, "last_success of pg_dump" in {each.key for each in found.evidence}) == (value, True)


def test_a_tool_that_was_said_long_ago_protects_nothing() -> None:
    old = b.TODAY - dt.timedelta(days=400)
    assert member(tool(500), backup=ctx.Backup(tool="veeam"), date=old).measured == NO


def test_a_late_metric_proves_nothing_of_a_service_that_another_tool_backs_up() -> None:
    labels = {"tool": "restic", "service": "postgres", "instance": "db1:9854"}
    server = b.monitoring(b.query(AGE, (labels, 30 * 3600.0)))
    assert member(monitoring=server, backup=ctx.Backup(tool="Restic")).measured == NO
    assert member(monitoring=server, backup=ctx.Backup(tool="veeam")).measured == UNKNOWN


def test_what_was_declared_long_ago_is_stale() -> None:
    found = member(backup=ctx.Backup(tool="pg_dump"), date=b.TODAY - dt.timedelta(days=400))
    assert (found.declared, found.reason) == (None, "stale")


@pytest.mark.parametrize(
    ("backup", "none"),
    [
        (ctx.Backup(), True),
        (ctx.Backup(tool="None"), True),
        (ctx.Backup(tool="aucun", schedule="-"), True),
        (ctx.Backup(tool="nonesuch"), False),
        (ctx.Backup(schedule="daily"), False),
    ],
)
def test_saying_that_there_is_no_backup(backup, none) -> None:
    assert is_none(backup) is none


def test_a_service_that_nobody_saw_counts_as_declared() -> None:
    context = b.context(services=(b.service("erp", backup=ctx.Backup(tool="veeam"), criticality=5),))
    (found,) = present(b.estate(b.host("web1", listeners=()), context=context)).members
    assert (found.name, found.declared, found.weight) == ("erp", ONE, 5)


def test_a_dark_host_weighs_as_much_as_the_data_it_may_hold() -> None:
    (found,) = present(b.estate(b.refused("db1"))).members
    assert (found.kind, found.weight, found.reason) == ("host", 3 * DATA_SERVICES_OF_A_HOST, "no_permission")


def test_an_estate_that_keeps_no_data_is_not_concerned() -> None:
    population = present(b.estate(b.host("web1", listeners=(b.listener(),))))
    assert (population.members, population.complete) == ((), True)
