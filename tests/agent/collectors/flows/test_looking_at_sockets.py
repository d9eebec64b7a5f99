from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec
import pytest

from agent.collectors.child import Reply, answer
from agent.collectors.collected import block_types, collected
from agent.collectors.flows import look as looking
from agent.collectors.flows.cgroups import CgroupPlaces
from agent.collectors.flows.look import look
from agent.collectors.flows.netlink import Link, RefusedError
from agent.collectors.flows.sock_diag import BODY, FLOWING, TABLES, Table, bodies, bodies_of_both, cgroup_of
from agent.collectors.machine import Machine, NotSeenError
from agent.collectors.processes.proc_net import Socket, ephemeral_ports
from agent.collectors.sockets import COLLECTOR, collect_flows
from analyzers.model.facts import Connection, Listener
from tests.agent.collectors.fake_hosts import NOBODY, PROJECT, machine, may_be_nobody
from tests.agent.collectors.flows.recorded_answers import TCP_OPEN_OUT
from tests.agent.collectors.live_hosts import live

HEAD = "  sl  local_address rem_address   st\n"
SSH = "   0: 00000000:0016 00000000:0000 0A 0:0 00:0 0     0        0 77 1\n"
NO_NETLINK = "no netlink here"


def seen_by(host: Machine) -> looking.Look:
    return look(host, ephemeral_ports(host), CgroupPlaces(host))


def refuse() -> Link:
    raise RefusedError(NO_NETLINK)


def connections(host: Machine) -> list[Connection]:
    return [each for each in collect_flows(host)["connections"] if isinstance(each, Connection)]


def test_the_live_host_is_asked_over_netlink() -> None:
    seen = seen_by(Machine())
    assert (seen.refused, seen.source) == ({}, "sock_diag")
    assert seen.tally is not None
    assert seen.tally.messages >= len(seen.listening)


def test_a_host_of_files_is_read_from_its_files(tmp_path: Path) -> None:
    host = machine(tmp_path, {"/proc/net/tcp": HEAD + SSH})
    seen = seen_by(host)
    assert [each.port for each in seen.listening] == [22]
    assert seen.tally is None
    collect_flows(host)
    assert host.source == ""


def test_where_netlink_is_refused_the_tables_of_proc_are_read_and_the_source_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "Link", refuse)
    host = live(tmp_path, {}, {"/proc/net/tcp": HEAD + SSH})
    assert [each.port for each in seen_by(host).listening] == [22]
    collect_flows(host)
    assert host.source.startswith(f"/proc/net/tcp (sock_diag: {NO_NETLINK}), /proc/net/tcp6 ")


def test_one_table_that_the_kernel_lacks_is_read_below_proc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def without_udp(link: Link, table: Table, states: int) -> Iterator[bytes]:
        if table.protocol == "udp":
            raise RefusedError(NO_NETLINK)
        return bodies(link, table, states)

    monkeypatch.setattr(looking, "bodies", without_udp)
    syslog = "   0: 00000000:0202 00000000:0000 07 0:0 00:0 0     0        0 78 1\n"
    with socket.create_server(("127.0.0.1", 0)) as server:
        seen = seen_by(live(tmp_path, {}, {"/proc/net/udp": HEAD + syslog}))
        ports = {(each.protocol, each.port) for each in seen.listening}
        assert {("udp", 514), ("tcp", server.getsockname()[1])} <= ports
    assert seen.source.startswith("sock_diag, /proc/net/udp (")
    assert set(seen.refused) == {"udp", "udp6"}


def test_a_table_whose_answer_is_nonsense_is_read_below_proc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(link: Link, table: Table, states: int) -> Iterator[bytes]:
        if table.name == "tcp" and states == FLOWING["tcp"]:
            yield TCP_OPEN_OUT[:BODY] + bytes(4)
        yield from bodies(link, table, states)

    def cut_of_both(_: Link, states: int) -> Iterator[bytes]:
        yield TCP_OPEN_OUT[:BODY] + bytes(4)

    monkeypatch.setattr(looking, "bodies", cut)
    monkeypatch.setattr(looking, "bodies_of_both", cut_of_both)
    called = "   0: 0100007F:D370 0100000A:1538 01 0:0 00:0 0     0        0 78 1\n"
    seen = seen_by(live(tmp_path, {}, {"/proc/net/tcp": HEAD + called}))
    assert set(seen.refused) == {"tcp"}
    assert ("10.0.0.1", 5432) in {(each.peer_address, each.peer_port) for each in seen.flowing}


