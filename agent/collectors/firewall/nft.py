"""Rules as ``nft -j list ruleset`` prints them (libnftables-json(5))."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from agent.collectors.firewall.interfaces import inside
from agent.collectors.firewall.rules import Chain, Family, Port, Rule, Table, Verdict

_WITH_PORTS = frozenset(["tcp", "udp", "sctp", "dccp", "udplite"])
_FAMILIES: dict[str, frozenset[Family]] = {
    "ip": frozenset(["ip"]),
    "ip6": frozenset(["ip6"]),
    "inet": frozenset(["ip", "ip6"]),
}
_VERDICTS: dict[str, Verdict] = {
    "accept": "accept",
    "drop": "drop",
    "reject": "drop",
    "return": "return",
    "dnat": "dnat",
    "jump": "jump",
    "goto": "goto",
}

_NEVER_NEW = frozenset(["icmp", "icmpv6", "igmp", "fib", "rt", "arp", "ether", "ah", "esp"])
"""Headers of what is no connection to a port."""

_PART_OF_ALL = frozenset(["meta.nfproto", "meta.protocol", "meta.oifname", "meta.oif"])

_PASS_ON = frozenset(
    [
        "counter",
        "log",
        "mangle",
        "notrack",
        "tproxy",
        "redirect",
        "masquerade",
        "snat",
        "comment",
        "ct helper",
        "flow",
        "last",
    ]
)
"""Statements that change nothing for who may enter; a redirected connection is filtered by its new port."""


@dataclass(slots=True)
class Ruleset:
    """A decoded ruleset: tables of chains by (family, name), and whether rules of iptables are in it undecoded."""

    tables: dict[tuple[str, str], dict[str, Chain]] = field(default_factory=dict)
    sets: dict[tuple[str, str, str], list[Any]] = field(default_factory=dict)
    foreign: set[tuple[str, str]] = field(default_factory=set)

    def native(self) -> list[Table]:
        """Return the tables that nft itself can tell whole."""
        return [table for key, table in self.tables.items() if key not in self.foreign]


def parse(text: str) -> Ruleset | None:
    """Return the ruleset, None when the text is something else."""
    try:
        items = msgspec.json.decode(text, type=dict[str, list[dict[str, Any]]]).get("nftables", [])
    except (msgspec.DecodeError, ValueError):
        return None
    ruleset = Ruleset()
    for item in items:
        for kind, body in item.items():
            if kind in {"set", "map"} and isinstance(body, dict):
                ruleset.sets[_text(body, "family"), _text(body, "table"), _text(body, "name")] = _items(
                    body.get("elem")
                )
            elif kind == "chain" and isinstance(body, dict):
                table = ruleset.tables.setdefault((_text(body, "family"), _text(body, "table")), {})
                table[_text(body, "name")] = _chain(body)
    for item in items:
        body = item.get("rule")
        if isinstance(body, dict):
            _add_rule(ruleset, body)
    return ruleset


def _chain(body: Mapping[str, Any]) -> Chain:
    return Chain(
        rules=(),
        hook=_text(body, "hook"),
        policy="drop" if body.get("policy") == "drop" else "accept",
        families=_FAMILIES.get(_text(body, "family"), frozenset()),
        kind=_text(body, "type") or "filter",
    )


def _add_rule(ruleset: Ruleset, body: Mapping[str, Any]) -> None:
    key = (_text(body, "family"), _text(body, "table"))
    statements = _items(body.get("expr"))
    if any("xt" in each for each in statements if isinstance(each, dict)):
        ruleset.foreign.add(key)
    table = ruleset.tables.setdefault(key, {})
    chain = table.get(_text(body, "chain"), Chain(rules=()))
    rules = Reader(ruleset.sets, key).rules(statements)
    table[_text(body, "chain")] = replace(chain, rules=(*chain.rules, *rules))


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads rules of one table; `sets` resolves its names."""

    sets: Mapping[tuple[str, str, str], list[Any]]
    table: tuple[str, str]

    def rules(self, statements: Iterable[Any]) -> tuple[Rule, ...]:
        """Return the rule that statements make; a verdict map makes one rule per entry."""
        rule, protocols, ports = Rule(verdict="none"), frozenset[str](), None
        mapped: list[tuple[Any, list[Any]]] = []
        for statement in statements:
            kind, body = _single(statement)
            if kind == "match" and isinstance(body, dict):
                field_name, values, negated = self._match(body)
                if field_name in {"meta.l4proto", "ip.protocol", "ip6.nexthdr"} and not negated:
                    protocols = _protocols(values)
                elif field_name.endswith(".dport") and not negated:
                    ports = self._ports(field_name.partition(".")[0], protocols, values)
                    rule = replace(rule, unsure=rule.unsure or not ports)
                else:
                    rule = _with_condition(rule, field_name, values, negated=negated)
            elif kind == "vmap" and isinstance(body, dict):
                mapped = self._entries(body)
            else:
                rule = _with_statement(rule, kind, body)
        rule = _with_ports(rule, protocols, ports)
        return tuple(self._mapped(rule, protocols, key, verdict) for key, verdict in mapped) or (rule,)

    def _match(self, body: Mapping[str, Any]) -> tuple[str, list[Any], bool]:
        return _field(body.get("left")), self._values(body.get("right")), body.get("op") == "!="

    def _values(self, right: object) -> list[Any]:
        if isinstance(right, dict) and "set" in right:
            right = right["set"]
        if isinstance(right, str) and right.startswith("@"):
            return [_element(each) for each in self.sets.get((*self.table, right[1:]), [])]
        return [_element(each) for each in _items(right)]

    def _entries(self, body: Mapping[str, Any]) -> list[tuple[Any, list[Any]]]:
        """Return the entries of a verdict map, each as a match statement and its verdict."""
        entries = [each for each in self._values(body.get("data")) if isinstance(each, list) and len(each) == 2]  # noqa: PLR2004
        return [({"match": {"op": "==", "left": body.get("key"), "right": key}}, [verdict]) for key, verdict in entries]

    def _mapped(self, rule: Rule, protocols: frozenset[str], match: Any, verdict: list[Any]) -> Rule:  # noqa: ANN401 - JSON
        stated = (
            [{"match": {"op": "==", "left": {"meta": {"key": "l4proto"}}, "right": sorted(protocols)}}]
            if protocols
            else []
        )
        entry = self.rules([*stated, match, *verdict])[0]
        return replace(
            entry,
            limited=rule.limited or entry.limited,
            partial=rule.partial or entry.partial,
            unsure=rule.unsure or entry.unsure,
        )

    def _ports(self, header: str, protocols: frozenset[str], values: list[Any]) -> frozenset[Port]:
        """Return ports; the header ``th`` stands for whatever transport protocols the rule named before."""
        names = protocols & _WITH_PORTS if header == "th" else frozenset([header])
        ranges = [found for value in values if (found := _range(value)) is not None]
        return frozenset((name, first, last) for name in names for first, last in ranges)


