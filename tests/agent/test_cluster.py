"""A real Dask cluster: the same results as threads, and clear lines when it is not there."""

from __future__ import annotations

import socket

import pytest
from distributed import LocalCluster

from agent import executors
from agent.errors import FailedError
from agent.executors import executor
from agent.history_run import read_shards
from analyzers.measures.decode.block import Block
from tests.agent.test_history_run import DAY, EVERYTHING, estate, names
from tests.fake_history import FakeHistory


def test_a_cluster_gives_what_threads_give() -> None:
    source = FakeHistory(estate(8, 40))
    shards = list(source.shards(EVERYTHING, 0, 14 * DAY))
    with executor(None) as threads:
        here = list(read_shards(source, shards, names, threads))
    with (
        LocalCluster(
            n_workers=1,
            threads_per_worker=2,
            processes=False,
            protocol="tcp://",
            host="127.0.0.1",
            dashboard_address=None,
        ) as cluster,
        executor(cluster.scheduler_address) as workers,
    ):
        there = list(read_shards(source, shards, names, workers))
    assert there == here
    assert len(there) > 3


class WorkerLostError(Exception):
    """Stands for what Dask raises when a worker was killed too often."""


WorkerLostError.__module__ = "distributed.scheduler"


def lost(_: Block) -> None:
    raise WorkerLostError


def test_what_goes_wrong_in_the_cluster_is_the_reason_of_a_shard() -> None:
    source = FakeHistory(estate(2, 40))
    shards = list(source.shards(EVERYTHING, 0, 14 * DAY))
    with executor(None) as workers:
        outcomes = list(read_shards(source, shards, lost, workers))
    assert {each.incomplete[0].reason for each in outcomes} == {"unreachable"}


def test_a_scheduler_that_does_not_answer_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "CONNECT_SECONDS", 1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(FailedError) as raised, executor(address):
            pass
    assert address in str(raised.value)
    assert "dask scheduler" in str(raised.value)


def test_an_address_that_is_none_is_told_in_one_line() -> None:
    with pytest.raises(FailedError) as raised, executor("tcp://"):
        pass
    assert "--scheduler tcp://" in str(raised.value)