def test_a_table_that_never_stands_still_is_partial(monkeypatch: pytest.MonkeyPatch) -> None:
    def torn(link: Link, table: Table, states: int) -> Iterator[bytes]:
        link.tally.torn = 1
        return bodies(link, table, states)

    monkeypatch.setattr(looking, "bodies", torn)
    host = Machine()
    seen_by(host)
    assert host.could_not_see == ["sockets of a table that kept changing while it was read"]
    assert host.reason == "partial"


def test_what_a_cgroup_names_needs_no_process_and_is_not_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit = "/sys/fs/cgroup/system.slice/facturation.service"
    host = machine(
        tmp_path,
        {
            "/sys/fs/cgroup/cgroup.procs": "",
            f"{unit}/cgroup.procs": "",
            "/proc/1/comm": "init",
            "/proc/20/comm": "other",
            "/proc/20/fd/3": "-> socket:[91]",
        },
    )
    number = host.path(unit).stat().st_ino
    listening = Socket("tcp", "0.0.0.0", 8080, "0.0.0.0", 0, "listening", 0, 77, number)
    calling = Socket("tcp", "10.0.0.1", 40000, "10.0.0.2", 5432, "open", 0, 91, number)
    seen = looking.Look(listening=[listening], flowing=[calling])
    monkeypatch.setattr("agent.collectors.sockets.look", lambda *_: seen)
    found = collect_flows(host)
    named = [(each.service, each.unit) for each in found["listeners"] if isinstance(each, Listener)]
    assert named == [("facturation", "facturation.service")]
    assert [each.service for each in found["connections"]] == ["facturation"]
    assert host.could_not_see == []


def test_neither_netlink_nor_proc_is_no_empty_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "Link", refuse)
    with pytest.raises(NotSeenError):
        seen_by(live(tmp_path, {}))


def test_the_run_says_what_was_read_in_the_end() -> None:
    reply = answer(COLLECTOR, Machine())
    assert isinstance(reply, Reply)
    run = collected(COLLECTOR, msgspec.msgpack.encode(reply), block_types(COLLECTOR), 0.1).run
    assert run.source.startswith("sock_diag, /proc/PID/")
    assert "/proc/net" not in run.source


def test_netlink_and_proc_tell_the_same_flows(monkeypatch: pytest.MonkeyPatch) -> None:
    with ExitStack() as ends:
        ports = set()
        for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            server = ends.enter_context(socket.create_server((address, 0), family=family))
            ports.add(server.getsockname()[1])
            for _ in range(3):
                ends.enter_context(socket.create_connection((address, server.getsockname()[1])))
                ends.enter_context(server.accept()[0])
        both = ends.enter_context(socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True))
        ends.enter_context(socket.create_connection(("127.0.0.1", both.getsockname()[1])))
        ports.add(both.getsockname()[1])

        def told() -> set[tuple[str, str, str, str, int]]:
            return {
                (each.direction, each.service, each.local_address, each.peer_address, each.port)
                for each in connections(Machine())
                if each.port in ports
            }

        over_netlink = told()
        monkeypatch.setattr(looking, "Link", refuse)
        assert over_netlink == told()
    assert {each[2] for each in over_netlink} == {"127.0.0.1", "::1"}
    assert len(over_netlink) == 6


