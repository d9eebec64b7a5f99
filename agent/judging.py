"""From a snapshot to the document that people see: assess, then hide names."""

from __future__ import annotations

import os

from agent.people_names import pseudonyms
from agent.snapshot_file import settled, snapshot_sha256
from agent.state import pseudonym_key, state_folder
from analyzers.assess import acted, assess
from analyzers.checks import ALL_CHECKS
from analyzers.model.message import Message
from analyzers.model.snapshot import Snapshot
from analyzers.rubric import Rubric
from exporters.document import Document, document, scrubbed


def judge(
    snapshot: Snapshot,
    rubric: Rubric,
    *,
    names: bool = False,
    excluded: frozenset[str] = frozenset(),
    done: frozenset[str] = frozenset(),
) -> tuple[Document, Message | None]:
    """Return the document of a snapshot's verdict, and a warning about the key of the pseudonyms.

    Parameters
    ----------
    names
        True leaves the names of people as they are: for a report that stays here.
    done
        Questions whose action is taken as done.
    """
    read = settled(snapshot)
    verdict = assess(read, rubric, excluded=excluded)
    built = document(
        acted(verdict, read, rubric, done) if done else verdict,
        rubric=rubric,
        tool=read.tool,
        taken_at=read.taken_at,
        snapshot_sha256=snapshot_sha256(read),
        blind_spots=read.blind_spots,
        origins=read.origins,
        cost=read.cost,
        questions=ALL_CHECKS,
        history=read.history,
    )
    if names:
        return built, None
    context = read.declared.context if read.declared else None
    key, warning = pseudonym_key(state_folder(os.environ))
    hidden = pseudonyms(key, context, read, kept=rubric.checks)
    return scrubbed(built, hidden.scrub_all), warning
