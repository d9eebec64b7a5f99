"""The truck factor as published: how many persons must leave before half of the files are known by nobody."""

from __future__ import annotations

from collections.abc import Mapping

Knowledge = Mapping[str, frozenset[str]]
"""For each asset (a file, a service) the persons who know it; empty when nobody does."""

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
    known_by: dict[str, list[str]] = {}
    for asset, knowers in knowledge.items():
        for person in knowers:
            known_by.setdefault(person, []).append(asset)
    left = {asset: len(knowers) for asset, knowers in knowledge.items()}
    known = sum(1 for knowers in left.values() if knowers)
    gone: list[str] = []
    for person in sorted(known_by, key=lambda person: (-len(known_by[person]), person)):
        if known < LEAST_COVERAGE * len(knowledge):
            break
        gone.append(person)
        for asset in known_by[person]:
            left[asset] -= 1
            known -= left[asset] == 0
    return tuple(gone)


def coverage(knowledge: Knowledge, gone: frozenset[str] = frozenset()) -> float:
    """Return the share of assets that somebody who stays knows, in [0, 1]; 0 without assets."""
    known = sum(1 for knowers in knowledge.values() if knowers - gone)
    return known / len(knowledge) if knowledge else 0.0
