from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors import mounts as module
from agent.collectors.machine import Machine
from agent.collectors.mounts import parse_mounts, parse_writable, read_mounts
from tests.agent.collectors.fake_hosts import machine

MOUNTS = """\
proc /proc proc rw 0 0
tmpfs /run tmpfs rw 0 0
/dev/sda1 / ext4 rw,relatime 0 0
/dev/sda1 /var/lib/docker/bind ext4 rw 0 0
/dev/loop3 /snap/core squashfs ro 0 0
overlay /var/lib/docker/overlay2/x/merged overlay rw 0 0
/dev/sdb1 /srv/donn\\303\\251es\\040vieilles xfs ro 0 0
nas:/export /mnt/nas nfs4 rw,vers=4.2 0 0
//nas/partage /mnt/partage cifs rw 0 0
moi@b2.example:/ /mnt/sauvegarde fuse.sshfs rw 0 0
short line
"""
ROOM = os.statvfs_result((4096, 4096, 1000, 400, 300, 64, 32, 30, 0, 255))


def answer(_: str) -> os.statvfs_result:
    return ROOM


def test_file_systems_that_hold_data_are_kept_one_a_device() -> None:
    found = {each.mountpoint: (each.device, each.fstype, each.remote, each.read_only) for each in parse_mounts(MOUNTS)}
    assert list(found) == ["/", "/srv/donn\xc3\xa9es vieilles", "/mnt/nas", "/mnt/partage", "/mnt/sauvegarde"]
    assert found["/"] == ("/dev/sda1", "ext4", False, False)
    assert found["/srv/donn\xc3\xa9es vieilles"][3]
    assert [remote for _, _, remote, _ in found.values()] == [False, False, True, True, True]


MOUNTINFO = """\
29 1 254:0 / / ro,relatime shared:1 - ext4 /dev/sda1 rw,discard
30 29 254:16 / /srv/donn\\303\\251es\\040vieilles ro - xfs /dev/sdb1 ro
31 29 0:40 / /mnt/nas ro,relatime - nfs4 nas:/export rw,vers=4.2
short line
32 29 0:41 / /mnt/x
"""


def test_a_service_that_may_not_write_still_tells_what_is_read_only() -> None:
    assert parse_writable(MOUNTINFO) == {"/", "/mnt/nas"}
    seen = MOUNTS.replace(" rw", " ro")
    found = {each.mountpoint: each.read_only for each in parse_mounts(seen, parse_writable(MOUNTINFO))}
    assert (found["/"], found["/mnt/nas"]) == (False, False)
    assert found["/srv/donn\xc3\xa9es vieilles"]
    assert found["/mnt/partage"], "what mountinfo does not hold is as /proc/mounts says"


def test_mountinfo_is_read_beside_the_mounts(tmp_path: Path) -> None:
    files = {"/proc/mounts": "/dev/sda1 / ext4 ro 0 0\n", "/proc/self/mountinfo": MOUNTINFO}
    (root,) = read_mounts(machine(tmp_path, files), answer)
    assert not root.read_only


@given(st.text(max_size=200))
def test_no_mountinfo_is_too_strange(text: str) -> None:
    assert all(isinstance(each, str) for each in parse_writable(text))


def test_the_root_of_a_container_is_kept() -> None:
    assert [each.mountpoint for each in parse_mounts("overlay / overlay rw 0 0\noverlay /x overlay rw 0 0\n")] == ["/"]


def test_room_is_in_bytes_and_inodes(tmp_path: Path) -> None:
    host = machine(tmp_path, {"/proc/mounts": "/dev/sda1 / ext4 rw 0 0\n"})
    (found,) = read_mounts(host, answer)
    assert (found.total_bytes, found.used_bytes, found.available_bytes) == (4096000, 2457600, 1228800)
    assert (found.inodes_total, found.inodes_free) == (64, 32)


def test_a_server_that_is_gone_takes_nothing_else_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ANSWER_WITHIN", 0.2)
    over = threading.Event()

    def hang(path: str) -> os.statvfs_result:
        if path.endswith("nas"):
            over.wait(30)
        return ROOM

    host = machine(tmp_path, {"/proc/mounts": MOUNTS})
    started = time.monotonic()
    found = {each.mountpoint: each.total_bytes for each in read_mounts(host, hang)}
    over.set()
    assert time.monotonic() - started < 5
    assert found["/mnt/nas"] is None
    assert found["/"] == 4096000
    assert host.could_not_see == ["room of /mnt/nas"]
    assert host.reason == "timed_out"


def test_a_place_that_refuses_has_no_room(tmp_path: Path) -> None:
    def refuse(_: str) -> os.statvfs_result:
        raise OSError(116, "Stale file handle")

    host = machine(tmp_path, {"/proc/mounts": "nas:/x /mnt/nas nfs rw 0 0\n"})
    (found,) = read_mounts(host, refuse)
    assert found.total_bytes is None
    assert host.could_not_see == ["room of /mnt/nas: Stale file handle"]


def test_no_mount_is_no_failure(tmp_path: Path) -> None:
    assert read_mounts(machine(tmp_path)) == ()


def test_the_real_root_has_room() -> None:
    found = {each.mountpoint: each for each in read_mounts(Machine())}
    total = os.statvfs("/")
    assert found["/"].total_bytes == total.f_blocks * total.f_frsize


@given(st.text())
def test_any_text_is_some_mounts(text: str) -> None:
    assert all(each.mountpoint is not None for each in parse_mounts(text))
