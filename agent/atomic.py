"""Files replaced whole or not at all, whatever kills the writer."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from agent.errors import FailedError
from analyzers.model.message import N_, Message, message

SUFFIX = ".tmp"
ABANDONED_SECONDS = 3600
"""A temporary file older than this has no writer any more."""


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that any reader, at any moment, finds the whole old content or the whole new one.

    Raises
    ------
    FailedError
        When it cannot be written; the old content is still there, and no temporary file is left.
    """
    replace_files({path: content})


def replace_files(contents: Mapping[Path, bytes]) -> None:
    """Write several files as `replace_file` does: all are on the disk before the first one takes its name.

    Raises
    ------
    FailedError
        When one cannot be written. When room or permission lacks, every old file is still there.
    """
    staged: dict[Path, str] = {}
    try:
        for path, content in contents.items():
            with _telling(path):
                staged[path] = _stage(path, content)
        for path in contents:
            with _telling(path):
                os.replace(staged[path], path)  # noqa: PTH105 - a name, as mkstemp gives it
                del staged[path]
    finally:
        for name in staged.values():
            _forget(name)
    for folder in {path.parent for path in contents}:
        _sync_folder(folder)


def cannot_write(path: Path, error: OSError) -> FailedError:
    """Return the line that says why a file or a folder cannot be written."""
    what, remedy = _CAUSES.get(
        error.errno or 0, (message(N_("cannot be written: {cause}"), cause=_cause(error)), _CHECK)
    )
    return FailedError(what, str(path), remedy)


def remove_abandoned(folder: Path) -> None:
    """Remove temporary files that killed writers left in a folder an hour ago or more."""
    with contextlib.suppress(OSError):
        for each in folder.glob(f".*{SUFFIX}"):
            if each.stat().st_mtime < time.time() - ABANDONED_SECONDS:
                each.unlink()


@contextlib.contextmanager
def _telling(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise cannot_write(path, error) from None


def _stage(path: Path, content: bytes) -> str:
    """Write a temporary file beside `path`, down to the disk, readable by its owner only; return its name."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", suffix=SUFFIX, dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:
        _forget(name)
        raise
    return name


def _forget(name: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(name)  # noqa: PTH108 - a name, as mkstemp gives it


def _sync_folder(folder: Path) -> None:
    """Make the new name survive a power cut; some remote file systems refuse, and the content is whole anyway."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _cause(error: OSError) -> str:
    return error.strerror or str(error)


_CHECK = message(N_("check the path and its permissions"))
_CAUSES: dict[int, tuple[Message, Message]] = {
    errno.ENOENT: (message(N_("its folder does not exist")), message(N_("create the folder first"))),
    errno.ENOTDIR: (message(N_("its folder is a file")), message(N_("give a folder"))),
    errno.EISDIR: (message(N_("a folder has this name")), message(N_("give the path of a file"))),
    errno.EACCES: (message(N_("this user may not write here")), message(N_("give a folder that you own"))),
    errno.EPERM: (message(N_("this user may not write here")), message(N_("give a folder that you own"))),
    errno.EROFS: (message(N_("the file system is read-only")), message(N_("give a folder on another one"))),
    errno.ENOSPC: (message(N_("no space left on the disk")), message(N_("free some space, or give another folder"))),
    errno.EDQUOT: (message(N_("the disk quota is used up")), message(N_("free some space, or give another folder"))),
    errno.ENAMETOOLONG: (message(N_("the name is too long")), message(N_("give a shorter one"))),
}
