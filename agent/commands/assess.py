"""``pasencore assess``: snapshots to a verdict, offline and reproducible."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click
from msgspec.structs import replace

from agent.answering import exit_code
from agent.commands.options import _, form_option, speaking
from agent.judging import judge
from agent.rendering import FORMATS, render
from agent.reporting import warn, write_folder
from agent.rubrics import known_checks, read_rubric
from agent.snapshot_file import read_snapshot
from agent.snapshot_merge import merge
from agent.sources.context_file import read_context
from analyzers.model.snapshot import Snapshot


@click.command("assess", help=_("Answer from snapshot files, offline, the same each time."))
@click.argument("snapshots", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="SNAPSHOT...")
@click.option("--context", type=click.Path(path_type=Path), help=_("Context file that replaces the embedded one."))
@click.option("--rubric", type=click.Path(path_type=Path), help=_("Rubric file. Default: the published one."))
@click.option("--out", type=click.Path(path_type=Path), help=_("Folder to write the reports to."))
@form_option(FORMATS)
@click.option("--exclude", multiple=True, metavar="CHECK-ID", help=_("Leave a question out: it counts as unknown."))
@click.option("--names", is_flag=True, help=_("Leave the names of people in the reports."))
@click.option("--exit-code", "coded", is_flag=True, help=_("Leave with 0 for oui, 10 for pas encore, 20 for non."))
@speaking
def command(  # noqa: PLR0913 - one parameter an option
    *,
    snapshots: tuple[Path, ...],
    context: Path | None,
    rubric: Path | None,
    out: Path | None,
    form: str,
    exclude: tuple[str, ...],
    names: bool,
    coded: bool,
    lang: str,
) -> int:
    """Judge snapshot files and print the report."""
    chosen = read_rubric(rubric)
    estate = merge([read_snapshot(path) for path in snapshots])
    if context is not None:
        estate = _declaring(estate, context, frozenset(chosen.checks), lang)
    document, warning = judge(estate, chosen, names=names, excluded=known_checks(exclude, chosen))
    warn([warning], lang)
    if out is not None:
        write_folder(out, estate, document, lang)
    click.echo(render(document, form, lang), nl=False)
    return exit_code(document, asked=coded)


def _declaring(estate: Snapshot, context: Path, checks: frozenset[str], lang: str) -> Snapshot:
    today = estate.taken_at.astimezone(dt.UTC).date()
    read = read_context(context, today=today, known_checks=checks)
    warn(read.warnings, lang)
    return replace(estate, declared=read.declared)
