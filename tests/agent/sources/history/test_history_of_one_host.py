"""A host without Prometheus: its agent's store, and what sysstat kept."""

from __future__ import annotations

import json
import math
import socket
import subprocess
import time
from pathlib import Path

import pytest

from agent.daemon.history_store import NAME, HistoryStore
from agent.errors import UsageError
from agent.sources.failures import NoAnswerError
from agent.sources.history.archives import ArchivesAt
from agent.sources.history.here import find_here, given_store
from agent.sources.history.port import Matcher
from agent.sources.history.store import StoresAt
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
    source = StoresAt(stores=((store, "web1"),)).open()
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
    source = StoresAt(stores=((store, ""),)).open()
    (shard,) = source.shards((Matcher("__name__", "=", "load1"),), START, START + STEP)
    (block,) = source.read(shard)
    assert block.labels == ({"__name__": "load1"},)
    assert list(source.shards((Matcher("__name__", "=", "nothing"),), START, START + STEP)) == []


def test_a_damaged_store_says_how_much_is_lost(store: Path) -> None:
    data = bytearray(store.read_bytes())
    data[len(data) // 2] ^= 255
    store.write_bytes(data)
    source = StoresAt(stores=((store, ""),)).open()
    (shard,) = source.shards(EVERYTHING, START, START + 1000 * STEP)
    (block,) = source.read(shard)
    assert [each.reason for each in block.incomplete] == ["partial"]
    assert 0 < block.samples < 1990


def test_a_store_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoAnswerError, match="absent"):
        StoresAt(stores=((tmp_path / "absent", ""),)).open()
    with pytest.raises(UsageError, match="no such file"):
        given_store(tmp_path / "absent")


def test_a_file_that_is_no_store_is_told(tmp_path: Path) -> None:
    other = tmp_path / "other.store"
    other.write_bytes(b"PK")
    with pytest.raises(UsageError, match=r"other\.store: not the history that an agent keeps"):
        given_store(other)


def test_stores_of_several_hosts_stay_apart(store: Path, tmp_path: Path) -> None:
    copy = tmp_path / "db1.store"
    copy.write_bytes(store.read_bytes())
    source = StoresAt(stores=((store, "web1:9477"), (copy, "db1:9477"))).open()
    shards = list(source.shards(EVERYTHING, START, START + 500 * STEP))
    blocks = [block for shard in shards for block in source.read(shard)]
    found = sorted((each.labels["instance"], each.labels["__name__"]) for block in blocks for each in block)
    assert found == [(host, name) for host in ("db1:9477", "web1:9477") for name in ("disk_used_bytes", "load1")]


def test_no_store_at_all_is_a_reason() -> None:
    with pytest.raises(NoAnswerError) as told:
        StoresAt(stores=()).open()
    assert told.value.reason == "no_source"


@pytest.mark.parametrize(("name", "host"), [(NAME, socket.gethostname()), ("web1.store", "web1")])
def test_the_host_of_a_store_is_this_one_or_in_its_name(store: Path, name: str, host: str) -> None:
    assert given_store(store.rename(store.with_name(name))).stores == ((store.with_name(name), host),)


def test_what_this_host_keeps_is_found_where_its_agent_writes(store: Path, tmp_path: Path) -> None:
    found = find_here({"PASENCORE_STATE": str(tmp_path)})
    assert isinstance(found, StoresAt)
    assert found.stores == ((store, socket.gethostname()),)


def test_archives_serve_where_no_agent_wrote(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "sa01").write_bytes(b"")
    monkeypatch.setattr("agent.sources.history.here.state_folder", lambda *_given, **_named: tmp_path)
    monkeypatch.setattr("agent.sources.history.archives.ARCHIVES", (tmp_path,))
    (tmp_path / NAME).write_bytes(b"no store")
    assert find_here({}) == ArchivesAt(folder=tmp_path)


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
