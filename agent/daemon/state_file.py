"""What an agent must not forget when it is killed: its flows, in one file replaced whole, at least once a minute."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path

import msgspec

from agent.daemon.flow_memory import FlowKey, FlowMemory, Record

NAME = "flows.state"
LOCK = "agent.lock"
SCHEMA = "pasencore.agent-state/1"
MOST_BYTES = 64 << 20


class _Flow(msgspec.Struct, array_like=True, frozen=True):
    direction: str
    service: str
    local_address: str
    peer_address: str
    port: int
    protocol: str
    nat: str
    peer_service: str
    first: int
    last: int
    seen: int
    failed: int
    sent: int | None
    received: int | None


class _State(msgspec.Struct, frozen=True):
    schema: str
    flows: list[_Flow]
    dropped: dict[str, int] = {}
    since: int = 0
    looks: int = 0


class StateFolder:
    """The folder of one agent: nobody else writes into it while it is held.

    Attributes
    ----------
    problem
        Why nothing is kept, empty when all is well.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problem = ""
        self._lock = -1
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.problem = "another agent uses this folder"
            self.close()
        except OSError as error:
            self.problem = error.strerror or str(error)
            self.close()

    @property
    def held(self) -> bool:
        """Tell whether something may be kept here."""
        return self._lock >= 0

    def close(self) -> None:
        """Let go of the folder."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def save(self, memory: FlowMemory) -> bool:
        """Replace the saved flows; return whether they are on the disk. The earlier ones stay whole otherwise."""
        if not self.held:
            return False
        temporary = self.path / f".{NAME}.tmp"
        try:
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            try:
                view = memoryview(encoded(memory))
                while view:
                    view = view[os.write(descriptor, view) :]
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            os.replace(temporary, self.path / NAME)  # noqa: PTH105 - raises OSError alike
        except OSError as error:
            self.problem = error.strerror or str(error)
            with suppress(OSError):
                temporary.unlink()
            return False
        self.problem = ""
        return True

    def load(self, memory: FlowMemory, now: int) -> str:
        """Put saved flows back; return why not, empty when all is well. What cannot be read is set aside."""
        if not self.held:
            return ""
        file = self.path / NAME
        try:
            with file.open("rb") as stream:
                data = stream.read(MOST_BYTES + 1)
        except FileNotFoundError:
            return ""
        except OSError as error:
            return error.strerror or str(error)
        if decode(data, memory, now):
            return ""
        with suppress(OSError):
            file.rename(file.with_suffix(".unreadable"))
        return "not the state of an agent: set aside as flows.unreadable"


def encoded(memory: FlowMemory) -> bytes:
    """Return the flows as the file holds them."""
    flows = [_Flow(*key, r.first, r.last, r.seen, r.failed, r.sent, r.received) for key, r in memory.items()]
    return msgspec.json.encode(_State(SCHEMA, flows, dict(memory.dropped), memory.since, memory.looks))


def decode(data: bytes, memory: FlowMemory, now: int) -> bool:
    """Put the flows of a file back into a memory; return whether it was one. Times to come are cut to `now`."""
    try:
        state = msgspec.json.decode(data, type=_State)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    if state.schema != SCHEMA or len(data) > MOST_BYTES:
        return False
    for each in state.flows:
        if each.direction not in {"in", "out"}:
            continue
        key = FlowKey(
            each.direction,
            each.service,
            each.local_address,
            each.peer_address,
            each.port,
            each.protocol,
            each.nat,
            each.peer_service,
        )
        record = Record(min(each.first, now))
        record.last = max(record.first, min(each.last, now))
        record.seen, record.failed = each.seen, each.failed
        record.sent, record.received = each.sent, each.received
        memory.restore(key, record)
    memory.since, memory.looks = min(state.since, now), state.looks
    for reason, count in state.dropped.items():
        if reason in memory.dropped:
            memory.dropped[reason] += count
    return True
