"""Errors that a user sees: one line each, with the exit code on the class."""

from __future__ import annotations


class PasencoreError(Exception):
    """Base of what is shown as one line: what, where, and what to do."""

    exit_code = 1

    def __init__(self, what: str, where: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        line = f"{self.where}: {self.what}" if self.where else self.what
        line = f"{line} - {self.remedy}" if self.remedy else line
        return " ".join(line.split())


class FailedError(PasencoreError):
    """The work could not be done (an output folder that cannot be written, a disk that is full)."""

    exit_code = 1


class UsageError(PasencoreError):
    """Wrong usage, or an input file that cannot be read or understood."""

    exit_code = 2
