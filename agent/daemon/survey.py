"""The facts of this host, read in a child process: what they take in memory goes back with it.

One child at a time runs the collectors that are due, joins what they say with what earlier ones did, and writes the
snapshot, so that the agent itself never holds one.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

from agent.collectors.child import blocked_signals, leave_the_parent

PACE_SECONDS = {"interval": 0.0, "hourly": 3600.0, "daily": 86400.0}
LIMIT_SECONDS = 120
"""More than the slowest collector takes, and the queue before it."""

Sources = Callable[[], Mapping[str, Any]]
"""What the agent itself gives to the snapshot: its listeners, connections and how the look went."""


class Pages:
    """What a survey wrote, each in a file in memory: closes with `close`."""

    NAMES = ("facts", "snapshot", "compressed", "summary")

    def __init__(self) -> None:
        self.files = {name: os.memfd_create(f"pasencore-{name}", os.MFD_CLOEXEC) for name in self.NAMES}

    def size(self, name: str) -> int:
        """Return the length of one of them."""
        return os.fstat(self.files[name]).st_size

    def close(self) -> None:
        """Give the memory back."""
        for each in self.files.values():
            os.close(each)
        self.files = {}


class Survey:
    """Runs surveys, and keeps the pages of the last one that went well.

    Parameters
    ----------
    sources
        Called in the child.

    Attributes
    ----------
    pages
        None before the first survey.
    made
        Monotonic time of `pages`.
    failed
        Surveys that ended without pages.
    summary
        How each collector fared, for metrics: {"collectors": {name: [success, seconds]}, "blind": {reason: count}}.
    """

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self.pages: Pages | None = None
        self.made = float("-inf")
        self.failed = 0
        self.summary: dict[str, Any] = {}
        self._read: dict[str, float] = {}
        self._pid = 0
        self._pages: Pages | None = None
        self._until = 0.0

    @property
    def running(self) -> bool:
        """Tell whether a child is at work."""
        return bool(self._pid)

    def start(self) -> None:
        """Start a child, unless one is at work; a host that has no room for one counts as failed."""
        if self._pid:
            return
        started = time.monotonic()
        pages = None
        try:
            pages = Pages()
            with blocked_signals():
                pid = os.fork()
                if pid == 0:
                    self._child(pages)
        except OSError:
            self.failed += 1
            if pages is not None:
                pages.close()
            return
        self._pid, self._pages, self._until = pid, pages, started + LIMIT_SECONDS

    def reap(self) -> bool:
        """Take in a child that ended; return whether there is none at work any more."""
        if not self._pid:
            return True
        try:
            done, status = os.waitpid(self._pid, os.WNOHANG)
        except ChildProcessError:
            done, status = self._pid, 1
        if not done:
            if time.monotonic() > self._until:
                with suppress(OSError):
                    os.killpg(self._pid, signal.SIGKILL)
            return False
        self._pid, pages = 0, self._pages
        assert pages is not None
        try:
            summary = json.loads(os.pread(pages.files["summary"], pages.size("summary"), 0)) if status == 0 else {}
            read = summary.pop("read")
        except (ValueError, KeyError):
            pages.close()
            self.failed += 1
            return True
        self._read.update(dict.fromkeys(read, time.monotonic()))
        if self.pages is not None:
            self.pages.close()
        self.pages, self.summary, self.made = pages, summary, time.monotonic()
        return True

    def close(self) -> None:
        """End a child that is at work."""
        if self._pid:
            with suppress(OSError):
                os.killpg(self._pid, signal.SIGKILL)
            with suppress(OSError):
                os.waitpid(self._pid, 0)
            self._pid = 0

    def due(self, paces: Iterable[tuple[str, str]], now: float) -> list[str]:
        """Return the names of the collectors whose facts are older than their pace."""
        return [name for name, pace in paces if now - self._read.get(name, float("-inf")) >= PACE_SECONDS[pace]]

    def _child(self, pages: Pages) -> None:
        """Write the pages and leave: never returns into the code of the parent."""
        code = 1
        try:
            kept = {*pages.files.values(), *(self.pages.files.values() if self.pages is not None else ())}
            leave_the_parent(kept, LIMIT_SECONDS)
            from agent.daemon.host_pages import write_pages  # noqa: PLC0415 - only the child pays for it

            facts = self.pages.files["facts"] if self.pages is not None else -1
            write_pages(pages, facts, self._sources(), self.due)
            code = 0
        finally:
            os._exit(code)
