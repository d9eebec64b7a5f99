"""In the child of a survey: collectors that are due, joined with earlier facts, to the pages that the agent serves."""

from __future__ import annotations

import os
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from agent.collectors.host import collect_host
from agent.collectors.registry import COLLECTORS
from agent.looking import Meter, blind_spots, snapshot_of
from agent.snapshot_file import canonical
from analyzers.model.facts import Host

if TYPE_CHECKING:
    from agent.daemon.survey import Pages

FLOWS = "flows"
"""The collector whose part the agent itself plays."""

Due = Callable[[Iterable[tuple[str, str]], float], list[str]]


def write_pages(pages: Pages, facts: int, sources: Mapping[str, Any], due: Due) -> None:
    """Run what is due and write facts, snapshot and summary.

    Parameters
    ----------
    facts
        Descriptor of the facts of an earlier survey, -1 when there was none.
    sources
        ``listeners``, ``connections`` and ``run`` of the flows, as the agent knows them.
    """
    meter = Meter()
    paces = [(each.name, each.pace) for each in COLLECTORS if each.name != FLOWS]
    names = set(due(paces, time.monotonic()))
    earlier = _read(facts)
    host = joined(earlier, collect_host(collectors=[each for each in COLLECTORS if each.name in names]), names)
    _write(pages.files["facts"], msgspec.msgpack.encode(host))
    whole = with_flows(host, sources)
    snapshot = canonical(snapshot_of(whole, meter))
    _write(pages.files["snapshot"], snapshot)
    compressor = zlib.compressobj(6, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    _write(pages.files["compressed"], compressor.compress(snapshot) + compressor.flush())
    _write(pages.files["summary"], msgspec.json.encode({**summary(whole), "read": sorted(names)}))


def joined(earlier: Host | None, now: Host, names: Iterable[str]) -> Host:
    """Return a host with the blocks that were read now, and the earlier ones of collectors that were not due."""
    if earlier is None:
        return now
    fresh = set(names)
    blocks: dict[str, Any] = {}
    for each in COLLECTORS:
        for block in (each.block, *each.also):
            blocks[block] = getattr(now if each.name in fresh else earlier, block)
    runs = {run.name: run for run in (*earlier.runs, *now.runs)}
    ordered = tuple(runs[each.name] for each in COLLECTORS if each.name in runs)
    return msgspec.structs.replace(now, runs=ordered, **blocks)


def with_flows(host: Host, sources: Mapping[str, Any]) -> Host:
    """Return a host with what the agent remembers of its flows."""
    runs = {run.name: run for run in (*host.runs, sources["run"])}
    ordered = tuple(runs[each.name] for each in COLLECTORS if each.name in runs)
    return msgspec.structs.replace(
        host,
        runs=ordered,
        listeners=sources["listeners"],
        connections=sources["connections"],
        flow_watch=sources.get("flow_watch"),
        tool=sources["tool"],
    )


def summary(host: Host) -> dict[str, Any]:
    """Return how collectors fared, for metrics."""
    known = {"ok", "partial", "not_applicable"}
    return {
        "collectors": {run.name: [int(run.outcome in known), run.duration_seconds] for run in host.runs},
        "blind": dict(Counter(each.reason for each in blind_spots([host]))),
    }


def _read(facts: int) -> Host | None:
    if facts < 0:
        return None
    try:
        return msgspec.msgpack.decode(os.pread(facts, os.fstat(facts).st_size, 0), type=Host)
    except (msgspec.DecodeError, OSError):
        return None


def _write(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
