"""``pasencore agent``: checks what is asked, then becomes the agent's own small process."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import click

from agent.commands.options import _, speaking
from agent.errors import UsageError
from agent.looking import tool_version
from agent.state import state_folder
from analyzers.model.message import N_, message

LISTEN = "127.0.0.1:9477"
LEAST_SECONDS, MOST_SECONDS = 1.0, 45.0
"""TIME_WAIT lasts 60 s: a look at least every 45 s misses no connection that was closed in order."""

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0}


@click.command("agent", help=_("Watch this host, remember its flows, and serve metrics, snapshot and history."))
@click.option("--listen", default=LISTEN, show_default=True, help=_("Address and port to listen on."))
@click.option("--interval", default="15s", show_default=True, help=_("Time between two looks at the sockets."))
@click.option("--state", type=click.Path(path_type=Path), help=_("Folder that keeps flows and history."))
@click.option(
    "--web-config",
    type=click.Path(path_type=Path),
    help=_("TLS and passwords, in the format of Prometheus's exporter-toolkit."),
)
@speaking
def command(listen: str, interval: str, state: Path | None, web_config: Path | None, lang: str) -> None:
    """Start the agent in place of this process."""
    host, port = address(listen)
    words = {
        "--host": host,
        "--port": str(port),
        "--interval": str(seconds(interval)),
        "--state": str(state or state_folder(os.environ)),
        "--version": tool_version(),
        "--lang": lang,
        **({"--web-config": str(web_config)} if web_config else {}),
    }
    sys.stdout.flush()
    sys.stderr.flush()
    pairs = [each for pair in words.items() for each in pair]
    # -P: a folder in which somebody starts the agent lends it no module.
    os.execv(sys.executable, [sys.executable, "-P", "-m", "agent.daemon", *pairs])  # noqa: S606 - itself


def address(text: str) -> tuple[str, int]:
    """Return host and port of ``HOST:PORT``, ``[IPV6]:PORT`` or ``:PORT``, which means every address.

    Raises
    ------
    UsageError
        When it is none of them.
    """
    match = re.fullmatch(r"(?:\[(?P<six>[0-9a-fA-F:.%\w]+)\]|(?P<host>[^:\[\]/@\s]*)):(?P<port>[0-9]{1,5})", text)
    if match is None or int(match["port"]) > 65535:  # noqa: PLR2004 - the largest port
        what = message(N_("expected an address such as 127.0.0.1:9477, got {found}"), found=repr(text[:80]))
        raise UsageError(what, "--listen")
    return match["six"] or match["host"] or "", int(match["port"])


def seconds(text: str) -> float:
    """Return a time between looks, written as Prometheus does: ``15s``, ``1500ms``.

    Raises
    ------
    UsageError
        When it is none, or one with which connections would be missed.
    """
    match = re.fullmatch(r"([0-9]{1,6})(ms|s|m)", text)
    found = int(match[1]) * _UNITS[match[2]] if match is not None else 0.0
    if not LEAST_SECONDS <= found <= MOST_SECONDS:
        template = N_("expected a time from 1s to 45s, got {found}")
        remedy = message(N_("the kernel forgets a closed connection after 60 s"))
        raise UsageError(message(template, found=repr(text[:80])), "--interval", remedy)
    return found
