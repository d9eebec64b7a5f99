"""What a scan leaves behind: the files of ``--out``, and lines of warning."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from agent.output_folder import OutputFolder, open_folder
from agent.rendering import render
from agent.snapshot_file import NAME, compressed
from analyzers.model.message import Message
from analyzers.model.snapshot import Snapshot
from exporters.document import Document
from exporters.i18n import spoken

FILES = {"verdict.json": "json", "report.html": "html", "report.md": "markdown", "metrics.prom": "metrics"}


def write_folder(folder: OutputFolder | Path, snapshot: Snapshot, document: Document, lang: str) -> None:
    """Write the snapshot, the verdict and its reports, all whole or none, and keep the verdict among the past ones.

    Raises
    ------
    FailedError
        When the folder cannot be written; what a scan before left there stays whole.
    """
    out = open_folder(folder) if isinstance(folder, Path) else folder
    contents = {name: render(document, form, lang).encode() for name, form in FILES.items()}
    out.write({NAME: compressed(snapshot), **contents})
    out.keep(document.taken_at, contents["verdict.json"])


def warn(warnings: Iterable[Message | None], lang: str) -> None:
    """Print warnings on stderr, a line each."""
    for each in warnings:
        if each is not None:
            click.echo(f"pasencore: {spoken(each, lang)}", err=True)
