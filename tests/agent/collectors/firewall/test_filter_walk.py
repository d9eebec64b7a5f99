from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors.firewall.interfaces import inside
from agent.collectors.firewall.rules import Chain, Effect, Family, Port, Rule, effect, forwarded, written

BOTH: frozenset[Family] = frozenset(["ip", "ip6"])
SSH: frozenset[Port] = frozenset([("tcp", 22, 22)])
WEB: frozenset[Port] = frozenset([("tcp", 80, 80), ("tcp", 443, 443)])
DATABASE: frozenset[Port] = frozenset([("tcp", 5432, 5432)])


def accept(ports: frozenset[Port] | None = None, **more: Any) -> Rule:
    return Rule(verdict="accept", ports=ports, **more)


def drop(ports: frozenset[Port] | None = None, **more: Any) -> Rule:
    return Rule(verdict="drop", ports=ports, **more)


def jump(target: str, **more: Any) -> Rule:
    return Rule(verdict="jump", target=target, **more)


def base(
    *rules: Rule, policy: Any = "drop", families: frozenset[Family] = BOTH, hook: str = "input", kind: str = "filter"
) -> Chain:
    return Chain(rules=rules, hook=hook, policy=policy, families=families, kind=kind)


def of(*chains: Chain, families: tuple[Family, ...] = ("ip", "ip6"), **named: Chain) -> Effect:
    tables = [{"input": chain, **named} for chain in chains]
    return effect(tables, families)


def seen(found: Effect) -> tuple[bool | None, set[str], set[str]]:
    return found.default_drop, set(written(found.opened)), set(written(found.closed))


RETURN = Rule(verdict="return")


@pytest.mark.parametrize(
    ("chain", "expected"),
    [
        (base(), (True, set(), set())),
        (base(policy="accept"), (False, set(), set())),
        (base(accept(SSH)), (True, {"tcp/22"}, set())),
        (base(accept(SSH), drop(), policy="accept"), (True, {"tcp/22"}, set())),
        (base(accept()), (False, set(), set())),
        (base(drop(DATABASE), accept()), (False, set(), {"tcp/5432"})),
        (base(drop(DATABASE), policy="accept"), (False, set(), {"tcp/5432"})),
        (base(accept(DATABASE), drop(DATABASE), policy="accept"), (False, set(), set())),
        (base(drop(SSH), accept(SSH | WEB)), (True, {"tcp/80", "tcp/443"}, set())),
        (base(accept(limited=True), accept(SSH)), (True, {"tcp/22"}, set())),
        (base(accept(DATABASE, limited=True)), (True, set(), set())),
        (base(accept(DATABASE, limited=True), drop(DATABASE), policy="accept"), (False, set(), {"tcp/5432"})),
        (base(accept(SSH, partial=True)), (True, {"tcp/22"}, set())),
        (base(accept(partial=True)), (None, set(), set())),
        (base(accept(unsure=True)), (None, set(), set())),
        (base(accept(SSH, unsure=True)), (None, set(), set())),
        (base(accept(unsure=True), policy="accept"), (False, set(), set())),
        (base(drop(unsure=True), policy="accept"), (False, set(), set())),
        (base(drop(DATABASE, partial=True), policy="accept"), (False, set(), set())),
        (base(drop(limited=True), policy="accept"), (False, set(), set())),
        (base(RETURN, accept(SSH), policy="drop"), (True, set(), set())),
        (base(Rule(verdict="none"), accept(SSH)), (True, {"tcp/22"}, set())),
    ],
)
def test_one_chain(chain: Chain, expected: tuple[bool | None, set[str], set[str]]) -> None:
    assert seen(of(chain)) == expected


def side(*rules: Rule) -> Chain:
    return Chain(rules=rules)


@pytest.mark.parametrize(
    ("chain", "other", "expected"),
    [
        (base(jump("x")), side(accept(SSH)), (True, {"tcp/22"}, set())),
        (base(jump("x"), policy="accept"), side(accept(SSH), drop()), (True, {"tcp/22"}, set())),
        (base(jump("x"), policy="accept"), side(RETURN, drop()), (False, set(), set())),
        (base(jump("x", ports=SSH)), side(accept()), (True, {"tcp/22"}, set())),
        (base(jump("x", ports=SSH)), side(accept(WEB)), (True, {"tcp/80", "tcp/443"}, set())),
        (base(jump("x", ports=DATABASE), policy="accept"), side(drop()), (False, set(), {"tcp/5432"})),
        (base(jump("x", limited=True)), side(accept()), (True, set(), set())),
        (base(jump("x", partial=True)), side(accept(SSH), drop()), (True, {"tcp/22"}, set())),
        (base(jump("x", partial=True), policy="accept"), side(drop()), (False, set(), set())),
        (base(jump("x", unsure=True)), side(accept(SSH)), (None, set(), set())),
        (base(jump("x", unsure=True)), side(drop()), (True, set(), set())),
        (base(jump("x"), policy="accept"), side(Rule(verdict="return", unsure=True), drop()), (False, set(), set())),
        (base(jump("x"), policy="accept"), side(Rule(verdict="return", limited=True), drop()), (True, set(), set())),
        (base(Rule(verdict="goto", target="x"), accept(SSH)), side(accept(WEB)), (True, {"tcp/80", "tcp/443"}, set())),
        (base(jump("absent")), side(), (None, set(), set())),
        (base(jump("x")), side(jump("x")), (None, set(), set())),
    ],
)
def test_jumps(chain: Chain, other: Chain, expected: tuple[bool | None, set[str], set[str]]) -> None:
    assert seen(of(chain, x=other)) == expected


