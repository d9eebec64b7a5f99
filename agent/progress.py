"""Progress of long work: on stderr, and only when it is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Advance = Callable[[int, int], None]
Step = Callable[[str], Advance]


def _silent(_done: int, _total: int) -> None:
    return


@contextmanager
def progress() -> Iterator[Step]:
    """Give a function that starts a step, and returns what tells how far it is: ``(done, total)``.

    Drawn when something moves and never from a thread of its own: collectors are forked meanwhile.
    """
    if not sys.stderr.isatty():
        yield lambda _label: _silent
        return
    from rich.console import Console  # noqa: PLC0415 - a scan that shows nothing loads nothing
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), auto_refresh=False, transient=True) as bars:

        def step(label: str) -> Advance:
            task = bars.add_task(label, total=None)
            bars.refresh()

            def advance(done: int, total: int) -> None:
                bars.update(task, completed=done, total=total)
                bars.refresh()

            return advance

        yield step
