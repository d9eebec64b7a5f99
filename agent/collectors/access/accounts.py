"""Local accounts and their groups; passwords are never looked at."""

from __future__ import annotations

from dataclasses import dataclass

from agent.collectors.machine import Machine
from agent.collectors.passwd import FIRST_HUMAN

_PASSWD_FIELDS = 7
_GROUP_FIELDS = 4

_CLOSED = frozenset(["nologin", "false", "true", "sync", "halt", "shutdown", "git-shell", "scponly", "rssh"])
"""Shells that give no prompt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of ``/etc/passwd``, with the groups that name it."""

    name: str
    uid: int
    home: str
    shell: str
    groups: tuple[str, ...] = ()

    @property
    def interactive(self) -> bool:
        """Tell whether the account gives a prompt; an empty shell is ``/bin/sh`` (passwd(5))."""
        return self.shell.rpartition("/")[2] not in _CLOSED

    @property
    def system(self) -> bool:
        """Tell whether the number is one that packages use."""
        return self.uid < FIRST_HUMAN


def read(machine: Machine) -> tuple[Entry, ...] | None:
    """Return local accounts, None when ``/etc/passwd`` is absent or refused."""
    text = machine.read("/etc/passwd")
    return None if text is None else parse(text, machine.read("/etc/group") or "")


def parse(passwd: str, group: str) -> tuple[Entry, ...]:
    """Return the accounts of ``/etc/passwd`` and their groups of ``/etc/group``; other lines are left out."""
    names, members = _groups(group)
    entries = []
    for line in passwd.splitlines():
        fields = line.split(":")
        if len(fields) != _PASSWD_FIELDS or not fields[0] or fields[0][0] in "+-#" or not fields[2].isdecimal():
            continue
        primary = names.get(fields[3], "")
        groups = {primary, *(name for name, users in members.items() if fields[0] in users)} - {""}
        entries.append(
            Entry(
                name=fields[0],
                uid=int(fields[2]),
                home=fields[5],
                shell=fields[6].strip(),
                groups=tuple(sorted(groups)),
            )
        )
    return tuple(entries)


def _groups(text: str) -> tuple[dict[str, str], dict[str, frozenset[str]]]:
    """Return group names by number, and members by group name."""
    rows = [fields for line in text.splitlines() if len(fields := line.split(":")) == _GROUP_FIELDS]
    names = {fields[2]: fields[0] for fields in reversed(rows)}
    return names, {fields[0]: frozenset(fields[3].strip().split(",")) - {""} for fields in rows}
