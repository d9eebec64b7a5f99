"""Which packages dpkg upgraded and when, and which of these were security updates."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from agent.collectors.logfiles import tail
from agent.collectors.machine import Machine
from agent.collectors.times import find_time, local_zone

_LISTS = "/var/lib/apt/lists"
_SECURITY_LIST = re.compile(r".*security.*_Packages(?P<packing>\.\w+)?")
_MOST_LIST_BYTES = 64 << 20
_FIELD = re.compile(rb"^(Package|Version): (.+)$", re.MULTILINE)

_EVENT = re.compile(
    r"^(?P<at>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (?P<what>upgrade|install) "
    r"(?P<name>[^\s:]+)(?::\S+)? (?P<old>\S+) (?P<new>\S+)$",
    re.MULTILINE,
)
_KERNEL = re.compile(r"linux-image-\d")

_UNATTENDED = "/var/log/unattended-upgrades"
_UNATTENDED_LOG = re.compile(r"unattended-upgrades\.log(\.\d+(\.gz)?)?")
_LOGS = ("", ".1", *(f".{number}.gz" for number in range(2, 13)))
"""The live log and its rotations, a month each by default: a year."""


@dataclass(frozen=True, slots=True)
class Upgrade:
    """A package that was replaced by a newer version, at a time in UTC."""

    name: str
    version: str
    at: dt.datetime


def read(machine: Machine) -> tuple[Upgrade, ...]:
    """Return upgrades that the logs of dpkg remember, in no order.

    A kernel that is installed beside the running one counts: that is how kernels are upgraded.
    """
    zone = local_zone(machine)
    texts = (tail(machine, f"/var/log/dpkg.log{suffix}") for suffix in _LOGS)
    return tuple(chain.from_iterable(parse_log(text, zone) for text in texts if text))


def parse_log(text: str, zone: dt.tzinfo) -> Iterator[Upgrade]:
    """Yield the upgrades of a dpkg log, whose times are local."""
    for found in _EVENT.finditer(text):
        if found["what"] == "install" and not _KERNEL.match(found["name"]):
            continue
        at = find_time(found["at"], zone, dt.datetime.max.replace(tzinfo=dt.UTC))
        if at is not None and found["old"] != found["new"]:
            yield Upgrade(name=found["name"], version=found["new"], at=at)


def last_security(machine: Machine, upgrades: tuple[Upgrade, ...]) -> dt.datetime | None:
    """Return when a security update was last installed; None when nothing proves one.

    The proof is an upgrade to a version that a security archive carries, or one of unattended-upgrades while it was
    allowed nothing else than security. An older version that the archive has replaced since proves nothing.
    """
    carried = _security_versions(machine) if upgrades else {}
    proved = [each.at for each in upgrades if each.version in carried.get(each.name, ())]
    unattended = [
        at
        for name in machine.list(_UNATTENDED)
        if _UNATTENDED_LOG.fullmatch(name) and (text := tail(machine, f"{_UNATTENDED}/{name}"))
        for at in parse_unattended(text, local_zone(machine))
    ]
    return max([*proved, *unattended], default=None)


def parse_unattended(text: str, zone: dt.tzinfo) -> Iterator[dt.datetime]:
    """Yield when unattended-upgrades installed something while all its allowed origins were security archives.

    A release pocket of Ubuntu (``a=jammy``) is allowed too: it never changes after the release.
    """
    only_security = False
    chosen: dt.datetime | None = None
    for line in text.splitlines():
        if "Allowed origins are: " in line:
            only_security = _only_security(line.partition("Allowed origins are: ")[2])
            chosen = None
        elif "Packages that will be upgraded: " in line and line.partition("upgraded: ")[2].strip():
            chosen = find_time(line, zone, dt.datetime.max.replace(tzinfo=dt.UTC))
        elif "All upgrades installed" in line and chosen is not None:
            if only_security:
                yield chosen
            chosen = None


def _only_security(origins: str) -> bool:
    each = [origin.strip(" '[]") for origin in re.split(r", (?=o=|origin=|site=)|', '", origins)]
    return any("security" in origin.lower() for origin in each) and all(
        "security" in origin.lower() or re.fullmatch(r"o=Ubuntu,a=[a-z]+", origin) for origin in each
    )


def _security_versions(machine: Machine) -> dict[str, set[str]]:
    """Return the versions that security archives carry, by package, from the lists that apt has."""
    carried: dict[str, set[str]] = {}
    for name in machine.list(_LISTS):
        if (found := _SECURITY_LIST.fullmatch(name)) is None:
            continue
        package = ""
        for field in _FIELD.finditer(_list_bytes(machine, f"{_LISTS}/{name}", packed=found["packing"] is not None)):
            value = field[2].decode("utf-8", "replace").strip()
            if field[1] == b"Package":
                package = value
            else:
                carried.setdefault(package, set()).add(value)
    return carried


def _list_bytes(machine: Machine, name: str, *, packed: bool) -> bytes:
    if packed:
        helper = "/usr/lib/apt/apt-helper"
        return (machine.run([helper, "cat-file", str(machine.path(name))]) or "").encode()
    try:
        with machine.path(name).open("rb") as stream:
            return stream.read(_MOST_LIST_BYTES)
    except OSError as error:
        machine.missed(f"{name}: {error.strerror}", "unreadable")
        return b""
