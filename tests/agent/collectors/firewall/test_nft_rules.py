from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors.firewall import nft
from agent.collectors.firewall.rules import Rule, effect, written

RECORDED = Path(__file__).parent / "recorded"


def recorded(name: str) -> nft.Ruleset:
    ruleset = nft.parse((RECORDED / f"{name}.json").read_text())
    assert ruleset is not None
    return ruleset


@pytest.mark.parametrize(
    ("name", "drop", "opened"),
    [
        (
            "nftables",
            True,
            ("tcp/22", "tcp/25", "tcp/80", "tcp/111", "tcp/443", "tcp/587", "tcp/8000-8100", "udp/53", "udp/111"),
        ),
        ("firewalld", True, ("tcp/22", "tcp/9090")),
        ("marked", None, ()),
        ("one-family", False, ()),
        ("fail2ban", False, ()),
    ],
)
def test_rulesets_that_nft_printed(name: str, drop: bool | None, opened: tuple[str, ...]) -> None:
    found = effect(recorded(name).native(), ("ip", "ip6"))
    assert (found.active, found.default_drop, written(found.opened)) == (True, drop, opened)


def match(left: dict[str, Any], right: Any, op: str = "==") -> dict[str, Any]:
    return {"match": {"op": op, "left": left, "right": right}}


def payload(protocol: str, field: str) -> dict[str, Any]:
    return {"payload": {"protocol": protocol, "field": field}}


def meta(key: str) -> dict[str, Any]:
    return {"meta": {"key": key}}


STATE = {"ct": {"key": "state"}}
DPORT = payload("tcp", "dport")
ACCEPT: dict[str, Any] = {"accept": None}
SETS = {("inet", "t", "web"): [80, {"range": [8000, 8100]}, {"elem": {"val": 443, "comment": "x"}}]}


def rule(*statements: Any) -> Rule:
    (found,) = nft.Reader(SETS, ("inet", "t")).rules([*statements])
    return found


def marks(found: Rule) -> str:
    names = [name for name in ("limited", "partial", "unsure") if getattr(found, name)]
    return " ".join([*written(found.ports or ()), *names])


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (match(DPORT, 22), "tcp/22"),
        (match(DPORT, {"set": [22, 443]}), "tcp/22 tcp/443"),
        (match(DPORT, {"range": [8000, 8100]}), "tcp/8000-8100"),
        (match(DPORT, "@web"), "tcp/80 tcp/443 tcp/8000-8100"),
        (match(DPORT, "@absent"), "unsure"),
        (match(DPORT, 22, "!="), "unsure"),
        (match(payload("udp", "dport"), 53), "udp/53"),
        (match(meta("l4proto"), "tcp"), "tcp/0-65535"),
        (match(meta("l4proto"), {"set": ["icmp", "ipv6-icmp"]}), "limited"),
        (match(payload("ip", "protocol"), "icmp"), "limited"),
        (match(payload("ip", "protocol"), 6), "tcp/0-65535"),
        (match(payload("ip6", "nexthdr"), "udp"), "udp/0-65535"),
        (match(meta("iifname"), "lo"), "limited"),
        (match(meta("iif"), "lo"), "limited"),
        (match(meta("iifname"), {"set": ["docker0", "br-*"]}), "limited"),
        (match(meta("iifname"), {"set": ["docker0", "eth0"]}), "partial"),
        (match(meta("iifname"), "eth0"), "partial"),
        (match(meta("iifname"), "lo", "!="), ""),
        (match(STATE, {"set": ["established", "related"]}, "in"), "limited"),
        (match(STATE, ["established", "related"], "in"), "limited"),
        (match(STATE, "new"), ""),
        (match(STATE, {"set": ["new", "established"]}, "in"), ""),
        (match(STATE, "invalid", "!="), ""),
        (match(STATE, "new", "!="), "limited"),
        (match({"ct": {"key": "status"}}, "dnat"), "limited"),
        (match({"ct": {"key": "mark"}}, 1), "unsure"),
        (match(payload("ip", "saddr"), "10.0.0.1"), "limited"),
        (match(payload("ip", "saddr"), {"prefix": {"addr": "10.0.0.0", "len": 8}}), "limited"),
        (match(payload("ip", "saddr"), {"prefix": {"addr": "0.0.0.0", "len": 0}}), ""),
        (match(payload("ip", "saddr"), "@web", "!="), ""),
        (match(payload("ip6", "daddr"), {"prefix": {"addr": "fe80::", "len": 64}}), "limited"),
        (match(payload("ip", "daddr"), "224.0.0.251"), "limited"),
        (match(payload("ip", "daddr"), "203.0.113.5"), "partial"),
        (match(payload("tcp", "sport"), 53), "partial"),
        (match({"&": [payload("tcp", "flags"), ["syn", "ack"]]}, "syn"), "partial"),
        (match({"fib": {"result": "type", "flags": ["daddr"]}}, "local"), ""),
        (match({"fib": {"result": "type", "flags": ["daddr"]}}, "broadcast"), "limited"),
        (match({"fib": {"result": "oif", "flags": ["saddr", "iif"]}}, False), "limited"),
        (match(meta("pkttype"), "multicast"), "limited"),
        (match(meta("nfproto"), "ipv6"), "partial"),
        (match(meta("mark"), 1), "unsure"),
        (match({"concat": [DPORT, meta("iifname")]}, "@web"), "unsure"),
        ({"limit": {"rate": 10, "per": "second"}}, "partial"),
        ({"set": {"op": "update", "elem": "x", "set": "@s"}}, "partial"),
        ({"counter": {"packets": 0, "bytes": 0}}, ""),
        ({"log": {"prefix": "x"}}, ""),
        ({"xt": {"type": "match", "name": "recent"}}, "unsure"),
        ("what is this", "unsure"),
        ({"match": "nonsense"}, "unsure"),
    ],
)
def test_conditions(condition: Any, expected: str) -> None:
    found = rule(condition, ACCEPT)
    assert found.verdict == "accept"
    assert marks(found) == expected


