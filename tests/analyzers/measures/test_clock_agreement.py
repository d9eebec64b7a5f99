from __future__ import annotations

import pytest

from analyzers.measures.clocks import agreement
from analyzers.model.facts import Clock
from tests import builders as b


def member(*hosts, monitoring=None):
    return b.by_name(agreement(b.estate(*hosts, monitoring=monitoring)))["web1"]


@pytest.mark.parametrize(
    ("clock", "ends"),
    [
        (Clock(synchronized=True, offset_seconds=0.001), (1, 1)),
        (Clock(synchronized=True, offset_seconds=-0.049), (1, 1)),
        (Clock(synchronized=True, offset_seconds=0.05), (0, 0)),
        (Clock(synchronized=True, offset_seconds=-3.0), (0, 0)),
        (Clock(synchronized=False, offset_seconds=0.0), (0, 0)),
        (Clock(synchronized=False), (0, 0)),
        (Clock(synchronized=True), (0, 1)),
        (Clock(offset_seconds=0.0), (0, 1)),
        (Clock(offset_seconds=0.2), (0, 0)),
    ],
)
def test_a_clock_as_its_host_tells_it(clock: Clock, ends: tuple[int, int]) -> None:
    found = member(b.host("web1", clock=clock))
    assert b.ends(found) == ends
    assert found.evidence[0].provenance.source == "host:web1"
    assert found.reason == ("partial" if ends == (0, 1) else None)


@pytest.mark.parametrize(
    ("clock", "offset", "sync", "ends"),
    [
        (None, 0.001, 1.0, (1, 1)),
        (None, 0.0499, 1.0, (1, 1)),
        (None, 0.05, 1.0, (0, 0)),
        (None, -0.2, 1.0, (0, 0)),
        (None, 0.001, 0.0, (0, 0)),
        (None, None, 1.0, (0, 1)),
        (Clock(synchronized=True), 0.001, None, (1, 1)),
        (Clock(offset_seconds=0.001), None, 1.0, (1, 1)),
        (Clock(synchronized=True, offset_seconds=0.001), 0.3, 1.0, (0, 0)),
        (Clock(synchronized=False), 0.001, 1.0, (0, 0)),
    ],
)
def test_two_sources_complete_each_other_and_the_worst_counts(clock, offset, sync, ends) -> None:
    labels = {"instance": "web1:9100"}
    answers = [b.query("clock.offset", (labels, offset)), b.query("clock.sync", (labels, sync))]
    found = member(b.host("web1", clock=clock), monitoring=b.monitoring(*answers))
    assert b.ends(found) == ends


def test_a_host_that_only_the_server_knows_is_measured_by_it() -> None:
    labels = {"instance": "web1:9100"}
    answers = [b.uname("web1"), b.query("clock.offset", (labels, 0.0)), b.query("clock.sync", (labels, 1.0))]
    found = member(monitoring=b.monitoring(*answers))
    assert b.ends(found) == (1, 1)
    assert {each.provenance.source for each in found.evidence} == {b.PROMETHEUS}


def test_times_of_scrapes_say_nothing() -> None:
    stamped = b.target(last_scrape=b.days_ago(1))
    found = member(b.host("web1"), monitoring=b.monitoring(targets=(stamped,)))
    assert found.measured is None
    assert found.reason == "no_source"


def test_a_clock_that_nobody_may_ask_is_unknown_with_its_reason() -> None:
    assert member(b.refused("web1", "no_permission")).reason == "no_permission"


def test_a_host_whose_clock_is_another_s_is_left_out() -> None:
    guest = b.host("web1", runs=[b.run("clock", "not_applicable")])
    population = agreement(b.estate(guest))
    assert population.members == ()
    assert population.complete
