"""Passwords of the agent's pages: bcrypt in a child process, one at a time, and what was checked is remembered.

A check takes tens of milliseconds of processor on purpose. Done in the loop it would stop everything else; done for
each scrape it would cost more than the agent itself; done for whoever asks it would be a way to keep a host busy.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import hmac
import os
import secrets
import signal
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping

import bcrypt

from agent.collectors.child import blocked_signals, leave_the_parent

MOST_REMEMBERED = 256
MOST_WAITING = 16
_LIMIT_SECONDS = 20
_NOBODY = b"$2b$10$SgO5p1uK28KfF7wBIbC5..fLgeuBYVUUqRFnv6u59DFBx9Oz5SzZm"
"""Hash that is checked for an unknown user, so that the time of an answer does not tell who exists."""

Then = Callable[[bool | None], None]
"""Gets whether the password was right; None when too many others wait."""


class Passwords:
    """Checks the header of basic authentication against bcrypt hashes by user."""

    def __init__(self, users: Mapping[str, bytes]) -> None:
        self._users = dict(users)
        self._secret = secrets.token_bytes(32)
        self._known: OrderedDict[bytes, bool] = OrderedDict()
        self._waiting: deque[tuple[bytes, bytes, bytes, Then]] = deque()
        self._pid = 0
        self.checked = 0
        """Passwords that were checked the slow way."""

    def ask(self, header: str, then: Then) -> None:
        """Say through `then`, now or later, whether an ``Authorization`` header lets its client in."""
        found = credentials(header)
        if found is None:
            then(False)  # noqa: FBT003 - an answer
            return
        user, password = found
        mark = hmac.digest(self._secret, b"%d:" % len(user) + user.encode() + password, hashlib.sha256)
        if mark in self._known:
            self._known.move_to_end(mark)
            then(self._known[mark])
        elif len(self._waiting) >= MOST_WAITING:
            then(None)
        else:
            hashed = self._users.get(user, _NOBODY)
            self._waiting.append((mark, password, hashed if user in self._users else _NOBODY, then))
            self._next()

    def reap(self) -> None:
        """Take in a check that ended."""
        if not self._pid:
            return
        try:
            done, status = os.waitpid(self._pid, os.WNOHANG)
        except ChildProcessError:
            done, status = self._pid, 1
        if not done:
            return
        self._pid = 0
        mark, _, hashed, then = self._waiting.popleft()
        right = status == 0 and hashed is not _NOBODY
        self._remember(mark, right=right)
        self._next()
        then(right)

    def close(self) -> None:
        """End the check at work; who waits hears that it was not made."""
        if self._pid:
            with contextlib.suppress(OSError):
                os.kill(self._pid, signal.SIGKILL)
            with contextlib.suppress(OSError):
                os.waitpid(self._pid, 0)
            self._pid = 0
        while self._waiting:
            self._waiting.popleft()[-1](None)

    def _next(self) -> None:
        while not self._pid and self._waiting:
            mark, password, hashed, then = self._waiting[0]
            if mark in self._known:
                self._waiting.popleft()
                then(self._known[mark])
                continue
            self.checked += 1
            with blocked_signals():
                self._pid = os.fork()
                if self._pid == 0:
                    _check(password, hashed)

    def _remember(self, mark: bytes, *, right: bool) -> None:
        self._known[mark] = right
        if len(self._known) > MOST_REMEMBERED:
            # Wrong ones go first: guesses must not push out those who belong here.
            wrong = next((each for each, known in self._known.items() if not known), None)
            self._known.pop(wrong if wrong is not None else next(iter(self._known)))


def credentials(header: str) -> tuple[str, bytes] | None:
    """Return user and password of a basic ``Authorization`` header (RFC 7617), None when it is none."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(encoded.strip(), validate=True).partition(b":")
        return (user.decode(), password) if colon else None
    except (binascii.Error, ValueError):
        return None


def _check(password: bytes, hashed: bytes) -> None:
    """Leave with 0 when the password is right: never returns into the code of the parent."""
    code = 1
    try:
        leave_the_parent(set(), _LIMIT_SECONDS)
        code = 0 if bcrypt.checkpw(password[:72], hashed) else 1
    finally:
        os._exit(code)
