import datetime as dt
import itertools
import time
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.snapshot_file import canonical, snapshot_sha256
from agent.snapshot_merge import merge
from analyzers.model.facts import Host
from analyzers.model.knowledge import GitHistory
from analyzers.model.snapshot import BlindSpot, Cost, Origin, Snapshot, WithdrawnStatement
from tests import builders as b
from tests import strategies


def taken(snapshot: Snapshot, minutes: float, **fields: Any) -> Snapshot:
    return msgspec.structs.replace(snapshot, taken_at=b.NOW + dt.timedelta(minutes=minutes), **fields)


def read_at(host: Host, minutes: float, **fields: Any) -> Host:
    return msgspec.structs.replace(host, collected_at=b.NOW + dt.timedelta(minutes=minutes), **fields)


def names(snapshot: Snapshot) -> list[str]:
    return [each.name for each in snapshot.hosts]


def test_hosts_of_several_files_make_one_estate() -> None:
    merged = merge([b.snapshot(b.host("web1")), taken(b.snapshot(b.host("db1")), 5)])
    assert names(merged) == ["db1", "web1"]
    assert merged.taken_at == b.NOW + dt.timedelta(minutes=5)


def test_one_snapshot_comes_back_as_it_was_and_twice_the_same_is_once() -> None:
    alone = b.snapshot(b.host("web1"), b.host("db1"))
    costly = msgspec.structs.replace(alone, cost=Cost(queries=3))
    assert merge([alone]) == alone
    assert merge([costly, costly]) == costly


def test_exports_of_tickets_add_up_and_the_last_reading_of_a_file_wins() -> None:
    first = b.ticket_file(b.ticket(1), file="october.csv")
    again = b.ticket_file(b.ticket(1), b.ticket(2), file="october.csv")
    other = b.ticket_file(b.ticket(3), file="november.csv")
    parts = [taken(b.snapshot(tickets=[again, other]), 5), b.snapshot(tickets=[first]), b.snapshot(b.host("web1"))]
    assert merge(parts).tickets == (other, again)
    assert merge([b.snapshot(b.host("web1")), b.snapshot(b.host("db1"))]).tickets is None


def test_nothing_cannot_be_merged() -> None:
    with pytest.raises(ValueError, match="nothing"):
        merge([])


def test_of_one_host_the_newest_collection_wins_whatever_the_snapshots_date() -> None:
    old, new = read_at(b.host(), 1, privileged=False), read_at(b.host(), 2)
    merged = merge([taken(b.snapshot(new), 0), taken(b.snapshot(old), 10)])
    assert merged.hosts == (new,)


def test_what_is_said_of_a_collection_goes_with_it() -> None:
    blind = BlindSpot(what="sudoers", where="web1", reason="no_permission")
    elsewhere = BlindSpot(what="rules", where="http://p:9090", reason="timed_out")
    seen = Origin(kind="host", where="web1", reason="partial")
    old = b.snapshot(read_at(b.host(), 1), blind_spots=[blind, elsewhere], origins=[seen])
    new = b.snapshot(read_at(b.host(), 2), origins=[Origin(kind="host", where="web1")])
    merged = merge([old, new])
    assert merged.blind_spots == (elsewhere,)
    assert merged.origins == (Origin(kind="host", where="web1"),)


def test_two_hosts_of_one_name_are_told_apart_and_so_is_what_is_said_of_them() -> None:
    blind = BlindSpot(what="sudoers", where="web1", reason="no_permission")
    first, second = b.host("web1", id="a"), b.host("web1", id="b", privileged=False)
    third = b.host("WEB1", id="c")
    merged = merge([b.snapshot(first), b.snapshot(second, blind_spots=[blind]), b.snapshot(third)])
    assert {each.id: each.name for each in merged.hosts} == {"a": "web1", "b": "web1~2", "c": "WEB1~3"}
    assert [each.where for each in merged.blind_spots] == ["web1~2"]


def test_a_name_that_is_already_somebodys_is_not_given() -> None:
    hosts = [b.host("web1", id="a"), b.host("web1", id="b"), b.host("web1~2", id="c")]
    merged = merge([b.snapshot(each) for each in hosts])
    assert {each.id: each.name for each in merged.hosts} == {"a": "web1", "b": "web1~3", "c": "web1~2"}


def test_clones_that_share_an_id_are_two_hosts() -> None:
    clones = [b.host("web1", id="same", addresses=("10.0.0.1",)), b.host("web2", id="same", addresses=("10.0.0.2",))]
    assert names(merge([b.snapshot(each) for each in clones])) == ["web1", "web2"]
    silent = [b.host("web1", id="same"), b.host("web2", id="same")]
    assert names(merge([b.snapshot(each) for each in silent])) == ["web1", "web2"]


