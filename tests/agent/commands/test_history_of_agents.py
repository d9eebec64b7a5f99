"""pasencore history where there is no Prometheus: from files and from agents, and in a scan of one host."""

from __future__ import annotations

import json
import math
import os
import socket
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from agent.commands.history import command
from agent.config import Config
from agent.daemon.history_store import NAME, HistoryStore
from agent.scanning import look
from analyzers.measures.decode.agent_frames import Series
from analyzers.measures.past import of_predictability, of_stability
from analyzers.model.estate import build
from tests.fake_http import Asked, Reply, Speak, serve

MINUTE = 60_000
DAYS = 18
LOAD = Series("node_load1")
FREE = Series("node_filesystem_avail_bytes", (("fstype", "ext4"), ("mountpoint", "/")))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the store of some days, a row each five minutes, that ends now."""
    folder = tmp_path_factory.mktemp("agent")
    written = HistoryStore(folder)
    end = int(time.time() * 1000) // MINUTE * MINUTE
    for row in range(DAYS * 288):
        day = math.sin(row / 288 * 2 * math.pi)
        assert written.append(end - (DAYS * 288 - row) * 5 * MINUTE, {LOAD: 2 + day, FREE: 1e9 - 1e4 * row})
    written.close()
    return folder / NAME


def run(*words: str) -> Result:
    return CliRunner().invoke(command, [*words, "--since", "19d", "--lang", "en"])


def document(*words: str) -> dict[str, Any]:
    done = run(*words, "--format", "json")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_store_is_read_under_the_name_of_its_host(kept: Path, tmp_path: Path) -> None:
    copy = tmp_path / "web1.store"
    copy.write_bytes(kept.read_bytes())
    found = document("--store", str(copy))
    assert found["backend"] == "agent store"
    assert found["series"] == {"found": 2, "read": 2}
    assert found["quality"]["interval_seconds"] == 300
    assert found["quality"]["gaps_by"] is None
    assert [each["host"] for each in found["hosts"]] == ["web1"]


def test_what_fills_is_forecast(kept: Path) -> None:
    """A store whose free space falls by 2.88 MB a day to 948 MB lasts 329 days."""
    (found,) = document("--store", str(kept))["forecasts"]
    assert (found["host"], found["resource"]) == (socket.gethostname().lower(), "disk /")
    assert found["slope_per_day"] == pytest.approx(-2.88e6, rel=0.01)
    assert found["days_until_empty"] == pytest.approx(329, abs=3)
    screen = run("--store", str(kept)).stdout
    assert "What fills, at the pace of these days: 1 of 1 within a year" in screen
    assert "disk /: full in 3" in screen


def test_agents_give_the_same_as_their_files(kept: Path) -> None:
    def answer(asked: Asked) -> Reply | Speak:
        return Reply(body=kept.read_bytes()) if asked.path == "/history" else Reply(status=404)

    with serve(answer) as server:
        asked = document("--agents", server.url)
    read = document("--store", str(kept))
    assert [each["host"] for each in asked["hosts"]] == [socket.gethostname().lower()]
    assert (asked["cost"]["requests"], read["cost"]["requests"]) == (1, 0)
    assert asked["cost"]["bytes"] == read["cost"]["bytes"]
    assert asked["samples"] == read["samples"] > 5000
    assert asked["seasonality"] == read["seasonality"]


def test_agents_that_give_none_are_told_and_the_others_are_read(kept: Path) -> None:
    answers = {"/web1/history": Reply(body=kept.read_bytes()), "/web2/history": Reply(status=403)}

    def answer(asked: Asked) -> Reply | Speak:
        return answers.get(asked.path, Reply(body=b"<html>"))

    with serve(answer) as server:
        urls = [f"{server.url}/{name}" for name in ("web1", "web2", "web3")]
        done = run(*(word for url in urls for word in ("--agents", url)), "--format", "json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["series"]["read"] == 2
    assert done.stderr.splitlines() == [
        f"pasencore: {urls[1]}: HTTP 403 Forbidden",
        f"pasencore: {urls[2]}: not the history that an agent keeps",
    ]


def test_when_no_agent_gives_any_there_is_a_reason() -> None:
    with serve(lambda _asked: Reply(status=404)) as server:
        assert document("--agents", server.url)["reason"] == "no_source"


def test_one_kind_of_source_at_a_time(kept: Path) -> None:
    done = run("--store", str(kept), "--prometheus", "http://127.0.0.1:9")
    assert "one kind of source" in str(done.exception)


def test_a_store_that_is_none_is_wrong_usage(tmp_path: Path) -> None:
    other = tmp_path / "sa01"
    other.write_bytes(b"sysstat")
    assert f"{other}: not the history that an agent keeps" in str(run("--store", str(other)).exception)


def test_a_scan_without_prometheus_reads_what_the_agent_of_this_host_kept(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASENCORE_STATE", str(kept.parent))
    monkeypatch.setattr("agent.scanning.find_local", lambda: None)
    snapshot = look(Config(), lambda _name: lambda _done, _total: None, str)
    history = snapshot.history
    assert history is not None
    assert (history.source, history.reason, history.series_read) == (str(kept), None, 2)
    population = of_stability(build(snapshot))
    assert [each.measured is not None for each in population.members] == [True]
    assert [each.measured is not None for each in of_predictability(build(snapshot)).members] == [True]
    assert [each.host for each in history.hosts] == [os.uname().nodename.lower()]
    assert [(each.where, each.reason) for each in snapshot.origins if each.kind == "history"] == [(str(kept), None)]
