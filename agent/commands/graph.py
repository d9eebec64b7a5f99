"""``pasencore graph``: who needs whom, for people and for tools."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import click
import msgspec
from msgspec.structs import replace

from agent.commands.options import _, speaking
from agent.config import CONTEXT_NAME
from agent.input_file import UntrustedFileError
from agent.looking import last_day, look_at_host
from agent.people_names import pseudonyms
from agent.reporting import warn
from agent.snapshot_file import read_snapshot, settled
from agent.snapshot_merge import merge
from agent.sources.context_file import read_context
from agent.state import pseudonym_key, state_folder
from analyzers.model.estate import build
from analyzers.model.snapshot import Snapshot
from exporters.graph.parts import GraphDocument
from exporters.i18n import spoken

FORMATS = ("json", "dot", "graphml", "mermaid")


@click.command("graph", help=_("Draw who needs whom: what is declared, what is seen, and where they differ."))
@click.argument("snapshots", nargs=-1, type=click.Path(path_type=Path), metavar="[SNAPSHOT...|DIR]")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="json", show_default=True, help=_("Form of the graph.")
)
@click.option("--context", type=click.Path(path_type=Path), help=_("Context file that replaces the embedded one."))
@click.option("--names", is_flag=True, help=_("Leave the names of people in the graph."))
@speaking
def command(*, snapshots: tuple[Path, ...], form: str, context: Path | None, names: bool, lang: str) -> None:
    """Print the graph of snapshots, or of this machine without any."""
    from agent.graph_document import graph_document  # noqa: PLC0415 - heavy: not before arguments are known to be right

    estate = merge([read_snapshot(each) for each in snapshots]) if snapshots else look_at_host()
    if context is not None or (not snapshots and Path(CONTEXT_NAME).exists()):
        estate = _declaring(estate, context, lang)
    read = settled(estate)
    click.echo(_written(_hidden(graph_document(build(read)), read, lang, names=names), form), nl=False)


def _declaring(estate: Snapshot, context: Path | None, lang: str) -> Snapshot:
    today = estate.taken_at.astimezone(dt.UTC).date() if context is not None else last_day()
    try:
        read = read_context(context or Path(CONTEXT_NAME), today=today, found=context is None)
    except UntrustedFileError as error:
        click.echo(f"pasencore: {error.line(lambda text: spoken(text, lang))}", err=True)
        return estate
    warn(read.warnings, lang)
    return replace(estate, declared=read.declared)


def _hidden(document: GraphDocument, snapshot: Snapshot, lang: str, *, names: bool) -> GraphDocument:
    if names:
        return document
    key, warning = pseudonym_key(state_folder(os.environ))
    warn([warning], lang)
    people = pseudonyms(key, snapshot.declared.context if snapshot.declared else None, snapshot)
    hidden = msgspec.convert(people.scrub_all(msgspec.to_builtins(document)), GraphDocument)
    # All names of one person become one node.
    nodes = {each.id: each for each in hidden.nodes}
    return replace(hidden, nodes=tuple(nodes[each] for each in sorted(nodes)))


def _written(document: GraphDocument, form: str) -> str:
    if form == "dot":
        from exporters.graph.dot import dot  # noqa: PLC0415 - only what is asked for is loaded

        return dot(document)
    if form == "graphml":
        from exporters.graph.graphml import graphml  # noqa: PLC0415 - only what is asked for is loaded

        return graphml(document)
    if form == "mermaid":
        from exporters.graph.mermaid import mermaid  # noqa: PLC0415 - only what is asked for is loaded

        return mermaid(document)
    from exporters.graph.parts import json  # noqa: PLC0415 - only what is asked for is loaded

    return json(document)