def test_what_one_chain_drops_stays_dropped() -> None:
    early = base(drop(SSH), policy="accept")
    found = of(early, base(accept(SSH | WEB)))
    assert seen(found) == (True, {"tcp/80", "tcp/443"}, set())


def test_what_two_dropping_chains_both_open_is_open() -> None:
    high: frozenset[Port] = frozenset([("tcp", 8000, 9000)])
    low: frozenset[Port] = frozenset([("tcp", 7000, 8080), ("udp", 8000, 9000)])
    assert seen(of(base(accept(high)), base(accept(low)))) == (True, {"tcp/8000-8080"}, set())


def test_a_family_that_nobody_filters_is_open() -> None:
    only4 = base(accept(SSH), families=frozenset(["ip"]))
    assert of(only4).default_drop is False
    assert of(only4, families=("ip",)).default_drop is True


def test_ports_that_one_family_opens_are_open() -> None:
    four = base(accept(SSH), families=frozenset(["ip"]))
    six = base(accept(WEB), families=frozenset(["ip6"]))
    assert seen(of(four, six)) == (True, {"tcp/22", "tcp/80", "tcp/443"}, set())


def test_what_both_families_close_is_closed() -> None:
    four = base(drop(SSH | DATABASE), policy="accept", families=frozenset(["ip"]))
    six = base(drop(DATABASE), policy="accept", families=frozenset(["ip6"]))
    assert seen(of(four, six)) == (False, set(), {"tcp/5432"})


@pytest.mark.parametrize(
    ("chains", "active"),
    [
        ([], False),
        ([base(policy="accept")], False),
        ([base(policy="drop")], True),
        ([base(accept(SSH), policy="accept")], True),
        ([base(drop(), policy="drop", hook="forward")], False),
        ([base(drop(), policy="accept", kind="nat")], False),
    ],
)
def test_a_filter_that_filters_nothing_is_none(chains: list[Chain], active: bool) -> None:
    found = of(*chains)
    assert found.active is active
    assert found.default_drop is (active and chains[0].policy == "drop")


def test_what_is_sent_to_a_container_is_open_whatever_the_input_chain_says() -> None:
    docker = side(Rule(verdict="dnat", ports=DATABASE), Rule(verdict="dnat", ports=SSH, limited=True))
    nat = {"PREROUTING": base(jump("DOCKER"), hook="prerouting", kind="nat", policy="accept"), "DOCKER": docker}
    assert forwarded([nat]) == DATABASE
    found = effect([{"input": base(accept(WEB))}, nat], ("ip",))
    assert set(written(found.opened)) == {"tcp/80", "tcp/443", "tcp/5432"}


def test_ports_are_written_in_order() -> None:
    assert written([("udp", 53, 53), ("tcp", 8000, 8100), ("tcp", 22, 22)]) == ("tcp/22", "tcp/8000-8100", "udp/53")


ports = st.sampled_from([None, SSH, WEB, DATABASE])
some_rules = st.lists(
    st.builds(
        Rule,
        verdict=st.sampled_from(["accept", "drop", "return", "jump", "goto", "none"]),
        target=st.sampled_from(["x", "y", "absent"]),
        ports=ports,
        limited=st.booleans(),
        partial=st.booleans(),
        unsure=st.booleans(),
    ),
    max_size=6,
)
some_chain = st.builds(
    lambda rules, policy: base(*rules, policy=policy), some_rules, st.sampled_from(["accept", "drop"])
)
some_side = some_rules.map(lambda rules: side(*rules))


@given(some_chain, some_side, some_side)
def test_no_ruleset_breaks_the_walk(chain: Chain, x: Chain, y: Chain) -> None:
    found = of(chain, x=x, y=y)
    if found.default_drop is not True:
        assert not found.opened
    if found.default_drop is not False:
        assert not found.closed


@given(some_chain, some_side, some_side)
def test_one_more_rule_of_doubt_never_makes_a_filter_look_stricter(chain: Chain, x: Chain, y: Chain) -> None:
    doubtful = base(accept(unsure=True), *chain.rules, policy=chain.policy)
    before, after = of(chain, x=x, y=y), of(doubtful, x=x, y=y)
    assert not (after.default_drop is True and before.default_drop is not True)


@given(some_chain, some_side)
def test_a_trusted_source_changes_nothing_for_the_others(chain: Chain, x: Chain) -> None:
    trusting = base(accept(limited=True), drop(limited=True), *chain.rules, policy=chain.policy)
    assert seen(of(trusting, x=x, y=x)) == seen(of(chain, x=x, y=x))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("lo", True),
        ("docker0", True),
        ("br-1a2b", True),
        ("veth+", True),
        ("wg0", True),
        ("eth0", False),
        ("ens3", False),
        ("br0", False),
        ("*", False),
        ("", False),
        ("long", False),
    ],
)
def test_interfaces_that_nobody_outside_is_behind(name: str, expected: bool) -> None:
    assert inside(name) is expected
