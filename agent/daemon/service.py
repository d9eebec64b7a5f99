"""The agent at work: one loop for looks, ends of sockets, requests, surveys and signals."""

from __future__ import annotations

import datetime as dt
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.collectors.machine import Machine
from agent.collectors.sockets import OWNERS, tell_missed
from agent.daemon.exposition import CONTENT_TYPE
from agent.daemon.flow_memory import FlowKey, FlowMemory, Record
from agent.daemon.http_message import File, Response, plain
from agent.daemon.http_server import Exchange, Server
from agent.daemon.metrics_page import flow_families, status_families
from agent.daemon.survey import Survey
from agent.daemon.watch import Watch
from analyzers.model.facts import CollectorRun, Connection

HEARD_EVERY_SECONDS = 0.2
"""Ends of sockets are read in batches: waking up for each one would cost thrice as much."""

SURVEY_SECONDS = 3600.0
FIRST_SURVEY_SECONDS = 5.0
STATE_SECONDS = 60.0
HISTORY_SECONDS = 60.0
_SWEEP_SECONDS = 1.0
_LATE_LOOKS = 3

INDEX = b"""<!doctype html><meta charset=utf-8><title>pasencore</title><h1>pasencore agent</h1>
<ul><li><a href=/metrics>/metrics</a><li><a href=/snapshot>/snapshot</a><li><a href=/history>/history</a>
<li><a href=/healthz>/healthz</a></ul>
"""
_GUARDED = (
    "this page needs authentication away from loopback - start the agent with --web-config and basic_auth_users "
    "or client certificates, or ask on 127.0.0.1"
)


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says."""

    host: str
    port: int
    interval: float
    state: Path
    version: str
    web_config: Path | None = None
    lang: str = "en"


class Service:
    """Everything that one agent holds.

    Attributes
    ----------
    ports
        On which it listens.
    """

    def __init__(self, options: Options) -> None:
        self.options, self.version = options, options.version
        self.memory = FlowMemory()
        self.watch = Watch(self.memory)
        self.survey = Survey(self._sources)
        self.selector = selectors.DefaultSelector()
        self.server = Server(self.selector, self._handle)
        self.rows_lost = 0
        self.saved_at = 0.0
        self.ports: list[int] = []
        self._waiting: list[Exchange] = []
        self._flows_text = (-1, "")
        self._stop = False
        self._looked = time.monotonic()
        self._due: dict[str, float] = {}
        self._jobs: dict[str, Callable[[], float]] = {}

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT."""
        wakeup = self._take_signals()
        self.ports = self.server.listen(self.options.host, self.options.port)
        self._look()
        for descriptor, hear in self.watch.readers():
            self.selector.register(descriptor, selectors.EVENT_READ, lambda _, d=descriptor, h=hear: self._heard(d, h))
        self._every("look", self.options.interval, self._look)
        self._every("survey", SURVEY_SECONDS, self.survey.start, first=FIRST_SURVEY_SECONDS)
        self._every("sweep", _SWEEP_SECONDS, self._sweep)
        host = f"[{self.options.host}]" if ":" in self.options.host else self.options.host or "*"
        say(f"listens on {', '.join(f'{host}:{port}' for port in sorted(set(self.ports)))}")
        try:
            while not self._stop:
                self._turn()
        finally:
            self.close(wakeup)

    def close(self, wakeup: socket.socket) -> None:
        """Stop listening and let go of everything."""
        self.server.close()
        self.survey.close()
        self.watch.close()
        signal.set_wakeup_fd(-1)
        wakeup.close()
        self.selector.close()

    def collector_figures(self) -> dict[str, tuple[float, float]]:
        """Return success (0 or 1) and seconds of each collector."""
        told = {
            name: (float(ok), float(seconds))
            for name, (ok, seconds) in self.survey.summary.get("collectors", {}).items()
        }
        return {**told, "flows": (float(self.watch.failure is None), self.watch.seconds)}

    def blind_spots(self) -> Mapping[str, float]:
        """Return how much could not be seen, by reason."""
        return dict(self.survey.summary.get("blind", {}))

    def _turn(self) -> None:
        now = time.monotonic()
        for name, due in list(self._due.items()):
            if due <= now:
                self._due[name] = now + self._jobs[name]()
        patience = max(0.0, min(self._due.values()) - time.monotonic())
        for key, events in self.selector.select(patience):
            key.data(events)

    def _every(self, name: str, seconds: float, act: Callable[[], Any], first: float | None = None) -> None:
        def job() -> float:
            act()
            return seconds

        self._jobs[name] = job
        self._due[name] = time.monotonic() + (seconds if first is None else first)

    def _look(self) -> None:
        self.watch.poll(now_milliseconds())
        if self.watch.failure is None:
            self._looked = time.monotonic()

    def _heard(self, descriptor: int, hear: Callable[[], None]) -> None:
        """Take in what ended, then leave the rest alone for a moment."""
        hear()
        key = self.selector.unregister(descriptor)
        name = f"hear {descriptor}"

        def listen_again() -> float:
            self.selector.register(descriptor, selectors.EVENT_READ, key.data)
            del self._jobs[name]
            return float("inf")

        self._jobs[name] = listen_again
        self._due[name] = time.monotonic() + HEARD_EVERY_SECONDS

    def _sweep(self) -> None:
        self.server.sweep()
        if self.survey.running and self.survey.reap():
            waiting, self._waiting = self._waiting, []
            for each in waiting:
                each.reply(self._snapshot(each))

    def _handle(self, exchange: Exchange) -> None:
        match exchange.request.path:
            case "/metrics":
                exchange.reply(Response(200, self._metrics(), CONTENT_TYPE))
            case "/healthz":
                exchange.reply(self._health())
            case "/snapshot" | "/history" if not self._may_see(exchange):
                exchange.reply(plain(403, _GUARDED))
            case "/snapshot":
                self._ask_snapshot(exchange)
            case "/":
                exchange.reply(Response(200, INDEX, "text/html; charset=utf-8"))
            case _:
                exchange.reply(plain(404))

    def _metrics(self) -> bytes:
        changes, text = self._flows_text
        if changes != self.memory.changes:
            text = flow_families(self.memory)
            self._flows_text = self.memory.changes, text
        return (status_families(self) + text).encode()

    def _health(self) -> Response:
        late = time.monotonic() - self._looked > _LATE_LOOKS * self.options.interval + 1
        return plain(503, "no look at the sockets lately") if late else plain(200, "ok")

    def _may_see(self, exchange: Exchange) -> bool:
        """Tell whether a client may see what is secret: on loopback, under a name of it, else never yet."""
        if not is_loopback(exchange.local_address):
            return False
        # A page of a stranger in a browser of this host may point a name of its own at 127.0.0.1.
        name = exchange.request.headers.get("host", "")
        return is_loopback_name(name)

    def _ask_snapshot(self, exchange: Exchange) -> None:
        if self.survey.pages is not None and time.monotonic() - self.survey.made < self.options.interval:
            exchange.reply(self._snapshot(exchange))
            return
        self._waiting.append(exchange)
        self.survey.start()

    def _snapshot(self, exchange: Exchange) -> Response:
        pages = self.survey.pages
        if pages is None:
            return plain(503, "the facts of this host could not be read")
        zipped = exchange.request.accepts_gzip()
        name = "compressed" if zipped else "snapshot"
        headers = {"Vary": "Accept-Encoding"} | ({"Content-Encoding": "gzip"} if zipped else {})
        file = File(os.dup(pages.files[name]), pages.size(name))
        return Response(200, b"", "application/json", file, headers)

    def _sources(self) -> Mapping[str, Any]:
        """Return the agent's part of a snapshot; called in the child of a survey."""
        watch, machine = self.watch, Machine()
        own = watch.spaces[0].last
        if own is not None:
            tell_missed(machine, watch.sight, own)
        full = self.memory.dropped["memory_full"]
        if full:
            machine.missed(f"flows that found no room in memory: {full} sightings", "budget_exhausted")
        ways = ", ".join(name for name, each in watch.layers.items() if each.up)
        unplaced = f"; ended connections of which neither end is known to have served: {watch.unplaced}"
        failure = watch.failure
        run = CollectorRun(
            name="flows",
            outcome="unknown" if failure is not None else "partial" if machine.could_not_see else "ok",
            reason=failure.reason if failure is not None else machine.reason,
            detail=failure.detail if failure is not None else "",
            could_not_see=tuple(machine.could_not_see),
            grant=machine.grant,
            source=f"{ways}, {OWNERS}, /sys/fs/cgroup" + (unplaced if watch.unplaced else ""),
            duration_seconds=round(watch.seconds, 3),
        )
        return {
            "run": run,
            "listeners": watch.listeners if own is not None else None,
            "connections": tuple(connection(key, record) for key, record in self.memory.items()) if own else None,
            "flow_watch": watch.watched if own else None,
            "tool": self.version,
        }

    def _take_signals(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        for each in (ours, theirs):
            each.setblocking(False)  # noqa: FBT003 - the library's signature
        self._theirs = theirs
        signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(number, lambda *_: None)
        self.selector.register(ours, selectors.EVENT_READ, lambda _: self._signalled(ours))
        return ours

    def _signalled(self, ours: socket.socket) -> None:
        try:
            numbers = set(ours.recv(4096))
        except BlockingIOError:
            return
        if numbers & {signal.SIGTERM, signal.SIGINT}:
            self._stop = True
        if signal.SIGCHLD in numbers:
            self._sweep()


def connection(key: FlowKey, record: Record) -> Connection:
    """Return a remembered flow as a fact."""
    return Connection(
        direction="in" if key.direction == "in" else "out",
        service=key.service,
        local_address=key.local_address,
        peer_address=key.peer_address,
        port=key.port,
        protocol="udp" if key.protocol == "udp" else "unix" if key.protocol == "unix" else "tcp",
        first_seen=_moment(record.first),
        last_seen=_moment(record.last),
        observations=max(1, record.seen),
        bytes_sent=record.sent,
        bytes_received=record.received,
    )


def is_loopback(address: str) -> bool:
    """Tell whether an address never leaves the host."""
    return address.removeprefix("::ffff:").startswith("127.") or address == "::1"


def is_loopback_name(header: str) -> bool:
    """Tell whether a Host header names this host's loopback, whatever the port."""
    name = header[1:].partition("]")[0] if header.startswith("[") else header.partition(":")[0]
    return name in {"", "localhost"} or is_loopback(name)


def now_milliseconds() -> int:
    """Return the time in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def say(text: str) -> None:
    """Write one line for whoever reads the journal."""
    print(f"pasencore: {text}", file=sys.stderr, flush=True)  # noqa: T201 - a line in the journal


def _moment(milliseconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(milliseconds / 1000, dt.UTC)
