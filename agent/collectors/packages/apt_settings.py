"""Settings of apt as its files give them (apt.conf(5))."""

from __future__ import annotations

import re

from agent.collectors.machine import Machine

_FOLDER = "/etc/apt/apt.conf.d"
_READ_NAME = re.compile(r"[\w.\-]+")
_READ_SUFFIX = {"", "conf"}

_TOKEN = re.compile(
    r"""
      (?P<comment> //[^\n]* | /\*.*?\*/ | \#[^\n]* )
    | "(?P<quoted> [^"\n]* )"
    | (?P<mark> [{};] )
    | (?P<word> [^\s{};"]+ )
    """,
    re.VERBOSE | re.DOTALL,
)


def read(machine: Machine) -> dict[str, str]:
    """Return settings by full name in lower case; the last file that sets one wins."""
    settings: dict[str, str] = {}
    names = [f"{_FOLDER}/{name}" for name in machine.list(_FOLDER) if _is_read(name)]
    for name in [*names, "/etc/apt/apt.conf"]:
        settings.update(parse(machine.read(name) or ""))
    return settings


def _is_read(name: str) -> bool:
    """Tell whether apt reads a file of its folder: no strange letter, no suffix or ".conf"."""
    return _READ_NAME.fullmatch(name) is not None and name.partition(".")[2] in _READ_SUFFIX


def parse(text: str) -> dict[str, str]:
    """Return settings of one file, ``A::B "x";`` and ``A { B "x"; };`` alike; items of lists are left out."""
    settings: dict[str, str] = {}
    scope: list[str] = []
    words: list[str] = []
    for token in _TOKEN.finditer(text):
        mark = token["mark"]
        if token["comment"] is not None:
            continue
        if mark is None:
            words.append(token["quoted"] if token["quoted"] is not None else token["word"])
            continue
        name = words[0] if words else ""
        if mark == "{":
            scope.append(name)
        elif mark == "}":
            scope = scope[:-1]
        elif len(words) > 1 and not name.endswith("::"):
            settings["::".join([*scope, name]).lower()] = words[1]
        words = []
    return settings
