"""``pasencore init``: a context file to complete, filled with what is observed."""

from __future__ import annotations

import datetime as dt
import getpass
import os
from pathlib import Path

import click
from msgspec.structs import replace

from agent.atomic import replace_file
from agent.commands.options import _, speaking
from agent.config import CONTEXT_NAME
from agent.errors import UsageError
from analyzers.model.message import N_, message
from analyzers.model.monitoring import Monitoring
from analyzers.model.snapshot import Snapshot
from exporters.i18n import translator

STANDARD_OUTPUT = Path("-")


@click.command("init", help=_("Write a context file pre-filled from what is observed, on this host or in snapshots."))
@click.argument("snapshots", nargs=-1, type=click.Path(path_type=Path), metavar="[SNAPSHOT]...")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path(CONTEXT_NAME),
    help=_("File to write; - for standard output. Default: ./pasencore.yaml."),
)
@click.option("--force", is_flag=True, help=_("Replace a file that exists."))
@click.option("--names", is_flag=True, help=_("Propose the accounts that look like a person's."))
@speaking
def command(snapshots: tuple[Path, ...], out: Path, lang: str, *, force: bool, names: bool) -> None:
    """Look, and write the file that only people can complete."""
    from agent.init_template import write_template  # noqa: PLC0415 - reads the domain, which --help does not need

    printed = out == STANDARD_OUTPUT
    if not (printed or force) and (out.exists() or out.is_symlink()):
        remedy = message(N_("--force replaces it, --out FILE writes elsewhere"))
        raise UsageError(message(N_("already exists")), str(out), remedy)
    translate = translator(lang)
    text = write_template(_seen(snapshots), translate, author=_author(), today=_today(), names=names)
    if printed:
        click.echo(text, nl=False)
        return
    replace_file(out, text.encode())
    written = translate(N_("{path}: written. Complete it, then run `pasencore scan`."))
    click.echo(written.format(path=out), err=True)


def _seen(paths: tuple[Path, ...]) -> Snapshot:
    if paths:
        from agent.snapshot_file import read_snapshot  # noqa: PLC0415 - --help needs none of these
        from agent.snapshot_merge import merge  # noqa: PLC0415 - the same

        return merge([read_snapshot(each) for each in paths])
    from agent.looking import look_at_host  # noqa: PLC0415 - the same
    from agent.snapshot_file import settled  # noqa: PLC0415 - the same
    from agent.sources.prometheus.local import find_local  # noqa: PLC0415 - the same

    snapshot = settled(look_at_host())
    server = find_local()
    if server is None:
        return snapshot
    return replace(snapshot, monitoring=Monitoring(url=server.url, collected_at=snapshot.taken_at))


def _author() -> str:
    """Return the login of the person at the keyboard: whoever called sudo, else whoever runs this."""
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):
        return "root"


def _today() -> dt.date:
    """Return a day that has come both here and in UTC: a scan in either refuses a date in the future."""
    now = dt.datetime.now(dt.UTC)
    return min(now.date(), now.astimezone().date())
