"""One host under several addresses is one; clones of one image are several; what is unsure is said."""

from __future__ import annotations

import datetime as dt
import random

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from agent.sources.agents.answer import Told
from agent.sources.agents.sameness import SHARED_ADDRESS, SHARED_ID, SHARED_NAME, Heard, Known, who_is_who
from analyzers.model.facts import Connection, FlowWatch, Host
from analyzers.model.snapshot import BlindSpot
from tests import builders as b
from tests.agent.sources.agents.fleet import NOW, machine


def heard(url: str, host: Host, **fields: object) -> Heard:
    return Heard(url=url, told=Told(host=host, **fields))  # type: ignore[arg-type]


def names(known: Known) -> list[str]:
    return [each.name for each in known.hosts]


def details(known: Known) -> dict[str, str]:
    return {each.where: each.detail for each in known.origins}


def flow(**fields: object) -> Connection:
    given = {
        "direction": "out",
        "service": "boutique",
        "local_address": "10.0.0.1",
        "peer_address": "10.0.0.2",
        "port": 5432,
        "protocol": "tcp",
        "first_seen": NOW,
        "last_seen": NOW,
    }
    return Connection(**(given | fields))  # type: ignore[arg-type]


def test_one_host_asked_at_two_addresses_is_one_and_both_agents_are_told() -> None:
    web = machine("web1", "10.0.0.1", "192.168.0.1")
    known = who_is_who(None, [heard("http://192.168.0.1:9477", web), heard("http://10.0.0.1:9477", web)])
    assert names(known) == ["web1"]
    assert details(known) == {
        "http://10.0.0.1:9477": "web1",
        "http://192.168.0.1:9477": "web1, the same host as http://10.0.0.1:9477",
    }
    assert known.blind_spots == []


def test_a_host_that_has_two_names_is_one_when_every_address_is_the_same() -> None:
    first, second = machine("web1", id="m"), machine("www", id="m")
    assert len(who_is_who(None, [heard("http://a", first), heard("http://b", second)]).hosts) == 1


def test_clones_of_one_image_stay_two_hosts_and_are_reported() -> None:
    known = who_is_who(
        None,
        [
            heard(f"http://{name}", machine(name, address, id="m"))
            for name, address in (("a", "10.0.0.1"), ("b", "10.0.0.2"))
        ],
    )
    assert names(known) == ["a", "b"]
    (spot,) = known.blind_spots
    assert (spot.what, spot.where, spot.reason) == (SHARED_ID, "a, b", "partial")
    assert "systemd-machine-id-setup" in spot.grant


def test_clones_that_even_bear_one_name_stay_two_hosts() -> None:
    known = who_is_who(
        None, [heard(f"http://{each}", machine("web", each, id="m")) for each in ("10.0.0.1", "10.0.0.2", "10.0.0.3")]
    )
    assert names(known) == ["web", "web~2", "web~3"]
    assert len({each.id for each in known.hosts}) == 3
    assert {each.what for each in known.blind_spots} == {SHARED_ID, SHARED_NAME}


def test_hosts_of_one_name_are_told_apart_with_what_is_said_of_them() -> None:
    blind = BlindSpot(what="sudoers", where="web", reason="no_permission")
    known = who_is_who(
        None,
        [
            heard("http://10.0.0.1", machine("web", "10.0.0.1", id="1")),
            heard("http://10.0.0.2", machine("WEB", "10.0.0.2", id="2"), blind_spots=(blind,)),
        ],
    )
    assert names(known) == ["WEB~2", "web"]
    assert [(each.what, each.where) for each in known.blind_spots] == [
        ("sudoers", "WEB~2"),
        (SHARED_NAME, "WEB~2, web"),
    ]


def test_an_address_that_two_hosts_bear_is_reported() -> None:
    pair = [
        heard(f"http://{name}", machine(name, "10.0.0.9", address))
        for name, address in (("a", "10.0.0.1"), ("b", "10.0.0.2"))
    ]
    (spot,) = who_is_who(None, pair).blind_spots
    assert (spot.what, spot.where) == (SHARED_ADDRESS, "a, b")


def test_this_machine_and_its_own_agent_are_one_with_the_flows_that_the_agent_remembers() -> None:
    past = NOW - dt.timedelta(days=3)
    local = machine("me", connections=(flow(observations=1),))
    remembered = (flow(first_seen=past, observations=400), flow(port=6379, first_seen=past, last_seen=past))
    watch = FlowWatch(since=past, polls=17280)
    agent = machine("me", connections=remembered, privileged=False, flow_watch=watch)
    known = who_is_who(local, [heard("http://127.0.0.1:9477", agent)])
    (host,) = known.hosts
    assert host.privileged
    assert host.flow_watch == watch
    assert host.connections == (flow(first_seen=past, observations=400), remembered[1])
    assert details(known)["http://127.0.0.1:9477"] == "me, this machine, which the scan read itself"


