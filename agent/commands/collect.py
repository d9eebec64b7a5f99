"""``pasencore collect``: one host to one snapshot file, nothing judged."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from agent.commands.options import _, speaking
from agent.errors import UsageError
from agent.looking import look_at_host
from agent.snapshot_file import compressed, write_snapshot
from analyzers.model.message import N_, message


@click.command("collect", help=_("Write what this host says of itself to one file; judge nothing."))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help=_("Snapshot file to write. Default: standard output, when it is no terminal."),
)
@speaking
def command(out: Path | None, lang: str) -> None:  # noqa: ARG001 - the option is every subcommand's
    """Collect this host."""
    if out is None and sys.stdout.isatty():
        raise UsageError(message(N_("a snapshot is no text for a terminal")), remedy=message(N_("say --out FILE")))
    snapshot = look_at_host()
    if out is None:
        sys.stdout.buffer.write(compressed(snapshot))
    else:
        write_snapshot(out, snapshot)
