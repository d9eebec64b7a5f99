from __future__ import annotations

import gzip
import json
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from agent.daemon.service import STATE_SECONDS
from agent.daemon.state_file import NAME as STATE_NAME
from analyzers.measures.decode.agent_frames import Series
from analyzers.measures.decode.agent_store import read_series
from analyzers.model.snapshot import Snapshot
from tests.agent.daemon.running import Agent, answering, eventually, running


@pytest.fixture(scope="module")
def agent(tmp_path_factory) -> Iterator[Agent]:
    with running(tmp_path_factory.mktemp("state")) as started:
        answering(started)
        eventually(lambda: (("layer", "sock_diag"),) in started.metrics().get("pasencore_flow_layer_up", {}))
        yield started


def test_metrics_are_what_prometheus_reads(agent: Agent) -> None:
    found = agent.metrics()
    assert found["pasencore_collector_success"][(("collector", "flows"),)] == 1
    assert found["pasencore_flow_layer_up"][(("layer", "sock_diag"),)] == 1
    assert agent.get("/metrics")[2]["content-type"] == "text/plain; version=0.0.4; charset=utf-8"


@pytest.mark.prometheus
def test_promtool_has_nothing_to_say(agent: Agent) -> None:
    promtool = shutil.which("promtool")
    assert promtool is not None
    done = subprocess.run(
        [promtool, "check", "metrics"], input=agent.get("/metrics")[1], capture_output=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, b"")


def test_a_snapshot_is_one_that_assess_reads(agent: Agent) -> None:
    status, body, headers = agent.get("/snapshot")
    assert (status, headers["content-type"]) == (200, "application/json")
    snapshot = msgspec.json.decode(body, type=Snapshot)
    (host,) = snapshot.hosts
    assert host.run("flows").outcome in {"ok", "partial"}
    assert host.run("inventory").outcome in {"ok", "partial"}
    assert host.listeners
    assert agent.port in {each.port for each in host.listeners}
    assert snapshot.origins[0].kind == "host"


def test_a_snapshot_is_zipped_when_asked(agent: Agent) -> None:
    _, body, headers = agent.get("/snapshot", Accept_Encoding="gzip")
    assert headers["content-encoding"] == "gzip"
    assert json.loads(gzip.decompress(body))["schema"] == "pasencore.snapshot/1"


def test_collectors_report_themselves_after_a_survey(agent: Agent) -> None:
    agent.snapshot()
    found = agent.metrics()
    assert (("collector", "packages"),) in found["pasencore_collector_success"]
    assert sum(found["pasencore_blind_spots"].values()) >= 0


def test_a_flow_is_in_the_metrics_and_in_the_snapshot(agent: Agent) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(server.getsockname()), server.accept()[0]:
            eventually(lambda: port in {each["port"] for each in agent.connections()})
            found = {
                dict(labels)["direction"]: value
                for labels, value in agent.metrics()["pasencore_flow_observations_total"].items()
                if dict(labels)["port"] == str(port)
            }
    assert set(found) == {"in", "out"}
    assert min(found.values()) >= 1


def test_a_page_of_a_stranger_cannot_read_what_is_secret(agent: Agent) -> None:
    assert agent.get("/snapshot", Host="evil.example")[0] == 403
    assert agent.get("/snapshot", Host=f"localhost:{agent.port}")[0] == 200
    assert agent.get("/metrics", Host="evil.example")[0] == 200


def test_pages_that_do_not_exist(agent: Agent) -> None:
    assert agent.get("/nothing")[0] == 404
    assert agent.get("/healthz")[:2] == (200, b"ok\n")
    assert b"/metrics" in agent.get("/")[1]


def test_an_agent_leaves_when_it_is_told_to(tmp_path: Path) -> None:
    with running(tmp_path / "state") as started:
        answering(started)
        started.process.terminate()
        assert started.process.wait(10) == 0


def test_a_port_in_use_is_one_line(tmp_path: Path, agent: Agent) -> None:
    with running(tmp_path / "state", "--listen", f"127.0.0.1:{agent.port}") as second:
        assert second.process.wait(20) == 1
    assert len(second.said().splitlines()) == 1
    assert f"127.0.0.1:{agent.port}" in second.said()


def test_history_is_the_stored_file(agent: Agent) -> None:
    eventually(lambda: agent.get("/history")[0] == 200)
    found = read_series(agent.get("/history")[1])
    assert Series("node_load1") in found
    assert Series("node_cpu_seconds_total", (("cpu", "all"), ("mode", "idle"))) in found


def test_what_was_seen_before_it_was_told_to_leave_is_still_known(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with running(state) as first, socket.create_connection(server.getsockname()):
            answering(first)
            eventually(lambda: port in {each["port"] for each in first.connections()})
            first.process.terminate()
            first.process.wait(10)
    with running(state) as second:
        answering(second)
        assert port in {each["port"] for each in second.connections()}


HURRIED = """
import sys
from agent.daemon import __main__, service
service.STATE_SECONDS = 0.2
sys.exit(__main__.main(sys.argv[1:]))
"""
"""An agent that saves not each minute but five times a second."""


def test_a_kill_loses_what_came_after_the_last_save_and_no_more(tmp_path: Path) -> None:
    state = tmp_path / "state"
    saved = state / STATE_NAME
    words = {"--host": "127.0.0.1", "--port": "0", "--interval": "1", "--version": "0", "--lang": "en"}
    argv = [sys.executable, "-c", HURRIED, *(each for pair in words.items() for each in pair), "--state", str(state)]
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with (
            socket.create_connection(server.getsockname()),
            subprocess.Popen(argv, stderr=subprocess.DEVNULL) as killed,
        ):
            eventually(lambda: saved.exists() and str(port).encode() in saved.read_bytes())
            killed.kill()
            assert killed.wait(10) == -signal.SIGKILL
    with running(state) as second:
        assert port in {each["port"] for each in answering(second).connections()}
    assert STATE_SECONDS <= 60


def test_what_a_kill_tore_while_it_was_saved_is_no_state(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    (state / f".{STATE_NAME}.tmp").write_bytes(b"half a")
    with running(state) as agent:
        assert answering(agent).get("/snapshot")[0] == 200
        assert "set aside" not in agent.said()


def test_a_second_agent_does_not_write_into_the_folder_of_the_first(tmp_path: Path) -> None:
    with running(tmp_path / "state") as first:
        answering(first)
        with running(tmp_path / "state") as second:
            answering(second)
            assert "another agent uses this folder" in second.said()
            assert second.get("/history")[0] in {200, 404}
