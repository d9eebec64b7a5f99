from __future__ import annotations

import datetime as dt
import time
from contextlib import closing

from agent.daemon.flow_memory import FlowKey, FlowMemory, Record
from agent.daemon.watch import STEADY_SECONDS, Watch

KEY = FlowKey("out", "boutique", "10.0.0.1", "10.0.0.2", 5432, "tcp")
NOW = 1_790_000_000_000


def moment(milliseconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(milliseconds / 1000, dt.UTC)


def test_a_watch_says_since_when_and_how_often_it_looked() -> None:
    with closing(Watch(FlowMemory())) as watch:
        assert watch.watched is None
        watch.poll(NOW)
        watch.poll(NOW + 15_000)
        seen = watch.watched
    assert seen is not None
    assert (seen.since, seen.polls) == (moment(NOW), 2)


def test_a_clock_that_jumps_forgets_no_flow_and_one_that_goes_on_for_a_day_does(monkeypatch) -> None:
    memory, passed = FlowMemory(), [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: passed[0])
    memory.restore(KEY, Record(NOW))

    def later(watch: Watch, seconds: float, jump: float = 0.0) -> bool:
        passed[0] += seconds
        wall[0] += int((seconds + jump) * 1000)
        watch.poll(wall[0])
        return KEY in dict(memory.items())

    wall = [NOW]
    with closing(Watch(memory)) as watch:
        assert later(watch, STEADY_SECONDS)
        assert later(watch, 15, jump=40 * 86_400)
        assert later(watch, STEADY_SECONDS - 60)
        assert later(watch, 15, jump=-40 * 86_400)
        assert later(watch, STEADY_SECONDS + 60)
        assert not later(watch, 29 * 86_400)


def test_what_an_earlier_life_saw_makes_the_number_of_looks_unknown() -> None:
    memory = FlowMemory()
    memory.restore(KEY, Record(NOW - 86_400_000))
    with closing(Watch(memory)) as watch:
        watch.poll(NOW)
        seen = watch.watched
    assert seen is not None
    assert (seen.since, seen.polls) == (moment(NOW - 86_400_000), None)
