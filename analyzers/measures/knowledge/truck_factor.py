"""The truck factor as published: how many persons must leave before half of the files are known by nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

Knowledge = Mapping[str, frozenset[str]]
"""For each asset (a file, a service) the persons who know it; empty when nobody does."""

Groups = Counter[frozenset[str]]
"""Files counted by who knows them; those of the empty set are known by nobody."""

LEAST_COVERAGE = 0.5
"""Below this share of assets that somebody knows, the system is in trouble (Avelino et al., ICPC 2016)."""


def truck_factor(knowledge: Knowledge) -> tuple[str, ...]:
    """Return the persons of the truck factor, the first to be missed first.

    Greedy, as published: whoever knows most assets leaves first, until less than half of the assets are known by
    somebody who stays. Ties go to the smaller name, so that the same facts give the same answer.

    Returns
    -------
    tuple of str
        Its length is the truck factor; empty when nobody knows half of the assets to begin with.
    """
    return truck_factor_of_groups(Counter(knowledge.values()))


def truck_factor_of_groups(groups: Groups) -> tuple[str, ...]:
    """Return the same from files counted by who knows them."""
    known_by: dict[str, list[frozenset[str]]] = {}
    for knowers in groups:
        for person in knowers:
            known_by.setdefault(person, []).append(knowers)
    knows = {person: sum(groups[each] for each in theirs) for person, theirs in known_by.items()}
    left = {knowers: len(knowers) for knowers in groups}
    total = groups.total()
    known = total - groups[frozenset()]
    gone: list[str] = []
    for person in sorted(known_by, key=lambda person: (-knows[person], person)):
        if known < LEAST_COVERAGE * total:
            break
        gone.append(person)
        for knowers in known_by[person]:
            left[knowers] -= 1
            known -= 0 if left[knowers] else groups[knowers]
    return tuple(gone)


def needed(groups: Groups) -> int:
    """Return how many files known by somebody must be lost before less than half are known; 0 or less: they are not."""
    return groups.total() // 2 + 1 - groups[frozenset()]


def coverage(knowledge: Knowledge, gone: frozenset[str] = frozenset()) -> float:
    """Return the share of assets that somebody who stays knows, in [0, 1]; 0 without assets."""
    known = sum(1 for knowers in knowledge.values() if knowers - gone)
    return known / len(knowledge) if knowledge else 0.0
