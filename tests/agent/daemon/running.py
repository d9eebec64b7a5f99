"""An agent that runs for a test: started as its users do, on a free port, ended with the test."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

PROJECT = Path(__file__).parents[3]
PATIENCE = 20.0

Labels = tuple[tuple[str, str], ...]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@dataclass
class Agent:
    """A running agent."""

    process: subprocess.Popen[bytes]
    port: int
    state: Path
    address: str = "127.0.0.1"
    errors: Path = field(default_factory=Path)

    def get(self, path: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
        connection = http.client.HTTPConnection(self.address, self.port, timeout=PATIENCE)
        try:
            connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return answer.status, answer.read(), {name.lower(): value for name, value in answer.getheaders()}
        finally:
            connection.close()

    def metrics(self) -> dict[str, dict[Labels, float]]:
        found: dict[str, dict[Labels, float]] = {}
        for family in text_string_to_metric_families(self.get("/metrics")[1].decode()):
            for sample in family.samples:
                found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
        return found

    def snapshot(self) -> dict[str, Any]:
        status, body, _ = self.get("/snapshot")
        assert status == 200, body
        return json.loads(body)

    def connections(self) -> list[dict[str, Any]]:
        return self.snapshot()["hosts"][0]["connections"]

    def said(self) -> str:
        return self.errors.read_text()

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)


@contextmanager
def running(
    state: Path,
    *options: str,
    within: Sequence[str] = (),
    environment: dict[str, str] | None = None,
    interval: str = "1s",
) -> Iterator[Agent]:
    """Yield an agent that answers; `within` stands before its command, such as a namespace to enter."""
    port = free_port()
    errors = state.parent / f"{state.name}.{port}.errors"
    argv = [*within, sys.executable, "-P", "-m", "agent", "agent", "--listen", f"127.0.0.1:{port}"]
    argv += ["--interval", interval, "--state", str(state), "--lang", "en", *options]
    with errors.open("wb") as stream:
        process = subprocess.Popen(argv, stderr=stream, cwd="/", env={**os.environ, **(environment or {})})
    agent = Agent(process, port, state, errors=errors)
    try:
        yield agent
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        finally:
            process.kill()
            process.wait(PATIENCE)


def answering(agent: Agent) -> Agent:
    """Return an agent once it answers.

    Raises
    ------
    TimeoutError
        When it does not.
    """
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if agent.process.poll() is not None:
            break
        try:
            agent.get("/healthz")
        except OSError:
            time.sleep(0.02)
        else:
            return agent
    raise TimeoutError(agent.said())


def eventually(holds, patience: float = PATIENCE) -> None:
    """Wait until something holds.

    Raises
    ------
    TimeoutError
        When it never does.
    """
    until = time.monotonic() + patience
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(0.1)
