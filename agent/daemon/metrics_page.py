"""The agent's own metrics page."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from agent.daemon.exposition import Labels, family, labelled, single
from agent.daemon.flow_memory import FlowKey, FlowMemory

if TYPE_CHECKING:
    from agent.daemon.service import Service

MOST_SERIES = 1000
"""Flows that are series of their own; the rest is one ``other`` peer a direction and service, itself bounded."""

MOST_OTHERS = 200
OTHER = "other"
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def flow_families(memory: FlowMemory) -> str:
    """Return the two families of flows. Local addresses are no label: they multiply series and name nothing."""
    last: dict[Labels, float] = {}
    seen: dict[Labels, float] = {}
    others: set[Labels] = set()
    for key, record in memory.items():
        labels = _labels(key, key.peer_address)
        if labels not in last and len(last) - len(others) >= MOST_SERIES:
            labels = _labels(key._replace(port=0), OTHER)
            if labels not in others and len(others) >= MOST_OTHERS:
                labels = _labels(key._replace(service=OTHER, port=0, protocol=OTHER), OTHER)
            others.add(labels)
        last[labels] = max(last.get(labels, 0.0), record.last / 1000)
        seen[labels] = seen.get(labels, 0.0) + record.seen
    return family(
        "pasencore_flow_last_seen_timestamp_seconds",
        "gauge",
        "When a flow between a service of this host and a peer was last seen.",
        last.items(),
    ) + family(
        "pasencore_flow_observations_total",
        "counter",
        "How often a flow was seen: once a look in which it was open, once a connection that ended.",
        seen.items(),
    )


def _labels(key: FlowKey, peer: str) -> Labels:
    return (
        ("direction", key.direction),
        ("service", key.service),
        ("peer", peer),
        ("port", str(key.port)),
        ("protocol", key.protocol),
    )


def status_families(service: Service) -> str:
    """Return everything but the flows."""
    watch, memory = service.watch, service.memory
    layers = watch.layers
    collectors = service.collector_figures()
    pieces = [
        family("pasencore_build_info", "gauge", "Version of pasencore.", [((("version", service.version),), 1)]),
        single("pasencore_flows", "gauge", "Flows that are remembered.", len(memory)),
        family(
            "pasencore_flows_dropped_total",
            "counter",
            "Sightings that found no room in memory, and flows forgotten with age, by reason.",
            labelled("reason", dict(memory.dropped)),
        ),
        family(
            "pasencore_collector_success",
            "gauge",
            "Whether a collector read what it is there for, wholly or in part.",
            labelled("collector", {name: ok for name, (ok, _) in collectors.items()}),
        ),
        family(
            "pasencore_collector_duration_seconds",
            "gauge",
            "How long the last run of a collector took.",
            labelled("collector", {name: seconds for name, (_, seconds) in collectors.items()}),
        ),
        family(
            "pasencore_blind_spots",
            "gauge",
            "What collectors could not see on this host, by reason.",
            labelled("reason", service.blind_spots()),
        ),
        family(
            "pasencore_flow_layer_up",
            "gauge",
            "Whether a way of seeing flows works.",
            labelled("layer", {name: each.up for name, each in layers.items() if each.up is not None}),
        ),
        family(
            "pasencore_flow_layer_events_total",
            "counter",
            "Answers and events read, by way of seeing flows.",
            labelled("layer", {name: each.seen for name, each in layers.items()}),
        ),
        family(
            "pasencore_flow_layer_lost_total",
            "counter",
            "Answers and events known to be lost, by way of seeing flows.",
            labelled("layer", {name: each.lost for name, each in layers.items()}),
        ),
        single(
            "pasencore_flow_ends_unplaced_total",
            "counter",
            "Connections that ended without telling which end served.",
            watch.unplaced,
        ),
        single(
            "pasencore_flows_forwarded",
            "gauge",
            "Ways of tracked connections that this host forwards for others.",
            watch.extras.forwarded if layers["conntrack"].up else None,
        ),
        single(
            "pasencore_unix_peers_unattributed",
            "gauge",
            "Connections through unix-domain sockets of which an end could not be named.",
            watch.extras.unnamed if layers["unix"].up else None,
        ),
        single(
            "pasencore_network_namespaces",
            "gauge",
            "Network namespaces that are looked at.",
            len(watch.spaces),
        ),
        single(
            "pasencore_tcp_time_wait_overflow_total",
            "counter",
            "Closed connections that the kernel forgot at once for want of room (TCPTimeWaitOverflow).",
            time_wait_overflow(_text("/proc/net/netstat")),
        ),
        single("pasencore_flow_looks_total", "counter", "Looks at the tables of sockets.", memory.looks),
        single("pasencore_history_rows_lost_total", "counter", "Rows of history not written.", service.history.lost),
        single(
            "pasencore_state_saved_timestamp_seconds", "gauge", "When flows were last saved.", service.saved_at or None
        ),
        single("pasencore_surveys_failed_total", "counter", "Surveys that gave no facts.", service.survey.failed),
        single("pasencore_http_requests_total", "counter", "Requests answered.", service.server.requests),
        single(
            "pasencore_http_unauthorized_total", "counter", "Requests without a password.", service.routes.unauthorized
        ),
        single("pasencore_http_refused_total", "counter", "Connections without a request.", service.server.refused),
        *process_families(),
    ]
    return "".join(pieces)


def process_families() -> Iterable[str]:
    """Yield what the process itself takes, under the names that every exporter uses."""
    usage = time.process_time()
    yield single("process_cpu_seconds_total", "counter", "CPU time of this process, children apart.", usage)
    pages = _text("/proc/self/statm").split()
    if len(pages) > 1:
        resident = int(pages[1]) * _PAGE
        yield single("process_resident_memory_bytes", "gauge", "Resident memory of this process.", resident)


def time_wait_overflow(netstat: str) -> float | None:
    """Return TCPTimeWaitOverflow of the text of ``/proc/net/netstat``, None when it is not there."""
    lines = [line.split() for line in netstat.splitlines() if line.startswith("TcpExt:")]
    if len(lines) < 2:  # noqa: PLR2004 - names, values
        return None
    values = dict(zip(lines[0], lines[1], strict=False))
    found = values.get("TCPTimeWaitOverflow", "")
    return float(found) if found.isdigit() else None


def _text(path: str) -> str:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        return os.read(descriptor, 1 << 16).decode("ascii", "replace")
    except OSError:
        return ""
    finally:
        os.close(descriptor)
