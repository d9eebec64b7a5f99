"""What a line of shell runs: the program that matters behind ``cd``, ``test`` and ``nice``."""

from __future__ import annotations

import itertools
import re
import shlex
from collections.abc import Sequence

from agent.collectors.processes.interpreters import plain_interpreter
from agent.collectors.processes.programs import base_name, clean_name, program_name
from agent.collectors.processes.scripts import words

_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
_INLINE = re.compile(r"-\w*[ce]")
_SILENT = words(
    "[ [[ . : } cd command done echo exit export false fi for mkdir printf return set shift sleep source test touch"
    " true type ulimit umask unset wait which"
)
"""Words that prepare or decide: the job is what comes with them."""

_KEYWORDS = words("! do elif else if then until while {")
"""Words of the shell that a command may follow at once."""

_WRAPPERS: dict[str, tuple[frozenset[str], int]] = {
    "chronic": (frozenset(), 0),
    "chrt": (frozenset(["-p"]), 1),
    "env": (frozenset(["-u"]), 0),
    "exec": (frozenset(["-a"]), 0),
    "flock": (frozenset(["-w", "-E", "--timeout"]), 1),
    "ionice": (frozenset(["-c", "-n", "-p", "--class"]), 0),
    "nice": (frozenset(["-n", "--adjustment"]), 0),
    "nohup": (frozenset(), 0),
    "runuser": (frozenset(["-u"]), 0),
    "setsid": (frozenset(), 0),
    "sudo": (frozenset(["-u", "-g", "-h", "-p"]), 0),
    "systemd-cat": (frozenset(["-t", "-p"]), 0),
    "time": (frozenset(["-o", "-f"]), 0),
    "timeout": (frozenset(["-k", "-s", "--signal"]), 1),
}
"""From a program that only starts another one to (its options that take a value, the words it keeps for itself)."""

_SHELLS = words("ash bash dash ksh sh zsh")
_DEEPEST = 4


def command_name(command: str, folder: str = "", depth: int = 0) -> str:
    """Return the name of what a command line runs, empty when nothing in it runs anything.

    Parameters
    ----------
    command
        One line of shell, secrets already replaced.
    folder
        Where it starts; ``cd`` moves it.
    """
    fallback = ""
    for part in _parts(command):
        argv = _unwrapped(part)
        if argv[:1] == ["cd"] and len(argv) > 1:
            folder = argv[1]
        if not argv or base_name(argv[0]) in _SILENT:
            continue
        inner = _inner_script(argv)
        if inner and depth < _DEEPEST:
            return command_name(inner, folder, depth + 1) or clean_name(base_name(argv[0]))
        name = program_name(argv, folder=folder)
        if not (argv[1:] and _INLINE.fullmatch(argv[1]) and name == plain_interpreter(base_name(argv[0]))):
            return name
        fallback = fallback or name
    return fallback


def _parts(text: str) -> list[list[str]]:
    """Return the words of each simple command, without redirections; quotes that do not close are dropped."""
    parts: list[list[str]] = [[]]
    skip = False
    for token in _tokens(text):
        if skip:
            skip = False
        elif not token.strip("();<>|&") and token:
            skip = "<" in token or ">" in token
            if not skip:
                parts.append([])
            elif parts[-1] and parts[-1][-1].isdecimal():
                parts[-1].pop()
        else:
            parts[-1].append(token)
    return parts


def _tokens(text: str) -> list[str]:
    lexer = shlex.shlex(text, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        return list(lexer)
    except ValueError:
        return text.replace('"', " ").replace("'", " ").split()


def _unwrapped(argv: Sequence[str]) -> list[str]:
    """Return the words from the program on that the wrappers start."""
    left = list(argv)
    while left:
        if left[0] in _KEYWORDS or _ASSIGNMENT.fullmatch(left[0]):
            left.pop(0)
            continue
        wrapper = _WRAPPERS.get(base_name(left[0]))
        if wrapper is None:
            return left
        valued, own = wrapper
        left.pop(0)
        while left and left[0].startswith("-"):
            option = left.pop(0)
            if option in valued and left:
                left.pop(0)
        left = left[own:]
    return left


def _inner_script(argv: Sequence[str]) -> str:
    """Return the script of ``sh -c '...'`` and ``su account -c '...'``, empty otherwise."""
    program = base_name(argv[0])
    if program not in _SHELLS | {"su", "runuser"}:
        return ""
    after = (script for option, script in itertools.pairwise(argv) if re.fullmatch(r"-\w*c|--command", option))
    return next(after, "")
