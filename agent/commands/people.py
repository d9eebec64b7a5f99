"""``pasencore people``: how many persons hold the knowledge of an estate, or of git repositories."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import click
from msgspec.structs import replace

from agent.commands.options import _, form_option, speaking
from agent.errors import UsageError
from agent.estate_people_document import estate_document
from agent.estate_people_text import estate_text
from agent.knowing import know
from agent.looking import now
from agent.people_document import Document, people_document
from agent.people_names import pseudonyms
from agent.people_text import people_text
from agent.pseudonyms import Pseudonyms
from agent.reporting import warn
from agent.snapshot_file import NAME, read_snapshot, settled
from agent.snapshot_merge import merge
from agent.sources.git import LIMIT_SECONDS
from agent.sources.git_history import read_histories
from agent.state import pseudonym_key, state_folder
from analyzers.measures.knowledge.traces import known
from analyzers.model.context import GitSource
from analyzers.model.estate import build
from analyzers.model.message import N_, Message, message
from analyzers.model.snapshot import Snapshot

FOLDER = click.Path(path_type=Path)


@click.command("people", help=_("Tell how many persons hold the knowledge of an estate, or of git repositories."))
@click.argument("snapshots", nargs=-1, type=FOLDER, metavar="[SNAPSHOT|DIR]...")
@click.option(
    "--git",
    "folders",
    multiple=True,
    type=FOLDER,
    metavar="DIR",
    help=_("Git repository, as often as wanted. Nothing in it is changed, nothing is fetched."),
)
@form_option()
@click.option("--names", is_flag=True, help=_("Leave the names of people in the reports."))
@click.option(
    "--decay",
    type=click.FloatRange(min=1.0),
    metavar="DAYS",
    help=_("Let knowledge fade: a change this old counts 1/e. Default: nothing is forgotten, as published."),
)
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0.0, min_open=True),
    default=LIMIT_SECONDS,
    show_default=True,
    metavar="SECONDS",
    help=_("How long reading one repository may take."),
)
@speaking
def command(  # noqa: PLR0913 - one parameter an option
    *,
    snapshots: tuple[Path, ...],
    folders: tuple[Path, ...],
    form: str,
    names: bool,
    decay: float | None,
    time_limit: float,
    lang: str,
) -> None:
    """Read what was collected, and print who would be missed."""
    if snapshots:
        document = _of_estate(snapshots, folders, names=names, decay=decay, limit=time_limit, lang=lang)
    elif folders:
        document = _of_repositories(folders, names=names, decay=decay, limit=time_limit, lang=lang)
    else:
        raise UsageError(message(N_("give a snapshot, the folder of a scan, or --git DIR")))
    if form == "json":
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        text = estate_text if snapshots else people_text
        click.echo(text(document, lang), nl=False)


def _of_repositories(
    folders: tuple[Path, ...], *, names: bool, decay: float | None, limit: float, lang: str
) -> Document:
    knowing = know(folders, decay_days=decay, limit=limit)
    shown, warning = _naming(names=names)
    warn([*knowing.warnings, warning], lang)
    return people_document(knowing, shown, decay_days=decay)


def _of_estate(
    paths: tuple[Path, ...], folders: tuple[Path, ...], *, names: bool, decay: float | None, limit: float, lang: str
) -> Document:
    if decay is not None:
        raise UsageError(message(N_("goes with --git alone: a snapshot keeps no time of changes")), "--decay")
    snapshot = merge([read_snapshot(path / NAME if path.is_dir() else path) for path in paths])
    if folders:
        snapshot = _with_git(snapshot, folders, limit, lang)
    read = settled(snapshot)
    shown, warning = _naming(names=names, snapshot=read)
    warn([warning], lang)
    return estate_document(known(build(read)), shown)


def _with_git(snapshot: Snapshot, folders: tuple[Path, ...], limit: float, lang: str) -> Snapshot:
    """Return the snapshot with repositories read now; those that the context file names keep its assets."""
    context = snapshot.declared.context if snapshot.declared is not None else None
    declared = context.sources.git if context is not None and context.sources is not None else ()
    mapped = {Path(each.path).name: each.assets for each in declared}
    sources = [GitSource(path=str(each), assets=mapped.get(each.resolve().name, {})) for each in folders]
    histories, _cost, origins = read_histories(sources, clock=now, advance=lambda _done, _all: None, limit=limit)
    template = N_("{path}: {detail}")
    warn([message(template, path=each.where, detail=each.detail) for each in origins if each.reason is not None], lang)
    read = {each.name for each in histories}
    return replace(snapshot, git=(*(each for each in snapshot.git or () if each.name not in read), *histories))


def _naming(*, names: bool, snapshot: Snapshot | None = None) -> tuple[Callable[[str], str], Message | None]:
    """Return how a person is named, and a warning about the key of the pseudonyms."""
    if names:
        return str, None
    key, warning = pseudonym_key(state_folder(os.environ))
    if snapshot is None:
        return Pseudonyms(key).of, warning
    context = snapshot.declared.context if snapshot.declared is not None else None
    return pseudonyms(key, context, snapshot).of, warning
