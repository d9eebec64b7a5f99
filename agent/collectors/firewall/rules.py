"""What a packet filter does to a new connection from anywhere: the same walk for nftables and iptables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

Port = tuple[str, int, int]
"""Protocol, first and last port."""

Family = Literal["ip", "ip6"]
Verdict = Literal["accept", "drop", "return", "jump", "goto", "dnat", "none"]

_MOST_STEPS = 100_000
"""Rules that are followed in one base chain: chains may jump to each other more often than anyone could follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule, reduced to what matters for a new connection from anywhere.

    Attributes
    ----------
    target
        Chain to jump or go to.
    ports
        What it is limited to; None when it names no protocol and no port.
    limited
        It is for some sources, for loopback, for what is no new connection: nobody else is concerned.
    partial
        It is for one interface, one destination, or up to a rate: a part of what comes from anywhere.
    unsure
        It has a condition that is not understood.
    """

    verdict: Verdict
    target: str = ""
    ports: frozenset[Port] | None = None
    limited: bool = False
    partial: bool = False
    unsure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A chain; `hook` and `policy` are those of a base chain, `families` what it sees."""

    rules: tuple[Rule, ...]
    hook: str = ""
    policy: Literal["accept", "drop"] = "accept"
    families: frozenset[Family] = frozenset()
    kind: str = "filter"


Table = Mapping[str, Chain]
"""Chains of one table, by name: a jump stays inside its table."""


@dataclass(slots=True)
class Outcome:
    """What a base chain does, to anything and to the ports that it names; `unsure` when it may accept more.

    `steps` counts the rules that were followed to know it.
    """

    drops: bool = False
    opened: set[Port] = field(default_factory=set)
    closed: set[Port] = field(default_factory=set)
    unsure: bool = False
    steps: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What all base chains together do; `default_drop` None when rules that matter are not understood."""

    active: bool
    default_drop: bool | None
    opened: frozenset[Port] = frozenset()
    closed: frozenset[Port] = frozenset()


def effect(tables: Iterable[Table], families: Iterable[Family]) -> Effect:
    """Return what the tables do to new connections; the rest is dropped only if every family drops it."""
    known = list(tables)
    inputs = [(chain, table) for table in known for chain in table.values() if _filters(chain)]
    active = any(chain.rules or chain.policy == "drop" for chain, _ in inputs)
    sides = [
        _of_family([outcome(chain, table) for chain, table in inputs if each in chain.families]) for each in families
    ]
    if any(side.drops and side.unsure for side in sides):
        return Effect(active=active, default_drop=None)
    if all(side.drops for side in sides) and sides:
        opened = frozenset().union(*(side.opened for side in sides), forwarded(known))
        return Effect(active=active, default_drop=True, opened=opened)
    closed = [side.closed for side in sides if not side.drops]
    return Effect(active=active, default_drop=False, closed=frozenset.intersection(*map(frozenset, closed)))


def _filters(chain: Chain) -> bool:
    return chain.hook == "input" and chain.kind == "filter"


def _of_family(outcomes: list[Outcome]) -> Outcome:
    """Return what chains do one after the other: what one drops stays dropped, what all accept is open."""
    dropping = [each for each in outcomes if each.drops]
    closed = set().union(*(each.closed for each in outcomes))
    if not dropping:
        return Outcome(closed=closed)
    opened = set(dropping[0].opened)
    for each in dropping[1:]:
        opened = {both for one in opened for other in each.opened if (both := _common(one, other)) is not None}
    return Outcome(drops=True, opened=opened - closed, unsure=any(each.unsure for each in dropping))


def _common(one: Port, other: Port) -> Port | None:
    low, high = max(one[1], other[1]), min(one[2], other[2])
    return (one[0], low, high) if one[0] == other[0] and low <= high else None


def outcome(chain: Chain, table: Table) -> Outcome:
    """Return what one base chain does."""
    found = Outcome()
    end = _walk(chain, table, found, Rule(verdict="none"), frozenset())
    found.drops = (end or chain.policy) == "drop"
    return found


def _walk(
    chain: Chain, table: Table, found: Outcome, came: Rule, through: frozenset[str]
) -> Literal["accept", "drop"] | None:
    """Follow a chain as a packet that no port rule concerns; return how it ends, None when it falls through.

    `came` holds the conditions of the jumps that led here, `through` the chains that they left.
    """
    leaks = False
    for own in chain.rules:
        found.steps += 1
        rule = _both(came, own)
        if rule.limited or rule.verdict in {"none", "dnat"}:
            continue
        if rule.verdict == "return":
            if _always(own):
                return None
            leaks = True
        elif rule.verdict in {"accept", "drop"}:
            end = _meet(rule, found, certain=not leaks)
            if end is not None:
                return end
        else:
            target = table.get(rule.target) if rule.target not in through and found.steps < _MOST_STEPS else None
            end = _walk(target, table, found, rule, through | {rule.target}) if target else None
            found.unsure = found.unsure or target is None
            if _always(rule) and not leaks and (end is not None or rule.verdict == "goto"):
                return end
    return None


def _both(came: Rule, own: Rule) -> Rule:
    return replace(
        own,
        ports=came.ports if own.ports is None else own.ports,
        limited=came.limited or own.limited,
        partial=came.partial or own.partial,
        unsure=came.unsure or own.unsure,
    )


def _always(rule: Rule) -> bool:
    return rule.ports is None and not rule.partial and not rule.unsure


def _meet(rule: Rule, found: Outcome, *, certain: bool) -> Literal["accept", "drop"] | None:
    """Record an accept or a drop; return it when it ends the walk of every packet."""
    if rule.verdict == "accept":
        if rule.unsure or (rule.ports is None and rule.partial):
            found.unsure = True
        elif rule.ports is None:
            return "accept"
        else:
            found.opened.update(rule.ports - found.closed)
    elif _always(rule) and certain:
        return "drop"
    elif rule.ports is not None and certain and not rule.partial and not rule.unsure:
        found.closed.update(rule.ports - found.opened)
    return None


def forwarded(tables: Iterable[Table]) -> set[Port]:
    """Return the ports that are sent to a container or another host before any input chain sees them."""
    rules = (rule for table in tables for chain in table.values() for rule in chain.rules)
    return {port for rule in rules if rule.verdict == "dnat" and not rule.limited for port in rule.ports or ()}


def written(ports: Iterable[Port]) -> tuple[str, ...]:
    """Return ports as facts write them: "tcp/22", "udp/6000-6100"."""
    return tuple(
        f"{protocol}/{first}" if first == last else f"{protocol}/{first}-{last}"
        for protocol, first, last in sorted(ports)
    )
