"""``pasencore history``: what metric history holds, and what a detector would have made of it."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from agent.commands.options import _, speaking
from agent.config import Config, resolve
from agent.errors import PasencoreError, UsageError
from agent.executors import executor
from agent.history_document import history_document
from agent.history_run import Opener, ServerAt
from agent.history_text import history_text
from agent.looking import last_day, now, tool_version
from agent.progress import progress
from agent.reporting import warn
from agent.sources.history.selectors import parse_selector
from agent.sources.prometheus.local import find_local
from agent.sources.tickets.source import read_tickets
from agent.studying import COMMAND_SAMPLES, Asked, study_history
from analyzers.measures.history.incidents import incidents
from analyzers.model.context import Endpoint
from analyzers.model.estate import build
from analyzers.model.history import History
from analyzers.model.message import N_, message
from analyzers.model.snapshot import Snapshot
from exporters.i18n import Translate, spoken, translator

NO_SOURCE = message(N_("there is no metric history to read"))
GIVE = message(N_("give --prometheus URL, or run it where Prometheus listens on localhost:9090"))


@click.command("history", help=_("Read metric history: quality, rhythm, anomalies, and what a detector would see."))
@click.option(
    "--prometheus", metavar="URL", help=_("Prometheus, or what speaks like it. Default: one found on localhost:9090.")
)
@click.option("--context", type=click.Path(path_type=Path), help=_("What people declare. Default: ./pasencore.yaml."))
@click.option("--tickets", multiple=True, metavar="FILE", help=_("Ticket export (CSV); may be repeated."))
@click.option("--since", metavar="DURATION", help=_("How far back history is read. Default: 28d."))
@click.option(
    "--match",
    "selectors",
    multiple=True,
    metavar="SELECTOR",
    help=_("Series to read, such as node_load1; may be repeated. Default: the key metrics of hosts."),
)
@click.option("--scheduler", metavar="tcp://HOST:PORT", help=_("Dask cluster that reads history."))
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help=_("Form of the report."),
)
@speaking
def command(lang: str, selectors: tuple[str, ...], form: str, **flags: Any) -> None:  # noqa: ANN401 - options, read by `resolve`
    """Read, study, print."""
    translate = translator(lang)
    config = resolve({**flags, "format": None}, os.environ, folder=Path.cwd(), today=last_day())
    warn(config.warnings, lang)
    if config.refused is not None:
        click.echo(f"pasencore: {config.refused.line(lambda text: spoken(text, lang))}", err=True)
    history = _history(config, selectors, translate, lang)
    if form == "json":
        click.echo(json.dumps(history_document(history), ensure_ascii=False, indent=2))
    else:
        click.echo(history_text(history, lang), nl=False)


def _history(config: Config, selectors: Sequence[str], translate: Translate, lang: str) -> History:
    def tell(error: PasencoreError) -> None:
        click.echo(f"pasencore: {error.line(lambda text: spoken(text, lang))}", err=True)

    taken_at = now()
    opener = _opener(config)
    matchers = tuple(parse_selector(each) for each in selectors) or None
    readings = [read_tickets(each, taken_at=taken_at) for each in config.sources.tickets]
    for each in readings:
        for said in each.said:
            tell(said)
    files = tuple(each.file for each in readings) or None
    declared = config.context.declared if config.context is not None else None
    estate = build(Snapshot(taken_at=taken_at, tool=tool_version(), declared=declared, tickets=files))
    asked = Asked(taken_at=taken_at, since=config.since, selectors=matchers, samples=COMMAND_SAMPLES)
    with progress() as step, executor(config.scheduler) as workers:
        return study_history(
            opener,
            asked,
            lambda names, fired, restarts: incidents(estate, names, fired, restarts),
            workers,
            step(translate(N_("Metric history"))),
        )


def _opener(config: Config) -> Opener:
    server = config.prometheus
    if server is not None:
        endpoint = Endpoint(url=server.url, http_config=server.access.config)
        return ServerAt(endpoint=endpoint, folder=server.access.folder, option=server.given_by)
    found = find_local()
    if found is None:
        raise UsageError(NO_SOURCE, "--prometheus", GIVE)
    return ServerAt(endpoint=found, option=found.url)
