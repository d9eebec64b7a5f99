"""Real servers with the same history: every back-end gives the same samples, bit for bit."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from agent.history_run import ServerAt, close_sources, read_shards
from agent.sources.history.port import Matcher
from analyzers.model.context import Endpoint
from tests import servers
from tests.agent.sources.history import histories

pytestmark = servers.marks("prometheus", "promtool", "victoria-metrics")

NODE = (Matcher("job", "=", "node"),)
WINDOW = (histories.START - 1000, histories.END)


@pytest.fixture(scope="module")
def truth() -> histories.History:
    return histories.history()


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory, truth: histories.History) -> Iterator[servers.Server]:
    folder = tmp_path_factory.mktemp("history")
    config = {"global": {"external_labels": {"cluster": "test"}}}
    with servers.prometheus(folder, openmetrics=truth.openmetrics(), config=config) as server:
        yield server


@pytest.fixture(scope="module")
def victoria(tmp_path_factory: pytest.TempPathFactory, truth: histories.History) -> Iterator[servers.Server]:
    with servers.victoria_metrics(tmp_path_factory.mktemp("history")) as server:
        urllib.request.urlopen(f"{server.url}/api/v1/import", truth.json_lines(), timeout=10).close()
        servers.get(f"{server.url}/internal/force_flush")
        yield server


@pytest.mark.parametrize(
    ("kind", "back_end"),
    [
        ("prometheus", "remote read"),
        ("prometheus", "raw selectors"),
        ("victoria", "export"),
        ("victoria", "raw selectors"),
    ],
)
def test_each_back_end_gives_every_sample_bit_for_bit(
    request: pytest.FixtureRequest, truth: histories.History, kind: str, back_end: str
) -> None:
    server: servers.Server = request.getfixturevalue(kind)
    source = ServerAt(endpoint=Endpoint(url=server.url), back_end=back_end).open()
    shards = list(source.shards(NODE, *WINDOW))
    assert {each.interval for each in shards} == {60_000}
    found = histories.samples_of(block for shard in shards for block in source.read(shard))
    source.close()
    assert found == histories.expected(truth)
    assert server.process.poll() is None
    assert servers.get(f"{server.url}/{'-/ready' if kind == 'prometheus' else 'health'}")


def test_gaps_are_where_they_were_made(prometheus: servers.Server) -> None:
    source = ServerAt(endpoint=Endpoint(url=prometheus.url)).open()
    (block,) = (each for shard in source.shards(NODE, *WINDOW) for each in source.read(shard))
    source.close()
    for each in block:
        missing = histories.missing(each.labels["__name__"], int(each.labels["instance"][3]))
        minutes = set(((each.timestamps - histories.START + 1000) // histories.MINUTE).tolist())
        assert set(range(histories.HOURS * 60)) - minutes == missing


@pytest.mark.parametrize("kind", ["prometheus", "victoria"])
def test_range_queries_give_samples_on_the_grid_and_say_so(request: pytest.FixtureRequest, kind: str) -> None:
    server: servers.Server = request.getfixturevalue(kind)
    source = ServerAt(endpoint=Endpoint(url=server.url), back_end="range queries").open()
    blocks = [block for shard in source.shards(NODE, *WINDOW) for block in source.read(shard)]
    source.close()
    assert {each.step for each in blocks} == {60_000}
    assert all((each.timestamps % 60_000 == 0).all() for block in blocks for each in block)
    assert sum(len(each) for each in blocks) == 9


@pytest.mark.parametrize(("kind", "back_end"), [("prometheus", "remote read"), ("victoria", "export")])
def test_the_way_that_costs_the_server_least_is_found(request: pytest.FixtureRequest, kind: str, back_end: str) -> None:
    source = ServerAt(endpoint=Endpoint(url=request.getfixturevalue(kind).url)).open()
    source.close()
    assert source.name == back_end


def test_a_server_that_is_killed_in_the_middle_leaves_the_reason(tmp_path: Path, truth: histories.History) -> None:
    with servers.prometheus(tmp_path, openmetrics=truth.openmetrics()) as server:
        opener = ServerAt(endpoint=Endpoint(url=server.url))
        source = opener.open()
        shard = next(source.shards(NODE, *WINDOW))
        source.close()
        with ThreadPoolExecutor(1) as workers:
            outcomes = read_shards(opener, [shard] * 8, len, workers)
            first = next(outcomes)
            server.process.kill()
            server.process.wait()
            rest = list(outcomes)
    close_sources()
    assert (first.series, first.incomplete) == (9, ())
    assert {(each.series, len(each.incomplete)) for each in rest} <= {(9, 0), (0, 1)}
    assert [each.incomplete[0].reason for each in rest if each.incomplete][-1] == "unreachable"


def test_what_is_no_number_comes_through(tmp_path: Path) -> None:
    odd = histories.history(odd=True)
    with servers.prometheus(tmp_path, openmetrics=odd.openmetrics()) as server:
        for back_end in ("remote read", "raw selectors"):
            source = ServerAt(endpoint=Endpoint(url=server.url), back_end=back_end).open()
            found = histories.samples_of(
                block for shard in source.shards(NODE, *WINDOW) for block in source.read(shard)
            )
            source.close()
            assert found == histories.expected(odd)
    assert {"nan", "inf", "-inf"} <= {value for samples in found.values() for _, value in samples}


def test_a_target_that_goes_away_ends_its_series(tmp_path: Path) -> None:
    with servers.node_exporter(tmp_path) as node, servers.prometheus(tmp_path, jobs={"node": [node]}) as server:
        up = (Matcher("__name__", "=", "node_load1"),)
        servers.wait_until(lambda: servers.ask(server, "node_load1"), "a scrape")
        node.process.kill()
        servers.wait_until(lambda: not servers.ask(server, "node_load1"), "the end of the series")
        now = int(time.time() * 1000)
        source = ServerAt(endpoint=Endpoint(url=server.url), back_end="remote read").open()
        (block,) = (each for shard in source.shards(up, now - 60_000, now) for each in source.read(shard))
        source.close()
    (series,) = block
    assert series.ended is not None
    assert len(series.ended) == 1
    assert series.ended[0] > series.timestamps[-1]
