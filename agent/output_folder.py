"""The folder of ``scan --out``: what a scan leaves for people, for the next scan, and for the one after."""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from agent.atomic import cannot_write, remove_abandoned, replace_files
from agent.errors import FailedError, UsageError
from agent.input_file import read_bounded
from analyzers.model.message import N_, Message, message
from exporters.parts import SCHEMA

MOST_PAST = 400
MOST_VERDICT_BYTES = 64 << 20
PAST = "past"
VERDICT = "verdict.json"

_PAST_NAME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z)\.verdict\.json")


@dataclass(frozen=True, slots=True)
class OutputFolder:
    """A folder that exists and can be written; `open_folder` makes one."""

    path: Path

    def write(self, contents: Mapping[str, bytes]) -> None:
        """Write the files of a scan, each readable by its owner only and replaced whole.

        Raises
        ------
        FailedError
            When one cannot be written; the files of the scan before stay whole.
        """
        replace_files({self.path / name: content for name, content in contents.items()})

    def keep(self, taken_at: datetime, verdict: bytes) -> None:
        """Add a verdict to the past, and let go of the oldest beyond `MOST_PAST`.

        Raises
        ------
        FailedError
            When it cannot be written.
        """
        _refuse_link(self.path / PAST)
        folder = _made(self.path / PAST)
        replace_files({folder / f"{_stamp(taken_at)}.verdict.json": verdict})
        for _, path in self._past()[:-MOST_PAST]:
            with contextlib.suppress(OSError):
                path.unlink()

    def previous(self) -> tuple[dict[str, Any] | None, Message | None]:
        """Return the verdict of the scan before, as JSON holds it, and why the last one is ignored.

        When the last one cannot be read, the newest of the past that can stands for it: what it withdrew must stay
        withdrawn. Both are None at a first scan.
        """
        path = self.path / VERDICT
        if not (path.exists() or path.is_symlink()):
            return None, None
        document, wrong = _verdict(path)
        if document is None:
            read = (_verdict(each)[0] for _, each in reversed(self._past()))
            document = next((each for each in read if each is not None), None)
        return document, wrong

    def past(self, most: int = MOST_PAST) -> Iterator[tuple[datetime, dict[str, Any]]]:
        """Yield the newest `most` earlier verdicts, oldest first, as JSON holds them; broken ones are left out."""
        for moment, path in self._past()[-most:]:
            document, _ = _verdict(path)
            if document is not None:
                yield moment, document

    def _past(self) -> list[tuple[datetime, Path]]:
        folder = self.path / PAST
        names = ((_PAST_NAME.fullmatch(each.name), each) for each in folder.iterdir()) if folder.is_dir() else ()
        return sorted((moment, path) for found, path in names if found and (moment := _moment(found[1])))


def open_folder(path: Path) -> OutputFolder:
    """Return the output folder at `path`, created for its owner only when absent.

    Raises
    ------
    FailedError
        When it can be neither created nor written, or its past is elsewhere: said before the work, not after.
    """
    folder = _made(path)
    _refuse_link(folder / PAST)
    try:
        with tempfile.TemporaryFile(dir=folder):
            remove_abandoned(folder)
    except OSError as error:
        raise cannot_write(path, error) from None
    return OutputFolder(folder)


def _made(path: Path) -> Path:
    try:
        path.mkdir(mode=0o700, exist_ok=True)
    except FileExistsError:
        raise cannot_write(path, NotADirectoryError(20, "")) from None
    except OSError as error:
        raise cannot_write(path, error) from None
    return path


def _refuse_link(path: Path) -> None:
    """Refuse a symbolic link: whoever made it would choose where verdicts are written and removed."""
    if path.is_symlink():
        raise FailedError(
            message(N_("a symbolic link, which is not followed here")), str(path), message(N_("remove it"))
        )


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _verdict(path: Path) -> tuple[dict[str, Any] | None, Message | None]:
    if path.is_symlink():
        return None, message(N_("{path}: left aside, it is a symbolic link"), path=str(path))
    cause = ""
    try:
        document = msgspec.json.decode(read_bounded(path, MOST_VERDICT_BYTES))
    except UsageError as error:
        document, cause = None, str(error.what)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        document = None
    if isinstance(document, dict) and document.get("schema") == SCHEMA:
        return document, None
    if cause:
        return None, message(N_("{path}: left aside: {cause}"), path=str(path), cause=cause)
    return None, message(N_("{path}: left aside, it is not a verdict that this version wrote"), path=str(path))
