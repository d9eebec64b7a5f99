"""The door: a table of subcommands, each imported only when it is called, and what errors look like."""

from __future__ import annotations

import errno
import importlib
import os
import sys
import traceback
from collections.abc import Sequence

import click

from agent.commands.options import speaking
from agent.errors import FailedError, PasencoreError
from agent.language import chosen_language
from analyzers.model.message import N_, message
from exporters.i18n import Translate, install, spoken, translator

COMMANDS: dict[str, tuple[str, str]] = {
    "scan": ("agent.commands.scan:command", N_("Look at this machine and its Prometheus, and answer.")),
    "collect": (
        "agent.commands.collect:command",
        N_("Write what this host says of itself to one file; judge nothing."),
    ),
    "agent": (
        "agent.commands.agent:command",
        N_("Watch this host, remember its flows, and serve metrics, snapshot and history."),
    ),
    "assess": ("agent.commands.assess:command", N_("Answer from snapshot files, offline, the same each time.")),
    "report": ("agent.commands.report:command", N_("Show a verdict again, in another form or language.")),
    "compare": (
        "agent.commands.compare:command",
        N_("Tell what changed between two verdicts: better, worse, new, gone."),
    ),
    "people": (
        "agent.commands.people:command",
        N_("Tell how many persons hold the knowledge of git repositories."),
    ),
    "graph": ("agent.commands.graph:command", N_("Draw who needs whom, declared and seen.")),
    "whatif": (
        "agent.commands.whatif:command",
        N_("Judge again without a person, a host, a service, a provider, or after an action."),
    ),
    "history": (
        "agent.commands.history:command",
        N_("Read metric history: quality, rhythm, anomalies, and what a detector would see."),
    ),
    "checks": ("agent.commands.checks:command", N_("List the questions of the grid.")),
    "explain": ("agent.commands.explain:command", N_("Tell why a question is asked and how it is answered.")),
    "init": ("agent.commands.init:command", N_("Write a context file pre-filled from what is observed.")),
    "doctor": ("agent.commands.doctor:command", N_("Tell what cannot be seen, and the command that would grant it.")),
    "demo": ("agent.commands.demo:command", N_("Show a whole report of an example estate, offline.")),
}

EXTRAS = {"jinja2", "networkx", "numpy", "prometheus_client", "promql_parser", "rich", "scipy", "sklearn", "urllib3"}

OUTPUT_FAULTS = {
    errno.ENOSPC: N_("no space left on the disk"),
    errno.EDQUOT: N_("the disk quota is used up"),
    errno.EFBIG: N_("the file is too large"),
    errno.EIO: N_("writing failed"),
    errno.EBADF: N_("closed"),
}
"""What standard output can suffer. Files never get here: those who write them say which one, in `agent.atomic`."""


class LazyGroup(click.Group):
    """A group that knows its subcommands by name and imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import a subcommand."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """Write the table from what is known without importing anything."""
        translate = translator(chosen_language(sys.argv[1:]))
        with formatter.section(translate(N_("Commands"))):
            formatter.write_dl([(name, translate(short)) for name, (_, short) in COMMANDS.items()])


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code; a traceback is shown only with ``--debug``."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    install(chosen_language(arguments))
    sys.exit(_run(arguments))


def _run(arguments: Sequence[str]) -> int:
    debug = "--debug" in arguments
    try:
        return _ended(arguments)
    except PasencoreError as error:
        lang = chosen_language(arguments)
        return _fail(error.line(lambda text: spoken(text, lang)), error.exit_code, debug=debug)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in EXTRAS:
            raise
        return _fail(f"{error.name} is missing - install pasencore[scan]", 1, debug=debug)
    except Exception as error:  # noqa: BLE001 - the last resort: one line, and the traceback on demand
        return _fail(
            f"{type(error).__name__}: {error} - this is a fault of pasencore; --debug shows where", 1, debug=debug
        )


def _ended(arguments: Sequence[str]) -> int:
    """Return the exit code of a run, also of one that its user stopped or misspelt."""
    try:
        return _printed(arguments)
    except (click.exceptions.Abort, KeyboardInterrupt):
        return 130
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        line = _usage_line(error, translator(chosen_language(arguments)))
        return _fail(line, error.exit_code, debug="--debug" in arguments)


def _printed(arguments: Sequence[str]) -> int:
    """Return the exit code of a run whose standard output took everything, or whose reader left before the end.

    Raises
    ------
    FailedError
        When standard output is closed, or full.
    """
    translate = translator(chosen_language(arguments))
    output = sys.stdout
    if output is None:
        raise _output_fault(errno.EBADF, translate)
    try:
        result = _group().main(args=list(arguments), prog_name="pasencore", standalone_mode=False)
        # Here rather than when Python ends: what cannot be written is said in our words.
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_output()
        return 0
    except SystemExit:
        # click leaves so at a broken pipe, after it put something else in the place of standard output.
        if sys.stdout is output:
            raise
        _forget_output()
        return 0
    except OSError as error:
        if error.filename is not None or error.errno not in OUTPUT_FAULTS:
            raise
        _forget_output()
        raise _output_fault(error.errno, translate) from error
    return result if isinstance(result, int) else 0


def _usage_line(error: click.ClickException, translate: Translate) -> str:
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "pasencore"
    remedy = translate(N_("see: {command}")).format(command=f"{path} --help")
    return f"{error.format_message().rstrip(' .')} - {remedy}"


def _output_fault(number: int, translate: Translate) -> FailedError:
    remedy = message(N_("send it to another file"))
    return FailedError(message(OUTPUT_FAULTS[number]), translate(N_("standard output")), remedy)


def _forget_output() -> None:
    """Send what is still to be written nowhere, so that Python does not fail on it once more when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _fail(line: str, code: int, *, debug: bool) -> int:
    if debug:
        traceback.print_exc()
    click.echo(f"pasencore: {' '.join(line.split())}", err=True)
    return code


def _group() -> click.Group:
    translate = translator(chosen_language(sys.argv[1:]))
    group = LazyGroup(
        "pasencore",
        help=translate(
            N_(
                "Tell whether an estate may start an AIOps project: oui, non, or pas encore, et voilà pourquoi. "
                "What is measured comes first, what is declared second, and the two are confronted."
            )
        ),
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    return speaking(click.version_option(package_name="pasencore", prog_name="pasencore")(group))