@contextmanager
def ten_milliseconds(first: str) -> Iterator[int]:
    """Yield the port of a server that one short connection reached, closed first by one end."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        accepted = server.accept()[0]
        ends = [client, accepted] if first == "client" else [accepted, client]
        ends[0].close()
        ends[1].recv(1)
        ends[1].close()
        yield server.getsockname()[1]


@pytest.mark.parametrize(("first", "direction"), [("client", "out"), ("server", "in")])
def test_a_short_connection_is_a_flow_of_the_end_that_closed_first(first: str, direction: str) -> None:
    with ten_milliseconds(first) as port:
        found = [each for each in connections(Machine()) if each.port == port]
        assert [each.direction for each in found] == [direction]
        assert bool(found[0].service) is (direction == "in")


def test_a_closed_client_without_a_speaker_is_counted_and_not_named() -> None:
    host = Machine()
    with ten_milliseconds("client"):
        collect_flows(host)
    told = re.search(r"; services behind closed connections not known: (\d+)", host.source)
    assert told is not None
    assert int(told[1]) >= 1
    assert not any("closed" in each for each in host.could_not_see)


def test_a_closed_client_is_adopted_by_the_service_that_still_speaks_there() -> None:
    with ten_milliseconds("client") as port, socket.create_server(("127.0.0.1", 0)):
        before = [each.service for each in connections(Machine()) if (each.port, each.direction) == (port, "out")]
        with socket.create_connection(("127.0.0.1", port)):
            after = [each.service for each in connections(Machine()) if (each.port, each.direction) == (port, "out")]
    assert before == [""]
    assert "" not in after
    assert len(after) == 1


def child(*wrapper: str, ask: str) -> str:
    argv = [*wrapper, sys.executable, "-c", ask]
    return subprocess.run(argv, capture_output=True, text=True, check=True, cwd=PROJECT).stdout.strip()


LOOK = """\
import socket
from agent.collectors.sockets import Machine, collect_flows
m = Machine()
with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
    port = server.getsockname()[1]
    found = collect_flows(m)
print(sorted(each.direction for each in found["connections"] if each.port == port), len(found["listeners"]), m.source)
"""


@pytest.mark.skipif(not may_be_nobody(), reason="only root becomes nobody")
def test_nobody_asks_over_netlink_too() -> None:
    said = child(*NOBODY, ask=LOOK)
    assert said.startswith("['in', 'out'] ")
    assert "sock_diag, " in said


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes a network namespace")
def test_in_a_network_namespace_of_its_own_nothing_else_is_seen() -> None:
    alone = ("unshare", "-n", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")
    assert child(*alone, ask=LOOK).startswith("['in', 'out'] 1 sock_diag, ")


def test_many_clients_of_one_host_cost_little_and_come_in_once() -> None:
    with ExitStack() as ends:
        server = ends.enter_context(socket.create_server(("127.0.0.1", 0), backlog=1024))
        server_port = server.getsockname()[1]
        for _ in range(400):
            ends.enter_context(socket.create_connection(server.getsockname()))
            ends.enter_context(server.accept()[0])
        started = time.process_time()
        seen = seen_by(Machine())
        spent = time.process_time() - started
    ours = [each for each in seen.flowing if server_port in (each.port, each.peer_port) and each.state == "open"]
    assert sum(each.port == server_port for each in ours) == 1
    assert sum(each.peer_port == server_port for each in ours) == 400
    assert spent < 0.5


def test_one_walk_of_the_table_shows_what_two_do() -> None:
    def told(answers: Iterable[bytes], ports: set[int]) -> set[tuple[bytes, bytes, int]]:
        mine = (each for each in answers if int.from_bytes(each[4:6]) in ports)
        return {(each[:2], each[4:40], cgroup_of(each)) for each in mine}

    with (
        socket.create_server(("127.0.0.1", 0)) as four,
        socket.create_server(("::1", 0), family=socket.AF_INET6) as six,
        socket.create_connection(four.getsockname()),
        socket.create_connection(six.getsockname()[:2]),
        Link() as link,
    ):
        ports = {each.getsockname()[1] for each in (four, six)}
        waiting = told(bodies_of_both(link, FLOWING["tcp"]), ports)
        assert waiting == told((each for table in TABLES[:2] for each in bodies(link, table, FLOWING["tcp"])), ports)
        assert {each[0][0] for each in waiting} == {socket.AF_INET, socket.AF_INET6}
