from __future__ import annotations

import base64
import datetime as dt
import ipaddress
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import bcrypt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from agent.daemon.http_server import MOST_CONNECTIONS
from tests.agent.daemon.running import Agent, answering, eventually, running

HASH = bcrypt.hashpw(b"secret", bcrypt.gensalt(5)).decode()
RIGHT = "Basic " + base64.b64encode(b"prometheus:secret").decode()
WRONG = "Basic " + base64.b64encode(b"prometheus:guess").decode()


def own_address() -> str:
    with socket.socket(type=socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def certificate(folder: Path, name: str) -> None:
    """Write a certificate that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / f"{name}.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / f"{name}.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


@pytest.fixture(scope="module")
def guarded(tmp_path_factory) -> Iterator[tuple[Agent, Path]]:
    folder = tmp_path_factory.mktemp("guarded")
    config = folder / "web.yml"
    config.write_text(f"basic_auth_users:\n  prometheus: {HASH}\n")
    with running(folder / "state", "--web-config", str(config)) as started:
        eventually(lambda: bool(answered(started)))
        yield started, config


def answered(agent: Agent) -> bytes:
    try:
        return agent.get("/healthz")[1]
    except OSError:
        return b""


def test_every_page_asks_for_a_password(guarded: tuple[Agent, Path]) -> None:
    agent, _ = guarded
    for path in ("/metrics", "/snapshot", "/history", "/healthz", "/"):
        status, _, headers = agent.get(path)
        assert (status, headers["www-authenticate"][:5]) == (401, "Basic")
        assert agent.get(path, Authorization=WRONG)[0] == 401
    assert agent.get("/snapshot", Authorization=RIGHT, Host="agent.example")[0] == 200


def test_a_thousand_scrapes_check_one_password(guarded: tuple[Agent, Path]) -> None:
    agent, _ = guarded
    for _ in range(200):
        assert agent.get("/healthz", Authorization=RIGHT)[0] == 200


def test_the_file_is_read_again_on_sighup_and_a_wrong_one_changes_nothing(guarded: tuple[Agent, Path]) -> None:
    agent, config = guarded
    before = config.read_text()
    config.write_text("basic_auth_users:\n  prometheus: plain\n")
    agent.process.send_signal(signal.SIGHUP)
    eventually(lambda: "no bcrypt hash" in agent.said())
    assert agent.get("/healthz", Authorization=RIGHT)[0] == 200
    config.write_text(f"basic_auth_users:\n  other: {HASH}\n")
    agent.process.send_signal(signal.SIGHUP)
    eventually(lambda: agent.get("/healthz", Authorization=RIGHT)[0] == 401)
    config.write_text(before)
    agent.process.send_signal(signal.SIGHUP)
    eventually(lambda: agent.get("/healthz", Authorization=RIGHT)[0] == 200)


def test_a_wrong_file_at_the_start_is_one_line_and_ends(tmp_path: Path) -> None:
    config = tmp_path / "web.yml"
    config.write_text("oauth: yes\n")
    with running(tmp_path / "state", "--web-config", str(config)) as started:
        assert started.process.wait(20) == 2
    assert started.said() == (
        f"pasencore: {config}:1: oauth is not understood here - remove it: the documentation lists what is understood\n"
    )


def test_away_from_loopback_secrets_need_a_password_and_the_answer_says_how(tmp_path: Path) -> None:
    address = own_address()
    if address.startswith("127."):
        pytest.skip("this machine has no other address")
    with running(tmp_path / "state") as started:
        started.process.terminate()
    with running(tmp_path / "state", "--listen", f"{address}:{started.port}") as agent:
        agent.address, agent.port = address, started.port
        answering(agent)
        assert agent.get("/metrics")[0] == 200
        for path in ("/snapshot", "/history"):
            status, body, _ = agent.get(path)
            assert status == 403
            assert b"--web-config" in body


def test_tls_with_client_certificates(tmp_path: Path) -> None:
    certificate(tmp_path, "server")
    certificate(tmp_path, "client")
    config = tmp_path / "web.yml"
    config.write_text(
        "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n"
        "  client_ca_file: client.crt\n  client_auth_type: RequireAndVerifyClientCert\n"
    )
    with running(tmp_path / "state", "--web-config", str(config)) as agent:
        ours = ssl.create_default_context(cafile=str(tmp_path / "server.crt"))
        eventually(lambda: f":{agent.port}" in agent.said())
        with pytest.raises(OSError, match=r"certificate|reset|closed|EOF|alert"):
            fetched(agent.port, ours)
        ours.load_cert_chain(tmp_path / "client.crt", tmp_path / "client.key")
        assert b" 200 OK" in fetched(agent.port, ours)
        snapshot = fetched(agent.port, ours, "/snapshot")
        assert b"pasencore.snapshot/1" in snapshot
        assert answered(agent) == b""


def fetched(port: int, context: ssl.SSLContext, path: str = "/metrics") -> bytes:
    raw = socket.create_connection(("127.0.0.1", port), timeout=20)
    with raw, context.wrap_socket(raw, server_hostname="127.0.0.1") as secured:
        secured.sendall(f"GET {path} HTTP/1.1\r\nHost: agent.example\r\nConnection: close\r\n\r\n".encode())
        pieces = []
        while piece := secured.recv(65536):
            pieces.append(piece)
        return b"".join(pieces)


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> Iterator[Agent]:
    with running(tmp_path_factory.mktemp("plain") / "state") as started:
        yield answering(started)


def test_clients_that_say_nothing_keep_nobody_out(plain: Agent) -> None:
    with ExitStack() as slow:
        for at in range(MOST_CONNECTIONS * 2):
            lazy = slow.enter_context(socket.create_connection(("127.0.0.1", plain.port)))
            if at % 2:
                lazy.sendall(b"GET /metrics HTTP/1.1\r\nX: ")
        started = time.monotonic()
        for _ in range(5):
            assert plain.get("/metrics")[0] == 200
        assert time.monotonic() - started < 5
        files = len(list(Path(f"/proc/{plain.process.pid}/fd").iterdir()))
        assert files < MOST_CONNECTIONS + 40


def test_ten_thousand_requests_leave_the_memory_as_it_was(plain: Agent) -> None:
    def resident() -> float:
        return next(iter(plain.metrics()["process_resident_memory_bytes"].values()))

    request = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
    exchange(plain.port, request, 1000)
    before = resident()
    exchange(plain.port, request, 10_000)
    assert resident() - before < 2 << 20


def exchange(port: int, request: bytes, count: int) -> None:
    """Send many requests through one connection, twenty at a time, and read what they answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client, client.makefile("rb") as answers:
        for _ in range(count // 20):
            client.sendall(request * 20)
            for _ in range(20):
                assert answers.readline() == b"HTTP/1.1 200 OK\r\n"
                length = 0
                while (line := answers.readline()) != b"\r\n":
                    name, _, value = line.partition(b":")
                    length = int(value) if name == b"Content-Length" else length
                answers.read(length)


def test_a_pipeline_as_long_as_the_buffer_is_answered(plain: Agent) -> None:
    exchange(plain.port, b"GET /healthz HTTP/1.1\r\n\r\n", 400)


def test_many_who_leave_in_the_middle_leave_nothing_behind(plain: Agent) -> None:
    for _ in range(50):
        with socket.create_connection(("127.0.0.1", plain.port)) as client:
            client.sendall(b"GET /snapshot HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert plain.snapshot()["schema"] == "pasencore.snapshot/1"


def test_help_is_complete() -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "agent", "agent", "--help"], capture_output=True, text=True, check=True
    )
    for option in ("--listen", "--interval", "--state", "--web-config"):
        assert option in done.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("--listen", "nothing"),
        ("--listen", "a:70000"),
        ("--interval", "60s"),
        ("--interval", "0s"),
        ("--interval", "x"),
    ],
)
def test_wrong_options_are_one_line(words: tuple[str, str]) -> None:
    argv = [sys.executable, "-P", "-m", "agent", "agent", *words]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert words[0] in done.stderr
