"""What is fuzzed: each target reads bytes of strangers and lets nothing but its documented errors pass."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from agent.collectors.flows import conntrack, destroyed, netlink, sock_diag, tracepoint, unix_diag
from agent.collectors.processes import cgroups, owners, proc_net, programs, reader
from agent.daemon import flow_memory, http_message, passwords, state_file, web_config
from agent.errors import UsageError
from agent.snapshot_file import canonical, read_snapshot
from agent.sources.agents.answer import understand
from agent.sources.context_file import parse_context
from agent.sources.failures import NoAnswerError
from agent.sources.tickets import headings, text, values
from analyzers.measures.decode import agent_frames, agent_store, chunked, matrix, protobuf
from tests import builders

_NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
_EVER = (-(1 << 62), 1 << 62)
_FILE = Path("/dev/shm" if Path("/dev/shm").is_dir() else "/tmp")


@dataclass(frozen=True)
class Target:
    """A reader of bytes, the errors that its documentation promises, and inputs that it understands."""

    read: Callable[[bytes], object]
    documented: tuple[type[Exception], ...]
    seeds: tuple[bytes, ...]
    share: int = 1


def _netlink(data: bytes) -> None:
    for _, _, _, body in netlink.messages(data):
        sock_diag.decode(body, "tcp")


def _sock_diag(data: bytes) -> None:
    sock_diag.decode(data, "udp")


def _proc_net(data: bytes) -> None:
    for line in data.decode("latin-1").splitlines():
        proc_net.parse_row(line, "tcp")


def _proc_pid(data: bytes) -> None:
    said = data.decode("utf-8", "replace")
    reader._uid(said)  # noqa: SLF001 - the parser of /proc/PID/status, without a process
    owners.parse_sockets(said)
    programs.program_name(said.split("\0"), executable="/usr/bin/python3", comm=said[:15], folder="/srv/shop")


def _trace(data: bytes) -> None:
    line = data.decode("utf-8", "replace")
    tracepoint.parse_call(line)
    tracepoint.lost_in(line)


def _http(data: bytes) -> None:
    end = http_message.head_end(data)
    if end >= 0:
        passwords.credentials(http_message.parse_head(data[:end]).headers.get("authorization", ""))


def _state(data: bytes) -> None:
    state_file.decode(data, flow_memory.FlowMemory(), 1_780_000_000_000)


def _snapshot(data: bytes) -> None:

    path = _FILE / f"pasencore-fuzz-{os.getpid()}"
    path.write_bytes(data)
    try:
        read_snapshot(path, 1 << 20)
    finally:
        path.unlink()


def _tickets(data: bytes) -> None:
    stream = io.BytesIO(data)
    encoding = text.encoding_of(stream)
    for at, row in enumerate(text.rows(stream, encoding, "tickets.csv")):
        cells = row.cells or ()
        if at == 0:
            headings.places(cells, {})
        for cell in cells:
            values.moment(cell)
            values.hours(cell)
            values.level(cell)


def _context(data: bytes) -> None:
    parse_context(data, Path("context.yaml"), today=_NOW.date())


def _chunks(data: bytes) -> None:
    """Read as it came, then as the message of a frame whose checksum is right: else nothing behind it is reached."""
    framed = protobuf.message_field(1, data)[1:] if data else b""
    size = len(framed) - len(data)
    for body in (data, framed[:size] + _crc32c(data) + data):
        try:
            chunked.block_of_chunks(body, _EVER)
        except matrix.UnreadableError:
            continue


def _crc32c(data: bytes) -> bytes:
    import numpy as np  # noqa: PLC0415 - for this target alone

    from analyzers.measures.decode.checksum import crc32c  # noqa: PLC0415

    sums = crc32c(np.frombuffer(data + bytes(8), np.uint8), np.array([0]), np.array([len(data)]))
    return int(sums[0]).to_bytes(4, "big")


def _store(data: bytes) -> None:
    """Read as it came, then as one whole row behind a segment of two series."""
    agent_store.read_series(data)
    agent_frames.segment_of(data)
    agent_store.read_series(_SEGMENT + agent_frames.framed(agent_frames.ROW, data))


def _attribute(kind: int, body: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(body), kind) + body + bytes(-len(body) % 4)


def _tracked() -> bytes:
    addresses = _attribute(1, bytes([10, 0, 0, 1])) + _attribute(2, bytes([10, 0, 0, 2]))
    numbers = _attribute(1, b"\x06") + _attribute(2, b"\x1f\x90") + _attribute(3, b"\x15\x38")
    way = _attribute(1, addresses) + _attribute(2, numbers)
    return struct.pack("=BBH", 2, 0, 0) + _attribute(1, way) + _attribute(2, way) + _attribute(3, b"\0\0\0\x0e")


def _series() -> bytes:
    label = protobuf.message_field(1, b"__name__") + protobuf.message_field(2, b"up")
    chunk = protobuf.number_field(1, 0) + protobuf.number_field(2, 60_000) + protobuf.number_field(3, 1)
    chunk += protobuf.message_field(4, b"\0\x01" + b"\x80\x01" + struct.pack(">d", 1.5))
    series = protobuf.message_field(1, label) + protobuf.message_field(2, chunk)
    return protobuf.message_field(1, series)


_SOCKET = struct.pack("=BBBB", 2, 1, 0, 0) + struct.pack("!HH", 8080, 40000) + bytes([10, 0, 0, 1]) + bytes(12)
_SOCKET = (_SOCKET + bytes([10, 0, 0, 2])).ljust(72, b"\0") + _attribute(21, bytes(8))
_MESSAGE = struct.pack("=IHHII", 16 + len(_SOCKET), 20, 2, 1, 0) + _SOCKET
_SEGMENT = agent_frames.framed(
    agent_frames.SEGMENT,
    agent_frames.segment_body(
        agent_frames.Segment(1, (agent_frames.Series("up", ()), agent_frames.Series("load", (("a", "b"),))))
    ),
)
_ROW = b"   0: 0100007F:1F90 0200007F:9C40 01 00000000:00000000 00:00000000 00000000  1000        0 4242 1\n"
_TRACE = (
    b"  python3-26993   [001] .....  7104.637104: inet_sock_set_state: family=AF_INET protocol=IPPROTO_TCP sport=0 "
    b"dport=44007 saddr=127.0.0.1 daddr=127.0.0.2 saddrv6=::ffff:127.0.0.1 daddrv6=::ffff:127.0.0.2 "
    b"oldstate=TCP_CLOSE newstate=TCP_SYN_SENT"
)
_JSON = canonical(builders.snapshot(builders.host(), context=builders.context()))
_FLOWS = json.dumps(
    {
        "schema": state_file.SCHEMA,
        "flows": [["out", "shop", "10.0.0.1", "10.0.0.2", 80, "tcp", "", "db", 1, 2, 3, 4, 5, 6]],
        "dropped": {"full": 1},
        "since": 1,
    }
).encode()
_MATRIX = (
    b'{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"up"},'
    b'"values":[[1,"1"],[2.5,"NaN"],[3,"+Inf"]]}]}}'
)
_CGROUP = f"0::/system.slice/docker-{'a' * 64}.scope\n1:name=systemd:/user.slice/user-1000.slice\n".encode()
_USERS = b"basic_auth_users:\n  ops: $2y$10$" + b"a" * 53 + b"\ntls_server_config:\n  cert_file: a.pem\n  key_file: b\n"
_EXPORT = b"number;opened_at;closed_at;priority\nINC1;2026-01-02 03:04;2026-01-02 05:06;2 - High\n"
_DECLARED = b"services:\n  - name: shop\n    criticality: high\npeople:\n  - name: ada\n"
_HEAD = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic b3BzOng=\r\n\r\n"
_STATUS = (
    b"Name:\tsh\nUid:\t1000\t1000\t1000\t1000\n127.0.0.1:80 web.socket web.service\n\0/usr/bin/python3\0-m\0shop.app"
)

_KERNEL = (netlink.NonsenseError,)
_INPUT = (UsageError,)

TARGETS = {
    "netlink": Target(_netlink, _KERNEL, (_MESSAGE,), 4),
    "sock-diag": Target(_sock_diag, _KERNEL, (_SOCKET,), 4),
    "unix-diag": Target(unix_diag.decode_unix, _KERNEL, (bytes(16) + _attribute(0, b"/run/x"),), 4),
    "destroyed": Target(destroyed.ended, _KERNEL, (_SOCKET + _attribute(10, b"\x06"),), 4),
    "conntrack": Target(conntrack.decode_tracked, _KERNEL, (_tracked(),), 4),
    "trace": Target(_trace, (), (_TRACE, b"CPU:1 [LOST 12 EVENTS]"), 4),
    "proc-net": Target(_proc_net, (), (_ROW,), 4),
    "proc-pid": Target(_proc_pid, (), (_STATUS,), 4),
    "cgroup": Target(lambda data: cgroups.place(data.decode("utf-8", "replace")), (), (_CGROUP,), 4),
    "http-head": Target(_http, (http_message.BadRequestError,), (_HEAD,), 4),
    "state-file": Target(_state, (), (_FLOWS,), 2),
    "agent-answer": Target(lambda data: understand(data, _NOW), (NoAnswerError,), (_JSON,), 2),
    "snapshot": Target(_snapshot, _INPUT, (_JSON, gzip.compress(_JSON, mtime=0))),
    "matrix": Target(matrix.matrix, (matrix.UnreadableError,), (_MATRIX,), 2),
    "agent-store": Target(_store, (), (_SEGMENT,)),
    "chunks": Target(_chunks, (), (_series(),)),
    "tickets": Target(_tickets, _INPUT, (_EXPORT,)),
    "web-config": Target(lambda data: web_config.parse_web_config(data, Path("web.yml")), _INPUT, (_USERS,)),
    "context": Target(_context, _INPUT, (_DECLARED,)),
}
"""By name; `share` is its part of the inputs: what is slow gets fewer."""
