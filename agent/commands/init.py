"""``pasencore init``: a context file to complete, filled with what is observed."""

from __future__ import annotations

import datetime as dt
import getpass
import os
import sys
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
from exporters.i18n import spoken, translator

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
@click.option("--ask", is_flag=True, help=_("Ask what measurement cannot tell; answers join the file one by one."))
@speaking
def command(snapshots: tuple[Path, ...], out: Path, lang: str, *, force: bool, names: bool, ask: bool) -> None:
    """Look, and write the file that only people can complete."""
    if ask:
        _ask(snapshots, out, lang, force=force)
        return
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


def _ask(snapshots: tuple[Path, ...], out: Path, lang: str, *, force: bool) -> None:
    """Ask what the verdict lacks most; an answer is in the file before the next question, so that none is lost."""
    from agent.questionnaire.asked import QUESTIONS  # noqa: PLC0415 - --help needs none of these
    from agent.questionnaire.choosing import choose  # noqa: PLC0415 - the same
    from agent.questionnaire.dialogue import Desk, Sheet, hold  # noqa: PLC0415 - the same
    from agent.rubrics import read_rubric  # noqa: PLC0415 - the same
    from agent.snapshot_file import settled  # noqa: PLC0415 - the same
    from agent.sources.context_file import read_context  # noqa: PLC0415 - the same
    from analyzers.assess import assess  # noqa: PLC0415 - the same
    from analyzers.scoring.ignorance import prices  # noqa: PLC0415 - the same

    if force or out == STANDARD_OUTPUT:
        raise UsageError(message(N_("--ask adds to a file: it goes neither with --force nor with --out -")))
    path, translate, today = out.resolve(), translator(lang), _today()
    declared = read_context(path, today=today).declared if path.exists() else None
    seen = _seen(snapshots)
    seen = settled(replace(seen, declared=declared or seen.declared))
    rubric = read_rubric(None)
    gains = prices(assess(seen, rubric).findings, rubric, most=len(rubric.checks))
    context = seen.declared.context if seen.declared else None
    known = {each for each in context.__struct_fields__ if getattr(context, each) is not None} if context else set()
    worths = choose(QUESTIONS, known, {each.check_id: float(each.gain) for each in gains})
    hint = translate(N_("{count} questions. Enter skips, q leaves; what is answered stays in {path}."))
    click.echo(hint.format(count=len(worths), path=out), err=True)
    desk = Desk(lambda line: click.echo(line, err=True), _typed, translate, lambda text: spoken(text, lang))
    done = hold(worths, Sheet(path, _author(), today), desk)
    ended = translate(N_("Answers written: {count}. `pasencore init --ask` asks the others, `pasencore scan` answers."))
    click.echo(f"\n{ended.format(count=done)}", err=True)


def _typed(prompt: str) -> str | None:
    """Return a line from the keyboard or from a pipe, None at its end."""
    click.echo(prompt, nl=False, err=True)
    return sys.stdin.readline() or None


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
