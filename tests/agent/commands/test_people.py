import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.agent.commands.door import Done, run
from tests.repositories import Repo

A, B, C = (
    "A Martin <a.martin@infoserv.example>",
    "B Leroy <b.leroy@infoserv.example>",
    "C Prov <c.prov@paycorp.example>",
)
PSEUDONYM = re.compile(r"p-[0-9a-f]{8}")
NAMES = re.compile(r"martin|leroy|c\.prov|example", re.IGNORECASE)


@pytest.fixture
def billing(tmp_path: Path) -> Repo:
    """Six files that count: a.martin alone knows three, both know one, b.leroy two of them after a renaming."""
    repo = Repo(tmp_path / "facturation")
    tree = {f"src/a{number}.py": f"a = {number}\n" for number in range(3)}
    repo.commit(A, {**tree, "README.md": "read me\n", "vendor/x.js": "x\n", "both.sh": "ls\n"})
    repo.commit("am <a.martin@infoserv.example>", {"src/a0.py": "a = 10\n"})
    repo.commit(B, {"b0.py": "b = 0\n" * 9, "b1.py": "b = 1\n" * 9, "both.sh": "ls -l\n"})
    repo.commit("b.leroy <b@home.example>", {"lib/b0.py": "b = 0\n" * 9, "b0.py": None})
    return repo


@pytest.fixture
def payment(tmp_path: Path) -> Repo:
    repo = Repo(tmp_path / "paiement")
    repo.commit(C, {"pay.py": "p\n"})
    repo.commit("dependabot[bot] <bot@forge.example>", {"requirements.txt": "x==1\n"})
    return repo


def answer(done: Done) -> dict[str, Any]:
    assert (done.code, done.err) == (0, "")
    document = json.loads(done.out)
    assert isinstance(document, dict)
    return document


def test_the_document_of_one_repository(tmp_path: Path, billing: Repo) -> None:
    document = answer(run(tmp_path, "people", "--git", billing.folder, "--format", "json", "--names"))
    one, other = "a.martin@infoserv.example", "b.leroy@infoserv.example"
    alias = "b@home.example"
    other = min(other, alias)
    assert document == {
        "schema": "pasencore.people/1",
        "truck_factor": 2,
        "proved_lower_bound": 2,
        "key_set": [one, other],
        "scope": "git",
        "files": 6,
        "commits": 4,
        "persons": 2,
        "decay_days": None,
        "known_by_one": 5,
        "known_by_nobody": 0,
        "services": [
            {
                "service": "facturation",
                "truck_factor": 2,
                "knowers": [one, other],
                "orphan_if": [one, other],
                "files": 6,
            }
        ],
        "worst_loss": {
            "1": {"people": [one], "orphans": 3, "exact": True},
            "2": {"people": [one, other], "orphans": 6, "exact": True},
            "3": {"people": [one, other], "orphans": 6, "exact": True},
        },
        "outside_share": None,
    }


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_nobody_is_named_unless_asked(tmp_path: Path, billing: Repo, payment: Repo, form: str, lang: str) -> None:
    words = ("people", "--git", billing.folder, "--git", payment.folder, "--format", form, "--lang", lang)
    hidden = run(tmp_path, *words)
    assert hidden.code == 0
    assert not NAMES.search(hidden.out + hidden.err)
    assert len(set(PSEUDONYM.findall(hidden.out))) == 3
    assert run(tmp_path, *words) == hidden
    assert NAMES.search(run(tmp_path, *words, "--names").out)


def test_text_in_english(tmp_path: Path, billing: Repo, payment: Repo) -> None:
    done = run(tmp_path, "people", "--git", billing.folder, "--git", payment.folder, "--names")
    assert done.err == ""
    assert done.out == (
        "Truck factor: 2 (files that count: 8, persons who know some: 3, commits: 6)\n"
        "Smallest group found without which less than half of the files are known: 2 [2 proved]\n"
        "  a.martin@infoserv.example, b.leroy@infoserv.example\n"
        "Files known by one person only: 6; by nobody: 1\n"
        "Files that nobody knows any more when these persons leave, at worst:\n"
        "  1: 3  a.martin@infoserv.example\n"
        "  2: 6  a.martin@infoserv.example, b.leroy@infoserv.example\n"
        "  3: 7  a.martin@infoserv.example, b.leroy@infoserv.example, c.prov@paycorp.example\n"
        "By repository:\n"
        "  facturation: 2  a.martin@infoserv.example, b.leroy@infoserv.example\n"
        "  paiement: 1  c.prov@paycorp.example\n"
    )


