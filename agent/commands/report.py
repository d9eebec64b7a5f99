"""``pasencore report``: a verdict again, in another form or language."""

from __future__ import annotations

from pathlib import Path

import click

from agent.commands.options import _, form_option, speaking
from agent.rendering import FORMATS, Reader, render
from agent.verdict_file import read_verdict


@click.command("report", help=_("Show a verdict again, in another form or language."))
@click.argument("verdict", type=click.Path(path_type=Path), metavar="VERDICT.JSON")
@form_option(FORMATS)
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
    click.echo(render(read_verdict(verdict), form, lang, reader), nl=False)
