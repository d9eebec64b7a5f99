from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from analyzers.checks.lisibilite.blind_spots import CHECK
from analyzers.model.estate import STALE_AFTER
from analyzers.model.facts import Host
from tests import builders as b

SECOND = dt.timedelta(seconds=1)


def aged(age: dt.timedelta, **blocks) -> Host:
    runs = (b.run("listeners"), b.run("packages", "not_applicable"))
    given = {"listeners": (b.listener(),), "addresses": ("10.0.0.1",), "runs": runs}
    return b.host("web1", collected_at=b.NOW - age, **(given | blocks))


@pytest.mark.parametrize("age", [dt.timedelta(), STALE_AFTER, -STALE_AFTER])
def test_facts_of_a_month_count(age) -> None:
    host = aged(age)
    estate = b.estate(host)
    assert estate.read_hosts[0].facts == host
    assert [each.name for each in estate.services] == ["nginx"]


def test_older_facts_leave_only_the_names_of_the_host() -> None:
    estate = b.estate(aged(STALE_AFTER + SECOND, clock=b.clock()))
    (host,) = estate.hosts
    assert estate.services == ()
    assert estate.host_named("10.0.0.1") == host
    blocks = [each.name for each in msgspec.structs.fields(Host) if each.default is None]
    assert {getattr(host.facts, each) for each in blocks} == {None}
    read = aged(STALE_AFTER, clock=b.clock()).runs
    assert len(read) > 1
    assert [(each.name, each.outcome, each.reason, each.source) for each in host.facts.runs] == [
        (each.name, "unknown", "stale", each.source) for each in read
    ]


def test_a_host_read_too_long_ago_is_a_blind_spot() -> None:
    finding = b.finding(CHECK, aged(STALE_AFTER + SECOND))
    assert (finding.interval.high, finding.subjects) == (0, ("web1",))
    assert b.finding(CHECK, aged(STALE_AFTER)).interval.low == 1
