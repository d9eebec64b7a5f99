from __future__ import annotations

import datetime as dt

import pytest

from analyzers.measures.backup_traces import AGE, all_read, of_service
from analyzers.measures.data_services import of_estate
from analyzers.model.facts import BackupTool
from tests import builders as b

POSTGRES = b.listener("postgres", 5432)
ENTRY = b.context(services=(b.service("base-clients", match={"units": ("postgres.service",)}),))


def tool(name="restic", **fields) -> BackupTool:
    return BackupTool(name=name, **fields)


def traces(*here, elsewhere=(), context=ENTRY, metrics=()):
    hosts = [
        b.host("db1", listeners=(POSTGRES,), backups=here, addresses=("10.0.0.2",)),
        b.host("bkp1", listeners=(), backups=elsewhere),
    ]
    server = b.monitoring(b.query(AGE, *metrics)) if metrics else None
    estate = b.estate(*hosts, context=context, monitoring=server)
    (data,) = of_estate(estate)
    return of_service(data, estate)


@pytest.mark.parametrize(
    ("found", "sure"),
    [
        (tool(covers=("base-clients",)), [True]),
        (tool(covers=("postgresql",)), [True]),
        (tool(covers=("mysql", "postgres")), [True]),
        (tool(covers=("/var/lib",)), [True]),
        (tool(covers=("/var/lib/postgresql/",)), [True]),
        (tool(covers=("/",)), [True]),
        (tool("pgbackrest"), [True]),
        (tool("pg_dump", covers=("mysql",)), [True]),
        (tool(), [False]),
        (tool(covers=("  ",)), [False]),
        (tool(covers=("mysql",)), []),
        (tool(covers=("/var/lib/post",)), []),
        (tool(covers=("/home",)), []),
        (tool("mysqldump", covers=("mysql",)), []),
    ],
)
def test_a_tool_of_the_same_host(found, sure) -> None:
    assert [each.sure for each in traces(found)] == sure


@pytest.mark.parametrize(
    ("found", "sure"),
    [
        (tool(covers=("base-clients",)), [True]),
        (tool(covers=("db1",)), [True]),
        (tool(covers=("db1.dupont.example",)), [True]),
        (tool(covers=("10.0.0.2",)), [True]),
        (tool("barman", covers=("postgresql",)), [False]),
        (tool("bareos"), [False]),
        (tool("bareos", covers=("mysql",)), []),
        (tool(covers=("postgresql",)), []),
        (tool("pgbackrest"), []),
        (tool(covers=("/",)), []),
        (tool(), []),
    ],
)
def test_a_tool_of_another_host(found, sure) -> None:
    assert [each.sure for each in traces(elsewhere=(found,))] == sure


def test_the_name_of_software_means_nothing_elsewhere_without_an_entry() -> None:
    assert traces(elsewhere=(tool(covers=("postgres",)),), context=None) == ()
    assert [each.sure for each in traces(tool(covers=("postgres",)), context=None)] == [True]


def test_what_a_tool_proves() -> None:
    (found,) = traces(
        tool(
            "pgbackrest",
            scheduled=True,
            last_success=b.days_ago(1),
            last_integrity_check=b.days_ago(2),
            last_restore=b.days_ago(3),
        )
    )
    assert (found.scheduled, found.continuous) == (True, True)
    assert (found.succeeded, found.checked, found.restored) == (b.days_ago(1), b.days_ago(2), b.days_ago(3))
    assert [each.key for each in found.evidence] == [
        "tool",
        "scheduled by pgbackrest",
        "last_success of pgbackrest",
        "last_integrity_check of pgbackrest",
        "last_restore of pgbackrest",
    ]


@pytest.mark.parametrize("scheduled", [True, False, None])
def test_only_a_schedule_makes_a_tool_expected(scheduled) -> None:
    (found,) = traces(tool("PgBackRest", scheduled=scheduled, last_success=b.days_ago(9)))
    assert (found.tool, found.expected) == ("pgbackrest", scheduled is True)


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({"tool": "velero", "schedule": "daily base-clients"}, True),
        ({"tool": "restic", "instance": "db1:9100", "job": "postgres"}, True),
        ({"tool": "pgbackrest", "stanza": "main", "instance": "db1:9854"}, False),
        ({"tool": "restic", "client_hostname": "db1", "instance": "bkp1:8001"}, False),
    ],
)
def test_only_a_metric_that_names_the_service_is_expected(labels, expected) -> None:
    (found,) = traces(metrics=((labels, 3600.0),))
    assert (found.tool, found.expected) == (labels["tool"], expected)


@pytest.mark.parametrize(("ahead", "believed"), [(0.5, True), (1.5, False)])
def test_a_success_in_the_future_is_a_wrong_clock(ahead, believed) -> None:
    (found,) = traces(tool("pgbackrest", last_success=b.days_ago(-ahead / 24)))
    assert (found.succeeded is not None) is believed


@pytest.mark.parametrize(
    ("labels", "sure"),
    [
        ({"tool": "pgbackrest", "stanza": "base-clients", "instance": "elsewhere:9854"}, [True]),
        ({"tool": "velero", "schedule": "daily base-clients"}, [True]),
        ({"tool": "pgbackrest", "stanza": "main", "instance": "db1:9854"}, [True]),
        ({"tool": "barman", "server": "db1", "instance": "bkp1:9780"}, [True]),
        ({"tool": "restic", "client_hostname": "db1", "instance": "bkp1:8001"}, [False]),
        ({"tool": "restic", "instance": "10.0.0.2:9100"}, [False]),
        ({"tool": "restic", "instance": "db1:9100", "job": "postgres"}, [True]),
        ({"tool": "pgbackrest", "stanza": "main", "instance": "bkp1:9854"}, []),
        ({"tool": "restic"}, []),
    ],
)
def test_a_metric(labels, sure) -> None:
    assert [each.sure for each in traces(metrics=((labels, 3600.0),))] == sure


SURE = {"tool": "pgbackrest", "stanza": "main", "instance": "db1:9854"}


def test_what_a_metric_proves() -> None:
    (found,) = traces(metrics=((SURE, 7200.4),))
    assert (found.scheduled, found.continuous, found.checked) == (False, True, None)
    assert b.NOW - found.succeeded == dt.timedelta(seconds=7200.4)
    (evidence,) = found.evidence
    assert (evidence.key, evidence.value, evidence.unit) == (
        'age{instance="db1:9854",stanza="main",tool="pgbackrest"}',
        7200,
        "seconds",
    )


@pytest.mark.parametrize(("age", "count"), [(None, 0), (-7200.0, 0), (-60.0, 1)])
def test_a_metric_without_a_sensible_value_proves_nothing(age, count) -> None:
    assert len(traces(metrics=((SURE, age),))) == count


READ = b.host("db1", backups=())


@pytest.mark.parametrize(
    ("hosts", "reason", "whole"),
    [
        ((READ,), None, True),
        ((READ,), "timed_out", False),
        ((READ, b.host("web1", runs=(b.run("backups", "not_applicable"),))), None, True),
        ((READ, b.refused("web1")), None, False),
        ((READ, b.host("web1", backups=(), runs=(b.run("backups", "partial", "no_permission"),))), None, False),
    ],
)
def test_every_place_was_read(hosts, reason, whole) -> None:
    server = b.monitoring(b.query(AGE, reason=reason))
    assert all_read(b.estate(*hosts, monitoring=server)) is whole
    assert all_read(b.estate(*hosts, monitoring=b.monitoring(b.uname("nas1")))) is False
