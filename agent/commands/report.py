"""``pasencore report``: a verdict again, in another form or language."""

from __future__ import annotations

import re
from pathlib import Path

import click

from agent.commands.options import _, speaking
from agent.errors import UsageError
from agent.input_file import read_bounded
from agent.rendering import FORMATS, Reader, render
from analyzers.model.message import N_, message
from exporters.document import read_document

MOST_BYTES = 64 << 20


@click.command("report", help=_("Show a verdict again, in another form or language."))
@click.argument("verdict", type=click.Path(path_type=Path), metavar="VERDICT.JSON")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help=_("Form of the report.")
)
@click.option(
    "--for",
    "reader",
    type=click.Choice(["operations", "direction"]),
    default="operations",
    show_default=True,
    help=_("For whom: every finding with its evidence, or the answer for the board."),
)
@speaking
def command(verdict: Path, form: str, reader: Reader, lang: str) -> None:
    """Print the report of a verdict file, or of the folder of ``scan --out``."""
    file = verdict / "verdict.json" if verdict.is_dir() else verdict
    try:
        document = read_document(read_bounded(file, MOST_BYTES))
    except ValueError as error:
        remedy = message(N_("give a verdict.json that `pasencore scan --out` wrote"))
        raise UsageError(message(N_("not a verdict that can be read")), _place(file, str(error)), remedy) from error
    click.echo(render(document, form, lang, reader), nl=False)


def _place(file: Path, fault: str) -> str:
    """Return the file, and the path in it that a fault names."""
    found = re.search(r" - at `\$\.([^`]+)`$", fault)
    return f"{file}: {found[1]}" if found else str(file)
