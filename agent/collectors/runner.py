"""Runs collectors, each in a forked child, a few at a time, each for no longer than it may take.

A collector may hang in the kernel, crash, or be killed: the others answer all the same, and its run says why. Forking
keeps what the parent has imported, which makes a child cheap; it also copies whatever locks other threads of the
parent hold at that moment. So fork before starting threads where that is possible. Where it is not, a child that
waits for such a lock is cut at its limit like any other and comes back as timed_out.
"""

from __future__ import annotations

import os
import selectors
import signal
import time
import warnings
from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from agent.collectors.child import blocked_signals, run_child, unframe
from agent.collectors.collected import Collected, Failure, block_types, collected, failed
from agent.collectors.machine import Collector, Machine

WORKERS = 4
"""Children at a time: collectors wait more than they compute."""

SLOW_AFTER = 0.2
"""Seconds after which a child no longer holds back the next one: most answer sooner, and every copy takes memory."""

MOST_REPLY_BYTES = 64 << 20
"""A block larger than this is a fault of its collector."""

_COMMANDS_END_AT = 0.9
"""Share of its limit after which a collector's commands are cut, so that it can still say what it had."""

_GOODBYE_SECONDS = 1.0
_READ_BYTES = 1 << 20


@dataclass(slots=True)
class _Child:
    collector: Collector
    pid: int
    pipe: int
    started: float
    received: bytearray = field(default_factory=bytearray)
    reaped: bool = False

    @property
    def due(self) -> float:
        return self.started + self.collector.limit_seconds


class Runner:
    """Runs collectors in children; keeps count of those that even SIGKILL does not end.

    Parameters
    ----------
    workers
        Children at a time.
    """

    def __init__(self, workers: int = WORKERS) -> None:
        self.workers = workers
        self._stuck: dict[str, int] = {}

    def run(
        self,
        collectors: Sequence[Collector],
        *,
        root: Path = Path("/"),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> tuple[Collected, ...]:
        """Return what each collector read, in their order. Never raises for what a collector does.

        A collector whose last child still hangs in the kernel is not started again.

        Raises
        ------
        ValueError
            When a collector fills a block that a host does not have.
        """
        types = {each.name: block_types(each) for each in collectors}
        self._bury()
        answers: dict[str, Collected] = {}
        waiting: deque[Collector] = deque()
        for each in collectors:
            if each.name in self._stuck:
                answers[each.name] = failed(each, Failure("timed_out", "its last run still hangs in the kernel"), 0.0)
            else:
                waiting.append(each)
        for child, reply, seconds in self._replies(waiting, root, clock):
            answers[child.collector.name] = collected(child.collector, reply, types[child.collector.name], seconds)
        return tuple(answers[each.name] for each in collectors)

    def _replies(
        self, waiting: deque[Collector], root: Path, clock: Callable[[], datetime]
    ) -> Iterable[tuple[_Child, bytes | Failure, float]]:
        """Yield each child with its payload, or why there is none, and how long it took, as they come."""
        running: dict[int, _Child] = {}
        gone: list[_Child] = []
        try:
            with selectors.PollSelector() as selector:
                while waiting or running:
                    if waiting and self._room_for_one_more(running.values()):
                        with blocked_signals():
                            child = _fork(waiting.popleft(), root, clock)
                            running[child.pipe] = child
                        selector.register(child.pipe, selectors.EVENT_READ)
                    ready = {key.fd for key, _ in selector.select(self._patience(running.values(), waiting))}
                    for pipe, child in list(running.items()):
                        outcome = _outcome(child, readable=pipe in ready)
                        if outcome is not None:
                            selector.unregister(pipe)
                            os.close(running.pop(pipe).pipe)
                            gone.append(child)
                            yield child, outcome, time.monotonic() - child.started
        finally:
            for child in running.values():
                os.close(child.pipe)
            self._end([*gone, *running.values()])

    def _room_for_one_more(self, running: Collection[_Child]) -> bool:
        now = time.monotonic()
        return len(running) < self.workers and all(now - each.started >= SLOW_AFTER for each in running)

    def _patience(self, running: Collection[_Child], waiting: Collection[Collector]) -> float:
        """Return the seconds until something must be done though no child says anything."""
        next_end = min(each.due for each in running)
        starts = waiting and len(running) < self.workers
        next_start = max(each.started for each in running) + SLOW_AFTER if starts else next_end
        return max(0.0, min(next_end, next_start) - time.monotonic())

    def _end(self, children: Iterable[_Child]) -> None:
        """Reap children, those that linger by force; one that does not even die is remembered, never waited for."""
        left = {each.collector.name: each.pid for each in children if not each.reaped}
        for pid in left.values():
            _kill(pid)
        until = time.monotonic() + _GOODBYE_SECONDS
        while left and time.monotonic() < until:
            left = {name: pid for name, pid in left.items() if not _reaped(pid)}
            if left:
                time.sleep(0.005)
        self._stuck.update(left)

    def _bury(self) -> None:
        self._stuck = {name: pid for name, pid in self._stuck.items() if not _reaped(pid)}


def _fork(collector: Collector, root: Path, clock: Callable[[], datetime]) -> _Child:
    ours, theirs = os.pipe()
    started = time.monotonic()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # forking beside threads: see the module's first lines
        pid = os.fork()
        if pid == 0:
            deadline = started + collector.limit_seconds * _COMMANDS_END_AT
            machine = Machine(root=root, deadline=deadline, clock=clock)
            run_child(collector, machine, theirs, collector.limit_seconds + _GOODBYE_SECONDS)
    os.close(theirs)
    os.set_blocking(ours, False)
    return _Child(collector=collector, pid=pid, pipe=ours, started=started)


def _outcome(child: _Child, *, readable: bool) -> bytes | Failure | None:
    """Return the payload or the failure of a child, None while it has time and says nothing whole."""
    if readable:
        ended = _read(child)
        payload = unframe(child.received)
        if payload is not None:
            return payload
        if ended:
            return Failure("unreadable", _last_words(child))
        if len(child.received) > MOST_REPLY_BYTES:
            return Failure("unreadable", f"its answer is larger than {MOST_REPLY_BYTES >> 20} MiB")
    if time.monotonic() >= child.due:
        return Failure("timed_out", f"no answer within {child.collector.limit_seconds:g} s")
    return None


def _read(child: _Child) -> bool:
    """Read what the pipe holds; tell whether the child closed it."""
    try:
        data = os.read(child.pipe, _READ_BYTES)
    except BlockingIOError:
        return False
    child.received += data
    return not data


def _last_words(child: _Child) -> str:
    """Return how a child that closed its pipe without a reply ended."""
    _kill(child.pid)
    until = time.monotonic() + _GOODBYE_SECONDS
    while time.monotonic() < until:
        try:
            done, status = os.waitpid(child.pid, os.WNOHANG)
        except ChildProcessError:
            child.reaped = True
            break
        if done:
            child.reaped = True
            code = os.waitstatus_to_exitcode(status)
            return (
                f"the collector was ended by {signal.Signals(-code).name}" if code < 0 else "the collector left early"
            )
        time.sleep(0.001)
    return "the collector died"


def _kill(pid: int) -> None:
    """Kill a child and the commands it started."""
    for end in (os.killpg, os.kill):
        with suppress(ProcessLookupError, PermissionError):
            end(pid, signal.SIGKILL)


def _reaped(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] != 0
    except ChildProcessError:
        return True