def _protocols(values: list[Any]) -> frozenset[str]:
    numbers = {6: "tcp", 17: "udp", 132: "sctp"}
    return frozenset(numbers.get(value, str(value)) if isinstance(value, int) else str(value) for value in values)


def _with_ports(rule: Rule, protocols: frozenset[str], ports: frozenset[Port] | None) -> Rule:
    if ports is not None:
        return replace(rule, ports=ports)
    if not protocols:
        return rule
    if not protocols & _WITH_PORTS:
        return replace(rule, limited=True)
    return replace(rule, ports=frozenset((name, 0, 65535) for name in protocols & _WITH_PORTS))


def _with_statement(rule: Rule, kind: str, body: object) -> Rule:
    if kind in _VERDICTS:
        return replace(rule, verdict=_VERDICTS[kind], target=_text(body, "target") if isinstance(body, dict) else "")
    if kind in {"limit", "ct count", "set", "meter", "quota"}:
        return replace(rule, partial=True)
    if kind == "queue":
        return replace(rule, verdict="accept", unsure=True)
    return rule if kind in _PASS_ON else replace(rule, unsure=True)


def _with_condition(rule: Rule, name: str, values: list[Any], *, negated: bool) -> Rule:
    header, _, part = name.partition(".")
    if part == "saddr" or name in {"ct.state", "fib.type", "meta.iifname", "meta.iif"}:
        return _with_origin(rule, name, values, negated=negated)
    if name in {"ct.status", "meta.pkttype"} or header in _NEVER_NEW or (part == "daddr" and all(map(_nobody, values))):
        return replace(rule, limited=True)
    if part in {"daddr", "sport", "flags"} or name in _PART_OF_ALL:
        return replace(rule, partial=True)
    return replace(rule, unsure=True)


def _with_origin(rule: Rule, name: str, values: list[Any], *, negated: bool) -> Rule:
    """Return a rule that is for some origins, or for new connections; ``!=`` turns it to all the others."""
    if name.startswith("meta.iif"):
        if not values or not all(inside(str(value)) for value in values):
            return replace(rule, partial=True)
        concerned = negated
    elif name == "ct.state":
        concerned = ("new" in values) is not negated
    elif name == "fib.type":
        concerned = ("local" in values) is not negated
    else:
        concerned = negated or any(_everywhere(value) for value in values)
    return rule if concerned else replace(rule, limited=True)


def _field(left: object) -> str:
    """Return the name of what a match looks at, such as "tcp.dport" or "ct.state"; empty when it is something else."""
    kind, body = _single(left)
    if kind in {"&", "|"}:
        return _field(_items(body)[0] if _items(body) else None)
    if not isinstance(body, dict):
        return ""
    if kind == "payload":
        return f"{_text(body, 'protocol')}.{_text(body, 'field')}"
    if kind == "fib":
        return "fib.type" if body.get("result") == "type" and "daddr" in _items(body.get("flags")) else "fib.path"
    return f"{kind}.{_text(body, 'key')}"


def _element(item: object) -> Any:  # noqa: ANN401 - JSON
    """Return a value of a set without its comment, counter or time-out."""
    kind, body = _single(item)
    return body.get("val") if kind == "elem" and isinstance(body, dict) else item


def _range(value: object) -> tuple[int, int] | None:
    if isinstance(value, int):
        return value, value
    kind, body = _single(value)
    ends = _items(body)
    if kind == "range" and len(ends) == 2 and all(isinstance(end, int) for end in ends):  # noqa: PLR2004 - first and last
        return int(ends[0]), int(ends[1])
    return None


def _everywhere(value: object) -> bool:
    kind, body = _single(value)
    return kind == "prefix" and isinstance(body, dict) and body.get("len") == 0


def _nobody(value: object) -> bool:
    """Tell whether an address is a loopback, link-local or multicast one."""
    kind, body = _single(value)
    address = body.get("addr") if kind == "prefix" and isinstance(body, dict) else value
    return isinstance(address, str) and address.lower().startswith(
        ("127.", "224.", "239.", "255.", "ff", "fe80", "::1")
    )


def _single(item: object) -> tuple[str, object]:
    """Return name and body of a statement, which is an object of one key, or a bare word."""
    if isinstance(item, dict) and len(item) == 1:
        name, body = next(iter(item.items()))
        return str(name), body
    return (item, None) if isinstance(item, str) else ("", None)


def _text(body: Mapping[str, Any], key: str) -> str:
    value = body.get(key)
    return value if isinstance(value, str) else ""


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
