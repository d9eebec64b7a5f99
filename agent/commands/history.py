"""``pasencore history``: what metric history holds, and what a detector would have made of it."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from agent.commands.options import _, form_option, speaking
from agent.config import Config, resolve
from agent.errors import PasencoreError, UsageError
from agent.executors import executor
from agent.history_document import history_document
from agent.history_run import Opener, ServerAt
from agent.history_text import history_text
from agent.looking import last_day, now, tool_version
from agent.progress import progress
from agent.reporting import warn
from agent.sources.agents.history import fetch_histories
from agent.sources.agents.places import given
from agent.sources.history.archives import EVERYTHING, ArchivesAt
from agent.sources.history.here import find_here, given_store
from agent.sources.history.selectors import parse_selector
from agent.sources.history.store import StoresAt
from agent.sources.prometheus.local import find_local
from agent.sources.tickets.source import read_tickets
from agent.studying import COMMAND_SAMPLES, Asked, study_history
from analyzers.measures.history.incidents import incidents
from analyzers.model.context import Endpoint
from analyzers.model.estate import build
from analyzers.model.history import History
from analyzers.model.message import N_, message
from analyzers.model.snapshot import Snapshot
from exporters.i18n import spoken, translator

NO_SOURCE = message(N_("there is no metric history to read"))
GIVE = message(N_("give --prometheus URL, --agents URL or --store FILE, or run it where one of them is"))
ONE_SOURCE = message(N_("history is read from one kind of source at a time"))
CHOOSE = message(N_("give one of --prometheus, --store and --agents"))


@click.command("history", help=_("Read metric history: quality, rhythm, anomalies, and what a detector would see."))
@click.option(
    "--prometheus", metavar="URL", help=_("Prometheus, or what speaks like it. Default: one found on localhost:9090.")
)
@click.option(
    "--store",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=_("History that an agent keeps: of this host, or of web1 when the file is called web1.store."),
)
@click.option("--agents", multiple=True, metavar="FILE|URL", help=_("Agents to ask for theirs; may be repeated."))
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
@form_option()
@speaking
def command(lang: str, selectors: tuple[str, ...], form: str, store: Path | None, **flags: Any) -> None:  # noqa: ANN401 - options, read by `resolve`
    """Read, study, print."""
    if sum(bool(each) for each in (flags["prometheus"], store, flags["agents"])) > 1:
        raise UsageError(ONE_SOURCE, remedy=CHOOSE)
    config = resolve({**flags, "format": None}, os.environ, folder=Path.cwd(), today=last_day())
    warn(config.warnings, lang)
    if config.refused is not None:
        click.echo(f"pasencore: {config.refused.line(lambda text: spoken(text, lang))}", err=True)
    with _opener(config, store, asked=bool(flags["agents"]), tell=lambda text: click.echo(text, err=True)) as opener:
        history = _history(config, opener, selectors, lang)
    if form == "json":
        click.echo(json.dumps(history_document(history), ensure_ascii=False, indent=2))
    else:
        click.echo(history_text(history, lang), nl=False)


def _history(config: Config, opener: Opener, selectors: Sequence[str], lang: str) -> History:
    def tell(error: PasencoreError) -> None:
        click.echo(f"pasencore: {error.line(lambda text: spoken(text, lang))}", err=True)

    taken_at = now()
    matchers = tuple(parse_selector(each) for each in selectors) or (
        (EVERYTHING,) if isinstance(opener, ArchivesAt) else None
    )
    readings = [read_tickets(each, taken_at=taken_at) for each in config.sources.tickets]
    for each in readings:
        for said in each.said:
            tell(said)
    files = tuple(each.file for each in readings) or None
    declared = config.context.declared if config.context is not None else None
    estate = build(Snapshot(taken_at=taken_at, tool=tool_version(), declared=declared, tickets=files))
    asked = Asked(taken_at=taken_at, since=config.since, selectors=matchers, samples=COMMAND_SAMPLES)
    # Files of this host are not where the workers of a cluster are.
    scheduler = config.scheduler if isinstance(opener, ServerAt) else None
    with progress() as step, executor(scheduler) as workers:
        history = study_history(
            opener,
            asked,
            lambda names, fired, restarts: incidents(estate, names, fired, restarts),
            workers,
            step(translator(lang)(N_("Metric history"))),
        )
    fetched = opener.requests if isinstance(opener, StoresAt) else 0
    return replace(history, requests=history.requests + fetched)


@contextmanager
def _opener(config: Config, store: Path | None, *, asked: bool, tell: Callable[[str], object]) -> Iterator[Opener]:
    """Give what holds history: what was asked for, else a server, else agents, else what this host keeps."""
    server = config.prometheus
    if store is not None:
        yield given_store(store)
    elif config.agents and (asked or server is None):
        places = given(config.agents).places(None)
        with tempfile.TemporaryDirectory(prefix="pasencore-history-") as folder:
            yield fetch_histories(
                places, config.agents_access, Path(folder), tell=lambda text: tell(f"pasencore: {text}")
            )
    elif server is not None:
        endpoint = Endpoint(url=server.url, http_config=server.access.config)
        yield ServerAt(endpoint=endpoint, folder=server.access.folder, option=server.given_by)
    else:
        yield _found()


def _found() -> Opener:
    server = find_local()
    if server is not None:
        return ServerAt(endpoint=server, option=server.url)
    here = find_here(os.environ)
    if here is None:
        raise UsageError(NO_SOURCE, "--prometheus", GIVE)
    return here
