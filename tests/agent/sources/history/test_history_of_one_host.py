"""A host without Prometheus: its agent's store, and what sysstat kept."""

from __future__ import annotations

import json
import math
import subprocess
import time
from pathlib import Path

import pytest

from agent.daemon.history_store import NAME, HistoryStore
from agent.errors import UsageError
from agent.sources.failures import NoAnswerError
from agent.sources.history.archives import ArchivesAt
from agent.sources.history.port import Matcher
from agent.sources.history.store import StoreAt
from analyzers.measures.decode.agent_frames import Series
from analyzers.measures.decode.sysstat import block_of_archives
from tests import servers

pytestmark = servers.marks("sadf")

START = 1_700_000_000_000
STEP = 15_000
HOUR = 3_600_000
EVERYTHING = (Matcher("__name__", "=~", ".+"),)
LOAD, DISK = Series("load1"), Series("disk_used_bytes", (("mountpoint", "/"),))
SADC = "/usr/lib/sysstat/sadc"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    written = HistoryStore(tmp_path)
    for row in range(1000):
        values = {LOAD: math.sin(row), DISK: float(row)} if row % 100 else {LOAD: math.sin(row)}
        assert written.append(START + row * STEP, values)
    written.close()
    return tmp_path / NAME


def test_the_store_of_an_agent_is_a_source(store: Path) -> None:
    source = StoreAt(path=store, instance="web1").open()
    shards = list(source.shards(EVERYTHING, START, START + 500 * STEP))
    blocks = [block for shard in shards for block in source.read(shard)]
    found = {each.labels["__name__"]: each for block in blocks for each in block}
    assert found["disk_used_bytes"].labels == {
        "__name__": "disk_used_bytes",
        "mountpoint": "/",
        "instance": "web1",
    }
    assert found["load1"].timestamps.tolist() == [START + row * STEP for row in range(501)]
    assert found["load1"].values.tolist() == [math.sin(row) for row in range(501)]
    assert found["disk_used_bytes"].values.tolist() == [float(row) for row in range(501) if row % 100]
    assert [each.incomplete for each in blocks] == [()] * len(blocks)


def test_matchers_choose_series_of_a_store(store: Path) -> None:
    source = StoreAt(path=store).open()
    (shard,) = source.shards((Matcher("__name__", "=", "load1"),), START, START + STEP)
    (block,) = source.read(shard)
    assert block.labels == ({"__name__": "load1"},)
    assert list(source.shards((Matcher("__name__", "=", "nothing"),), START, START + STEP)) == []


def test_a_damaged_store_says_how_much_is_lost(store: Path) -> None:
    data = bytearray(store.read_bytes())
    data[len(data) // 2] ^= 255
    store.write_bytes(data)
    source = StoreAt(path=store).open()
    (shard,) = source.shards(EVERYTHING, START, START + 1000 * STEP)
    (block,) = source.read(shard)
    assert [each.reason for each in block.incomplete] == ["partial"]
    assert 0 < block.samples < 1990


def test_a_store_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="absent"):
        StoreAt(path=tmp_path / "absent").open()


def document(*statistics: object) -> bytes:
    hosts = {"hosts": [{"nodename": "web1", "statistics": list(statistics)}]}
    return json.dumps({"sysstat": hosts}).encode()


def at(time: str, **sections: object) -> dict[str, object]:
    return {"timestamp": {"date": "2026-11-30", "time": time, "utc": 1, "interval": 600}, **sections}


def test_figures_of_sysstat_become_series() -> None:
    network = {"net-dev": [{"iface": "eth0", "rxkB": 1.5, "ifutil-percent": 0}]}
    first = at("10:00:01", queue={"ldavg-1": 0.5, "runq-sz": 3}, network=network)
    second = at("10:10:01", queue={"ldavg-1": 0.75}, io={"io-reads": {"rtps": 2.0}})
    block = block_of_archives([document({"restart": {}}, first), document(second)])
    found = {each.labels["__name__"]: (dict(each.labels), each.values.tolist()) for each in block}
    assert found["sysstat_queue_ldavg_1"] == (
        {"__name__": "sysstat_queue_ldavg_1", "instance": "web1"},
        [0.5, 0.75],
    )
    assert found["sysstat_network_net_dev_rxkB"][0]["iface"] == "eth0"
    assert found["sysstat_io_io_reads_rtps"][1] == [2.0]
    assert block.timestamps.tolist()[:2] == [1_796_032_801_000, 1_796_033_401_000]
    assert block.usual_step() == 600_000


def test_real_archives_are_read(tmp_path: Path) -> None:
    subprocess.run([SADC, "-S", "DISK", "1", "3", str(tmp_path / "sa01")], check=True, timeout=20, capture_output=True)
    (tmp_path / "sar01").write_text("text")
    source = ArchivesAt(folder=tmp_path).open()
    cpu = (Matcher("__name__", "=~", "sysstat_cpu_load_(idle|user)"), Matcher("cpu", "=", "all"))
    now = int(time.time() * 1000)
    (shard,) = source.shards(cpu, now - HOUR, now + HOUR)
    (block,) = source.read(shard)
    assert {each["__name__"] for each in block.labels} == {"sysstat_cpu_load_idle", "sysstat_cpu_load_user"}
    assert all(len(each.timestamps) == 2 for each in block)
    assert all(0 <= value <= 100 for value in block.values)
    assert block.incomplete == ()


def test_an_archive_that_is_broken_is_said_and_the_others_are_read(tmp_path: Path) -> None:
    subprocess.run([SADC, "1", "2", str(tmp_path / "sa01")], check=True, timeout=20, capture_output=True)
    (tmp_path / "sa02").write_bytes(b"garbage")
    source = ArchivesAt(folder=tmp_path).open()
    (shard,) = source.shards((Matcher("__name__", "=", "sysstat_queue_ldavg_1"),), 0, 1 << 50)
    (block,) = source.read(shard)
    assert [each.reason for each in block.incomplete] == ["unreadable"]
    assert "sa02" in block.incomplete[0].detail


@pytest.mark.parametrize("content", [None, b"garbage"])
def test_without_an_archive_there_is_no_source(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "sa01").write_bytes(content)
    with pytest.raises(NoAnswerError) as raised:
        ArchivesAt(folder=tmp_path).open()
    assert raised.value.reason == ("no_source" if content is None else "unreadable")
