from __future__ import annotations

from fractions import Fraction

import pytest

from analyzers.measures.headroom import at_percentile, local_disks, used_share
from tests import builders as b


def member(*hosts, monitoring=None):
    return b.by_name(at_percentile(b.estate(*hosts, monitoring=monitoring)))["web1"]


def server(cpu=None, memory=None, disk=None, **refused):
    said = {"headroom.cpu_p95": cpu, "headroom.memory_p95": memory, "headroom.disk_used": disk}
    queries = [
        b.query(each, ({"instance": "web1:9100", "mountpoint": "/"}, value), reason=refused.get("reason"))
        for each, value in said.items()
        if value is not None
    ]
    return b.monitoring(b.uname("web1"), *queries)


def read(used=0.4, **pressure):
    return b.host("web1", inventory=b.inventory(mounts=(b.mount(used=used),)), pressure=b.pressure(**pressure))


@pytest.mark.parametrize(
    ("cpu", "memory", "disk", "ends"),
    [
        (0.1, 0.1, 0.1, (1, 1)),
        (0.69, 0.84, 0.79, (1, 1)),
        (0.70, 0.1, 0.1, (0, 0)),
        (0.1, 0.85, 0.1, (0, 0)),
        (0.1, 0.1, 0.80, (0, 0)),
        (0.1, 0.1, None, (0, 1)),
        (0.1, None, 0.1, (0, 1)),
        (None, 0.1, 0.1, (0, 1)),
        (0.99, None, None, (0, 0)),
    ],
)
def test_a_server_s_percentiles(cpu, memory, disk, ends) -> None:
    assert b.ends(member(monitoring=server(cpu, memory, disk))) == ends


def test_a_host_alone_never_proves_headroom() -> None:
    found = member(read(used=0.1, cpu_used_share=0.01, memory_used_share=0.02))
    assert b.ends(found) == (0, 1)
    assert found.reason == "partial"
    assert {each.key: each.value for each in found.evidence} == {
        "cpu_used_share now": 0.01,
        "memory_used_share now": 0.02,
        "disk_used /": 0.1,
    }


def test_a_busy_moment_is_no_percentile_either() -> None:
    assert b.ends(member(read(cpu_used_share=1.0, memory_used_share=0.99))) == (0, 1)


@pytest.mark.parametrize(("used", "ends"), [(0.79, (0, 1)), (0.8, (0, 0)), (0.97, (0, 0))])
def test_a_host_alone_proves_a_full_disk(used: float, ends: tuple[int, int]) -> None:
    assert b.ends(member(read(used=used))) == ends


def test_the_disks_of_the_host_complete_the_server() -> None:
    assert b.ends(member(read(used=0.5), monitoring=server(0.1, 0.1))) == (1, 1)
    assert b.ends(member(read(used=0.9), monitoring=server(0.1, 0.1, 0.1))) == (0, 0)


def test_the_worst_of_two_exporters_counts() -> None:
    two = b.query("headroom.cpu_p95", ({"instance": "web1:9100"}, 0.1), ({"instance": "web1:9256"}, 0.9))
    assert b.ends(member(monitoring=b.monitoring(b.uname("web1"), two))) == (0, 0)


def test_what_the_server_refused_is_the_reason() -> None:
    refused = b.query("headroom.cpu_p95", reason="timed_out")
    assert member(read(), monitoring=b.monitoring(refused)).reason == "timed_out"


def test_a_host_of_which_nothing_was_read_keeps_its_reason() -> None:
    found = member(b.refused("web1", "unreadable"))
    assert found.measured is None
    assert found.reason == "unreadable"


@pytest.mark.parametrize(
    ("mount", "kept"),
    [
        (b.mount(), True),
        (b.mount("/boot/efi", fstype="vfat"), True),
        (b.mount(fstype="tmpfs"), False),
        (b.mount(fstype="squashfs"), False),
        (b.mount(fstype="overlay"), False),
        (b.mount(fstype="nfs4", remote=True), False),
        (b.mount(read_only=True), False),
    ],
)
def test_which_mounts_can_fill_up(mount, kept) -> None:
    (host,) = b.estate(b.host("web1", inventory=b.inventory(mounts=(mount,)))).hosts
    assert list(local_disks(host)) == ([mount] if kept else [])


def test_what_users_cannot_have_counts_as_used() -> None:
    reserved = b.mount(total_bytes=100, used_bytes=50, available_bytes=45)
    assert used_share(reserved) == Fraction(55, 100)
    assert used_share(b.mount(total_bytes=100, used_bytes=50, available_bytes=None)) == Fraction(1, 2)
    assert used_share(b.mount(used=None)) is None
    assert used_share(b.mount(total_bytes=0)) is None
