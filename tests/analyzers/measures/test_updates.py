from __future__ import annotations

import datetime as dt

import pytest

from analyzers.measures.updates import security_updates
from analyzers.model.facts import Packages, PendingUpdate
from analyzers.model.interval import UNKNOWN, Interval
from tests import builders as b

YES, NO = Interval.point(1), Interval.point(0)
SECURITY = PendingUpdate(name="openssl", security=True)
OTHER = PendingUpdate(name="vim")
NEVER_SAID = b.inventory(os=b.system(support_end=None))


def packages(**fields) -> Packages:
    given = {"manager": "dpkg", "installed": 400, "pending": (), "lists_updated_at": b.days_ago(1)}
    return Packages(**(given | fields))


def member(*, inventory=None, **fields):
    host = b.host("web1", inventory=inventory or b.inventory(), packages=packages(**fields))
    return b.by_name(security_updates(b.estate(host)))["web1"]


@pytest.mark.parametrize(
    ("fields", "value", "shown"),
    [
        ({}, YES, ("security_updates_pending", 0)),
        ({"pending": (OTHER,)}, YES, ("security_updates_pending", 0)),
        ({"pending": (SECURITY, OTHER)}, NO, ("security_updates_pending", 1)),
        ({"last_security_upgrade_at": b.days_ago(29)}, YES, ("last_security_upgrade", "2026-10-25")),
        (
            {"last_security_upgrade_at": b.days_ago(29), "pending": (SECURITY,)},
            YES,
            ("last_security_upgrade", "2026-10-25"),
        ),
        ({"last_security_upgrade_at": b.days_ago(30), "pending": (SECURITY,)}, NO, ("security_updates_pending", 1)),
        ({"last_security_upgrade_at": b.days_ago(-3), "pending": (SECURITY,)}, NO, ("security_updates_pending", 1)),
        ({"last_security_upgrade_at": b.days_ago(29), "lists_updated_at": b.days_ago(90)}, YES, None),
    ],
)
def test_a_supported_host(fields, value, shown) -> None:
    found = member(**fields)
    assert (found.measured, found.reason) == (value, None)
    if shown is not None:
        assert [(each.key, each.value) for each in found.evidence] == [shown]


@pytest.mark.parametrize("age", [7.01, 90, -3])
def test_old_lists_say_nothing_of_what_is_pending(age) -> None:
    found = member(lists_updated_at=b.days_ago(age))
    assert (found.measured, found.reason) == (None, "stale")


def test_lists_a_week_old_still_count() -> None:
    assert member(lists_updated_at=b.days_ago(7)).measured == YES


def test_lists_whose_age_nobody_knows_are_stale() -> None:
    assert member(lists_updated_at=None).reason == "stale"


def test_what_is_pending_could_not_be_asked() -> None:
    host = b.host("web1", inventory=b.inventory(), packages=packages(pending=None), runs=(_timed_out(),))
    assert b.by_name(security_updates(b.estate(host)))["web1"].reason == "timed_out"


def _timed_out():
    return b.run("packages", "partial", "timed_out")


@pytest.mark.parametrize("fields", [{}, {"last_security_upgrade_at": b.days_ago(1)}])
def test_updates_prove_nothing_of_a_release_whose_end_nobody_knows(fields) -> None:
    found = member(inventory=NEVER_SAID, **fields)
    assert (found.measured, found.reason) == (UNKNOWN, "partial")
    assert found.evidence


def test_a_pending_update_fails_on_any_release() -> None:
    assert member(inventory=NEVER_SAID, pending=(SECURITY,)).measured == NO


@pytest.mark.parametrize(("end", "value"), [(b.TODAY, YES), (b.TODAY - dt.timedelta(days=1), NO)])
def test_support_ends_at_the_end_of_its_last_day(end, value) -> None:
    assert member(inventory=b.inventory(os=b.system(support_end=end))).measured == value


def test_an_unsupported_release_is_named() -> None:
    old = b.inventory(os=b.system(support_end=dt.date(2024, 6, 30), pretty_name="Debian GNU/Linux 10 (buster)"))
    (evidence,) = member(inventory=old).evidence
    assert (evidence.key, evidence.value) == ("support_ended", "Debian GNU/Linux 10 (buster) 2024-06-30")
    assert evidence.provenance.source == "host:web1"


def of_host(host):
    return security_updates(b.estate(host))


NO_MANAGER = (b.run("packages", "not_applicable"),)


def test_a_supported_host_without_a_package_manager_has_nothing_to_update() -> None:
    population = of_host(b.host("web1", inventory=b.inventory(), runs=NO_MANAGER))
    assert population.members == ()
    assert population.complete


@pytest.mark.parametrize("inventory", [None, NEVER_SAID])
def test_without_a_package_manager_the_end_of_support_still_counts(inventory) -> None:
    (found,) = of_host(b.host("web1", inventory=inventory, runs=NO_MANAGER)).members
    assert (found.measured, found.reason is not None) == (None, True)


def test_an_old_release_without_a_package_manager_fails() -> None:
    old = b.inventory(os=b.system(support_end=dt.date(2024, 6, 30)))
    assert of_host(b.host("web1", inventory=old, runs=NO_MANAGER)).members[0].measured == NO


def test_a_host_that_refuses_is_unknown_for_its_reason() -> None:
    (found,) = of_host(b.refused("web1")).members
    assert (found.measured, found.reason) == (None, "no_permission")


def test_a_host_that_only_a_server_names_has_no_source() -> None:
    (found,) = security_updates(b.estate(monitoring=b.monitoring(b.uname("db1")))).members
    assert (found.name, found.reason) == ("db1", "no_source")
