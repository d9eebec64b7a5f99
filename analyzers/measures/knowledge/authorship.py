"""Who knows a file: the degree of authorship (DOA).

Coefficients and thresholds: G. Avelino, L. Passos, A. Hora, M. T. Valente, "A novel approach for estimating truck
factors", ICPC 2016, after T. Fritz et al., "Degree-of-knowledge", TOSEM 2014; details as in the authors' own tool.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from analyzers.measures.knowledge.aliases import Author

BASE = 3.293
FIRST_AUTHORSHIP = 1.098
DELIVERIES = 0.164
ACCEPTANCES = 0.321

LEAST_SHARE = 0.75
"""An author has more than this share of the highest DOA of the file."""

LEAST_DOA = 3.293
"""An author has at least this DOA, or created the file."""

FADED = math.exp(-1.0)
"""What a creation counts once it is as old as knowledge lasts: its author no longer passes for one who created."""

DAY = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One file in one commit.

    Attributes
    ----------
    status
        "A" added, "M" modified, "R" renamed; what else git says counts for nothing.
    old
        Name before a renaming, else empty.
    """

    status: str
    path: str
    old: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decay:
    """How knowledge fades: a change of age t counts exp(-t / days).

    Attributes
    ----------
    days
        The time after which a change counts 1/e.
    now
        The day from which age is counted; changes after it count in full.
    """

    days: float
    now: dt.datetime

    def weight(self, when: float) -> float:
        """Return what a change at a time (seconds of the epoch) still counts, in [0, 1]."""
        age = (self.now.timestamp() - when) / DAY
        return math.exp(-max(age, 0.0) / self.days)


@dataclass(slots=True)
class _Share:
    """What one author did to one path."""

    created: float = 0.0
    deliveries: float = 0.0


@dataclass(slots=True)
class Ledger:
    """Adds up changes as they come, in any order; memory grows with authors times paths, not with commits."""

    decay: Decay | None = None
    _shares: dict[str, dict[Author, _Share]] = field(default_factory=dict)
    _origins: dict[str, set[str]] = field(default_factory=dict)

    def record(self, author: Author, when: float, changes: Iterable[Change]) -> None:
        """Count the changes of one commit, made at `when` (seconds of the epoch)."""
        weight = 1.0 if self.decay is None else self.decay.weight(when)
        for change in changes:
            if change.status not in {"A", "M", "R"}:
                continue
            share = self._shares.setdefault(change.path, {}).setdefault(author, _Share())
            if change.status == "A":
                share.created = max(share.created, weight)
            else:
                share.deliveries += weight
            if change.old and change.old != change.path:
                self._origins.setdefault(change.path, set()).add(change.old)

    def degrees(self, path: str, persons: Mapping[Author, str]) -> dict[str, float]:
        """Return the DOA of each person who changed a file, under this name or an earlier one.

        Parameters
        ----------
        persons
            Whom each author stands for; an author that it leaves out, such as a program, counts for nothing.
        """
        return _degrees(self._merged(path, persons))

    def knowers(self, path: str, persons: Mapping[Author, str]) -> frozenset[str]:
        """Return the persons who know a file: empty when nobody does."""
        merged = self._merged(path, persons)
        creators = frozenset(person for person, share in merged.items() if share.created > FADED)
        return authors(_degrees(merged), creators)

    def _merged(self, path: str, persons: Mapping[Author, str]) -> dict[str, _Share]:
        """Return what each person did to a file, under any of its names."""
        merged: dict[str, _Share] = {}
        for name in self._names(path):
            for author, share in self._shares.get(name, {}).items():
                person = persons.get(author)
                if person is None:
                    continue
                whole = merged.setdefault(person, _Share())
                whole.created = max(whole.created, share.created)
                whole.deliveries += share.deliveries
        return merged

    def _names(self, path: str) -> set[str]:
        """Return every name that a file has had."""
        found = {path}
        pending = [path]
        while pending:
            for origin in self._origins.get(pending.pop(), ()):
                if origin not in found:
                    found.add(origin)
                    pending.append(origin)
        return found


def degree_of_authorship(created: float, deliveries: float, acceptances: float) -> float:
    """Return the DOA of a person on a file.

    Parameters
    ----------
    created
        FA: 1 when the person added the file, else 0; between the two once faded.
    deliveries
        DL: later changes by the person, renamings included.
    acceptances
        AC: later changes by others.
    """
    return BASE + FIRST_AUTHORSHIP * created + DELIVERIES * deliveries - ACCEPTANCES * math.log1p(acceptances)


def authors(degrees: Mapping[str, float], creators: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return who knows a file, from the DOA of each person who changed it and from who created it."""
    highest = max(degrees.values(), default=0.0)
    return frozenset(
        person
        for person, degree in degrees.items()
        if degree > LEAST_SHARE * highest and (degree >= LEAST_DOA or person in creators)
    )


def _degrees(merged: Mapping[str, _Share]) -> dict[str, float]:
    total = sum(each.deliveries for each in merged.values())
    return {
        person: degree_of_authorship(each.created, each.deliveries, max(total - each.deliveries, 0.0))
        for person, each in merged.items()
    }
