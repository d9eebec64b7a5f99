"""The envelope of netlink: messages in a datagram, attributes in a message, and the question that starts a dump.

Lengths come from outside: every one is checked against what was received, so that nonsense is refused with
`NonsenseError` and never loops or reads past its end (netlink(7)).
"""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Self

NETLINK_SOCK_DIAG = 4
SOCK_DIAG_BY_FAMILY = 20

_REQUEST_DUMP = 0x301
"""NLM_F_REQUEST | NLM_F_DUMP."""

_DUMP_INTERRUPTED = 0x10
_ERROR, _DONE = 2, 3

_HEADER = struct.Struct("=IHHII")
_ATTRIBUTE = struct.Struct("=HH")
_CODE = struct.Struct("=i")
_KIND = 0x3FFF
"""The upper two bits of an attribute's type are flags."""

_DATAGRAM = 64 << 10
"""Twice what the kernel puts in one part of a dump."""

_PATIENCE_SECONDS = 2.0
"""The kernel answers at once or not at all."""

_MOST_ATTEMPTS = 3


class NonsenseError(Exception):
    """What came is no netlink: a length that cannot be, or a cut message."""


class RefusedError(Exception):
    """The kernel does not answer this question: it lacks the family, forbids it, or says nothing."""


@dataclass(slots=True)
class Tally:
    """What a dump cost and missed.

    Attributes
    ----------
    messages
        Answers read.
    interrupted
        Dumps asked again because the table changed under them (NLM_F_DUMP_INTR).
    torn
        Dumps that were still so at the last attempt: something may be missing.
    """

    messages: int = 0
    interrupted: int = 0
    torn: int = 0


def messages(datagram: bytes) -> Iterator[tuple[int, int, int, bytes]]:
    """Yield (type, flags, sequence, payload) of each message.

    Raises
    ------
    NonsenseError
        When a length says more than came, or less than a header.
    """
    at, end = 0, len(datagram)
    while at < end:
        if end - at < _HEADER.size:
            raise NonsenseError("a cut header")  # noqa: EM101, TRY003 - one sentence, said once
        length, kind, flags, sequence, _ = _HEADER.unpack_from(datagram, at)
        if length < _HEADER.size or length > end - at:
            message = f"a message of {length} bytes where {end - at} are left"
            raise NonsenseError(message)
        yield kind, flags, sequence, datagram[at + _HEADER.size : at + length]
        at += (length + 3) & ~3


def attributes(payload: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    """Yield (type, first byte, end) of each attribute after the fixed part of a payload.

    Raises
    ------
    NonsenseError
        When a length says more than there is, or less than a header.
    """
    end = len(payload)
    while end - start >= _ATTRIBUTE.size:
        length, kind = _ATTRIBUTE.unpack_from(payload, start)
        if length < _ATTRIBUTE.size or length > end - start:
            message = f"an attribute of {length} bytes where {end - start} are left"
            raise NonsenseError(message)
        yield kind & _KIND, start + _ATTRIBUTE.size, start + length
        start += (length + 3) & ~3


def netlink_socket(family: int) -> socket.socket:
    """Return a socket to one part of the kernel.

    Raises
    ------
    RefusedError
        When the kernel or a sandbox gives none.
    """
    try:
        return socket.socket(getattr(socket, "AF_NETLINK", 16), socket.SOCK_RAW | socket.SOCK_CLOEXEC, family)
    except OSError as error:
        raise RefusedError(error.strerror or "no netlink") from error


class Link:
    """A socket to the kernel that asks for tables of sockets; closes with its ``with`` block.

    Parameters
    ----------
    given
        A netlink socket that was opened elsewhere, in another network namespace: it speaks of that one.

    Raises
    ------
    RefusedError
        When the kernel or a sandbox gives no such socket.
    """

    def __init__(self, given: socket.socket | None = None) -> None:
        self._socket = given if given is not None else netlink_socket(NETLINK_SOCK_DIAG)
        self._socket.settimeout(_PATIENCE_SECONDS)
        self._sequence = 0
        self.tally = Tally()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def dump(self, question: bytes, ask: int = SOCK_DIAG_BY_FAMILY, answer: int | None = None) -> Iterator[bytes]:
        """Yield the payload of each answer as it comes; after an interrupted dump, those of a second one follow.

        `ask` is the type of the question, `answer` that of the answers, the same by default.

        Whoever counts must therefore count what is distinct. An interrupted system call is taken up again by Python
        (PEP 475).

        Raises
        ------
        NonsenseError
            When the answer is no netlink.
        RefusedError
            When the kernel does not answer this question.
        """
        for _ in range(_MOST_ATTEMPTS):
            if (yield from self._attempt(question, ask, ask if answer is None else answer)):
                return
            self.tally.interrupted += 1
        self.tally.torn += 1

    def _attempt(self, question: bytes, ask: int, answer: int) -> Generator[bytes, None, bool]:
        self._sequence += 1
        header = _HEADER.pack(_HEADER.size + len(question), ask, _REQUEST_DUMP, self._sequence, 0)
        try:
            self._socket.sendto(header + question, (0, 0))
        except OSError as error:
            raise RefusedError(error.strerror or "not sent") from error
        whole = True
        while True:
            for kind, flags, sequence, payload in messages(self._datagram()):
                if sequence != self._sequence:
                    continue
                if flags & _DUMP_INTERRUPTED:
                    whole = False
                if kind == answer:
                    self.tally.messages += 1
                    yield payload
                elif kind in {_ERROR, _DONE}:
                    _refuse(kind, payload)
                    return whole

    def _datagram(self) -> bytes:
        while True:
            try:
                data, _, flags, sender = self._socket.recvmsg(_DATAGRAM)
            except OSError as error:
                raise RefusedError(error.strerror or "no answer") from error
            if flags & socket.MSG_TRUNC or not data:
                raise NonsenseError("a datagram longer than the kernel writes, or empty")  # noqa: EM101, TRY003 - said once
            if sender[0] == 0:
                return data


def _refuse(kind: int, payload: bytes) -> None:
    """Raise what the last message says, if it says that something failed."""
    if len(payload) < _CODE.size:
        if kind == _ERROR:
            raise NonsenseError("an error without its number")  # noqa: EM101, TRY003 - said once
        return
    (code,) = _CODE.unpack_from(payload)
    if code < 0:
        raise RefusedError(os.strerror(-code))
