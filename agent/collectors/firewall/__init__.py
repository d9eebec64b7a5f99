"""The local packet filter: is there one, does it drop what it does not name, and which ports does it open."""

from __future__ import annotations

import re
from collections.abc import Iterable

from agent.collectors.firewall import iptables, nft
from agent.collectors.firewall.rules import Family, Table, effect, written
from agent.collectors.grants import AS_ROOT
from agent.collectors.machine import Collector, Machine, NotSeenError
from agent.collectors.traces import ask, peek, processes
from analyzers.model.facts import Firewall
from analyzers.model.reasons import Reason

_SAVERS: dict[Family, tuple[str, ...]] = {
    "ip": ("iptables-save", "iptables-legacy-save"),
    "ip6": ("ip6tables-save", "ip6tables-legacy-save"),
}
_LEGACY_TABLES: dict[Family, str] = {"ip": "/proc/net/ip_tables_names", "ip6": "/proc/net/ip6_tables_names"}


def collect(machine: Machine) -> Firewall:
    """Return what the packet filter of the kernel does to new connections.

    Raises
    ------
    NotSeenError
        When its rules may not be read, or no tool is installed that reads them.
    """
    if not machine.live:
        raise NotSeenError(reason="no_source", detail="the packet filter of the kernel speaks of this host only")
    listed, reason = ask(machine, ["nft", "-j", "list", "ruleset"])
    ruleset = nft.parse(listed) if listed is not None else None
    if listed is not None and ruleset is None:
        ruleset = nft.parse(ask(machine, ["nft", "-j", "-t", "list", "ruleset"])[0] or "")
    saved, saved_reason = _saved(machine, ruleset)
    if ruleset is None and not saved:
        raise _not_seen(reason or saved_reason)
    tables = [*(ruleset.native() if ruleset else []), *saved]
    found = effect(tables, _families(machine))
    if found.default_drop is None:
        machine.missed("rules of the packet filter with conditions that are not understood", "partial")
    return Firewall(
        kind=_kind(machine, tables) if found.active else "none",
        active=found.active,
        default_drop=found.default_drop,
        open_ports=written(found.opened),
        closed_ports=written(found.closed),
    )


def _saved(machine: Machine, ruleset: nft.Ruleset | None) -> tuple[list[Table], Reason | None]:
    """Return the tables of iptables that nft does not tell whole: older rules, and those of older kernels."""
    tables: list[Table] = []
    reason: Reason | None = None
    for family, (current, legacy) in _SAVERS.items():
        commands = [current] if ruleset is None or any(kind == family for kind, _ in ruleset.foreign) else []
        if peek(machine, _LEGACY_TABLES[family]).strip():
            commands.append(legacy if machine.which(legacy) else current)
        for command in dict.fromkeys(commands):
            text, why = ask(machine, [command])
            reason = reason or why
            tables.extend(iptables.parse(text, family) if text is not None else ())
    return tables, reason


def _not_seen(reason: Reason | None) -> NotSeenError:
    if reason is None:
        return NotSeenError(
            reason="no_source",
            detail="neither nft nor iptables-save is installed",
            grant="sudo apt-get install nftables || sudo dnf install nftables || sudo apk add nftables",
        )
    return NotSeenError(reason=reason, detail="the rules of the packet filter", grant=AS_ROOT)


def _families(machine: Machine) -> tuple[Family, ...]:
    """Return the families that have an address: without one of IPv6, nobody comes that way."""
    rows = peek(machine, "/proc/net/if_inet6").splitlines()
    return ("ip", "ip6") if any(not row.endswith(" lo") for row in rows) else ("ip",)


def _kind(machine: Machine, tables: Iterable[Table]) -> str:
    """Return who manages the rules: firewalld or ufw when their chains are there, else what they are written in."""
    names = {name for table in tables for name in table}
    if "filter_IN_public" in names or "INPUT_ZONES" in names or "firewalld" in processes(machine):
        return "firewalld"
    if any(re.match(r"ufw6?-", name) for name in names):
        return "ufw"
    return "iptables" if "INPUT" in names else "nftables"


COLLECTOR = Collector(
    name="firewall",
    block="firewall",
    source="nft list ruleset, iptables-save",
    collect=collect,
    limit_seconds=10.0,
)