def test_text_in_french(tmp_path: Path, billing: Repo) -> None:
    out = run(tmp_path, "people", "--git", billing.folder, "--lang", "fr", "--decay", "90").out
    assert "Truck factor : 2 (fichiers qui comptent : 6" in out.replace("\u202f", " ").replace("\u00a0", " ")
    assert "vieille de 90 jours" in out


def test_one_person_is_the_same_in_every_repository(tmp_path: Path, billing: Repo) -> None:
    other = Repo(tmp_path / "outils")
    other.commit("A. MARTIN <am@home.example>", {"tool.py": "t\n"})
    document = answer(run(tmp_path, "people", "--git", billing.folder, "--git", other.folder, "--format", "json"))
    assert document["persons"] == 2
    assert document["services"][1]["knowers"][0] in document["services"][0]["knowers"]


def test_old_knowledge_fades_when_asked(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "facturation")
    for number in range(20):
        repo.commit(A, {"app.py": f"{number}\n"}, when=1_500_000_000)
    for number in range(3):
        repo.commit(B, {"app.py": f"b{number}\n"}, when=1_750_000_000)
    words = ("people", "--git", repo.folder, "--format", "json", "--names")
    assert answer(run(tmp_path, *words))["key_set"] == ["a.martin@infoserv.example"]
    faded = answer(run(tmp_path, *words, "--decay", "90"))
    assert (faded["key_set"], faded["decay_days"]) == (["b.leroy@infoserv.example"], 90.0)


def test_where_no_file_counts_nothing_is_claimed(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "papers")
    repo.commit(A, {"README.md": "x\n"})
    done = run(tmp_path, "people", "--git", repo.folder, "--format", "json")
    document = json.loads(done.out)
    assert (document["truck_factor"], document["proved_lower_bound"]) == (None, None)
    assert document["services"][0]["truck_factor"] is None
    assert "no file that counts" in done.one_clear_line()
    assert run(tmp_path, "people", "--git", repo.folder).out.startswith("Truck factor: unknown")


def test_repositories_of_one_name_are_told_apart(tmp_path: Path, billing: Repo) -> None:
    twin = Repo(tmp_path / "old" / "facturation")
    twin.commit(A, {"app.py": "x\n"})
    document = answer(run(tmp_path, "people", "--git", billing.folder, "--git", twin.folder, "--format", "json"))
    assert [each["service"] for each in document["services"]] == [
        str(each.folder).lstrip("/") for each in (billing, twin)
    ]


def test_a_shallow_clone_is_said(tmp_path: Path, billing: Repo) -> None:
    billing.git("clone", "-q", "--depth=1", f"file://{billing.folder}", str(tmp_path / "shallow"))
    done = run(tmp_path, "people", "--git", tmp_path / "shallow")
    assert done.code == 0
    assert "a shallow clone" in done.one_clear_line()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        pytest.param(("--git", "."), 2, "not a git repository", id="no repository"),
        pytest.param(("--git", "absent"), 2, "absent: not a folder", id="no folder"),
        pytest.param(("--git", "facturation", "--git", "facturation/src"), 2, "given twice", id="twice"),
        pytest.param(("--git", "facturation", "--time-limit", "1e-9"), 1, "allow more with --time-limit", id="slow"),
    ],
)
def test_what_cannot_be_read_is_one_clear_line(
    tmp_path: Path, billing: Repo, words: tuple[str, ...], code: int, said: str
) -> None:
    done = run(tmp_path, "people", *words)
    assert (done.code, done.out) == (code, "")
    assert said in done.one_clear_line()


@pytest.mark.parametrize("words", [(), ("--git", ".", "--decay", "0"), ("--git", ".", "--format", "xml")])
def test_wrong_usage_is_refused(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = run(tmp_path, "people", *words)
    assert (done.code, done.out) == (2, "")
    assert "Traceback" not in done.err


def test_a_hostile_name_draws_nothing_on_the_terminal(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "facturation")
    repo.commit("x <\x1b[31mred@x.example>", {"app.py": "x\n"})
    out = run(tmp_path, "people", "--git", repo.folder, "--names").out
    assert "\x1b" not in out
    assert "\\x1b[31mred@x.example" in out
