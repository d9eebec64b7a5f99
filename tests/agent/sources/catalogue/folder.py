"""Small trees of files, and what readers say of them."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from agent.sources.catalogue.reading import Reading


def write(folder: Path, **files: str) -> Path:
    """Write files below a folder; ``__`` in a keyword stands for ``/``, ``_`` before the last word for a dot."""
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_yml", ".yml").replace("_csv", ".csv").replace("_ini", ".ini")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    return folder


def said(reading: Reading, folder: Path) -> list[str]:
    """Return the lines that a user sees, with paths relative to the folder."""
    return [each.line().replace(f"{folder}/", "") for each in reading.said]


def needs(reading: Reading) -> dict[str, list[tuple[str, int]]]:
    """Return what each entry depends on, with the line that says so."""
    return {
        entry.name: [(each.name, each.line) for each in entry.depends_on]
        for file in reading.files
        for entry in file.entries
    }
