"""Services that people run, started for real on the loopback, must be called what people call them."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from agent.collectors.grants import READ_FILES, SEE_PROCESSES
from agent.collectors.machine import Machine
from agent.collectors.sockets import collect_flows
from analyzers.model.facts import Listener
from tests.agent.collectors.fake_hosts import PROJECT, may_be_nobody, tree

Start = Callable[..., int]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a server on a free port, which its arguments and ``.in`` files call ``{port}``; wait until it listens."""
    with ExitStack() as servers:

        def begin(*argv: str, folder: Path) -> int:
            assert shutil.which(argv[0]), f"{argv[0]} is not installed; make test installs it, or says how"
            port = free_port()
            words = [each.replace("{port}", str(port)) for each in argv]
            for template in folder.glob("*.in"):
                text = template.read_text().replace("{port}", str(port)).replace("{folder}", str(folder))
                template.with_suffix("").write_text(text)
            process = subprocess.Popen(
                words, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            servers.callback(process.wait)
            servers.callback(process.terminate)
            until = time.monotonic() + 20
            while not listens(port) and time.monotonic() < until and process.poll() is None:
                time.sleep(0.02)
            assert listens(port), f"{argv[0]} does not listen"
            return port

        yield begin


def service_on(port: int) -> Listener:
    found = [each for each in collect_flows(Machine())["listeners"] if isinstance(each, Listener) and each.port == port]
    assert len(found) == 1
    return found[0]


PYTHON_SERVER = (
    "import socket, sys\ns = socket.create_server(('127.0.0.1', int(sys.argv[1])))\nwhile True: s.accept()\n"
)
NODE_SERVER = "require('net').createServer().listen(Number(process.argv[2]), '127.0.0.1')\n"
NGINX = """\
daemon off; worker_processes 2; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {}
http { access_log off; server { listen 127.0.0.1:{port}; } }
"""


@pytest.mark.parametrize(
    ("file", "argv", "service"),
    [
        ("facturation.py", [sys.executable, "facturation.py", "{port}"], "facturation"),
        ("boutique/main.py", [sys.executable, "-u", "boutique/main.py", "{port}"], "boutique"),
        ("http/index.html", [sys.executable, "-m", "http.server", "{port}", "--bind", "127.0.0.1"], "http.server"),
        ("relance/server.js", ["node", "relance/server.js", "{port}"], "relance"),
        ("x", ["redis-server", "--port", "{port}", "--bind", "127.0.0.1", "--save", ""], "redis-server"),
    ],
)
def test_a_service_is_called_by_its_name(
    tmp_path: Path, start: Start, file: str, argv: list[str], service: str
) -> None:
    tree(tmp_path, {file: NODE_SERVER if file.endswith(".js") else PYTHON_SERVER})
    found = service_on(start(*argv, folder=tmp_path))
    assert found.service == service
    assert found.process


def test_a_server_with_workers_is_one_listener(tmp_path: Path, start: Start) -> None:
    tree(tmp_path, {"nginx.conf.in": NGINX})
    found = service_on(start("nginx", "-c", str(tmp_path / "nginx.conf"), folder=tmp_path))
    assert (found.service, found.process, found.address) == ("nginx", "nginx", "127.0.0.1")


@pytest.mark.skipif(not may_be_nobody(), reason="only root becomes nobody, who may read no home")
@pytest.mark.parametrize(("grant", "sees"), [(SEE_PROCESSES, True), (READ_FILES, False)])
def test_the_command_that_is_given_grants_what_it_says(tmp_path: Path, start: Start, grant: str, *, sees: bool) -> None:
    tree(tmp_path, {"facturation.py": PYTHON_SERVER})
    port = start(sys.executable, "facturation.py", "{port}", folder=tmp_path)
    words = grant.removeprefix("sudo ").replace("$(id -u)", "65534").replace("$(id -g)", "65534").split()
    wrapper = words[: words.index('"$(command')]
    ask = (
        "from agent.collectors.sockets import Machine, collect_flows;"
        f"print([each.service for each in collect_flows(Machine())['listeners'] if each.port == {port}])"
    )
    done = subprocess.run(
        [*wrapper, sys.executable, "-c", ask], capture_output=True, text=True, cwd=PROJECT, check=True
    )
    assert done.stdout.strip() == (f"['{'facturation' if sees else f'tcp/{port}'}']")
    assert os.geteuid() == 0


def test_thousands_of_connections_cost_little() -> None:
    with ExitStack() as ends, socket.create_server(("127.0.0.1", 0), backlog=1024) as server:
        port = server.getsockname()[1]
        for _ in range(400):
            ends.enter_context(socket.create_connection(("127.0.0.1", port)))
            accepted, _ = server.accept()
            ends.enter_context(accepted)
        started = time.process_time()
        flows = collect_flows(Machine())["connections"]
        spent = time.process_time() - started
    ours = [each for each in flows if each.port == port]  # type: ignore[union-attr]
    assert len(ours) == 2
    assert spent < 1
