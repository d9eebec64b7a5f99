"""History of one host in the archives that sysstat keeps, a file a day."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from agent.sources.failures import NoAnswerError
from agent.sources.history import plan
from agent.sources.history.asking import unreadable
from agent.sources.history.port import Matcher, Shard, Spent, selects
from analyzers.measures.decode.block import Block, Incomplete, joined
from analyzers.measures.decode.matrix import UnreadableError
from analyzers.measures.decode.sysstat import block_of_archives

ARCHIVES = (Path("/var/log/sysstat"), Path("/var/log/sa"))
"""Where Debian and Red Hat keep them."""

FIGURES = ("-u", "-q", "-r", "-S", "-b", "-d", "-n", "DEV", "-W", "-B")
"""CPU, queue, memory, swap, disks, network, paging: not interrupts and serial lines."""

EVERYTHING = (Matcher("__name__", "=~", "sysstat_.+"),)
"""Selects all of these figures, none of which bears a name that exporters give."""

SADF_SECONDS = 60
MOST_ARCHIVE_BYTES = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivesAt:
    """Archives that sysstat writes, a file a day."""

    folder: Path

    def open(self) -> ArchiveHistory:
        """Open them.

        Raises
        ------
        NoAnswerError
            When there is none, or none can be read.
        """
        return read_archives(self.folder)


class ArchiveHistory:
    """The series of sysstat archives; see `Source`."""

    name = "sysstat"

    def __init__(self, where: str, block: Block, interval: int) -> None:
        self.where = where
        self.spent = Spent()
        self._block = block
        self._interval = interval

    def shards(self, matchers: tuple[Matcher, ...], start: int, end: int) -> Iterator[Shard]:
        """Yield shards; see `Source`."""
        whole = Shard(matchers=matchers, start=start, end=end, interval=self._interval)
        yield from plan.shards([each for each in self._block.labels if selects(matchers, each)], whole)

    def read(self, shard: Shard) -> Iterator[Block]:
        """Yield the block of a shard; see `Source`."""
        found = self._block.part(lambda labels: selects(shard.every, labels), (shard.start, shard.end))
        if len(found):
            yield found

    def close(self) -> None:
        """Close nothing."""


def find_archives() -> ArchivesAt | None:
    """Return the archives of this host, None when sysstat keeps none."""
    return next((ArchivesAt(folder=each) for each in ARCHIVES if _files(each)), None)


def read_archives(folder: Path) -> ArchiveHistory:
    """Return the history of a folder of archives; see `ArchivesAt.open`."""
    files = _files(folder)
    if not files:
        raise NoAnswerError(reason="no_source", detail=f"{folder}: no archive of sysstat that can be read")
    blocks, lost = [], []
    for file in files:
        try:
            blocks.append(block_of_archives([_printed(file)]))
        except UnreadableError as error:
            lost.append(Incomplete(reason="unreadable", detail=f"{file.name}: {unreadable(error).detail}"))
        except NoAnswerError as error:
            lost.append(Incomplete(reason=error.reason, detail=f"{file.name}: {error.detail}"))
    if not blocks:
        raise NoAnswerError(reason=lost[0].reason, detail=lost[0].detail)
    whole = joined(blocks)
    whole = replace(whole, incomplete=(*whole.incomplete, *lost))
    return ArchiveHistory(str(folder), whole, whole.usual_step() or 600_000)


def _files(folder: Path) -> Sequence[Path]:
    """Return the binary archives, ``sa01`` or ``sa20261201``; ``sar01`` is text."""
    try:
        return sorted(each for each in folder.iterdir() if each.name[:2] == "sa" and each.name[2:].isdigit())
    except OSError:
        return ()


def _printed(file: Path) -> bytes:
    command = ["sadf", "-j", str(file), "--", *FIGURES]
    environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC", "S_TIME_FORMAT": "ISO"}
    try:
        # The file is an argument of its own, found in a folder that root writes; no shell reads it.
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, timeout=SADF_SECONDS, check=False, env=environment
        )
    except FileNotFoundError:
        raise NoAnswerError(reason="no_source", detail="sadf is not installed (package sysstat)") from None
    except subprocess.TimeoutExpired:
        raise NoAnswerError(reason="timed_out", detail=f"sadf did not end in {SADF_SECONDS} s") from None
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0][:200]
        raise NoAnswerError(reason="unreadable", detail=said or f"sadf ended with {done.returncode}")
    if len(done.stdout) > MOST_ARCHIVE_BYTES:
        raise NoAnswerError(reason="budget_exhausted", detail=f"more than {MOST_ARCHIVE_BYTES >> 20} MiB of figures")
    return done.stdout
