"""Many shards on an executor: every series once, in order, bounded, and a failure that stays where it is."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import pytest

from agent.errors import UsageError
from agent.executors import executor
from agent.history_run import close_sources, read_shards
from agent.sources.failures import NoAnswerError
from agent.sources.history.port import Matcher
from analyzers.measures.decode.block import Block, Incomplete
from tests.fake_history import FakeHistory

DAY = 86_400_000
EVERYTHING = (Matcher("__name__", "=~", ".+"),)


def estate(hosts: int, metrics: int) -> list[tuple[dict[str, str], list[tuple[int, float]]]]:
    return [
        ({"__name__": f"m{metric}", "instance": f"h{host:03}"}, [(each * 60_000, host + metric) for each in range(5)])
        for host in range(hosts)
        for metric in range(metrics)
    ]


def names(block: Block) -> list[tuple[str, float]]:
    return [(f"{each.labels['instance']}/{each.labels['__name__']}", each.values.sum()) for each in block]


@pytest.fixture(autouse=True)
def closed() -> Any:
    yield
    close_sources()


@pytest.mark.parametrize("pool", [lambda: ThreadPoolExecutor(2), lambda: ProcessPoolExecutor(2)])
def test_every_series_is_made_into_a_result_once(pool: Callable[[], Executor]) -> None:
    source = FakeHistory(estate(30, 40))
    shards = list(source.shards(EVERYTHING, 0, 14 * DAY))
    told = []
    with pool() as workers:
        outcomes = list(read_shards(source, shards, names, workers, progress=lambda *each: told.append(each)))
    found = [each for outcome in outcomes for part in outcome.results for each in part]
    assert len(shards) > 10
    assert [each.shard for each in outcomes] == shards
    assert sorted(found) == sorted((f"h{h:03}/m{m}", 5.0 * (h + m)) for h in range(30) for m in range(40))
    assert sum(each.samples for each in outcomes) == 30 * 40 * 5
    assert told[0] == (0, 1200)
    assert told[-1] == (1200, 1200)


class Counting(Executor):
    """Runs a task when its result is asked, and knows how many were handed out at most."""

    def __init__(self) -> None:
        self.open = self.most = 0

    def submit(self, fn: Any, /, *arguments: Any, **named: Any) -> Any:
        self.open += 1
        self.most = max(self.most, self.open)
        future: Future[Any] = Future()

        def result(_timeout: float | None = None) -> Any:
            self.open -= 1
            return fn(*arguments, **named)

        future.result = result  # type: ignore[method-assign]
        return future


def test_few_shards_are_outstanding() -> None:
    source = FakeHistory(estate(50, 40))
    shards = list(source.shards(EVERYTHING, 0, 14 * DAY))
    counting = Counting()
    assert len(list(read_shards(source, shards, len, counting, outstanding=3))) == len(shards)
    assert counting.most == 3


def test_a_shard_that_cannot_be_read_says_why_and_the_others_go_on() -> None:
    whole = FakeHistory(estate(4, 60))
    shards = list(whole.shards(EVERYTHING, 0, 14 * DAY))
    error = NoAnswerError(reason="timed_out", detail="it did not answer in time")
    source = FakeHistory(whole.series, failing={shards[1].selector: error})
    with ThreadPoolExecutor(2) as workers:
        outcomes = list(read_shards(source, shards, len, workers))
    assert outcomes[1].results == ()
    assert outcomes[1].incomplete == (Incomplete(reason="timed_out", detail="it did not answer in time"),)
    assert all(not each.incomplete and each.results for index, each in enumerate(outcomes) if index != 1)


def dies(_: Block) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fails(_: Block) -> None:
    raise ZeroDivisionError


def test_a_worker_that_dies_leaves_the_reason() -> None:
    source = FakeHistory(estate(2, 40))
    shards = list(source.shards(EVERYTHING, 0, 14 * DAY))
    with ProcessPoolExecutor(1) as workers:
        outcomes = list(read_shards(source, shards, dies, workers))
    assert {each.incomplete[0].reason for each in outcomes} == {"unreachable"}
    assert "BrokenProcessPool" in outcomes[0].incomplete[0].detail


def test_a_mistake_of_ours_is_not_hidden() -> None:
    source = FakeHistory(estate(2, 40))
    shards = list(source.shards(EVERYTHING, 0, 14 * DAY))
    with ThreadPoolExecutor(1) as workers, pytest.raises(ZeroDivisionError):
        list(read_shards(source, shards, fails, workers))


def test_threads_by_default() -> None:
    with executor(None) as workers:
        assert workers.submit(len, "abc").result() == 3


def test_a_cluster_without_dask_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(UsageError) as raised, executor("tcp://127.0.0.1:1"):
        pass
    assert "install pasencore[distributed]" in str(raised.value)
