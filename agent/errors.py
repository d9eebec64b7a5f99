"""Errors that a user sees: one line each, with the exit code on the class."""

from __future__ import annotations

from collections.abc import Callable

from analyzers.model.message import Message


class PasencoreError(Exception):
    """Base of what is shown as one line: what, where, and what to do."""

    exit_code = 1

    def __init__(self, what: str | Message, where: str = "", remedy: str | Message = "") -> None:
        super().__init__(str(what))
        self.what = what
        self.where = where
        self.remedy = remedy

    def line(self, translate: Callable[[Message], str] = str) -> str:
        """Return the one line; `translate` turns messages into the reader's language, English without it."""
        what, remedy = (translate(each) if isinstance(each, Message) else each for each in (self.what, self.remedy))
        line = f"{self.where}: {what}" if self.where else what
        line = f"{line} - {remedy}" if remedy else line
        return " ".join(line.split())

    def __str__(self) -> str:
        return self.line()


class FailedError(PasencoreError):
    """The work could not be done (an output folder that cannot be written, a disk that is full)."""

    exit_code = 1


class UsageError(PasencoreError):
    """Wrong usage, or an input file that cannot be read or understood."""

    exit_code = 2
