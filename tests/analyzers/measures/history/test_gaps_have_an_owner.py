"""A gap is the server's, an exporter's, or that of a target that was gone."""

from __future__ import annotations

import numpy as np
import pytest

from analyzers.measures.history.grid import Grid
from analyzers.measures.history.holes import Presence, attributed, presences
from analyzers.measures.history.moments import moment
from tests.analyzers.measures.history.blocks import block

GRID = Grid(0, 60_000, 100)


def target(name, *, silent=(), failed=(), first=0, last=100):
    scraped = np.zeros(100, dtype=np.bool_)
    scraped[first:last] = True
    for begin, end in silent:
        scraped[begin:end] = False
    succeeded = scraped.copy()
    for begin, end in failed:
        succeeded[begin:end] = False
    return Presence(labels={"job": "node", "instance": name}, scraped=scraped, succeeded=succeeded)


def told(*targets):
    return [(each.whose, each.start, each.end, each.count) for each in attributed(targets, GRID)]


def at(minute):
    return moment(minute * 60_000)


def test_what_all_miss_together_is_the_servers():
    assert told(*(target(f"h{each}", silent=[(20, 30)]) for each in range(4))) == [("prometheus", at(20), at(30), 4)]


def test_what_one_misses_is_its_own():
    assert told(target("a", silent=[(20, 30)]), target("b"), target("c")) == [("target", at(20), at(30), 1)]


def test_a_scrape_that_failed_is_the_exporters():
    found = attributed([target("a", failed=[(50, 55)]), target("b")], GRID)
    assert [(each.whose, each.targets) for each in found] == [("exporter", ("node/a",))]


def test_both_at_once_are_told_apart():
    hosts = [target("a", silent=[(20, 40)]), target("b", silent=[(20, 30)]), target("c", silent=[(20, 30)])]
    assert told(*hosts) == [("prometheus", at(20), at(30), 3), ("target", at(30), at(40), 1)]


def test_coming_and_going_is_no_gap():
    assert told(target("a", first=40), target("b", last=60), target("c")) == []


def test_one_late_scrape_is_no_gap():
    assert told(target("a", silent=[(20, 21)]), target("b")) == []


def test_a_single_target_is_never_the_server():
    assert told(target("a", silent=[(20, 30)])) == [("target", at(20), at(30), 1)]


def test_no_target_has_no_gap():
    assert attributed([], GRID) == ()


def test_presence_comes_from_up_and_never_from_resampled_series():
    one = {"__name__": "up", "job": "node", "instance": "a"}
    read = block([(one, [(0, 1.0), (60_000, 0.0), (180_000, 1.0)])])
    (found,) = presences(read, Grid(0, 60_000, 4))
    assert found.scraped.tolist() == [True, True, False, True]
    assert found.succeeded.tolist() == [True, False, False, True]
    assert presences(block([(one, [(0, 1.0)])], step=60_000), GRID) is None


@pytest.mark.parametrize("count", [2, 30])
def test_names_are_few(count):
    found = attributed([target(f"h{each:02}", silent=[(20, 30)]) for each in range(count)], GRID)
    assert len(found[0].targets) == min(5, count)
    assert found[0].count == count
