"""Hosts of files whose commands count as the host's own: for what collectors ask only of the real one."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.collectors.machine import Machine
from analyzers.model.reasons import Reason
from tests.agent.collectors.fake_hosts import Talking, at, tree

DENIED = "denied"


@dataclass(slots=True)
class Live(Talking):
    """A host that passes for the real one; an answer of `DENIED` is a refusal."""

    @property
    def live(self) -> bool:
        """Return True: its commands speak of it."""
        return True

    def run(self, argv: Sequence[str], limit: float = 5.0) -> str | None:
        """Return the answer that a test wrote."""
        answer = Talking.run(self, argv, limit)
        if answer != DENIED:
            return answer
        reason: Reason = "no_permission"
        self.missed(argv[0], reason)
        return None


def live(root: Path, answers: Mapping[str, str], files: Mapping[str, str | bytes] | None = None) -> Live:
    """Return a host of files and answers that passes for the real one."""
    return Live(root=tree(root, files or {}), clock=at(), answers=answers)


@dataclass(slots=True)
class WithPrograms(Machine):
    """A host of files on which the programs of this machine run: they get paths below its root."""

    def which(self, program: str) -> str | None:
        """Return where this machine has a program."""
        return shutil.which(program)

    def run(self, argv: Sequence[str], limit: float = 5.0) -> str | None:
        """Return what the program prints."""
        found = self.which(argv[0])
        if found is None:
            return None
        done = subprocess.run([found, *argv[1:]], capture_output=True, timeout=limit, check=False)
        if done.returncode:
            refused = b"denied" in done.stderr
            self.missed(argv[0], "no_permission" if refused else "unreadable")
            return None
        return done.stdout.decode()


def with_programs(root: Path, files: Mapping[str, str | bytes]) -> WithPrograms:
    """Return a host of files on which the programs of this machine run."""
    return WithPrograms(root=tree(root, files), clock=at())
