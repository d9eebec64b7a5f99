"""What happens in the forked child that runs one collector."""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import signal
import sys
from collections.abc import Iterator
from typing import Literal, NoReturn

import msgspec

from agent.collectors.machine import Collector, Machine, NotHereError, NotSeenError
from analyzers.model.reasons import Reason

_LONGEST_DETAIL = 500
_LENGTH_BYTES = 8

HANDLED = (
    signal.SIGHUP,
    signal.SIGINT,
    signal.SIGQUIT,
    signal.SIGTERM,
    signal.SIGALRM,
    signal.SIGCHLD,
    signal.SIGPIPE,
    signal.SIGUSR1,
    signal.SIGUSR2,
)
"""Signals whose handlers belong to the parent: the child dies of them, or ignores them, as the system decides."""


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What the child says over the pipe; `value` is the encoded block, empty when there is none."""

    outcome: Literal["ok", "partial", "not_applicable", "unknown"]
    reason: Reason | None = None
    detail: str = ""
    could_not_see: tuple[str, ...] = ()
    grant: str = ""
    source: str = ""
    value: bytes = b""


def answer(collector: Collector, machine: Machine) -> Reply:
    """Return what a collector has to say, whatever it raises."""
    try:
        value = collector.collect(machine)
    except NotHereError as error:
        return Reply(outcome="not_applicable", detail=_detail(error))
    except NotSeenError as error:
        return _unknown(machine, error.reason, error.detail, error.grant)
    except PermissionError as error:
        return _unknown(machine, "no_permission", _detail(error))
    except BaseException as error:  # noqa: BLE001 - whatever it is becomes an unknown that shows its text
        return _unknown(machine, "unreadable", f"{type(error).__name__}: {_detail(error)}")
    if value is None:
        return _unknown(machine, machine.reason or "unreadable", "the collector returned nothing")
    return Reply(
        outcome="partial" if machine.could_not_see else "ok",
        reason=machine.reason if machine.could_not_see else None,
        could_not_see=tuple(machine.could_not_see),
        grant=machine.grant,
        source=machine.source,
        value=encode(value),
    )


def encode(value: object) -> bytes:
    """Return a value as MessagePack; names of files that are no UTF-8 lose their odd bytes, not the whole block."""
    try:
        return msgspec.msgpack.encode(value)
    except UnicodeEncodeError:
        return msgspec.msgpack.encode(_printable(msgspec.to_builtins(value)))


def frame(reply: Reply) -> bytes:
    """Return the bytes that go over the pipe: their length, then the reply."""
    payload = encode(reply)
    return len(payload).to_bytes(_LENGTH_BYTES, "big") + payload


def unframe(received: bytes | bytearray) -> bytes | None:
    """Return the whole payload once it has come, None before."""
    if len(received) < _LENGTH_BYTES:
        return None
    length = int.from_bytes(received[:_LENGTH_BYTES], "big")
    whole = len(received) >= _LENGTH_BYTES + length
    return bytes(received[_LENGTH_BYTES : _LENGTH_BYTES + length]) if whole else None


def run_child(collector: Collector, machine: Machine, pipe: int, lifetime: float) -> NoReturn:
    """Answer over a pipe, then leave: never returns into the code of the parent.

    Parameters
    ----------
    pipe
        Where the parent reads.
    lifetime
        Seconds after which the kernel ends the child, should the parent have died without doing it.
    """
    try:
        leave_the_parent({pipe}, lifetime)
        _send(pipe, frame(answer(collector, machine)))
    finally:
        os._exit(0)


@contextlib.contextmanager
def blocked_signals() -> Iterator[None]:
    """Hold signals back around a fork: no handler of the parent runs in the child, and no child is forgotten."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def leave_the_parent(kept: set[int], lifetime: float) -> None:
    """Take a process group of its own, default signals and silent standard files; drop the parent's, leave no core.

    Parameters
    ----------
    kept
        Open files that stay open.
    lifetime
        Seconds after which the kernel ends this process.
    """
    gc.disable()
    os.setsid()
    for each in HANDLED:
        signal.signal(each, signal.SIG_DFL)
    signal.set_wakeup_fd(-1)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.setitimer(signal.ITIMER_REAL, lifetime)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    sys.stdout = sys.stderr = os.fdopen(1, "w", closefd=False)
    for descriptor in _open_files() - {0, 1, 2} - kept:
        with contextlib.suppress(OSError):
            os.close(descriptor)


def _open_files() -> set[int]:
    """Return the open files: a listening socket of the parent must not outlive it in a child that hangs."""
    try:
        return {int(name) for name in os.listdir("/proc/self/fd")}  # noqa: PTH208 - numbers, no paths
    except OSError:
        return set()


def _send(pipe: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(pipe, view) :]


def _unknown(machine: Machine, reason: Reason, detail: str, grant: str = "") -> Reply:
    return Reply(
        outcome="unknown",
        reason=reason,
        detail=detail[:_LONGEST_DETAIL],
        could_not_see=tuple(machine.could_not_see),
        grant=grant or machine.grant,
    )


def _detail(error: BaseException) -> str:
    return " ".join(str(error).split())[:_LONGEST_DETAIL]


def _printable(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {_printable(key): _printable(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_printable(each) for each in value]
    return value
