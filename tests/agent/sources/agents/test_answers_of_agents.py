"""What an agent says, and what it is not believed to say."""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
import json
import re
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.snapshot_file import canonical
from agent.sources.agents.answer import MOST_BYTES, Told, understand, unfold
from agent.sources.failures import NoAnswerError
from analyzers.model.snapshot import BlindSpot, Declared, Origin, WithdrawnStatement
from tests import builders as b
from tests import strategies
from tests.agent.sources.agents.fleet import NOW, machine, snapshot

HOSTILE = "\x1b]0;owned\x07\x1b[2J<script>alert(1)</script>\u202e\u2028|`$(reboot)`"


def said(**fields: Any) -> Told:
    return understand(canonical(snapshot(machine(), **fields)), NOW)


def refusal(body: bytes) -> str:
    with pytest.raises(NoAnswerError) as caught:
        understand(body, NOW)
    assert caught.value.reason == "unreadable"
    assert "\n" not in caught.value.detail
    return caught.value.detail


def changed(change: Callable[[dict[str, Any]], object], host: Any = None) -> bytes:
    raw = json.loads(canonical(snapshot(host or machine())))
    change(raw)
    return json.dumps(raw).encode()


def test_a_host_comes_as_its_agent_read_it() -> None:
    blind = BlindSpot(what="sudoers", where="web1", reason="no_permission", grant="sudo x")
    told = said(blind_spots=(blind,))
    assert told.host == machine()
    assert told.blind_spots == (blind,)
    assert told.cautions == ()


def test_what_is_not_its_own_to_say_is_not_kept() -> None:
    elsewhere = BlindSpot(what="x", where="db1", reason="partial")
    told = said(
        blind_spots=(elsewhere,),
        origins=(Origin(kind="prometheus", where="http://evil"),),
        declared=Declared(file="pasencore.yaml", context=b.context()),
        withdrawn=(WithdrawnStatement(check="patching", member="db1"),),
        monitoring=b.monitoring(),
    )
    assert told.host == machine()
    assert told.blind_spots == ()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<html><body>login", "it answers a web page"),
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"{}", "not a snapshot of pasencore"),
        (b"[]", "not a snapshot that can be read: Expected `object`, got `array`"),
        (b'{"schema": "pasencore.snapshot/2"}', "written by a newer version of pasencore: upgrade pasencore"),
        (b'{"schema": "pasencore.verdict/1"}', "this file is a verdict, not a snapshot"),
        (b'{"schema": "pasencore.snapshot/1"}', "missing required field `taken_at`"),
        (b'{"schema": "pasencore.snapshot/1", "x": ' + b"[" * 200_000, "nested too deep"),
        (changed(lambda raw: raw.update(hosts=[])), "it speaks for 0 hosts"),
        (changed(lambda raw: raw.update(hosts=raw["hosts"] * 2)), "it speaks for 2 hosts"),
        (changed(lambda raw: raw["hosts"][0].update(name=" ")), "does not say the name"),
        (changed(lambda raw: raw["hosts"][0].update(id="")), "does not say the name or the id"),
        (
            changed(lambda raw: raw["hosts"][0].update(name=["web1"])),
            "Expected `str`, got `array` - at `hosts[0].name`",
        ),
        (changed(lambda raw: raw.update(taken_at="2026-12-01T08:00:00")), "a time without its zone"),
        (changed(lambda raw: raw.update(taken_at="0001-01-01T00:00:00+14:00")), "a time that no host can mean"),
        (changed(lambda raw: raw["hosts"][0].update(pressure={"oom_kills": 10**30})), "a number that no host counts"),
        (changed(lambda raw: raw["hosts"][0].update(pressure={"oom_kills": 10**4000})), "number"),
    ],
)
def test_what_is_no_snapshot_of_one_host_is_refused_with_the_reason(body: bytes, why: str) -> None:
    assert re.search(re.escape(why), refusal(body))


