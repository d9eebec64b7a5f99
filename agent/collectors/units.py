"""The units that systemd has loaded: state, restarts, and whether a package brought them."""

from __future__ import annotations

import msgspec

from agent.collectors.machine import Collector, Machine, NotHereError, NotSeenError
from agent.collectors.systemd import Properties, booted, first, packaged_file, show
from analyzers.model.facts import Unit

_LEFT_OUT = (".device", ".slice", ".scope")
"""Kinds that systemd makes by itself: hundreds of rows that nobody operates."""

_PROPERTIES = ("Id", "NRestarts", "Restart", "Result", "UnitFileState", "FragmentPath")


class _Row(msgspec.Struct, frozen=True):
    unit: str
    load: str = "loaded"
    active: str = ""
    sub: str = ""


def collect_units(machine: Machine) -> tuple[Unit, ...]:
    """Return loaded units, sorted; names that only others mention are left out unless something of them runs.

    Raises
    ------
    NotHereError
        When systemd does not run this host.
    NotSeenError
        When it runs and does not answer.
    """
    if not booted(machine):
        message = "systemd does not run here"
        raise NotHereError(message)
    listing = ["systemctl", "list-units", "--all", "--full", "--plain", "--no-legend", "--no-pager", "--output=json"]
    text = machine.run(listing, limit=8.0)
    if text is None:
        raise NotSeenError(reason=machine.reason or "unreadable", detail="; ".join(machine.could_not_see))
    rows = [each for each in parse_units(text) if not each.unit.endswith(_LEFT_OUT) and _present(each)]
    details = {first(each, "Id"): each for each in show(machine, [each.unit for each in rows], _PROPERTIES) or ()}
    return tuple(_unit(each, details.get(each.unit, {})) for each in sorted(rows, key=lambda row: row.unit))


def parse_units(text: str) -> list[_Row]:
    """Return the rows of ``systemctl list-units``: JSON since version 246; older ones print columns all the same."""
    try:
        return msgspec.json.decode(text, type=list[_Row])
    except msgspec.DecodeError:
        return [_from_columns(line) for line in text.splitlines() if len(line.split()) >= 4]  # noqa: PLR2004 - columns


def _from_columns(line: str) -> _Row:
    unit, load, active, sub = line.lstrip("●*\u00d7 ").split()[:4]
    return _Row(unit, load, active, sub)


def _present(row: _Row) -> bool:
    return row.load != "not-found" or row.active not in {"inactive", ""}


def _unit(row: _Row, details: Properties) -> Unit:
    restarts = first(details, "NRestarts")
    return Unit(
        name=row.unit,
        load=row.load,
        active=row.active,
        sub=row.sub,
        restarts=int(restarts) if restarts.isdecimal() else None,
        restart_policy=first(details, "Restart"),
        result=first(details, "Result"),
        enabled=first(details, "UnitFileState"),
        packaged=None if row.load == "masked" else packaged_file(first(details, "FragmentPath")),
    )


COLLECTOR = Collector(
    name="units",
    block="units",
    source="systemctl list-units, systemctl show",
    collect=collect_units,
    limit_seconds=20.0,
    pace="interval",
)
