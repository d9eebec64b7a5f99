"""The agent at work: one loop for looks, ends of sockets, requests, surveys and signals."""

from __future__ import annotations

import datetime as dt
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from agent.collectors.machine import Machine
from agent.collectors.sockets import OWNERS, tell_missed
from agent.daemon.flow_memory import FlowKey, FlowMemory, Record
from agent.daemon.history_store import HistoryStore
from agent.daemon.host_metrics import host_figures
from agent.daemon.http_server import Server
from agent.daemon.routes import Routes
from agent.daemon.state_file import NAME as STATE_NAME
from agent.daemon.state_file import StateFolder
from agent.daemon.survey import Survey
from agent.daemon.watch import Watch
from agent.errors import PasencoreError
from analyzers.model.facts import CollectorRun, Connection

HEARD_EVERY_SECONDS = 0.2
"""Ends of sockets are read in batches: waking up for each one would cost thrice as much."""

HEARD_ELSEWHERE_SECONDS = 1.0
"""The same in other network namespaces, of which there may be many."""

FIRST_LOOK_SECONDS = 0.1
"""Whoever waits for the port is answered before; a survey that is asked for earlier brings the look forward."""

SURVEY_SECONDS = 3600.0
FIRST_SURVEY_SECONDS = 5.0
STATE_SECONDS = 60.0
HISTORY_SECONDS = 60.0
_SWEEP_SECONDS = 1.0


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
        self.routes = Routes(self)
        self.server = Server(self.selector, self.routes.handle)
        self.state = StateFolder(options.state)
        self.history = HistoryStore(options.state)
        self.saved_at = 0.0
        self.looked = time.monotonic()
        self.ports: list[int] = []
        self._saved_changes = 0
        self._told = ""
        self._stop = False
        self._due: dict[str, float] = {}
        self._jobs: dict[str, Callable[[], float]] = {}

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT."""
        wakeup = self._take_signals()
        self._configure()
        self.ports = self.server.listen(self.options.host, self.options.port)
        self._complain(self.options.state / STATE_NAME, self.state.load(self.memory, now_milliseconds()))
        self._complain(self.options.state, self.state.problem)
        self._every("look", self.options.interval, self._look, first=FIRST_LOOK_SECONDS)
        self._every("survey", SURVEY_SECONDS, self.start_survey, first=FIRST_SURVEY_SECONDS)
        self._every("state", STATE_SECONDS, self._save)
        self._every("history", HISTORY_SECONDS, self._write_history, first=1.0)
        self._every("hear", HEARD_ELSEWHERE_SECONDS, self.watch.hear_elsewhere)
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
        self._save()
        self.history.close()
        self.state.close()
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

    def start_survey(self) -> None:
        """Start a survey, which tells what a look has shown."""
        if not self.watch.looked:
            self._look()
        self.survey.start()

    def _look(self) -> None:
        first = not self.watch.looked
        self.watch.poll(now_milliseconds())
        if first:
            for descriptor, hear in self.watch.readers():
                data = partial(self._heard, descriptor, hear)
                self.selector.register(descriptor, selectors.EVENT_READ, lambda _, heard=data: heard())
        if self.watch.failure is None:
            self.looked = time.monotonic()

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
        if self.routes.passwords is not None:
            self.routes.passwords.reap()
        if self.survey.running and self.survey.reap():
            self.routes.surveyed()

    def _save(self) -> None:
        if not self.state.held or self.memory.changes == self._saved_changes:
            return
        if self.state.save(self.memory):
            self._saved_changes, self.saved_at = self.memory.changes, time.time()
        self._complain(self.options.state, self.state.problem)

    def _write_history(self) -> None:
        if self.state.held:
            self.history.append(now_milliseconds(), host_figures())

    def _configure(self) -> None:
        """Read the web configuration.

        Raises
        ------
        PasencoreError
            When it cannot be understood.
        """
        if self.options.web_config is None:
            return
        from agent.daemon.web_config import read_web_config  # noqa: PLC0415 - TLS and YAML only where they are used

        config = read_web_config(self.options.web_config)
        passwords = None
        if config.users:
            from agent.daemon.passwords import Passwords  # noqa: PLC0415 - the same

            passwords = Passwords(config.users)
        if self.routes.passwords is not None:
            self.routes.passwords.close()
        self.server.tls, self.routes.passwords = config.tls, passwords

    def _configure_again(self) -> None:
        """Read the web configuration once more; one that is wrong changes nothing."""
        try:
            self._configure()
        except PasencoreError as error:
            self._complain("", f"{self._spoken(error)} - the earlier configuration stays")
        else:
            say("web configuration read again")

    def _spoken(self, error: PasencoreError) -> str:
        from exporters.i18n import spoken  # noqa: PLC0415 - catalogues only where something is wrong

        return error.line(lambda text: spoken(text, self.options.lang))

    def _complain(self, where: Path | str, what: str) -> None:
        """Say a problem once, until another one comes or it goes."""
        line = f"{where}: {what}" if where and what else what
        if line and line != self._told:
            say(line)
        self._told = line

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
            "flow_watch": watch.watched if own is not None else None,
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
        if signal.SIGHUP in numbers:
            self._configure_again()
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
        failed=record.failed,
        nat=key.nat,
        peer_service=key.peer_service,
    )


def now_milliseconds() -> int:
    """Return the time in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def say(text: str) -> None:
    """Write one line for whoever reads the journal."""
    print(f"pasencore: {text}", file=sys.stderr, flush=True)  # noqa: T201 - a line in the journal


def _moment(milliseconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(milliseconds / 1000, dt.UTC)
