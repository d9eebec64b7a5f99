"""One repository read whole: who changed what, added up as it comes."""

from __future__ import annotations

from dataclasses import dataclass, field

from agent.sources.git import LIMIT_SECONDS, Repository, commits
from analyzers.measures.knowledge.aliases import Author
from analyzers.measures.knowledge.authorship import Decay, Ledger


@dataclass(slots=True, kw_only=True)
class Activity:
    """What an author did to a repository: commits, and the time of the newest, seconds of the epoch."""

    commits: int = 0
    last: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A history added up; memory grows with authors times paths, not with commits."""

    ledger: Ledger
    activity: dict[Author, Activity] = field(default_factory=dict)

    @property
    def commits(self) -> int:
        """How many were read, merges left out."""
        return sum(each.commits for each in self.activity.values())


def read_ledger(repository: Repository, *, decay_days: float | None = None, limit: float = LIMIT_SECONDS) -> Reading:
    """Return what the history of a repository adds up to.

    Parameters
    ----------
    decay_days
        The age at which a change counts 1/e, seen from the last commit; None: nothing is forgotten.
    limit
        Seconds that it may take.

    Raises
    ------
    FailedError
        When it cannot be read whole.
    """
    decay = None if decay_days is None else Decay(days=decay_days, now=repository.head)
    reading = Reading(ledger=Ledger(decay=decay))
    last = ""
    for commit in commits(repository, limit=limit):
        own = reading.activity.setdefault(commit.author, Activity())
        own.commits += commit.id != last
        own.last = max(own.last, commit.when)
        last = commit.id
        reading.ledger.record(commit.author, commit.when, commit.changes)
    return reading
