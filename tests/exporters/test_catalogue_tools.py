from __future__ import annotations

import gettext
import os
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from exporters.locale import build_hook, update

PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "Why"
msgstr "Pourquoi ?"

msgid "Gone"
msgstr "Parti"
"""


@pytest.fixture
def po(tmp_path: Path) -> Path:
    path = tmp_path / "fr" / "LC_MESSAGES" / "pasencore.po"
    path.parent.mkdir(parents=True)
    path.write_text(PO, encoding="utf-8")
    return path


def template(*texts: str) -> Catalog:
    catalogue = Catalog()
    for text in texts:
        catalogue.add(text, None, [("somewhere.py", 3)])
    return catalogue


@pytest.mark.parametrize(
    ("text", "context", "place"),
    [
        ("Why", None, "exporters/screen/summary.py"),
        ("Skip to the answer", None, "exporters/templates/report.html.j2"),
        ("The answers that would bring oui nearest.", None, "exporters/templates/report.md.j2"),
        ("Axis {axis}: between {low} and {high}, {bar} needed.", None, "analyzers/scoring/rule.py"),
        ("Are security updates applied?", None, "analyzers/checks/gouvernance/patching.py"),
        ("Missing argument", None, "click"),
        ("restore-proven", "check", "analyzers/rubrics"),
    ],
)
def test_sentences_are_found_where_they_stand(text: str, context: str | None, place: str) -> None:
    found = update.extracted().get(text, context)
    assert found is not None
    assert place in {name for name, _ in found.locations}


def test_pybabel_finds_the_same_with_the_shipped_mapping(tmp_path: Path) -> None:
    pot = tmp_path / "pasencore.pot"
    subprocess.run(
        [Path(sys.executable).with_name("pybabel"), "-q", "extract", "-F", update.LOCALE / "babel.cfg", "-o", pot, "."],
        check=True,
        cwd=update.ROOT,
    )
    with pot.open("rb") as file:
        found = {each.id for each in read_po(file) if each.id}
    assert found == {
        each.id
        for each in update.extracted()
        if each.id and each.context is None and {name for name, _ in each.locations} != {"click"}
    }


def test_an_update_keeps_adds_drops_and_spaces(po: Path) -> None:
    found = update.update(po, template("Why", "New"))
    assert {each.id: each.string or "" for each in found if each.id} == {"Why": "Pourquoi\u202f?", "New": ""}
    assert [each.id for each in update.untranslated(found)] == ["New"]
    text = po.read_text(encoding="utf-8")
    assert "Pourquoi\u202f?" in text
    assert "Gone" not in text
    assert "Date" not in text
    assert "somewhere.py\n" in text, "a file without its line: lines move each day"


def test_an_update_of_what_is_up_to_date_changes_no_byte(po: Path) -> None:
    update.update(po, template("Why"))
    before = po.read_bytes()
    update.update(po, template("Why"))
    assert po.read_bytes() == before


def test_a_compiled_catalogue_speaks(po: Path, tmp_path: Path) -> None:
    assert build_hook.compile_catalogues(tmp_path) == [po.with_suffix(".mo")]
    assert gettext.translation("pasencore", tmp_path, languages=["fr"]).gettext("Why") == "Pourquoi ?"
    assert sorted(each.name for each in po.parent.iterdir()) == ["pasencore.mo", "pasencore.po"]


def test_only_stale_catalogues_are_compiled(po: Path, tmp_path: Path) -> None:
    build_hook.compile_catalogues(tmp_path)
    assert build_hook.compile_catalogues(tmp_path) == []
    later = po.with_suffix(".mo").stat().st_mtime + 5
    os.utime(po, (later, later))
    assert build_hook.compile_catalogues(tmp_path) == [po.with_suffix(".mo")]


@pytest.mark.parametrize("content", [b'msgid "a"\nmsgstr "b"\nnonsense\n', b'msgid "\xff"\nmsgstr "b"\n'])
def test_a_broken_catalogue_names_its_file(po: Path, tmp_path: Path, content: bytes) -> None:
    po.write_bytes(content)
    with pytest.raises(ValueError, match=r"pasencore\.po"):
        build_hook.compile_catalogues(tmp_path)


def test_the_script_lists_what_is_missing(
    po: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(update, "CATALOGUES", (po,))
    monkeypatch.setattr(update, "ROOT", po.parents[2])
    monkeypatch.setattr(update, "extracted", lambda: template("Why", "New"))
    assert update.main() == 1
    out = capsys.readouterr().out
    assert "1 of 2 sentences to translate" in out
    assert "'New'  (somewhere.py)" in out
    monkeypatch.setattr(update, "extracted", lambda: template("Why"))
    assert update.main() == 0
