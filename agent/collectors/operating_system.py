"""Which system runs here, from os-release(5)."""

from __future__ import annotations

import datetime as dt
import shlex
from collections.abc import Mapping

from agent.collectors.machine import Machine
from agent.collectors.os_support import GOOD_FOR, SupportTable, load_table, stated_end, system_key
from analyzers.model.facts import OperatingSystem

_FAMILIES = {"debian": "debian", "ubuntu": "debian", "rhel": "rhel", "fedora": "rhel", "centos": "rhel", "suse": "suse"}
"""From a word of ID or ID_LIKE to the family; others are a family of their own."""


def read_operating_system(machine: Machine, table: SupportTable | None = None) -> OperatingSystem:
    """Return the system, with its end of support when that is known; a table that is too old is recorded as missed."""
    release = parse_release(machine.read("/etc/os-release") or machine.read("/usr/lib/os-release") or "")
    return OperatingSystem(
        id=release.get("ID", "linux"),
        version_id=release.get("VERSION_ID", ""),
        codename=release.get("VERSION_CODENAME", ""),
        pretty_name=release.get("PRETTY_NAME", ""),
        family=family(release),
        support_end=_support_end(machine, release, table or load_table()),
    )


def parse_release(text: str) -> dict[str, str]:
    """Return the settings of os-release(5): shell assignments; lines that are none are left out."""
    found = {}
    for line in text.splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and name.replace("_", "").isalnum():
            try:
                found[name] = "".join(shlex.split(value))
            except ValueError:
                found[name] = value.strip("\"'")
    return found


def family(release: Mapping[str, str]) -> str:
    """Return the family of a system: "debian", "rhel", "suse", or its own ID."""
    names = [release.get("ID", ""), *release.get("ID_LIKE", "").split()]
    return next((_FAMILIES[each] for each in names if each in _FAMILIES), names[0])


def _support_end(machine: Machine, release: Mapping[str, str], table: SupportTable) -> dt.date | None:
    stated = stated_end(release)
    version = release.get("VERSION_ID", "")
    if stated is not None or not version:
        return stated
    name = f"{release.get('ID', '')} {version}"
    if machine.clock().date() - table.as_of > GOOD_FOR:
        machine.missed(f"end of support of {name}: the table is of {table.as_of}", "stale", "pipx upgrade pasencore")
        return None
    end = table.end(system_key(release), version)
    if end is None:
        machine.missed(f"end of support of {name}: not in the table", "no_source")
    return end
