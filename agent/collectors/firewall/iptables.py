"""Rules as ``iptables-save`` prints them (iptables-extensions(8))."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import replace

from agent.collectors.firewall.interfaces import inside
from agent.collectors.firewall.rules import Chain, Family, Port, Rule, Table, Verdict

_VERDICTS: dict[str, Verdict] = {
    "ACCEPT": "accept",
    "DROP": "drop",
    "REJECT": "drop",
    "RETURN": "return",
    "DNAT": "dnat",
}
_PASS_ON = frozenset(
    ["LOG", "NFLOG", "ULOG", "MARK", "CONNMARK", "CT", "NOTRACK", "TCPMSS", "SET", "TRACE", "AUDIT", "REDIRECT"]
)
_NO_PORTS = frozenset(
    ["icmp", "icmpv6", "ipv6-icmp", "igmp", "esp", "ah", "gre", "vrrp", "ospf", "ipencap", "41", "1", "58"]
)
_WITH_PORTS = frozenset(["tcp", "udp", "sctp", "dccp", "udplite"])
_SILENT = frozenset(
    [
        "-m",
        "--match",
        "--comment",
        "--log-prefix",
        "--log-level",
        "--reject-with",
        "--to-destination",
        "--hashlimit-name",
    ]
)
"""Options that change nothing here; each has one argument."""
_RATES = re.compile(
    r"--(?:limit|hashlimit|connlimit|seconds|hitcount|name|mask|tcp-flags|probability|mode|every|packet|rcheck)"
)
_ALONE = frozenset(
    ["--syn", "--set", "--update", "--rcheck", "--rsource", "--rdest", "--random", "--persistent", "--rttl"]
)
"""Options without an argument."""

_TWO_ARGUMENTS = frozenset(["--tcp-flags", "--match-set"])
_DHCP_REPLIES = ("udp", 68, 68)


def parse(text: str, family: Family) -> Iterator[Table]:
    """Yield the tables of one family."""
    chains: dict[str, Chain] = {}
    table = ""
    for line in text.splitlines():
        if line.startswith("*"):
            table, chains = line[1:].strip(), {}
        elif line.startswith(":") and (words := line[1:].split()):
            chains[words[0]] = _empty(words, table, family)
        elif line.startswith("-A "):
            chain, rule = parse_rule(line)
            known = chains.get(chain, Chain(rules=()))
            chains[chain] = replace(known, rules=(*known.rules, rule))
        elif line.startswith("COMMIT") and chains:
            yield chains
            chains = {}


def _empty(words: list[str], table: str, family: Family) -> Chain:
    name, policy = words[0], (words[1:] or ["-"])[0]
    if policy == "-":
        return Chain(rules=())
    return Chain(
        rules=(),
        hook=name.lower(),
        policy="drop" if policy == "DROP" else "accept",
        families=frozenset([family]),
        kind="nat" if table == "nat" else "filter",
    )


def parse_rule(line: str) -> tuple[str, Rule]:
    """Return the chain of a rule, and the rule; an option that is not known makes it unsure."""
    try:
        words = shlex.split(line)
    except ValueError:
        words = line.split()
    chain = words[1] if len(words) > 1 else ""
    rule = Rule(verdict="none")
    protocol, ports = "", list[tuple[int, int]]()
    rest = iter(words[2:])
    negated = False
    for option in rest:
        if option == "!":
            negated = True
            continue
        argument = "" if option in _ALONE else next(rest, "")
        if option in {"-p", "--protocol"}:
            protocol = argument.lower()
            rule = replace(rule, unsure=rule.unsure or negated)
        elif option in {"--dport", "--dports", "--destination-port", "--destination-ports", "--ports"}:
            ports = _ranges(argument)
            rule = replace(rule, unsure=rule.unsure or negated or not ports)
        elif option in {"-j", "--jump", "-g", "--goto"}:
            rule = _with_target(rule, argument, goes=option in {"-g", "--goto"})
        else:
            if option in _TWO_ARGUMENTS:
                argument = f"{argument} {next(rest, '')}"
            rule = _with_condition(rule, option, argument, negated=negated)
        negated = False
    return chain, _with_ports(rule, protocol, ports)


def _with_target(rule: Rule, target: str, *, goes: bool) -> Rule:
    if target in _VERDICTS:
        return replace(rule, verdict=_VERDICTS[target])
    if target in _PASS_ON:
        return rule
    if target in {"NFQUEUE", "QUEUE"}:
        return replace(rule, verdict="accept", unsure=True)
    return replace(rule, verdict="goto" if goes else "jump", target=target)


def _with_condition(rule: Rule, option: str, argument: str, *, negated: bool) -> Rule:  # noqa: PLR0911 - one row an option
    if option in _SILENT:
        return rule
    if option in {"-s", "--source", "--src-range"} or (option == "--match-set" and argument.endswith(" src")):
        everywhere = negated or argument in {"0.0.0.0/0", "::/0"}
        return rule if everywhere else replace(rule, limited=True)
    if option in {"-i", "--in-interface"}:
        if inside(argument):
            return rule if negated else replace(rule, limited=True)
        return replace(rule, partial=True)
    if option in {"--state", "--ctstate"}:
        concerned = ("NEW" in argument.split(",")) is not negated
        return rule if concerned else replace(rule, limited=True)
    if option == "--dst-type":
        return rule if (argument == "LOCAL") is not negated else replace(rule, limited=True)
    if option in {"--ctstatus", "--icmp-type", "--icmpv6-type", "--pkt-type", "--src-type"}:
        return replace(rule, limited=True)
    if option in {"-d", "--destination", "-o", "--sport", "--sports", "--source-port", "--source-ports"}:
        return _with_destination(rule, argument) if option in {"-d", "--destination"} else replace(rule, partial=True)
    if option in _ALONE or _RATES.match(option):
        return rule if option == "--syn" else replace(rule, partial=True)
    return replace(rule, unsure=True)


def _with_destination(rule: Rule, argument: str) -> Rule:
    nobody = argument.startswith(("127.", "224.", "239.", "255.", "ff", "fe80", "::1"))
    return replace(rule, limited=True) if nobody else replace(rule, partial=True)


def _ranges(text: str) -> list[tuple[int, int]]:
    found = re.findall(r"(\d+)(?::(\d+))?(?:,|$)", text)
    return [(int(first), int(last or first)) for first, last in found if int(last or first) < 1 << 16]


def _with_ports(rule: Rule, protocol: str, ports: list[tuple[int, int]]) -> Rule:
    if protocol in {"", "all", "0"}:
        return replace(rule, unsure=rule.unsure or bool(ports))
    if protocol in _NO_PORTS:
        return replace(rule, limited=True)
    if protocol not in _WITH_PORTS:
        return replace(rule, unsure=True)
    found: frozenset[Port] = frozenset((protocol, first, last) for first, last in ports or [(0, 65535)])
    return replace(rule, limited=rule.limited or (rule.partial and found == {_DHCP_REPLIES}), ports=found)
