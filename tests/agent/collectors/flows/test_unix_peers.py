from __future__ import annotations

import os
import socket
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors.flows.netlink import Link, NonsenseError
from agent.collectors.flows.unix_diag import LocalFlow, UnixSocket, decode_unix, local_flows, unix_sockets
from tests.agent.collectors.flows import recorded_answers as r


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (r.UNIX_LISTENING, UnixSocket(451177, True, "/tmp/rec.sock", 0)),
        (r.UNIX_ACCEPTED, UnixSocket(451179, False, "/tmp/rec.sock", 451178)),
        (r.UNIX_CALLER, UnixSocket(451178, False, "", 451179)),
        (r.UNIX_ABSTRACT, UnixSocket(451180, True, "@abstract-x", 0)),
    ],
)
def test_recorded_answers_are_decoded(body: bytes, expected: UnixSocket) -> None:
    assert decode_unix(body) == expected


def test_the_accepted_end_leads_from_the_listener_to_the_caller() -> None:
    found = local_flows(map(decode_unix, (r.UNIX_CALLER, r.UNIX_ACCEPTED, r.UNIX_LISTENING, r.UNIX_ABSTRACT)))
    assert found.flows == [LocalFlow("/tmp/rec.sock", 451178, 451177)]
    assert found.listening == {"/tmp/rec.sock": 451177, "@abstract-x": 451180}
    assert found.unplaced == 0


def test_a_path_on_which_nobody_listens_is_counted_and_not_invented() -> None:
    found = local_flows([decode_unix(r.UNIX_ACCEPTED)])
    assert (found.flows, found.unplaced) == ([], 1)


def test_a_name_stays_on_one_line() -> None:
    body = bytearray(r.UNIX_LISTENING)
    at = bytes(body).index(b"/tmp")
    body[at + 1] = 0x0A
    assert decode_unix(bytes(body)).path == "/?mp/rec.sock"


@given(st.binary(max_size=200))
def test_garbage_is_refused_or_has_a_printable_path(data: bytes) -> None:
    try:
        found = decode_unix(data)
    except NonsenseError:
        return
    assert found.path == "" or found.path.isprintable()


def test_real_peers_are_found(tmp_path: Path) -> None:
    path = str(tmp_path / "s")
    with ExitStack() as ends, Link() as link:
        server, client = (ends.enter_context(socket.socket(socket.AF_UNIX)) for _ in range(2))
        server.bind(path)
        server.listen()
        client.connect(path)
        ends.enter_context(server.accept()[0])
        found = local_flows(unix_sockets(link))
        expected = LocalFlow(path, os.fstat(client.fileno()).st_ino, os.fstat(server.fileno()).st_ino)
        assert [each for each in found.flows if each.path == path] == [expected]
        assert found.listening[path] == expected.listener
