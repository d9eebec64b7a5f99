"""``pasencore scan``: look, judge, say."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from agent.answering import exit_code
from agent.commands.options import _, speaking
from agent.config import resolve
from agent.errors import PasencoreError
from agent.judging import judge
from agent.looking import last_day
from agent.output_folder import open_folder
from agent.past_verdicts import MOST_REMEMBERED, past_facts
from agent.progress import progress
from agent.rendering import FORMATS, render
from agent.reporting import warn, write_folder
from agent.rubrics import known_checks, read_rubric
from agent.scanning import look, withdrawn_by
from exporters.i18n import spoken, translator

FOLDER = click.Path(path_type=Path)


@click.command("scan", help=_("Look at this machine and its Prometheus, and answer: oui, non, or pas encore."))
@click.option(
    "--prometheus", metavar="URL", help=_("Prometheus, or what speaks like it. Default: one found on localhost:9090.")
)
@click.option("--alertmanager", metavar="URL", help=_("Alertmanager. Default: the one of a local Prometheus."))
@click.option("--agents", multiple=True, metavar="FILE|URL|job:NAME", help=_("Agents of other hosts; may be repeated."))
@click.option("--context", type=FOLDER, help=_("What people declare. Default: ./pasencore.yaml."))
@click.option(
    "--git", multiple=True, metavar="DIR", help=_("Repository of code, configuration or runbooks; may be repeated.")
)
@click.option("--tickets", multiple=True, metavar="FILE", help=_("Ticket export (CSV); may be repeated."))
@click.option("--since", metavar="DURATION", help=_("How far back history is read. Default: 28d."))
@click.option("--no-local", is_flag=True, help=_("Do not look at this machine."))
@click.option("--rubric", type=FOLDER, help=_("Rubric file. Default: the published one."))
@click.option("--scheduler", metavar="tcp://HOST:PORT", help=_("Dask cluster that reads history."))
@click.option("--exclude", multiple=True, metavar="CHECK-ID", help=_("Leave a question out: it counts as unknown."))
@click.option("--names", is_flag=True, help=_("Leave the names of people in the reports."))
@click.option("--out", type=FOLDER, help=_("Folder to write the reports to."))
@click.option("--format", type=click.Choice(FORMATS), help=_("Form of what is printed. Default: text."))
@click.option("--exit-code", is_flag=True, help=_("Leave with 0 for oui, 10 for pas encore, 20 for non."))
@speaking
def command(lang: str, exclude: tuple[str, ...], **flags: Any) -> int:  # noqa: ANN401 - options, read by `resolve`
    """Scan, print the report, and write it with ``--out``."""
    translate = translator(lang)
    rubric = read_rubric(flags["rubric"] or _from_environment())
    excluded = known_checks(exclude, rubric)
    config = resolve(flags, os.environ, folder=Path.cwd(), today=last_day(), known_checks=frozenset(rubric.checks))
    out = open_folder(config.out) if config.out is not None else None
    before, ignored = out.previous() if out is not None else (None, None)
    warn([*config.warnings, ignored], lang)
    if config.refused is not None:
        click.echo(f"pasencore: {config.refused.line(lambda text: spoken(text, lang))}", err=True)
    past = past_facts(out.past(MOST_REMEMBERED)) if out is not None else None
    said: list[PasencoreError] = []
    with progress() as step:
        snapshot = look(config, step, translate, withdrawn_by(before, rubric.checks), past=past, tell=said.append)
    for each in said:
        click.echo(f"pasencore: {each.line(lambda text: spoken(text, lang))}", err=True)
    document, warning = judge(snapshot, rubric, names=config.names, excluded=excluded)
    warn([warning], lang)
    if out is not None:
        write_folder(out, snapshot, document, lang)
    click.echo(render(document, config.format, lang), nl=False)
    return exit_code(document, asked=config.exit_code)


def _from_environment() -> Path | None:
    given = os.environ.get("PASENCORE_RUBRIC", "").strip()
    return Path(given) if given else None
