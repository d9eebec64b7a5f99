"""``pasencore demo``: a whole report of an example estate, offline."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import click

from agent.commands.options import _, speaking
from agent.judging import judge
from agent.rendering import FORMATS, render
from agent.reporting import write_folder
from agent.snapshot_file import read_snapshot
from analyzers.rubric import published


@click.command("demo", help=_("Show a whole report of an example estate, offline, in seconds."))
@click.option("--out", type=click.Path(path_type=Path), help=_("Folder to write the reports to."))
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help=_("Form of what is printed."),
)
@speaking
def command(out: Path | None, form: str, lang: str) -> None:
    """Judge the example estate that is shipped, a sixty-person firm half-way."""
    with resources.as_file(resources.files("agent.data").joinpath("demo.snapshot.json.gz")) as path:
        estate = read_snapshot(path)
    document, _warning = judge(estate, published(), names=True)
    if out is not None:
        write_folder(out, estate, document, lang)
    click.echo(render(document, form, lang), nl=False)