def test_a_transport_port_takes_the_protocols_that_were_named() -> None:
    found = rule(match(meta("l4proto"), {"set": ["tcp", "udp"]}), match(payload("th", "dport"), 53), ACCEPT)
    assert marks(found) == "tcp/53 udp/53"


@pytest.mark.parametrize(
    ("statement", "verdict", "target"),
    [
        ({"accept": None}, "accept", ""),
        ({"drop": None}, "drop", ""),
        ({"reject": {"type": "icmpx", "expr": "admin-prohibited"}}, "drop", ""),
        ({"reject": None}, "drop", ""),
        ({"return": None}, "return", ""),
        ({"jump": {"target": "x"}}, "jump", "x"),
        ({"goto": {"target": "x"}}, "goto", "x"),
        ({"dnat": {"addr": "172.17.0.2", "port": 80}}, "dnat", ""),
        ({"redirect": {"port": 8080}}, "none", ""),
        ({"queue": {"num": 0}}, "accept", ""),
    ],
)
def test_verdicts(statement: Any, verdict: str, target: str) -> None:
    found = rule(statement)
    assert (found.verdict, found.target) == (verdict, target)
    assert found.unsure is ("queue" in statement)


def test_a_verdict_map_is_a_rule_per_entry() -> None:
    entries = [[22, {"accept": None}], [80, {"jump": {"target": "web"}}], [25, {"drop": None}]]
    rules = nft.Reader({}, ("inet", "t")).rules([{"vmap": {"key": DPORT, "data": {"set": entries}}}])
    assert [(each.verdict, each.target, marks(each)) for each in rules] == [
        ("accept", "", "tcp/22"),
        ("jump", "web", "tcp/80"),
        ("drop", "", "tcp/25"),
    ]


def test_a_named_verdict_map_with_a_condition_before_it() -> None:
    sets = {("inet", "t", "m"): [[22, {"accept": None}]]}
    condition = match(payload("ip", "saddr"), "10.0.0.1")
    (found,) = nft.Reader(sets, ("inet", "t")).rules([condition, {"vmap": {"key": DPORT, "data": "@m"}}])
    assert marks(found) == "tcp/22 limited"


@pytest.mark.parametrize("text", ["", "{}x", "[]", "null", '{"nftables": 5}', '{"other": []}'])
def test_what_is_no_ruleset(text: str) -> None:
    ruleset = nft.parse(text)
    assert ruleset is None or ruleset.tables == {}


def test_rules_of_iptables_that_nft_cannot_tell_are_set_aside() -> None:
    body = {
        "family": "ip",
        "table": "filter",
        "chain": "INPUT",
        "expr": [{"xt": {"type": "match", "name": "x"}}, ACCEPT],
    }
    ruleset = nft.parse(json.dumps({"nftables": [{"rule": body}]}))
    assert ruleset is not None
    assert ruleset.foreign == {("ip", "filter")}
    assert ruleset.native() == []


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 70000) | st.sampled_from(["lo", "tcp", "@web", "accept", "new", "x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "match",
                    "left",
                    "right",
                    "op",
                    "payload",
                    "meta",
                    "key",
                    "protocol",
                    "field",
                    "set",
                    "vmap",
                    "data",
                    "jump",
                    "target",
                    "accept",
                ]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(st.lists(json_values, max_size=4))
def test_no_rule_breaks_the_reader(statements: list[Any]) -> None:
    body = {"family": "inet", "table": "t", "chain": "input", "expr": statements}
    chain = {"family": "inet", "table": "t", "name": "input", "hook": "input", "policy": "drop", "type": "filter"}
    ruleset = nft.parse(json.dumps({"nftables": [{"chain": chain}, {"rule": body}]}))
    assert ruleset is not None
    effect(ruleset.native(), ("ip",))


@given(st.lists(st.dictionaries(st.sampled_from(["rule", "chain", "set", "map"]), json_values, max_size=2), max_size=4))
def test_no_ruleset_breaks_the_reader(items: list[Any]) -> None:
    ruleset = nft.parse(json.dumps({"nftables": items}))
    if ruleset is not None:
        effect(ruleset.native(), ("ip",))
