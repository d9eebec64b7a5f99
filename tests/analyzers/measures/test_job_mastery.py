from __future__ import annotations

from fractions import Fraction

import pytest

from analyzers.measures.jobs import mastery
from analyzers.model.context import Runbook
from analyzers.model.interval import Interval
from tests import builders as b

SILENT = b.context(services=())
THIRD, TWO_THIRDS = Fraction(1, 3), Fraction(2, 3)


def members(*jobs, context=SILENT, **fields):
    return b.by_name(mastery(b.estate(b.host("web1", jobs=jobs, **fields), context=context)))


@pytest.mark.parametrize(
    ("job", "ends"),
    [
        (b.job(packaged=True, versioned=False), (1, 1)),
        (b.job(packaged=False, versioned=True), (1, 1)),
        (b.job(packaged=False, versioned=False), (THIRD, THIRD)),
        (b.job(packaged=False, versioned=False, personal=True), (0, 0)),
        (b.job(packaged=False, versioned=True, personal=True), (TWO_THIRDS, TWO_THIRDS)),
        (b.job(packaged=False, versioned=None), (THIRD, 1)),
        (b.job(packaged=None, versioned=False), (THIRD, 1)),
        (b.job(packaged=False, versioned=False, user=""), (0, THIRD)),
        (b.job(packaged=False, versioned=False, user="", kind="timer"), (THIRD, THIRD)),
        (b.job(packaged=None, versioned=None, personal=True), (0, TWO_THIRDS)),
    ],
)
def test_known_owned_and_versioned(job, ends) -> None:
    (member,) = members(job).values()
    assert b.ends(member) == ends
    assert member.reason == ("partial" if ends[0] != ends[1] else None)


@pytest.mark.parametrize("context", [None, b.context()])
def test_without_a_context_a_job_may_be_known_elsewhere(context) -> None:
    (member,) = members(b.job(packaged=False, versioned=False), context=context).values()
    assert b.ends(member) == (THIRD, TWO_THIRDS)
    assert member.reason == "not_declared"


def test_a_runbook_makes_a_job_known_not_owned() -> None:
    context = b.context(runbooks=(Runbook(name="rb/backup.sh"),))
    (member,) = members(b.job(packaged=False, versioned=False, personal=True), context=context).values()
    assert member.measured == Interval.point(THIRD)
    assert [each.kind for each in member.evidence] == ["measured", "reconciled"]


def test_the_owner_of_its_service_owns_a_job() -> None:
    context = b.context(services=(b.service("backup", match={"units": ("backup.service",)}, owner="a.martin"),))
    job = b.job("backup.timer", kind="timer", packaged=False, versioned=False, personal=True)
    (member,) = members(job, context=context).values()
    assert member.measured == Interval.point(TWO_THIRDS)


def test_jobs_are_named_by_host_and_told_apart() -> None:
    daily = b.job(file="/etc/cron.daily/backup.sh")
    found = members(daily, b.job(user="amartin"), b.job(user="amartin"), b.job("sync.sh", file="/etc/cron.d/sync"))
    assert list(found) == [
        "web1: backup.sh (/etc/cron.daily/backup.sh)",
        "web1: backup.sh (amartin)",
        "web1: backup.sh (amartin) #2",
        "web1: sync.sh",
    ]


def test_two_jobs_of_one_name_are_enough_to_need_telling_apart() -> None:
    assert list(members(b.job(file="/etc/cron.d/x"), b.job(file="/etc/cron.d/y"))) == [
        "web1: backup.sh (/etc/cron.d/x)",
        "web1: backup.sh (/etc/cron.d/y)",
    ]


def test_the_jobs_of_a_host_share_its_weight() -> None:
    host = b.host("web1", jobs=(b.job(), b.job("sync.sh")))
    population = mastery(b.estate(host, b.host("db1", jobs=(b.job(),)), b.refused("bkp1")))
    assert {each.name: each.weight for each in population.members} == {
        "web1: backup.sh": Fraction(3, 2),
        "web1: sync.sh": Fraction(3, 2),
        "db1: backup.sh": 3,
        "bkp1": 3,
    }


def test_tables_that_could_not_be_read_are_one_more_member() -> None:
    found = members(b.job(packaged=True), runs=[b.run("jobs", "partial", "no_permission")])
    assert {name: (each.measured, each.weight, each.reason) for name, each in found.items()} == {
        "web1: backup.sh": (Interval.point(1), Fraction(3, 2), None),
        "web1": (None, Fraction(3, 2), "no_permission"),
    }


def test_a_host_that_was_read_and_has_no_job_counts_for_nothing() -> None:
    population = mastery(b.estate(b.host("web1", jobs=())))
    assert population.members == ()
    assert population.complete


def test_a_host_whose_only_tables_were_refused_is_unknown() -> None:
    found = members(runs=[b.run("jobs", "partial", "no_permission")])
    assert {name: (each.weight, each.reason) for name, each in found.items()} == {"web1": (3, "no_permission")}


@pytest.mark.parametrize(("outcome", "names"), [("not_applicable", []), ("unknown", ["web1"])])
def test_a_host_without_a_scheduler_is_left_out(outcome: str, names: list[str]) -> None:
    host = b.host("web1", runs=[b.run("jobs", outcome, "timed_out" if outcome == "unknown" else None)])
    assert [each.name for each in mastery(b.estate(host)).members] == names


def test_evidence_tells_where_a_job_stands() -> None:
    job = b.job(file="/etc/cron.d/backup", packaged=False, personal=True)
    (member,) = members(job).values()
    assert member.evidence[0].value == "cron root /etc/cron.d/backup packaged=no personal=yes"
