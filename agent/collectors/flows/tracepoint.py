"""Calls at the moment they are made, with who makes them: the kernel's tracepoint ``sock:inet_sock_set_state``.

Also those that nobody answers. Takes root and a mounted tracefs; events are of the whole machine, so an agent that
lives in a namespace of processes leaves them alone. A private instance keeps other tracers undisturbed; it is removed
at the end, or by the next agent.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Literal, NamedTuple

from agent.collectors.flows.netlink import RefusedError
from agent.collectors.processes.proc_net import plain_address

ROOT = "/sys/kernel/tracing"
INSTANCE = "pasencore"
_EVENT = "events/sock/inet_sock_set_state"
_FILTER = "protocol==6 && (newstate==2 || oldstate==2)"
"""TCP, into and out of SYN_SENT."""

_BUFFER_KILOBYTES = 512
"""A processor: some 2500 events until they are read."""

_READ_BYTES = 64 << 10
_MOST_READS = 64
_FIRST_PID_NAMESPACE = 4026531836
"""Inode of the machine's own namespace of processes (PROC_PID_INIT_INO)."""

_LINE = re.compile(
    r"\s*(?P<comm>.{1,16}?)-(?P<pid>\d{1,10})\s.*: inet_sock_set_state: family=AF_INET(?P<six>6?) protocol=IPPROTO_TCP "
    r"sport=(?P<sport>\d{1,5}) dport=(?P<dport>\d{1,5}) saddr=(?P<saddr>\S+) daddr=(?P<daddr>\S+) "
    r"saddrv6=(?P<saddr6>\S+) daddrv6=(?P<daddr6>\S+) oldstate=(?P<old>\w+) newstate=(?P<new>\w+)\s*"
)
_LOST = re.compile(r"CPU:\d+ \[LOST (\d{1,18}) EVENTS\]")


class Call(NamedTuple):
    """A step of a call; `pid` and `comm` are the caller's at its start, anybody's later."""

    step: Literal["started", "answered", "failed"]
    pid: int
    comm: str
    address: str
    port: int
    peer_address: str
    peer_port: int


class Tracepoint:
    """A running trace of calls; close it.

    Attributes
    ----------
    seen, lost
        Lines read, and events that the kernel said it had dropped.

    Raises
    ------
    RefusedError
        When there is no tracefs, no right, or this is not the machine's own namespace of processes.
    """

    def __init__(self, root: str = ROOT) -> None:
        self.seen = self.lost = 0
        self._rest = b""
        self._folder = f"{root}/instances/{INSTANCE}"
        if not at_the_root():
            raise RefusedError("a namespace of processes")  # noqa: EM101, TRY003 - said once
        if not os.path.isdir(f"{root}/{_EVENT}"):  # noqa: PTH112 - text joined with text
            raise RefusedError("tracefs is not mounted or not readable")  # noqa: EM101, TRY003 - said once
        try:
            with suppress(FileNotFoundError):
                os.rmdir(self._folder)  # noqa: PTH106 - the same
            os.mkdir(self._folder)  # noqa: PTH102 - the same
        except OSError as error:
            raise _refused(error) from error
        try:
            self._write("trace_clock", "boot")
            self._write("buffer_size_kb", str(_BUFFER_KILOBYTES))
            self._write(f"{_EVENT}/filter", _FILTER)
            self._write(f"{_EVENT}/enable", "1")
            self._pipe = os.open(f"{self._folder}/trace_pipe", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            self._remove()
            raise _refused(error) from error

    def fileno(self) -> int:
        """Return the descriptor, for a selector."""
        return self._pipe

    def close(self) -> None:
        """End the trace and leave nothing behind."""
        os.close(self._pipe)
        self._remove()

    def drain(self) -> Iterator[Call]:
        """Yield the steps of calls that wait, without waiting for more."""
        for _ in range(_MOST_READS):
            try:
                data = os.read(self._pipe, _READ_BYTES)
            except OSError:
                return
            if not data:
                return
            *lines, self._rest = (self._rest + data).split(b"\n")
            for line in lines:
                self.seen += 1
                call = parse_call(line.decode("utf-8", "replace"))
                if call is not None:
                    yield call
                else:
                    self.lost += lost_in(line.decode("ascii", "replace"))

    def _write(self, name: str, text: str) -> None:
        descriptor = os.open(f"{self._folder}/{name}", os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.write(descriptor, text.encode())
        finally:
            os.close(descriptor)

    def _remove(self) -> None:
        with suppress(OSError):
            self._write(f"{_EVENT}/enable", "0")
        with suppress(OSError):
            os.rmdir(self._folder)  # noqa: PTH106 - text


def _refused(error: OSError) -> RefusedError:
    return RefusedError(f"tracefs: {error.strerror}")


def parse_call(line: str) -> Call | None:
    """Return the step of a call that a line of ``trace_pipe`` tells, None when it tells none."""
    match = _LINE.fullmatch(line)
    if match is None:
        return None
    step: Literal["started", "answered", "failed"]
    if match["new"] == "TCP_SYN_SENT":
        step = "started"
    elif match["old"] == "TCP_SYN_SENT" and match["new"] == "TCP_ESTABLISHED":
        step = "answered"
    elif match["old"] == "TCP_SYN_SENT" and match["new"] == "TCP_CLOSE":
        step = "failed"
    else:
        return None
    six = bool(match["six"])
    address, peer = (match["saddr6"], match["daddr6"]) if six else (match["saddr"], match["daddr"])
    ends = plain_address(address), int(match["sport"]), plain_address(peer), int(match["dport"])
    return Call(step, int(match["pid"]), match["comm"], *ends)


def lost_in(line: str) -> int:
    """Return how many events a line says were lost."""
    match = _LOST.search(line)
    return int(match[1]) if match is not None else 0


def at_the_root() -> bool:
    """Tell whether this process lives in the machine's own namespace of processes."""
    try:
        return os.stat("/proc/self/ns/pid").st_ino == _FIRST_PID_NAMESPACE  # noqa: PTH116 - text
    except OSError:
        return False
