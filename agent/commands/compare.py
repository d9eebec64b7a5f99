"""``pasencore compare``: what changed between two verdicts."""

from __future__ import annotations

import shutil
from pathlib import Path

import click
import msgspec

from agent.commands.options import _, colour_wanted, form_option, speaking
from agent.verdict_file import read_verdict


@click.command("compare", help=_("Tell what changed between two verdicts: better, worse, new, gone."))
@click.argument("old", type=click.Path(path_type=Path), metavar="OLD")
@click.argument("new", type=click.Path(path_type=Path), metavar="NEW")
@form_option()
@speaking
def command(old: Path, new: Path, form: str, lang: str) -> None:
    """Print the comparison of two verdict files, or folders of ``scan --out``."""
    from exporters.comparison.compare import compare  # noqa: PLC0415 - only what is asked for is loaded

    found = compare(read_verdict(old), read_verdict(new))
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
        return
    from exporters.comparison.text import text  # noqa: PLC0415 - only what is asked for is loaded

    width = shutil.get_terminal_size((80, 24)).columns
    click.echo(text(found, lang=lang, width=width, colour=colour_wanted()), nl=False)
