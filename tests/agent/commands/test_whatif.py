from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from agent.snapshot_file import write_snapshot
from tests.agent.commands.door import run
from tests.analyzers.measures.test_without import SNAPSHOT, STAFFED


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    file = tmp_path / "s.json.gz"
    write_snapshot(file, SNAPSHOT)
    return file


@pytest.fixture
def staffed(tmp_path: Path) -> Path:
    file = tmp_path / "p.json.gz"
    write_snapshot(file, STAFFED)
    return file


def test_what_is_lost_and_what_it_reaches_is_said(tmp_path: Path, snapshot: Path) -> None:
    done = run(tmp_path, "whatif", snapshot, "--without-host", "db1")
    assert (done.code, done.err) == (0, "")
    assert "The answer: pas encore -> " in done.out
    assert "A change on db1 reaches 2 services, 1 of them critical: boutique, postgresql" in done.out
    assert "Services lost: postgresql" in done.out


def test_the_json_holds_both_verdicts_and_what_came_between(tmp_path: Path, snapshot: Path) -> None:
    done = run(tmp_path, "whatif", snapshot, "--without-host", "app2", "--format", "json")
    document = json.loads(done.out)
    assert document["schema"] == "pasencore.whatif/1"
    assert document["removed"] == [{"kind": "host", "name": "app2"}]
    assert document["before"]["schema"] == document["after"]["schema"] == "pasencore.verdict/1"
    changes = {each["check"]: each for each in document["changes"]}
    redundancy = changes["redundancy"]
    assert (redundancy["low_before"], redundancy["low"], redundancy["high"]) == (1, 0, 0)
    assert redundancy["subjects"] == ["boutique"]
    assert redundancy["why"] == "0 of 1 critical services listen on two hosts or more."
    assert document["lost"] == []


def test_people_leave_under_pseudonyms_and_by_them(tmp_path: Path, staffed: Path) -> None:
    first = run(tmp_path, "whatif", staffed, "--without-person", "amartin", "--without-person", "b.leroy")
    assert (first.code, first.err) == (0, "")
    assert "martin" not in first.out
    assert "Left without anybody who answers for it or knows it: erp" in first.out
    pseudonym = re.search(r"p-[0-9a-f]{8}", first.out)[0]
    again = run(tmp_path, "whatif", staffed, "--without-person", pseudonym)
    assert (again.code, pseudonym in again.out) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--without-host", "db2"), "--without-host db2: no host of this name is known here - near: db1"),
        (("--without-service", "postgres"), "near: postgresql"),
        (("--without-person", "x"), "no person of this name is known here - see the names with: pasencore graph"),
        (("--without-provider", "x"), "no provider of this name is known here"),
        (("--without-network", "10.0.0"), "not a network - write it like 10.0.0.0/24"),
        (("--apply", "redundanzy"), "did you mean redundancy?"),
        ((), "nothing is taken away and nothing is done"),
    ],
)
def test_what_is_not_known_is_one_clear_line(tmp_path: Path, snapshot: Path, arguments, expected) -> None:
    done = run(tmp_path, "whatif", snapshot, *arguments)
    assert done.code == 2
    assert expected in done.one_clear_line()


def test_an_action_is_taken_as_done(tmp_path: Path, snapshot: Path) -> None:
    done = run(tmp_path, "whatif", snapshot, "--apply", "decision-log", "--format", "json")
    document = json.loads(done.out)
    assert document["applied"] == ["decision-log"]
    assert [(each["check"], each["low"]) for each in document["changes"]] == [("decision-log", 1)]
    assert "Decision log" in run(tmp_path, "whatif", snapshot, "--apply", "decision-log").out
