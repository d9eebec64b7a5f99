"""The door: a table of subcommands, each imported only when it is called, and what errors look like."""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Sequence

import click

from agent.errors import PasencoreError
from agent.language import chosen_language
from analyzers.model.message import N_
from exporters.i18n import fill, install, translator

COMMANDS: dict[str, tuple[str, str]] = {
    "scan": ("agent.commands.scan:command", N_("Look at this machine and its Prometheus, and answer.")),
    "collect": (
        "agent.commands.collect:command",
        N_("Write what this host says of itself to one file; judge nothing."),
    ),
    "assess": ("agent.commands.assess:command", N_("Answer from snapshot files, offline, the same each time.")),
    "report": ("agent.commands.report:command", N_("Show a verdict again, in another form or language.")),
    "people": (
        "agent.commands.people:command",
        N_("Tell how many persons hold the knowledge of git repositories."),
    ),
    "checks": ("agent.commands.checks:command", N_("List the questions of the grid.")),
    "explain": ("agent.commands.explain:command", N_("Tell why a question is asked and how it is answered.")),
    "init": ("agent.commands.init:command", N_("Write a context file pre-filled from what is observed.")),
    "doctor": ("agent.commands.doctor:command", N_("Tell what cannot be seen, and the command that would grant it.")),
    "demo": ("agent.commands.demo:command", N_("Show a whole report of an example estate, offline.")),
}

EXTRAS = {"jinja2", "networkx", "numpy", "prometheus_client", "promql_parser", "rich", "scipy", "sklearn", "urllib3"}


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


def _run(arguments: Sequence[str]) -> int:  # noqa: PLR0911 - one return an ending
    debug = "--debug" in arguments
    try:
        result = _group().main(args=list(arguments), prog_name="pasencore", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Abort:
        return 130
    except KeyboardInterrupt:
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except PasencoreError as error:
        lang = chosen_language(arguments)
        line = error.line(lambda text: fill(text.template, text.parameters, lang))
        return _fail(line, error.exit_code, debug=debug)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in EXTRAS:
            raise
        return _fail(f"{error.name} is missing - install pasencore[scan]", 1, debug=debug)
    except Exception as error:  # noqa: BLE001 - the last resort: one line, and the traceback on demand
        return _fail(
            f"{type(error).__name__}: {error} - this is a fault of pasencore; --debug shows where", 1, debug=debug
        )


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
    return click.version_option(package_name="pasencore", prog_name="pasencore")(group)
