"""pasencore history on a real Prometheus with weeks of planted history: what was planted is found, and nothing else."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from agent.commands.history import command
from tests import servers
from tests.agent.backfilled import DAY, Planted, planted

pytestmark = servers.marks("prometheus", "promtool")

DAYS = 16
STEP = 300.0


@pytest.fixture(scope="module")
def truth() -> Planted:
    end = (time.time() // 7200 - 2) * 7200
    return planted(end - DAYS * DAY, DAYS, hosts=("web1", "web2"), incidents=2)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, truth: Planted) -> Iterator[servers.Server]:
    texts = servers.openmetrics_blocks(truth.series, truth.start, truth.end, STEP)
    with servers.prometheus(tmp_path_factory.mktemp("history"), openmetrics=texts) as running:
        yield running


def run(*words: str) -> Any:
    return CliRunner().invoke(command, [*words, "--since", f"{DAYS + 1}d", "--lang", "en"])


@pytest.fixture(scope="module")
def document(server: servers.Server) -> dict[str, Any]:
    done = run("--prometheus", server.url, "--format", "json")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def at(text: str) -> float:
    return dt.datetime.fromisoformat(text).timestamp()


def test_the_document_has_its_promised_parts(document: dict[str, Any]) -> None:
    assert document["schema"] == "pasencore.history/1"
    promised = {"backend", "series", "samples", "quality", "seasonality", "episodes", "forecasts", "backtest", "cost"}
    assert promised <= document.keys()
    assert document["series"] == {"found": 14, "read": 14}
    assert document["reason"] is None


def test_gaps_are_found_and_have_their_owner(document: dict[str, Any], truth: Planted) -> None:
    found = {each["whose"]: each for each in document["quality"]["gaps"]}
    assert sorted(found) == ["exporter", "prometheus", "target"]
    planted_gaps = {
        "prometheus": truth.server_down,
        "exporter": truth.exporter_down[1:],
        "target": truth.gone[1:],
    }
    for whose, (begin, end) in planted_gaps.items():
        assert at(found[whose]["start"]) == pytest.approx(begin, abs=STEP)
        assert at(found[whose]["end"]) == pytest.approx(end, abs=STEP)
    assert document["quality"]["gaps_by"] == {"exporter": 1, "prometheus": 1, "target": 1}


def test_incidents_are_episodes_and_batches_are_none(document: dict[str, Any], truth: Planted) -> None:
    found = [(each["host"], at(each["start"])) for each in document["episodes"] if each.get("kind") != "missing"]
    assert sorted(found) == [(host, pytest.approx(begin, abs=2 * STEP)) for host, begin, _ in sorted(truth.incidents)]
    assert document["seasonality"]["daily"]["strong"] == document["seasonality"]["daily"]["series"] == 12


def test_few_incidents_give_the_smallest_fault(document: dict[str, Any]) -> None:
    judged = document["backtest"]
    assert judged["answer"].startswith("Only 0 known incidents")
    smallest = {each["shape"]: each for each in judged["minimums"] if each["metric"] == "node_load1"}
    assert 0.5 < smallest["spike"]["half"] < 30
    memory = next(each for each in judged["minimums"] if each["metric"] == "node_memory_MemAvailable_bytes")
    assert memory["unit"] == "bytes"


def test_tickets_are_held_against_the_alerts(server: servers.Server, truth: Planted, tmp_path: Path) -> None:
    file = tmp_path / "tickets.csv"
    rows = [
        f"{number},{_text(begin + 600)},{_text(end)},incident,{host}"
        for number, (host, begin, end) in enumerate(truth.incidents)
    ]
    file.write_text("\n".join(["id,opened,closed,kind,service", *rows, ""]), "utf-8")
    done = run("--prometheus", server.url, "--format", "json", "--tickets", str(file))
    judged = json.loads(done.stdout)["backtest"]
    assert judged["incidents"] == 2
    assert judged["origins"] == {"ticket": 2}
    ours = judged["detectors"][0]
    assert (ours["name"], ours["found"]) == ("pasencore", 2)
    assert ours["lead_minutes"] == pytest.approx(10, abs=10)
    assert ours["false_per_host_week"] == 0
    assert abs(judged["gain_by_chance"]) < 0.2


def test_the_screen_says_it_in_words(server: servers.Server) -> None:
    done = run("--prometheus", server.url, "--match", "node_load1")
    assert done.exit_code == 0
    for said in ("Only 0 known incidents", "Prometheus stood still", "Rhythm", "Smallest fault seen", "node_load1"):
        assert said in done.stdout
    assert max(map(len, done.stdout.splitlines())) < 130


def test_a_server_that_is_down_is_said_and_fails_nothing() -> None:
    done = run("--prometheus", f"http://127.0.0.1:{servers.free_port()}")
    assert done.exit_code == 0
    assert "Nothing can be said" in done.stdout


def test_nothing_to_read_is_wrong_usage(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("agent.commands.history.find_local", lambda: None)
    done = run()
    assert done.exit_code != 0
    assert "no metric history" in str(done.exception)


@pytest.mark.parametrize("selector", ["rate(x[5m])", "{", "1"])
def test_a_selector_that_is_none_is_said(selector: str) -> None:
    done = run("--prometheus", "http://127.0.0.1:1", "--match", selector)
    assert "selects no series" in str(done.exception)


def _text(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
