"""What this host keeps of its own past: the store of its agent, else the archives of sysstat."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

from agent.daemon.history_store import NAME
from agent.errors import UsageError
from agent.sources.history.archives import ArchivesAt, find_archives
from agent.sources.history.store import StoresAt, stored
from agent.state import state_folder


def find_here(environ: Mapping[str, str]) -> StoresAt | ArchivesAt | None:
    """Return the past that this host keeps and that this user may read, None when there is none."""
    for path in _candidates(environ):
        try:
            stored(path)
        except UsageError:
            continue
        return StoresAt(stores=((path, socket.gethostname()),))
    return find_archives()


def given_store(path: Path) -> StoresAt:
    """Return a store that somebody names.

    Its host is this one under the name that an agent gives the file, else what the file is called: ``web1.store``.

    Raises
    ------
    UsageError
        When it cannot be read, or is no store.
    """
    stored(path)
    return StoresAt(stores=((path, socket.gethostname() if path.name == NAME else path.stem),))


def _candidates(environ: Mapping[str, str]) -> Iterator[Path]:
    """Yield where an agent keeps its store: that of this user, then that of root."""
    folders = (state_folder(environ), state_folder({}, root=True))
    for folder in dict.fromkeys(folders):
        path = folder / NAME
        if os.access(path, os.R_OK):
            yield path
