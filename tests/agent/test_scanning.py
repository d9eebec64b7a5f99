"""What a scan takes over from the verdict before, what its agents say, and what it says it did not read."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from agent.config import Config, Server
from agent.errors import UsageError
from agent.progress import Advance
from agent.scanning import look, withdrawn_by
from analyzers.measures.decode.agent_frames import MAGIC
from analyzers.model.context import Sources, TicketFile
from analyzers.model.snapshot import Cost, WithdrawnStatement
from tests import builders as b
from tests.agent.sources.agents.fleet import fleet, machine, served
from tests.fake_http import Reply


@pytest.mark.parametrize(
    ("listed", "kept"),
    [
        ([{"check": "patching", "member": "web1"}], [("patching", "web1")]),
        ([{"check": "invented", "member": "web1"}, {"check": "patching", "member": "web2"}], [("patching", "web2")]),
        ([{"check": ["patching"], "member": "web1"}, {"check": "patching"}, {"member": "web1"}, 3, None], []),
        ({"check": "patching", "member": "web1"}, []),
        (None, []),
    ],
)
def test_only_statements_about_questions_of_the_rubric_stay_withdrawn(
    listed: object, kept: list[tuple[str, str]]
) -> None:
    verdict: dict[str, Any] = {"confrontation": {"withdrawn": listed}}
    found = withdrawn_by(verdict, {"patching", "exposure"})
    assert found == tuple(WithdrawnStatement(check=check, member=member) for check, member in kept)


@pytest.mark.parametrize("verdict", [None, {}, {"confrontation": []}, {"confrontation": {}}])
def test_a_verdict_that_withdrew_nothing_leaves_nothing(verdict: dict[str, Any] | None) -> None:
    assert withdrawn_by(verdict, {"patching"}) == ()


def test_a_scheduler_is_not_needed_where_there_is_no_history() -> None:
    config = Config(local=False, scheduler="tcp://127.0.0.1:8786")
    snapshot = look(config, lambda _name: lambda _done, _total: None, str)
    assert snapshot.origins == ()
    assert snapshot.history is None


def test_a_scheduler_that_is_down_is_told_and_the_scan_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = b.monitoring(b.query("hosts.uname"))
    monkeypatch.setattr("agent.scanning.read_prometheus", lambda *_given, **_named: (answered, Cost(), [], []))
    monkeypatch.setattr("agent.executors.CONNECT_SECONDS", 1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        scheduler = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        server = Server(url=b.PROMETHEUS, given_by="--prometheus")
        config = Config(local=False, prometheus=server, scheduler=scheduler)
        snapshot = look(config, lambda _name: lambda _done, _total: None, str)
    assert snapshot.history is None
    assert [(each.kind, each.where, each.reason) for each in snapshot.origins] == [
        ("scheduler", scheduler, "unreachable")
    ]


def test_a_scan_without_prometheus_needs_no_scheduler_to_read_this_host(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "history.store"
    path.write_bytes(MAGIC)
    monkeypatch.setenv("PASENCORE_STATE", str(tmp_path))
    monkeypatch.setattr("agent.scanning.find_local", lambda: None)
    snapshot = look(Config(scheduler="tcp://127.0.0.1:9"), lambda _name: lambda _done, _total: None, str)
    assert [(each.where, each.reason) for each in snapshot.origins if each.kind == "history"] == [
        (str(path), "too_few")
    ]


def test_tickets_are_read_and_what_is_wrong_in_them_is_told(tmp_path: Path) -> None:
    export = tmp_path / "tickets.csv"
    export.write_text("id;opened\n1;2026-01-05\n2;never\n", encoding="utf-8")
    sources = Sources(tickets=(TicketFile(file=str(export)), TicketFile(file=str(tmp_path / "absent.csv"))))
    told: list[str] = []
    config = Config(local=False, sources=sources)
    snapshot = look(config, lambda _name: lambda _done, _total: None, str, tell=lambda each: told.append(each.line()))
    assert snapshot.tickets is not None
    assert [[each.id for each in file.tickets] for file in snapshot.tickets] == [["1"], []]
    assert [(each.reason, each.detail) for each in snapshot.origins] == [("partial", "1/2"), ("unreadable", "")]
    assert [each.where for each in snapshot.blind_spots] == [str(tmp_path / "absent.csv")]
    assert told == [f"{export}:3: not a date: 'never'", f"{tmp_path / 'absent.csv'}: no such file - check the path"]


def test_hosts_of_agents_and_silent_agents_are_in_the_snapshot(tmp_path: Path) -> None:
    listed = tmp_path / "agents.json"
    with fleet({"web1": served(machine()), "db1": Reply(status=500)}) as server:
        target = server.url.removeprefix("http://")
        groups = [{"targets": [target], "labels": {"__metrics_path__": f"/{name}/metrics"}} for name in ("web1", "db1")]
        listed.write_text(json.dumps(groups))
        config = Config(local=False, agents=(str(listed), "job:node"))
        snapshot = look(config, lambda _name: lambda _done, _total: None, str)
    assert [each.name for each in snapshot.hosts] == ["web1"]
    assert [(each.kind, each.where.removeprefix(server.url), each.reason) for each in snapshot.origins] == [
        ("agents", "job:node", "no_monitoring_source"),
        ("agent", "/db1", "unreachable"),
        ("agent", "/web1", None),
    ]
    assert snapshot.cost.queries == 2


def test_a_file_of_agents_that_cannot_be_read_stops_the_scan_before_it_begins(tmp_path: Path) -> None:
    def started(_name: str) -> Advance:
        raise AssertionError

    with pytest.raises(UsageError, match="no such file"):
        look(Config(agents=(str(tmp_path / "agents.yml"),)), started, str)
