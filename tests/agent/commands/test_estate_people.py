"""``pasencore people`` on the snapshot of a scan."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.agent.commands.door import Done, run
from tests.repositories import Repo

A, B, C = "A Martin <a.martin@x.example>", "B Leroy <b.leroy@x.example>", "C Prov <c.prov@infoserv.example>"
NAMES = re.compile(r"martin|leroy|c\.prov|\bC Prov", re.IGNORECASE)
CONTEXT = """
schema: pasencore.context/1
date: {date}
author: a.martin
services:
- {{name: boutique, criticality: 5, owner: a.martin, deputy: b.leroy}}
- {{name: facturation, criticality: 4, owner: a.martin}}
- {{name: erp, criticality: 4}}
people:
- {{id: a.martin, team: infra, employer: internal, identities: {{git: [a.martin@x.example]}}}}
- {{id: b.leroy, team: infra, employer: internal, identities: {{git: [b.leroy@x.example]}}}}
- {{id: c.prov, team: support, employer: InfoServ, identities: {{git: [c.prov@infoserv.example]}}}}
sources:
  git: [{{path: depot, assets: {{"boutique/**": boutique, "billing/**": facturation}}}}]
"""


@pytest.fixture
def scanned(tmp_path: Path) -> Path:
    """Return the folder of a scan: two know boutique, the provider alone knows facturation."""
    import datetime as dt

    repo = Repo(tmp_path / "depot")
    repo.commit(A, {"boutique/a.py": "a\n"})
    repo.commit(B, {"boutique/b.py": "b\n"})
    repo.commit(C, {"billing/c.py": "c\n", "billing/d.py": "d\n"})
    (tmp_path / "pasencore.yaml").write_text(CONTEXT.format(date=dt.date.today()))  # noqa: DTZ011 - as a user writes it
    (tmp_path / "pasencore.yaml").chmod(0o600)
    done = run(tmp_path, "scan", "--no-local", "--context", tmp_path / "pasencore.yaml", "--out", tmp_path / "out")
    assert (done.code, done.err) == (0, "")
    return tmp_path / "out"


def answer(done: Done) -> dict[str, Any]:
    assert (done.code, done.err) == (0, "")
    document = json.loads(done.out)
    assert isinstance(document, dict)
    return document


def test_the_document_of_an_estate(tmp_path: Path, scanned: Path) -> None:
    document = answer(run(tmp_path, "people", scanned, "--format", "json", "--names"))
    services = {each["service"]: each for each in document["services"]}
    assert (document["schema"], document["scope"]) == ("pasencore.people/1", "estate")
    assert services["boutique"]["truck_factor"] == 2
    assert services["boutique"]["knowers"] == ["a.martin", "b.leroy"]
    assert services["facturation"]["orphan_if"] == ["c.prov"]
    assert services["facturation"]["best_known_by_declared"] is False
    assert services["erp"]["truck_factor"] is None
    assert document["worst_loss"]["1"] == {
        "people": ["c.prov"],
        "orphans": 1,
        "services": ["facturation"],
        "exact": True,
    }
    assert {"kind": "provider", "name": "InfoServ", "people": 1, "orphans": ["facturation"]} in document["if_leaves"]
    assert (document["outside_share"], document["outside_unknown_share"]) == (0.5, 0.0)
    assert [(each["team"], each["truck_factor"]) for each in document["teams"]] == [("infra", 2), ("support", 1)]


@pytest.mark.parametrize("form", ["text", "json"])
def test_nobody_is_named_unless_asked_and_a_folder_is_its_snapshot(tmp_path: Path, scanned: Path, form: str) -> None:
    hidden = run(tmp_path, "people", scanned, "--format", form)
    assert not NAMES.search(hidden.out + hidden.err)
    assert hidden == run(tmp_path, "people", scanned / "snapshot.json.gz", "--format", form)
    assert NAMES.search(run(tmp_path, "people", scanned, "--format", form, "--names").out)
    for name in ("verdict.json", "report.html", "report.md", "metrics.prom"):
        assert not NAMES.search((scanned / name).read_text())


def test_text(tmp_path: Path, scanned: Path) -> None:
    done = run(tmp_path, "people", scanned, "--names")
    assert done.out == (
        "Truck factor of the estate: 2 [2 proved] (services told about: 2 of 3)\n"
        "  a.martin, c.prov\n"
        "By service, the frailest first: persons who must leave before less than half of it is known\n"
        "  facturation  1  c.prov  (its declared owner does not know it best)\n"
        "  boutique     2  a.martin, b.leroy\n"
        "Services that are orphaned when these persons leave, at worst:\n"
        "  1: 1  c.prov  facturation\n"
        "  2: 1  c.prov  facturation\n"
        "  3: 2  a.martin, b.leroy, c.prov  boutique, facturation\n"
        "Team infra: truck factor 2 of 2; if all of it leaves, orphaned: boutique\n"
        "Team support: truck factor 1 of 1; if all of it leaves, orphaned: facturation\n"
        "Provider InfoServ (1): if it leaves, orphaned: facturation\n"
        "Knowledge held outside the company: 50 %; by persons whose employer is not declared: 0 %\n"
        "Nothing tells who knows: erp\n"
    )


def test_a_repository_given_now_replaces_what_the_scan_read(tmp_path: Path, scanned: Path) -> None:
    repo = Repo(tmp_path / "new" / "depot")
    repo.commit(A, {"billing/c.py": "c\n"})
    document = answer(run(tmp_path, "people", scanned, "--git", repo.folder, "--format", "json", "--names"))
    assert {each["service"]: each["knowers"] for each in document["services"]}["facturation"] == ["a.martin"]
    done = run(tmp_path, "people", scanned, "--git", tmp_path / "absent", "--format", "json")
    assert "absent: not a folder" in done.one_clear_line()


def test_metrics_name_scopes_and_no_person(scanned: Path) -> None:
    text = (scanned / "metrics.prom").read_text()
    assert 'pasencore_truck_factor{scope="estate"} 2.0' in text
    assert 'pasencore_truck_factor{scope="service:facturation"} 1.0' in text
    assert 'pasencore_truck_factor{scope="team:infra"} 2.0' in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param((), "give a snapshot", id="nothing"),
        pytest.param(("absent.json.gz",), "absent.json.gz", id="no file"),
        pytest.param((".",), "snapshot.json.gz", id="a folder that is no scan's"),
        pytest.param(("out", "--decay", "90"), "goes with --git alone", id="decay of a snapshot"),
    ],
)
def test_wrong_usage_is_one_clear_line(tmp_path: Path, scanned: Path, words: tuple[str, ...], said: str) -> None:
    done = run(tmp_path, "people", *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.one_clear_line()


def test_an_empty_estate_claims_nothing(tmp_path: Path) -> None:
    (tmp_path / "pasencore.yaml").write_text("schema: pasencore.context/1\ndate: 2020-01-01\nauthor: x\n")
    run(tmp_path, "scan", "--no-local", "--out", tmp_path / "out", "--context", tmp_path / "pasencore.yaml")
    assert run(tmp_path, "people", tmp_path / "out").out.startswith("Truck factor: unknown")