def test_a_host_that_was_renamed_is_one_host_under_its_new_name() -> None:
    before = read_at(b.host("web1", id="same", addresses=("10.0.0.1", "fd00::1")), 1)
    after = read_at(b.host("shop1", id="same", addresses=("fd00::1", "10.0.0.1")), 2)
    blind = BlindSpot(what="sudoers", where="web1", reason="no_permission")
    merged = merge([b.snapshot(before, blind_spots=[blind]), b.snapshot(after)])
    assert names(merged) == ["shop1"]
    assert merged.blind_spots == ()


def test_a_host_that_moved_and_was_then_renamed_is_still_one() -> None:
    steps = [("web1", "10.0.0.1"), ("web1", "10.0.0.2"), ("shop1", "10.0.0.2"), ("shop1", "10.0.0.3")]
    hosts = [read_at(b.host(name, id="same", addresses=(ip,)), n) for n, (name, ip) in enumerate(steps)]
    for order in itertools.permutations(hosts):
        assert merge([b.snapshot(each) for each in order]).hosts == (hosts[-1],)


def test_of_servers_and_context_files_the_newest_is_kept() -> None:
    early, late = b.monitoring(version="1"), b.monitoring(version="2", collected_at=b.NOW + dt.timedelta(hours=1))
    old = taken(b.snapshot(b.host("a"), monitoring=late, context=b.context(author="b.leroy")), 0)
    new = taken(b.snapshot(b.host("b"), monitoring=early, context=b.context(author="a.martin")), 1)
    merged = merge([new, old, taken(b.snapshot(b.host("c")), 2)])
    assert merged.monitoring == late
    assert merged.declared is not None
    assert merged.declared.context.author == "a.martin"


def test_a_server_that_says_this_very_machine_follows_the_new_name_of_that_machine() -> None:
    scanner = b.snapshot(b.host("web1", id="b"), monitoring=b.monitoring(local_host="web1"))
    merged = merge([b.snapshot(b.host("web1", id="a")), scanner])
    assert merged.monitoring is not None
    assert merged.monitoring.local_host == "web1~2"


def test_costs_add_up_and_withdrawn_statements_are_united() -> None:
    one, two = WithdrawnStatement(check="patching", member="a"), WithdrawnStatement(check="patching", member="b")
    left = b.snapshot(b.host("a"), withdrawn=[one, two])
    right = b.snapshot(b.host("b"), withdrawn=[two])
    cost = Cost(queries=1, samples=2, bytes=3, seconds=0.5, cpu_seconds=0.25)
    merged = merge([msgspec.structs.replace(each, cost=cost) for each in (left, right)])
    assert merged.withdrawn == (one, two)
    assert merged.cost == Cost(queries=2, samples=4, bytes=6, seconds=1.0, cpu_seconds=0.5)


def test_a_large_estate_merges_in_time_that_grows_with_its_size_and_not_with_its_square() -> None:
    hosts = [b.host(f"h{n}", addresses=(f"10.0.{n // 250}.{n % 250}",)) for n in range(1500)]
    snapshots = [b.snapshot(each) for each in hosts]
    start = time.process_time()
    assert len(merge(snapshots).hosts) == 1500
    assert time.process_time() - start < 8


@given(st.lists(st.tuples(strategies.snapshots(), st.integers(0, 2)), min_size=1, max_size=4), st.randoms())
@settings(max_examples=25)
def test_the_order_of_the_files_says_nothing(drawn: list[tuple[Snapshot, int]], random: Any) -> None:
    snapshots = [taken(each, minutes) for each, minutes in drawn]
    shuffled = random.sample(snapshots, len(snapshots))
    merged = merge(snapshots)
    assert canonical(merged) == canonical(merge(shuffled))
    assert snapshot_sha256(merge([merged, merged])) == snapshot_sha256(merged)
    folded = [each.name.casefold() for each in merged.hosts]
    assert len(folded) == len(set(folded))


def test_of_one_repository_the_newest_reading_is_kept() -> None:
    def read(name: str, minutes: float, commits: int) -> GitHistory:
        when = b.NOW + dt.timedelta(minutes=minutes)
        return GitHistory(path=f"/srv/{name}", name=name, collected_at=when, commits=commits)

    old = taken(b.snapshot(b.host("web1")), 0, git=(read("infra", 0, 3), read("site", 0, 8)))
    new = taken(b.snapshot(b.host("db1")), 5, git=(read("infra", 5, 4),))
    none = taken(b.snapshot(b.host("app1")), 9)
    assert merge([old, new, none]).git == (read("infra", 5, 4), read("site", 0, 8))
    assert merge([none, taken(b.snapshot(b.host("app2")), 8)]).git is None
