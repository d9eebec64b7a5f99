"""Options that several subcommands share, said once."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from agent.language import chosen_language
from exporters.i18n import translator

Function = TypeVar("Function", bound=Callable[..., Any])

_translate = translator(chosen_language(sys.argv[1:]))


def _(template: str) -> str:
    """Translate a help text; subcommands are imported after the language is chosen."""
    return _translate(template)


def speaking(function: Function) -> Function:
    """Add ``--lang`` and ``--debug``, which every subcommand takes."""
    function = click.option("--debug", is_flag=True, expose_value=False, help=_("Show the traceback of an error."))(
        function
    )
    return click.option(
        "--lang",
        type=click.Choice(["fr", "en"]),
        default=lambda: chosen_language(sys.argv[1:]),
        help=_("Language of what is shown.") + _(" Default: that of the locale, else French."),
    )(function)


def form_option(forms: Sequence[str] = ("text", "json")) -> Callable[[Function], Function]:
    """Return what adds ``--format`` to a report, as the parameter ``form``: text unless asked otherwise."""
    return click.option(
        "--format", "form", type=click.Choice(forms), default="text", show_default=True, help=_("Form of the report.")
    )


def colour_wanted() -> bool:
    """Tell whether colours may be written: a terminal, and NO_COLOR not set."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
