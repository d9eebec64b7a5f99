"""The name of a running program, as the person who operates it would say it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

from agent.collectors.processes.interpreters import interpreted_name, plain_interpreter
from agent.collectors.processes.scripts import script_name, titled_application

LONGEST_NAME = 80
"""A process may write anything in its title; a name stays a name."""

_MANY_IN_ONE = frozenset(["busybox", "coreutils", "toybox"])
_TITLE = re.compile(r"\[?(?:\S*/)?([^\s:/\[]+):(?:\s|$)")


def program_name(argv: Sequence[str], *, executable: str = "", comm: str = "", folder: str = "") -> str:
    """Return the name of a program, never empty.

    Parameters
    ----------
    argv
        ``/proc/PID/cmdline``, split.
    executable
        Target of ``/proc/PID/exe``, empty when it may not be read.
    comm
        ``/proc/PID/comm``, cut to 15 characters by the kernel.
    folder
        The current folder of the process, empty when unknown.
    """
    words = [each for each in argv if each]
    found = _titled(words, executable, folder) or _started(words, executable, folder) or comm.strip("()")
    return clean_name(found) or "process"


def clean_name(name: str) -> str:
    """Return a name on one line, printable and bounded, with no space inside."""
    printable = "".join(each if each.isprintable() else " " for each in name)
    return "-".join(printable.split())[:LONGEST_NAME]


def base_name(path: str) -> str:
    """Return the base name of an executable, without the marks of login shells and replaced files."""
    return posixpath.basename(path.removesuffix(" (deleted)").rstrip("/")).lstrip("-").strip("()")


def _titled(words: list[str], executable: str, folder: str) -> str:
    """Return the name in a title that the process wrote over its arguments, such as ``postgres: writer``."""
    if not words or words[0] == executable.removesuffix(" (deleted)"):
        return ""
    title = words[0]
    if (match := _TITLE.match(title)) is not None:
        return titled_application(match[1], title, folder) or match[1]
    if len(words) == 1 and " " in title.strip():
        inner = title.split()
        return titled_application(base_name(inner[0]), title, folder) or _started(inner, "", folder)
    return ""


def _started(words: list[str], executable: str, folder: str) -> str:
    """Return the name of what the command line starts, which may be a link to the executable."""
    file = executable.removesuffix(" (deleted)")
    first = words[0] if words else file
    for name in dict.fromkeys((base_name(file), base_name(first))):
        run = interpreted_name(name, words[1:], folder)
        if run is not None:
            return run or plain_interpreter(name)
    if base_name(first) in _MANY_IN_ONE and len(words) > 1:
        return base_name(words[1])
    name = base_name(first)
    return script_name(file if name == base_name(file) else name, words[1:], folder) if name else ""
