"""Where work on many series runs: threads of this process, or a Dask cluster."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor

from agent.errors import FailedError, UsageError
from analyzers.model.message import N_, message

WORKERS = 2
"""Shards read at the same time here: more would hurry the wall clock, and the server too."""

CONNECT_SECONDS = 15

NOT_INSTALLED = message(N_("this needs Dask, which is not installed"))
INSTALL = message(N_("install pasencore[distributed], here and on the workers"))
NO_SCHEDULER = N_("no Dask scheduler answers: {cause}")
START = message(N_("start one with 'dask scheduler', and workers that have pasencore installed"))


@contextlib.contextmanager
def executor(scheduler: str | None, workers: int = WORKERS) -> Iterator[Executor]:
    """Give what runs tasks; what was not begun is dropped at the end.

    Parameters
    ----------
    scheduler
        ``tcp://host:port`` of a Dask scheduler; None for threads.

    Raises
    ------
    UsageError
        When Dask is not installed.
    FailedError
        When the scheduler does not answer.
    """
    if scheduler is None:
        pool = ThreadPoolExecutor(workers, thread_name_prefix="history")
        try:
            yield pool
        finally:
            pool.shutdown(cancel_futures=True)
        return
    with _cluster(scheduler) as cluster:
        yield cluster


@contextlib.contextmanager
def _cluster(scheduler: str) -> Iterator[Executor]:
    try:
        from distributed import Client  # noqa: PLC0415 - an extra that most installs do without
    except ImportError:
        raise UsageError(NOT_INSTALLED, f"--scheduler {scheduler}", INSTALL) from None
    try:
        client = Client(scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        cause = str(error) or type(error).__name__
        raise FailedError(message(NO_SCHEDULER, cause=cause), f"--scheduler {scheduler}", START) from None
    try:
        yield client.get_executor(pure=False)
    finally:
        client.close()
