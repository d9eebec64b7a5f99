from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from agent.collectors.grants import AS_ROOT
from agent.collectors.inventory import collect_inventory, cpu_model, physical_cores, time_zone
from agent.collectors.machine import Machine, NotSeenError
from tests.agent.collectors.fake_hosts import machine, talking

CPUINFO = "".join(
    f"processor\t: {number}\nmodel name\t: Intel(R)  Xeon(R) Gold\nphysical id\t: 0\ncore id\t\t: {number % 2}\n"
    "flags\t\t: fpu hypervisor lm\n\n"
    for number in range(4)
)
DEBIAN: dict[str, str | bytes] = {
    "/etc/os-release": 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian GNU/Linux 12"\n',
    "/etc/localtime": "-> /usr/share/zoneinfo/Europe/Paris",
    "/etc/resolv.conf": "nameserver 10.0.0.53\n",
    "/proc/meminfo": "MemTotal:       16384 kB\nMemFree:  1 kB\nSwapTotal:       1024 kB\n",
    "/proc/stat": "cpu 1 2 3\nbtime 1790000000\n",
    "/proc/cpuinfo": CPUINFO,
    "/proc/mounts": "proc /proc proc rw 0 0\nnas:/export /mnt/nas nfs4 rw 0 0\n",
    "/proc/sys/kernel/osrelease": "6.1.0-40-amd64\n",
    "/sys/class/dmi/id/sys_vendor": "QEMU\n",
    "/sys/block/vda/size": "1000\n",
    "/sys/block/vda/removable": "0\n",
    "/sys/block/sr0/size": "1000\n",
    "/sys/block/loop0/size": "8\n",
    "/sys/block/dm-0/size": "8\n",
    "/sys/block/nvme0n1/size": "2000\n",
    "/sys/block/sdb/size": "2000\n",
    "/sys/block/sdb/removable": "1\n",
    "/sys/block/sdc/size": "0\n",
}


def test_a_debian_of_files_reads_as_its_golden(tmp_path: Path, golden: Callable[[str, str], None]) -> None:
    host = machine(tmp_path, DEBIAN)
    found = msgspec.structs.replace(collect_inventory(host), architecture="x86_64")
    text = msgspec.json.format(msgspec.json.encode(found)).decode()
    golden("collectors/inventory_debian.json", f"{text}\n")
    assert host.could_not_see == ["room of /mnt/nas: No such file or directory"]


def test_this_host_is_read_whole() -> None:
    found = collect_inventory(Machine())
    assert found.cpu_logical >= 1
    assert found.memory_bytes > 1 << 26
    assert found.kernel == os.uname().release
    assert found.architecture == os.uname().machine


@pytest.mark.parametrize("missing", ["/proc/meminfo", "/proc/stat"])
def test_a_host_without_proc_is_not_seen(tmp_path: Path, missing: str) -> None:
    files = {name: content for name, content in DEBIAN.items() if name != missing}
    with pytest.raises(NotSeenError) as refusal:
        collect_inventory(machine(tmp_path, files))
    assert refusal.value.reason == "unreadable"


@pytest.mark.parametrize(
    ("cpuinfo", "cores"),
    [(CPUINFO, 2), ("processor : 0\n", None), ("physical id : 0\ncore id : 0\nphysical id : 1\ncore id : 0\n", 2)],
)
def test_cores_are_counted_once_each(cpuinfo: str, cores: int | None) -> None:
    assert physical_cores(cpuinfo) == cores


@pytest.mark.parametrize(
    ("cpuinfo", "model"),
    [
        (CPUINFO, "Intel(R) Xeon(R) Gold"),
        ("Model\t\t: Raspberry Pi 4\n", "Raspberry Pi 4"),
        ("cpu : POWER9\n", "POWER9"),
        ("", ""),
    ],
)
def test_each_architecture_names_its_processor_otherwise(cpuinfo: str, model: str) -> None:
    assert cpu_model(cpuinfo) == model


@pytest.mark.parametrize(
    ("files", "zone"),
    [
        ({"/etc/localtime": "-> /usr/share/zoneinfo/Europe/Paris"}, "Europe/Paris"),
        ({"/etc/localtime": "-> ../usr/share/zoneinfo/Etc/UTC"}, "Etc/UTC"),
        ({"/etc/localtime": "TZif", "/etc/timezone": "Europe/Paris\n"}, "Europe/Paris"),
        ({}, ""),
    ],
)
def test_the_zone_is_where_localtime_points(tmp_path: Path, files: dict[str, str | bytes], zone: str) -> None:
    assert time_zone(machine(tmp_path, files)) == zone


LVM = {"/sys/block/dm-0/dm/uuid": "LVM-abcdef\n"}


def test_free_extents_are_asked_where_lvm_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    answers = {"vgs vg_free": "  1073741824\n  4194304\n"}
    assert collect_inventory(talking(tmp_path / "a", answers, {**DEBIAN, **LVM})).free_extents_bytes == 1077936128
    crypt = {"/sys/block/dm-0/dm/uuid": "CRYPT-LUKS2-x\n"}
    unused = talking(tmp_path / "b", answers, {**DEBIAN, **crypt})
    assert collect_inventory(unused).free_extents_bytes is None
    assert not any("vgs" in each for each in unused.asked)


def test_free_extents_are_for_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    host = talking(tmp_path, {"vgs vg_free": "1\n"}, {**DEBIAN, **LVM})
    assert collect_inventory(host).free_extents_bytes is None
    assert "free extents of LVM" in host.could_not_see
    assert host.grant == AS_ROOT
