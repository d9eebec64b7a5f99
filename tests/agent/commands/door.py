"""The command line as a user meets it: a process, its exit code, what it prints."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

QUIET = {"PASENCORE_LANG": "en", "COLUMNS": "80"}


@dataclass(frozen=True)
class Done:
    """How a run ended."""

    code: int
    out: str
    err: str

    def one_clear_line(self) -> str:
        """Return the error, after making sure that it is one line and no traceback."""
        lines = self.err.splitlines()
        assert "Traceback" not in self.err, self.err
        assert len(lines) == 1, self.err
        return lines[0]


def environment(tmp: Path, **more: str) -> dict[str, str]:
    """Return an environment without settings of its own, whose state stays in `tmp`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PASENCORE_", "LC_", "LANG"))}
    return {**kept, **QUIET, "PASENCORE_STATE": str(tmp / "state"), **more}


def words(*arguments: str | Path) -> list[str]:
    """Return the command that runs pasencore."""
    return [sys.executable, "-m", "agent", *map(str, arguments)]


def run(tmp: Path, *arguments: str | Path, **more: str) -> Done:
    """Run pasencore in `tmp`."""
    done = subprocess.run(
        words(*arguments), cwd=tmp, env=environment(tmp, **more), capture_output=True, timeout=120, check=False
    )
    return Done(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))
