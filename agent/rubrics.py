"""Which rubric judges: the published one, or a file of the user's."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

from agent.errors import UsageError
from agent.input_file import read_bounded
from analyzers.model.message import N_, message
from analyzers.rubric import Rubric, RubricError, parse, published

MOST_BYTES = 1 << 20


def read_rubric(path: Path | None) -> Rubric:
    """Return the rubric at `path`, the newest published one when None.

    Raises
    ------
    UsageError
        When the file cannot be read, or is no rubric.
    """
    if path is None:
        return published()
    try:
        return parse(read_bounded(path, MOST_BYTES).decode("utf-8"))
    except UnicodeDecodeError as error:
        raise UsageError(message(N_("this file is no text")), str(path)) from error
    except RubricError as error:
        where = f"{path}: {error.path}" if error.path else str(path)
        raise UsageError(error.what, where, message(N_("start from the published one"))) from error


def known_checks(names: Iterable[str], rubric: Rubric) -> frozenset[str]:
    """Return the ids as a set.

    Raises
    ------
    UsageError
        When one is no question of the rubric; the nearest is proposed.
    """
    for name in names:
        if name not in rubric.checks:
            near = difflib.get_close_matches(name, rubric.checks, n=1)
            remedy = message(N_("did you mean {near}?"), near=near[0]) if near else message(N_("see: pasencore checks"))
            raise UsageError(message(N_("no question is called {name}"), name=name), remedy=remedy)
    return frozenset(names)
