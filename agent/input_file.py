"""Files that people hand us: opened once, bounded, and each failure one clear line."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from agent.errors import UsageError
from analyzers.model.message import N_, Message, message


class UntrustedFileError(UsageError):
    """A file that was found rather than given, and that somebody else could have written."""


class ForbiddenFileError(UsageError):
    """A file that this user may not read."""


def read_bounded(path: Path, most_bytes: int, *, found: bool = False) -> bytes:
    """Return the bytes of a regular file.

    Parameters
    ----------
    most_bytes
        Size over which the file is refused.
    found
        The file was found, not named by the user: it must be safe to trust.

    Raises
    ------
    UntrustedFileError
        When a found file, or the link that leads to it, belongs to neither root nor the caller, or others may write it.
    UsageError
        When it is absent, not allowed, not a regular file, or too large.
    """
    with opened(path, found=found) as stream:
        content = stream.read(most_bytes + 1)
    if len(content) > most_bytes:
        what = message(N_("larger than {limit}, the largest that is read"), limit=readable_size(most_bytes))
        raise UsageError(what, str(path), message(N_("check that it is the right file")))
    return content


@contextmanager
def opened(path: Path, *, found: bool = False) -> Iterator[BinaryIO]:
    """Give the open bytes of a regular file, to be read piece by piece; raises as `read_bounded` does."""
    try:
        # Without O_NONBLOCK, opening a named pipe waits for a writer for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError as error:
        raise _unreadable(path, error) from None
    try:
        # The open file is judged, not its name: nobody can swap it in between.
        _refuse_others(path, os.fstat(descriptor), found=found)
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            yield stream
    except OSError as error:
        raise _unreadable(path, error) from None
    finally:
        os.close(descriptor)


def readable_size(number: int) -> str:
    """Return a number of bytes as people write it, such as ``1 MiB``."""
    for unit in ("bytes", "KiB", "MiB"):
        if number < 1024:  # noqa: PLR2004 - what these units are made of
            return f"{number} {unit}"
        number //= 1024
    return f"{number} GiB"


def _refuse_others(path: Path, status: os.stat_result, *, found: bool) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise UsageError(message(N_("not a regular file")), str(path), message(N_("give the path of a file")))
    if found:
        _refuse_untrusted(path, status)


def _refuse_untrusted(path: Path, status: os.stat_result) -> None:
    """Refuse what somebody else could have written.

    The folder is not asked: in a folder open to all, another user can remove the file or put one of their own, and
    the owner of the opened file tells; a link is asked too, since whoever made it chose the file.
    """
    trusted = {0, os.geteuid()}
    fault: Message | None = None
    if status.st_uid not in trusted or _link_owner(path) not in trusted:
        fault = message(N_("refused: it belongs neither to you nor to root"))
    elif status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        fault = message(N_("refused: its group or others may write it"))
    if fault is not None:
        remedy = message(N_("chmod go-w {path}, or name it with --context {path}"), path=str(path))
        raise UntrustedFileError(fault, str(path), remedy)


def _link_owner(path: Path) -> int:
    try:
        return path.lstat().st_uid
    except OSError:
        return -1


def _unreadable(path: Path, error: OSError) -> UsageError:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return UsageError(message(N_("no such file")), str(path), message(N_("check the path")))
    if isinstance(error, PermissionError):
        remedy = message(N_("sudo setfacl -m u:$(id -un):r {path}"), path=str(path))
        return ForbiddenFileError(message(N_("this user may not read it")), str(path), remedy)
    what = message(N_("cannot be read: {cause}"), cause=error.strerror or str(error))
    return UsageError(what, str(path), message(N_("check the path")))
