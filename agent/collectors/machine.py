"""The port through which collectors look at a host: files below a root, short commands, one deadline.

Collectors never need root and never raise for what they may not see: they record it and go on.
"""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from analyzers.model.reasons import Reason

MOST_BYTES = (4 << 20) - 4096
"""Largest part of a file that a collector reads: what matters is never longer, and a hostile file may be.

Under 4 MiB: the kernel refuses a larger read of a file of /proc/sys (ENOMEM).
"""


class NotSeenError(Exception):
    """The whole block cannot be read; carries the reason and the command that would grant it."""

    def __init__(self, reason: Reason, detail: str = "", grant: str = "") -> None:
        super().__init__(detail or reason)
        self.reason = reason
        self.detail = detail
        self.grant = grant


class NotHereError(Exception):
    """The thing that the collector reads does not exist on this host (no systemd, no dpkg)."""


@dataclass(slots=True)
class Machine:
    """One host as collectors see it.

    Attributes
    ----------
    root
        Where the file system starts; a test gives a folder of its own.
    deadline
        Monotonic time after which commands are cut and loops should stop.
    could_not_see
        What was refused or failed so far, a phrase each; the runner copies it into the collector's run.
    grant
        The command that would let this collector see the rest.
    source
        What was read in the end, when that is not what the collector says in advance.
    """

    root: Path = Path("/")
    deadline: float = float("inf")
    clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)
    could_not_see: list[str] = field(default_factory=list)
    reason: Reason | None = None
    grant: str = ""
    source: str = ""

    def path(self, name: str) -> Path:
        """Return an absolute path of the host, below the root."""
        return self.root / name.lstrip("/")

    def missed(self, what: str, reason: Reason, grant: str = "") -> None:
        """Record that something could not be seen; the block becomes partial, for the first reason given."""
        self.could_not_see.append(what)
        self.reason = self.reason or reason
        self.grant = self.grant or grant

    def read(self, name: str) -> str | None:
        """Return a text file, None when it is absent; one that is refused is recorded as missed."""
        try:
            with self.path(name).open("rb") as stream:
                return stream.read(MOST_BYTES).decode("utf-8", "replace")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except PermissionError:
            self.missed(name, "no_permission", f"sudo setfacl -m u:$(id -un):r {name}")
        except OSError as error:
            self.missed(f"{name}: {error.strerror}", "unreadable")
        return None

    def list(self, name: str) -> tuple[str, ...]:
        """Return the names in a folder, sorted, empty when it is absent; one that is refused is recorded as missed."""
        try:
            return tuple(sorted(os.listdir(self.path(name))))  # noqa: PTH208 - names only, no Path objects
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except PermissionError:
            self.missed(name, "no_permission", f"sudo setfacl -m u:$(id -un):rx {name}")
        except OSError as error:
            self.missed(f"{name}: {error.strerror}", "unreadable")
        return ()

    def glob(self, pattern: str) -> Iterator[str]:
        """Yield absolute names (of the host, not of the root) that match a pattern, sorted."""
        for found in sorted(self.root.glob(pattern.lstrip("/"))):
            yield "/" + str(found.relative_to(self.root))

    def exists(self, name: str) -> bool:
        """Tell whether a path exists, False when nobody may say."""
        try:
            return self.path(name).exists()
        except OSError:
            return False

    def modified(self, name: str) -> dt.datetime | None:
        """Return when a path was last modified, UTC, None when it is absent or refused."""
        try:
            return dt.datetime.fromtimestamp(self.path(name).stat().st_mtime, dt.UTC)
        except OSError:
            return None

    @property
    def live(self) -> bool:
        """Tell whether this is the real host: commands speak of it, and of no other root."""
        return self.root == Path("/")

    def which(self, program: str) -> str | None:
        """Return the path of a program, None when it is absent or the root is not this host's."""
        import shutil  # noqa: PLC0415 - the agent asks for no program: these two would take a megabyte

        if not self.live:
            return None
        return shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin:/usr/local/sbin")

    def run(self, argv: Sequence[str], limit: float = 5.0) -> str | None:
        """Return what a command prints in the C locale; None when it is absent, fails (recorded) or is cut."""
        import subprocess  # noqa: PLC0415 - as in which

        program = self.which(argv[0])
        if program is None:
            return None
        left = min(limit, self.deadline - time.monotonic())
        if left <= 0:
            self.missed(" ".join(argv[:3]), "timed_out")
            return None
        environment = {**os.environ, "LC_ALL": "C", "LANGUAGE": "C", "SYSTEMD_PAGER": "", "PAGER": "cat"}
        try:
            done = subprocess.run(  # noqa: S603 - fixed words, no shell
                [program, *argv[1:]],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=left,
                env=environment,
                check=False,
            )
        except subprocess.TimeoutExpired:
            self.missed(" ".join(argv[:3]), "timed_out")
            return None
        except OSError as error:
            self.missed(f"{argv[0]}: {error.strerror}", "unreadable")
            return None
        if done.returncode != 0:
            words = done.stderr.decode("utf-8", "replace").strip().splitlines()
            refused = any("denied" in line.lower() or "not permitted" in line.lower() for line in words)
            complaint = words[0] if words else str(done.returncode)
            self.missed(f"{' '.join(argv[:3])}: {complaint}", "no_permission" if refused else "unreadable")
            return None
        return done.stdout[:MOST_BYTES].decode("utf-8", "replace")


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector:
    """One source of facts about a host.

    Attributes
    ----------
    name
        The name that findings and metrics show, such as "packages".
    block
        The field of ``Host`` that it fills.
    source
        What it reads, for provenance, such as "/etc/os-release, psutil".
    limit_seconds
        The runner cuts it after this long: what it had is lost, its run says timed_out.
    collect
        Machine in, value of the block out. Raises NotHereError or NotSeenError when there is nothing to return.
    also
        Further fields that the same reading fills; `collect` then returns a mapping from field to value.
    pace
        How often a long-running agent refreshes it.
    """

    name: str
    block: str
    source: str
    collect: Callable[[Machine], object]
    also: tuple[str, ...] = ()
    limit_seconds: float = 10.0
    pace: Literal["interval", "hourly", "daily"] = "hourly"
