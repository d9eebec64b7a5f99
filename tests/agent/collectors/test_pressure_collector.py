from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors import pressure
from agent.collectors.machine import Machine, NotSeenError
from tests.agent.collectors.fake_hosts import machine

FILES = {
    "/proc/uptime": "1000.00 3900.00\n",
    "/proc/loadavg": "3.00 2.00 1.00 2/300 4242\n",
    "/proc/stat": "cpu  100 0 100 700 100 0 0 0 0 0\ncpu0 50 0 50 350 50 0 0 0 0 0\ncpu1 50 0 50 350 50 0 0 0 0 0\n",
    "/proc/meminfo": "MemTotal:  1000 kB\nMemAvailable: 250 kB\nSwapTotal: 400 kB\nSwapFree: 100 kB\nHugePages: 0\n",
    "/proc/pressure/cpu": "some avg10=0.00 avg60=0.00 avg300=0.00 total=100000000\nfull avg10=0.00 total=7\n",
    "/proc/pressure/memory": "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n",
    "/proc/pressure/io": "some avg10=0.00 avg60=0.00 avg300=0.00 total=250000000\n",
    "/proc/vmstat": "nr_free_pages 12\noom_kill 3\noom_kill_other 9\n",
    "/proc/sys/fs/file-nr": "1500\t500\t10000\n",
    "/proc/sys/net/netfilter/nf_conntrack_count": "25\n",
    "/proc/sys/net/netfilter/nf_conntrack_max": "100\n",
}


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)


def test_a_host_under_pressure(tmp_path: Path) -> None:
    host = machine(tmp_path, FILES)
    found = pressure.collect(host)
    assert found.memory_used_share == 0.75
    assert found.swap_used_share == 0.75
    assert found.load_per_cpu == 1.5
    assert found.cpu_stalled_share == 0.1
    assert found.memory_stalled_share == 0
    assert found.io_stalled_share == 0.25
    assert found.oom_kills == 3
    assert found.file_handles_share == 0.1
    assert found.conntrack_share == 0.25
    assert found.since_boot_seconds == 1000
    assert host.could_not_see == []


def test_processor_use_is_what_passed_between_two_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    host = machine(tmp_path, FILES)

    def later(seconds: float) -> None:
        assert 0 <= seconds <= pressure.SAMPLE_SECONDS
        (tmp_path / "proc/stat").write_text("cpu  130 0 100 720 150 0 0 0 0 0\n")

    monkeypatch.setattr(time, "sleep", later)
    assert pressure.collect(host).cpu_used_share == pytest.approx(0.3)


def test_a_clock_that_stands_still_says_nothing_of_the_processor(tmp_path: Path) -> None:
    assert pressure.collect(machine(tmp_path, FILES)).cpu_used_share is None


@pytest.mark.parametrize(
    ("file", "content", "field"),
    [
        ("/proc/stat", "cpu  x y z\n", "cpu_used_share"),
        ("/proc/stat", "cpu  1 2\n", "load_per_cpu"),
        ("/proc/loadavg", "", "load_per_cpu"),
        ("/proc/meminfo", "MemTotal: 1000 kB\n", "memory_used_share"),
        (
            "/proc/meminfo",
            "MemTotal: 1000 kB\nMemAvailable: 1 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n",
            "swap_used_share",
        ),
        ("/proc/pressure/cpu", "nonsense\n", "cpu_stalled_share"),
        ("/proc/vmstat", "nr_free_pages 1\n", "oom_kills"),
        ("/proc/sys/fs/file-nr", "1 2\n", "file_handles_share"),
        ("/proc/sys/net/netfilter/nf_conntrack_max", "0\n", "conntrack_share"),
        ("/proc/sys/net/netfilter/nf_conntrack_count", "", "conntrack_share"),
    ],
)
def test_what_a_file_does_not_say_is_unknown(tmp_path: Path, file: str, content: str, field: str) -> None:
    assert getattr(pressure.collect(machine(tmp_path, {**FILES, file: content})), field) is None


def test_a_kernel_that_does_not_count_stalls_is_a_blind_spot(tmp_path: Path) -> None:
    host = machine(tmp_path, {name: text for name, text in FILES.items() if "pressure" not in name})
    found = pressure.collect(host)
    assert found.cpu_stalled_share is found.memory_stalled_share is found.io_stalled_share is None
    assert len(host.could_not_see) == 1
    assert "psi=1" in host.could_not_see[0]


def test_no_limit_on_open_files_is_no_pressure(tmp_path: Path) -> None:
    host = machine(tmp_path, {**FILES, "/proc/sys/fs/file-nr": "1500\t0\t9223372036854775807\n"})
    assert pressure.collect(host).file_handles_share == 0


def test_without_proc_nothing_is_seen(tmp_path: Path) -> None:
    with pytest.raises(NotSeenError) as caught:
        pressure.collect(machine(tmp_path))
    assert caught.value.reason == "no_source"


@given(st.dictionaries(st.sampled_from(sorted(FILES)), st.text(max_size=80)))
def test_garbage_gives_shares_or_nothing(tmp_path_factory: pytest.TempPathFactory, garbage: dict[str, str]) -> None:
    root = tmp_path_factory.mktemp("host")
    found = pressure.collect(
        machine(root, {**FILES, "/proc/uptime": "1000.00 1\n", **garbage, "/proc/meminfo": FILES["/proc/meminfo"]})
    )
    shares = [getattr(found, name) for name in found.__struct_fields__ if name.endswith("_share")]
    assert all(share is None or 0 <= share <= 1 for share in shares)


def test_the_real_host_is_read_whole() -> None:
    host = Machine()
    found = pressure.collect(host)
    assert found.memory_used_share is not None
    assert found.load_per_cpu is not None
    assert found.file_handles_share is not None
    assert found.since_boot_seconds is not None
    assert found.since_boot_seconds > 0
