"""Hosts made of files in a folder, and of answers of commands written in advance."""

from __future__ import annotations

import datetime as dt
import functools
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agent.collectors.machine import Machine
from tests import builders as b

EXECUTABLE = 0o755
PROJECT = Path(__file__).parents[3]
NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


@functools.cache
def may_be_nobody() -> bool:
    """Tell whether this test may run the project as nobody: only root may, where nobody may read the interpreter."""
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        return False
    argv = [*NOBODY, sys.executable, "-c", "import agent.collectors.host"]
    return subprocess.run(argv, cwd=PROJECT, capture_output=True, check=False).returncode == 0


def at(moment: dt.datetime = b.NOW) -> Callable[[], dt.datetime]:
    """Return a clock that stands still."""
    return lambda: moment


def tree(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below a folder; "-> target" makes a link, a name that ends in "/" a folder, "!" an executable."""
    for name, content in files.items():
        path = root / name.strip("/").removesuffix("!")
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith("/"):
            path.mkdir(parents=True, exist_ok=True)
        elif isinstance(content, str) and content.startswith("-> "):
            path.symlink_to(content.removeprefix("-> "))
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            if name.endswith("!"):
                path.chmod(EXECUTABLE)
    return root


def machine(root: Path, files: Mapping[str, str | bytes] | None = None, now: dt.datetime = b.NOW) -> Machine:
    """Return a host of files alone: commands speak of the real host, so it has none."""
    return Machine(root=tree(root, files or {}), clock=at(now))


@dataclass(slots=True)
class Talking(Machine):
    """A host whose commands answer what a test wrote, by their first words; "" stands for a failure."""

    answers: Mapping[str, str] = field(default_factory=dict)
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def which(self, program: str) -> str | None:
        """Return a path for every program that something is written for."""
        known = any(program in words.split() for words in self.answers)
        return f"/usr/bin/{program}" if known else None

    def run(self, argv: Sequence[str], limit: float = 5.0) -> str | None:
        """Return the answer whose words are all among those of the command."""
        del limit
        self.asked.append(tuple(argv))
        spoken = " ".join(argv)
        for words, answer in self.answers.items():
            if all(word in spoken for word in words.split()):
                if answer == "":
                    self.missed(" ".join(argv[:3]), "unreadable")
                    return None
                return answer
        return None


def talking(root: Path, answers: Mapping[str, str], files: Mapping[str, str | bytes] | None = None) -> Talking:
    """Return a host of files and of commands that answer."""
    return Talking(root=tree(root, files or {}), clock=at(), deadline=time.monotonic() + 60, answers=answers)
