"""``pasencore people``: how many persons hold the knowledge of git repositories."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import click

from agent.commands.options import _, speaking
from agent.knowing import know
from agent.people_document import people_document
from agent.people_text import people_text
from agent.pseudonyms import Pseudonyms
from agent.reporting import warn
from agent.sources.git import LIMIT_SECONDS
from agent.state import pseudonym_key, state_folder
from analyzers.model.message import Message


@click.command("people", help=_("Tell how many persons hold the knowledge of git repositories."))
@click.option(
    "--git",
    "folders",
    multiple=True,
    required=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help=_("Git repository, as often as wanted. Nothing in it is changed, nothing is fetched."),
)
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help=_("Form of the report."),
)
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
def command(
    *, folders: tuple[Path, ...], form: str, names: bool, decay: float | None, time_limit: float, lang: str
) -> None:
    """Read the histories and print who would be missed."""
    knowing = know(folders, decay_days=decay, limit=time_limit)
    shown, warning = _naming(names=names)
    warn([*knowing.warnings, warning], lang)
    document = people_document(knowing, shown, decay_days=decay)
    if form == "json":
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        click.echo(people_text(document, lang), nl=False)


def _naming(*, names: bool) -> tuple[Callable[[str], str], Message | None]:
    """Return how a person is named, and a warning about the key of the pseudonyms."""
    if names:
        return str, None
    key, warning = pseudonym_key(state_folder(os.environ))
    return Pseudonyms(key).of, warning
