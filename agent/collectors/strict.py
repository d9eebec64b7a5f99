"""Reading where a refusal must not pass for an absence: half a policy says the opposite of the whole."""

from __future__ import annotations

import fnmatch
import posixpath

from agent.collectors.machine import Machine


class RefusedError(Exception):
    """Something is there and may not be read; the machine has recorded what and how to grant it."""


def read(machine: Machine, name: str) -> str | None:
    """Return a text file, None when it is absent.

    Raises
    ------
    RefusedError
        When it is there and cannot be read.
    """
    before = len(machine.could_not_see)
    text = machine.read(name)
    if text is None and len(machine.could_not_see) > before:
        raise RefusedError(name)
    return text


def names(machine: Machine, folder: str) -> tuple[str, ...]:
    """Return the names in a folder, none when it is absent.

    Raises
    ------
    RefusedError
        When it is there and cannot be listed.
    """
    before = len(machine.could_not_see)
    found = machine.list(folder)
    if len(machine.could_not_see) > before:
        raise RefusedError(folder)
    return found


def expand(machine: Machine, pattern: str) -> tuple[str, ...]:
    """Return the paths that a pattern of an include directive names, sorted; itself when it has no wildcard.

    Raises
    ------
    RefusedError
        When a folder of the pattern cannot be listed.
    """
    found = [""]
    for part in pattern.strip("/").split("/"):
        if any(mark in part for mark in "*?["):
            found = [
                posixpath.join(folder, name)
                for folder in found
                for name in names(machine, f"/{folder}")
                if fnmatch.fnmatchcase(name, part) and not name.startswith(".")
            ]
        else:
            found = [posixpath.join(folder, part) for folder in found]
    return tuple(f"/{path}" for path in found)
