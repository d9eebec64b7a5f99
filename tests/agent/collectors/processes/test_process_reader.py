from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from agent.collectors.machine import Machine
from agent.collectors.processes.process import Process
from agent.collectors.processes.reader import owners_of, process_numbers, read_process
from tests.agent.collectors.fake_hosts import machine


def test_process_1_comes_last_for_it_holds_sockets_of_others(tmp_path: Path) -> None:
    files = {"/proc/1/": "", "/proc/20/": "", "/proc/3/": "", "/proc/self/": "", "/proc/net/tcp": ""}
    assert process_numbers(machine(tmp_path, files)) == [3, 20, 1]


def test_a_socket_that_several_hold_belongs_to_the_first_that_is_not_process_1(tmp_path: Path) -> None:
    files = {f"/proc/{pid}/fd/3": "-> socket:[77]" for pid in (1, 20, 30)}
    files |= {"/proc/30/fd/4": "-> socket:[78]", "/proc/30/fd/5": "-> /dev/null", "/proc/1/fd/9": "-> socket:[79]"}
    owners = owners_of(machine(tmp_path, files), {77, 78, 79, 80})
    assert owners.pids == {77: 20, 78: 30, 79: 1}
    assert owners.refused == 0


def test_processes_that_vanish_while_they_are_read_are_no_failure(tmp_path: Path) -> None:
    host = machine(tmp_path, {"/proc/20/comm": "x\n"})
    assert owners_of(host, {77}).pids == {}
    assert read_process(host, 21) is None
    assert host.could_not_see == []


def test_a_process_is_read_from_its_files(tmp_path: Path) -> None:
    files = {
        "/proc/20/comm": "python3\n",
        "/proc/20/cmdline": "python3\0/opt/facturation.py\0\0",
        "/proc/20/exe": "-> /usr/bin/python3.11",
        "/proc/20/cwd": "-> /srv",
        "/proc/20/cgroup": "0::/system.slice/facturation.service\n",
        "/proc/20/status": "Name:\tpython3\nUid:\t33\t33\t33\t33\nGid:\t0\n",
    }
    assert read_process(machine(tmp_path, files), 20) == Process(
        pid=20,
        comm="python3",
        argv=("python3", "/opt/facturation.py"),
        executable="/usr/bin/python3.11",
        folder="/srv",
        cgroup="0::/system.slice/facturation.service\n",
        uid=33,
    )


def test_a_process_that_hides_all_but_its_name_is_still_one(tmp_path: Path) -> None:
    assert read_process(machine(tmp_path, {"/proc/20/comm": "kworker\n"}), 20) == Process(pid=20, comm="kworker")


@pytest.mark.parametrize("status", ["Uid:", "Uid:\t-\t0", "Uid:\t" + "9" * 5000, "Uid:\tÿ", "Name:\tUid: 7", "Uid:\n7"])
def test_a_status_that_names_no_user_is_read_without_one(tmp_path: Path, status: str) -> None:
    found = read_process(machine(tmp_path, {"/proc/20/comm": "x\n", "/proc/20/status": status}), 20)
    assert found is not None
    assert found.uid is None


def test_names_that_are_no_utf8_are_read(tmp_path: Path) -> None:
    files = {"/proc/20/comm": b"caf\xe9\n", "/proc/20/cmdline": b"caf\xe9\0", "/proc/20/status": b""}
    found = read_process(machine(tmp_path, files), 20)
    assert found is not None
    found.comm.encode("utf-8")
    assert found.argv == (found.comm,)


def test_this_very_process_is_found_by_a_socket_of_its_own() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        inode = os.fstat(server.fileno()).st_ino
        assert owners_of(Machine(), {inode}).pids == {inode: os.getpid()}
    mine = read_process(Machine(), os.getpid())
    assert mine is not None
    assert mine.uid == os.getuid()
    assert Path(mine.executable).resolve() == Path(sys.executable).resolve()