def test_a_host_cannot_be_dated_after_the_scan_and_its_clock_is_told() -> None:
    ahead = NOW + dt.timedelta(days=300)
    told = understand(canonical(snapshot(machine(collected_at=ahead), taken_at=ahead)), NOW)
    assert told.host.collected_at == NOW
    assert told.cautions == ("its clock is +25920000 s from this machine's",)
    late = understand(canonical(snapshot(machine(), taken_at=NOW - dt.timedelta(minutes=3))), NOW)
    assert late.cautions == ("its clock is -180 s from this machine's",)


def test_hostile_text_is_made_harmless_whatever_the_way_it_was_escaped() -> None:
    body = changed(lambda raw: raw["hosts"][0].update(fqdn=HOSTILE, tool="x" * 100_000))
    plain = body.replace(json.dumps(HOSTILE).encode(), b'"' + b"\x7f\xe2\x80\xae" + b'"')
    for each in (body, plain):
        told = understand(each, NOW)
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u2028\u202e]", told.host.fqdn)
        assert len(told.host.tool) <= 64 << 10
    assert understand(body, NOW).host.fqdn.endswith("|`$(reboot)`")


def test_a_name_is_no_longer_than_a_name_may_be() -> None:
    assert len(understand(changed(lambda raw: raw["hosts"][0].update(name="x" * 5000)), NOW).host.name) == 253


@pytest.mark.parametrize("field", ["alerting", "monitoring", "declared", "tickets", "withdrawn", "invented"])
def test_what_is_skipped_takes_no_memory(field: str) -> None:
    # Three bytes of text, and some seventy of memory each, had they been built.
    body = changed(lambda raw: raw.update({field: [[] for _ in range(500_000)]}))
    tracemalloc.start()
    try:
        understand(body, NOW)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < len(body) * 2


def chunks(data: bytes, size: int = 1000) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


@given(st.binary(max_size=5000), st.integers(1, 300))
def test_a_body_comes_out_as_it_went_in(data: bytes, size: int) -> None:
    assert unfold(chunks(gzip.compress(data), size), "gzip") == data
    assert unfold(chunks(data, size), "") == data


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (gzip.compress(b" " * (MOST_BYTES + 1), mtime=0), "longer than 8 MiB once decompressed"),
        (gzip.compress(b" " * 5000, mtime=0)[:-9], "cut short"),
        (b"", "cut short"),
        (b"plain text", "no gzip"),
        (zlib.compress(b" "), "no gzip"),
    ],
)
def test_a_body_that_does_not_unfold_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(NoAnswerError, match=why):
        unfold(chunks(data), "gzip")


def test_a_bomb_is_stopped_before_it_unfolds() -> None:
    bomb = gzip.compress(b"\0" * (200 << 20))
    tracemalloc.start()
    try:
        with pytest.raises(NoAnswerError, match="longer"):
            unfold(chunks(bomb, 1 << 16), "gzip")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3 * MOST_BYTES


@given(strategies.snapshots())
def test_every_snapshot_of_one_host_is_understood(any_snapshot: Any) -> None:
    body = canonical(any_snapshot)
    if len(any_snapshot.hosts) == 1:
        told = understand(body, any_snapshot.taken_at)
        assert told.host.name == any_snapshot.hosts[0].name
        assert told.host.listeners == any_snapshot.hosts[0].listeners
    else:
        refusal(body)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_anything_else_is_refused(value: Any) -> None:
    refusal(msgspec.json.encode(value))


@given(st.data())
def test_a_snapshot_with_bytes_changed_is_understood_or_refused(data: st.DataObject) -> None:
    body = bytearray(canonical(snapshot(machine())))
    for at, byte in data.draw(st.lists(st.tuples(st.integers(0, len(body) - 1), st.integers(0, 255)), max_size=5)):
        body[at] = byte
    with contextlib.suppress(NoAnswerError):
        understand(bytes(body), NOW)
