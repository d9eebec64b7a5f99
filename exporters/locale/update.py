"""Bring the catalogues up to date with the sources: ``python exporters/locale/update.py``.

Extracts what is marked in Python and in templates, click's own sentences and the ids of the rubric's questions;
updates each catalogue, keeps what is translated, lists what is not, and leaves with 1 when something is missing.
"""

from __future__ import annotations

import io
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

LOCALE = Path(__file__).resolve().parent
ROOT = LOCALE.parents[1]
CATALOGUES = tuple(sorted(LOCALE.glob("*/LC_MESSAGES/*.po")))

CHECK = "check"
"""Context of the short names of questions: their msgid is the check's id."""

_IDLE_HEADERS = tuple(
    f'"{each}'
    for each in ("POT-Creation", "PO-Revision", "Report-Msgid", "Last-Translator", "Language-Team", "Generated-By")
)

_FRENCH_SPACES = ((re.compile(r"[ \u00a0]([;:!?%»])"), "\u202f\\1"), (re.compile(r"«[ \u00a0]"), "«\u202f"))


def extracted(root: Path = ROOT) -> Catalog:
    """Return every sentence that readers may meet, without a translation."""
    catalogue = Catalog(project="pasencore", charset="utf-8")
    with (LOCALE / "babel.cfg").open(encoding="utf-8") as file:
        mapping, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    for name, _line, text, comments, context in extract_from_dir(root, mapping, options, comment_tags=("NOTE",)):
        catalogue.add(text, None, [(name, 0)], auto_comments=comments, context=context)
    for text, context in _click_sentences():
        catalogue.add(text, None, [("click", 0)], context=context)
    for check_id in _check_ids(root):
        catalogue.add(check_id, None, [("analyzers/rubrics", 0)], context=CHECK)
    return catalogue


def untranslated(catalogue: Catalog) -> list[Message]:
    """Return messages that have no translation, or one that nobody confirmed."""
    return [each for each in catalogue if each.id and (each.fuzzy or not _translated(each))]


def update(path: Path, template: Catalog) -> Catalog:
    """Bring one catalogue up to date, on disk too; what no source says any more is dropped."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.parent.parent.name)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    if catalogue.locale is not None and catalogue.locale.language == "fr":
        for message in catalogue:
            message.string = _spaced(message.string) if message.id and message.string else message.string
    path.write_bytes(_written(catalogue))
    return catalogue


def french_spaces(text: str) -> str:
    """Return `text` with narrow no-break spaces where French typography wants them."""
    for pattern, replacement in _FRENCH_SPACES:
        text = pattern.sub(replacement, text)
    return text


def main() -> int:
    """Update every catalogue and tell what remains to translate."""
    template = extracted()
    missing = 0
    for path in CATALOGUES:
        left = untranslated(update(path, template))
        missing += len(left)
        name = path.relative_to(ROOT)
        sys.stdout.write(f"{name}: {len(left)} of {len(template)} sentences to translate\n")
        for message in left:
            where = ", ".join(sorted({place for place, _line in message.locations}))
            sys.stdout.write(f"  {message.id!r}  ({where})\n")
    return 1 if missing else 0


def _click_sentences() -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    found = find_spec("click")
    assert found is not None
    assert found.origin is not None
    folder = Path(found.origin).parent
    for _name, _line, text, _comments, context in extract_from_dir(folder, [("**.py", "python")]):
        yield text, context


def _check_ids(root: Path) -> list[str]:
    ids: set[str] = set()
    for path in (root / "analyzers" / "rubrics").glob("*.toml"):
        ids |= tomllib.loads(path.read_text(encoding="utf-8")).get("checks", {}).keys()
    return sorted(ids)


def _translated(message: Message) -> bool:
    texts = (message.string,) if isinstance(message.string, str) else message.string or ()
    return bool(texts) and all(texts)


def _spaced(text: str | tuple[str, ...] | list[str]) -> str | tuple[str, ...]:
    return french_spaces(text) if isinstance(text, str) else tuple(french_spaces(each) for each in text)


def _written(catalogue: Catalog) -> bytes:
    """Return the .po without line numbers and creation date, so that only sentences make a difference."""
    file = io.BytesIO()
    write_po(file, catalogue, width=110, include_lineno=False, sort_output=True)
    lines = file.getvalue().decode().splitlines(keepends=True)
    return "".join(each for each in lines if not each.startswith(_IDLE_HEADERS)).encode()


if __name__ == "__main__":
    sys.exit(main())
