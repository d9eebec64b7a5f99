"""The state folder: what must last from one run to the next, and never travels."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

from analyzers.model.message import N_, Message, message

KEY_BYTES = 32
KEY_NAME = "pseudonyms.key"


def state_folder(environ: Mapping[str, str], *, root: bool | None = None) -> Path:
    """Return where the state lives: PASENCORE_STATE, else XDG_STATE_HOME, else a place of the system or of the user.

    Parameters
    ----------
    root
        Whether root runs this; None asks the system.
    """
    if given := environ.get("PASENCORE_STATE"):
        return Path(given)
    if home := environ.get("XDG_STATE_HOME"):
        return Path(home) / "pasencore"
    if os.geteuid() == 0 if root is None else root:
        return Path("/var/lib/pasencore")
    return Path(environ.get("HOME") or Path.home()) / ".local" / "state" / "pasencore"


def pseudonym_key(folder: Path) -> tuple[bytes, Message | None]:
    """Return the key of the pseudonyms, made on first use, and a warning when something is wrong with it.

    Two processes that make it at the same moment end with the same key. Where it can be neither kept nor read, the
    key serves for this run only: names are hidden all the same.
    """
    path = folder / KEY_NAME
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _create(path)
        key, private = _read(path)
    except OSError as error:
        template = N_(
            "{path}: {cause}: pseudonyms will change at the next run - set PASENCORE_STATE to a folder of yours"
        )
        warning = message(template, path=str(path), cause=error.strerror or str(error))
        return secrets.token_bytes(KEY_BYTES), warning
    if key is None:
        template = N_("{path}: not a key: pseudonyms will change at the next run - remove it")
        return secrets.token_bytes(KEY_BYTES), message(template, path=str(path))
    if not private:
        return key, message(N_("{path}: others may read the key of the pseudonyms - chmod 600 {path}"), path=str(path))
    return key, None


def _create(path: Path) -> None:
    """Give the key its name only once it is whole; whoever comes second keeps the first one's."""
    if path.exists():
        return
    descriptor, name = tempfile.mkstemp(prefix=f".{KEY_NAME}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(secrets.token_bytes(KEY_BYTES))
            stream.flush()
            os.fsync(stream.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
    finally:
        os.unlink(name)  # noqa: PTH108 - a name, as mkstemp gives it


def _read(path: Path) -> tuple[bytes | None, bool]:
    """Return the key, None when the file holds none, and whether its owner alone may read it."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as stream:
        mode = os.fstat(descriptor).st_mode
        key = stream.read(KEY_BYTES + 1)
    return key if len(key) == KEY_BYTES else None, not mode & (stat.S_IRWXG | stat.S_IRWXO)
