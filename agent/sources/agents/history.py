"""The history that agents keep, fetched into a folder: a file an agent."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from agent.errors import FailedError, UsageError
from agent.sources.access import Access
from agent.sources.address import Address
from agent.sources.agents.places import Places
from agent.sources.failures import NoAnswerError
from agent.sources.history.store import MOST_STORE_BYTES, StoresAt, stored
from agent.sources.http import HttpClient
from agent.sources.transport import Limits
from agent.untrusted import clean_text

PATH = "/history"
LIMITS = Limits(connect_seconds=4.0, read_seconds=15.0, total_seconds=120.0, body_bytes=MOST_STORE_BYTES)
WORKERS = 4
"""Agents asked at once: each gives some megabytes."""

SECONDS = 900.0
"""For the whole fleet."""


def fetch_histories(
    places: Places, access: Access, folder: Path, *, tell: Callable[[str], object], seconds: float = SECONDS
) -> StoresAt:
    """Return the histories that agents gave, as files in a folder; the others are told, a line each.

    Parameters
    ----------
    access
        How to enter every agent; as in `read_agents`.
    folder
        Of this run alone: it holds what was fetched until its owner removes it.

    Raises
    ------
    UsageError
        When a file of `access` cannot be used.
    FailedError
        When the folder cannot be written.
    """
    list(access.headers())
    for each in places.origins:
        tell(f"{each.where}: {each.detail}")
    fetch = partial(_fetched, access=access, folder=folder, end=time.monotonic() + seconds)
    stores = []
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="agents") as pool:
        addresses = places.addresses.values()
        for address, found in zip(addresses, pool.map(fetch, enumerate(addresses)), strict=True):
            if isinstance(found, NoAnswerError):
                tell(f"{address.url}: {clean_text(found.detail)}")
            else:
                stores.append((found, _instance(address)))
    return StoresAt(stores=tuple(stores), where=", ".join(list(places.addresses)[:3]), requests=len(places.addresses))


def _fetched(numbered: tuple[int, Address], access: Access, folder: Path, end: float) -> Path | NoAnswerError:
    number, address = numbered
    path = folder / f"{number}.store"
    try:
        with (
            HttpClient(address, access, LIMITS) as client,
            client.stream("GET", PATH, end=end) as (_, chunks),
            os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file,
        ):
            for chunk in chunks:
                file.write(chunk)
        stored(path)
    except NoAnswerError as error:
        return error
    except UsageError as error:
        return NoAnswerError(reason="unreadable", detail=str(error.what))
    except OSError as error:
        raise FailedError(error.strerror or str(error), str(folder)) from None
    return path


def _instance(address: Address) -> str:
    """Return what Prometheus would call the agent, with this host's own name for its loopback."""
    host = socket.gethostname() if address.loopback else address.host
    return f"[{host}]:{address.port}" if ":" in host else f"{host}:{address.port}"