def test_agents_of_one_machine_count_the_watch_that_is_known_best_and_keep_what_nat_tells_apart() -> None:
    past = NOW - dt.timedelta(days=3)
    direct, translated = flow(nat=""), flow(nat="10.0.0.7:80")
    watches = (FlowWatch(since=past, polls=None), FlowWatch(since=NOW, polls=12))
    agents = [
        heard(f"http://10.0.0.1:{port}", machine("web1", "10.0.0.1", connections=(each,), flow_watch=watch))
        for port, each, watch in zip((9477, 9478), (direct, translated), watches, strict=True)
    ]
    for order in (agents, agents[::-1]):
        (host,) = who_is_who(None, order).hosts
        assert host.flow_watch == watches[1]
        assert set(host.connections or ()) == {direct, translated}


def test_this_machine_keeps_its_name_when_another_bears_it() -> None:
    local = machine("me", "10.0.0.9", id="z")
    known = who_is_who(local, [heard("http://10.0.0.1", machine("me", "10.0.0.1", id="a"))])
    assert {each.id: each.name for each in known.hosts} == {"z": "me", "a": "me~2"}


def test_an_impostor_is_believed_after_the_agent_at_the_machines_own_address() -> None:
    true = machine("db1", "10.0.0.2", connections=(flow(),))
    false = machine("db1", "10.0.0.2", connections=(flow(service="evil"),), runs=[b.run(each) for each in "abcdef"])
    pair = [heard("http://203.0.113.66:9477", false), heard("http://10.0.0.2:9477", true)]
    known = who_is_who(None, pair)
    assert known.hosts == (true,)
    assert "the same host as http://10.0.0.2:9477" in details(known)["http://203.0.113.66:9477"]
    assert who_is_who(true, pair[:1]).hosts == (true,)


def test_a_host_reached_through_another_address_is_told_to_be() -> None:
    known = who_is_who(
        None,
        [heard("http://203.0.113.7:9477", machine("web1")), heard("http://web2.lan:1", machine("web2", "10.0.0.2"))],
    )
    assert details(known)["http://203.0.113.7:9477"] == (
        "web1, reached at 203.0.113.7, which is none of its addresses: flows to 203.0.113.7 are not joined to it"
    )
    assert details(known)["http://web2.lan:1"] == "web2"


def test_long_lists_of_names_are_cut() -> None:
    every = [heard(f"http://10.0.0.{rank}", machine(f"web{rank}", f"10.0.0.{rank}", id="m")) for rank in range(1, 10)]
    (spot,) = who_is_who(None, every).blind_spots
    assert spot.where == "web1, web2, web3, web4, web5, ..."


ADDRESSES = ("10.0.0.1", "10.0.0.2", "10.0.0.3")
HEARD = st.lists(
    st.builds(
        lambda rank, name, id_, addresses: (rank, msgspec.structs.replace(machine(name, id=id_), addresses=addresses)),
        st.integers(0, 9),
        st.sampled_from(["a", "A", "b"]),
        st.sampled_from(["1", "2"]),
        st.lists(st.sampled_from(ADDRESSES), max_size=2, unique=True).map(tuple),
    ),
    max_size=6,
    unique_by=lambda each: each[0],
)


@given(HEARD, st.randoms(use_true_random=False), st.booleans())
def test_the_order_of_agents_changes_nothing_and_nobody_is_lost(
    pairs: list[tuple[int, Host]], chance: random.Random, local: bool
) -> None:
    mine = machine("a", id="1") if local else None
    every = [heard(f"http://h{rank}", host) for rank, host in pairs]
    known = who_is_who(mine, every)
    chance.shuffle(every)
    assert who_is_who(mine, every) == known
    assert len({each.name.casefold() for each in known.hosts}) == len(known.hosts)
    assert len({(each.id, each.name) for each in known.hosts}) == len(known.hosts)
    assert sorted(each.where for each in known.origins) == sorted(each.url for each in every)
    told = {(each.host.id, each.host.name.casefold()) for each in every}
    assert {each.id.partition("~")[0] for each in known.hosts} >= {id_ for id_, _ in told}
    assert len(known.hosts) <= len(every) + local
