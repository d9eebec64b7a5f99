"""History studied from a source: hosts whole whatever their shards, bounds kept, and reasons where nothing is said."""

from __future__ import annotations

import datetime as dt
import random
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from agent.sources.failures import NoAnswerError
from agent.sources.history.port import Matcher
from agent.studying import Asked, study_history
from analyzers.measures.history.backtest import Incident
from tests.fake_history import FakeHistory

DAY = 86_400_000
END = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
LAST = int(END.timestamp() * 1000)
STEP = 1_800_000
LOAD = (Matcher("__name__", "=~", "m.+"),)


def estate(hosts=3, metrics=3, days=10, trouble=8.5):
    series = []
    for host in range(hosts):
        noise = random.Random(host)
        moments = range(LAST - days * DAY, LAST + 1, STEP)
        labels = {"instance": f"h{host}:9100", "job": "node"}
        series.append(({"__name__": "up", **labels}, [(each, 1.0) for each in moments]))
        begin = LAST - days * DAY + round(trouble * DAY)
        for metric in range(metrics):
            samples = [
                (each, 5 + noise.gauss(0, 0.2) + 30 * (host == 0 and begin <= each < begin + 3 * STEP))
                for each in moments
            ]
            series.append(({"__name__": f"m{metric}", **labels}, samples))
    return FakeHistory(series, interval=STEP)


def studied(source, find=lambda *_: (), **fields):
    asked = Asked(taken_at=END, since=dt.timedelta(days=10), **({"selectors": (LOAD,)} | fields))
    with ThreadPoolExecutor(2) as workers:
        return study_history(source, asked, find, workers)


def test_every_host_is_studied_and_its_trouble_found():
    found = studied(estate())
    assert [each.host for each in found.hosts] == ["h0", "h1", "h2"]
    assert (found.series_found, found.series_read) == (9, 9)
    assert max(found.episodes, key=lambda each: each.score).host == "h0"
    assert found.gaps == ()
    assert found.churn == 0
    assert found.joined_share == 1
    assert found.reason is None


def test_incidents_are_asked_with_what_was_read():
    told = []
    start = LAST - round(1.5 * DAY)

    def find(names, fired, restarts):
        told.append((tuple(names), tuple(fired), restarts))
        return [Incident(start=start, hosts=frozenset({"h0"}))]

    found = studied(estate(), find)
    assert told == [(("h0", "h1", "h2"), (), {})]
    assert found.backtest.incidents == 1
    assert found.backtest.detectors[0].found == 1


def test_beyond_the_bound_hosts_are_left_out_and_said():
    whole = estate(hosts=150, metrics=2, days=2)
    found = studied(whole, samples=150 * 480)
    assert found.series_found == 300
    assert 0 < found.series_read < 300


@pytest.mark.parametrize("reason", ["timed_out", "unreachable"])
def test_a_shard_that_fails_leaves_its_reason(reason):
    whole = estate(hosts=1)
    (shard,) = whole.shards(LOAD, LAST - 10 * DAY, LAST)
    error = NoAnswerError(reason=reason, detail="it went away")
    found = studied(FakeHistory(whole.series, interval=STEP, failing={shard.selector: error}))
    assert found.series_read == 0
    assert found.reason == reason
    assert found.warnings == ("it went away",)


def test_a_source_that_does_not_open_leaves_its_reason():
    class Closed(FakeHistory):
        def open(self):
            raise NoAnswerError(reason="unreachable", detail="nobody there")

    found = studied(Closed())
    assert (found.reason, found.series_read) == ("unreachable", 0)
    assert found.backtest is None


def test_nothing_selected_is_too_few():
    assert studied(FakeHistory()).reason == "too_few"


def test_the_answer_is_the_same_each_time():
    one, other = (partial(studied, estate())() for _ in range(2))
    assert one.episodes == other.episodes
    assert one.backtest == other.backtest
    assert one.series == other.series
