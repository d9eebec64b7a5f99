"""The worst that can happen when a few persons leave: exact, by counting sets of knowers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from analyzers.measures.knowledge.truck_factor import Knowledge

MOST_STEPS = 2_000_000
"""Sets of persons that are tried before the search gives up being exact: some seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Who would be missed most.

    Attributes
    ----------
    people
        At most as many as were allowed to leave; fewer when nobody else would be missed.
    orphans
        Assets that only they know.
    exact
        False when the search was cut: others might be missed even more.
    """

    people: tuple[str, ...]
    orphans: int
    exact: bool = True


def worst_loss(knowledge: Knowledge, leavers: int) -> Loss:
    """Return which persons, `leavers` at most, take most assets with them.

    An asset is lost when all who know it leave, so only sets of at most `leavers` knowers matter. Each such asset is
    shared evenly among its knowers: what a group loses is never more than the sum of its shares, which cuts the search.
    """
    groups = Counter(knowers for knowers in knowledge.values() if 0 < len(knowers) <= leavers)
    return _Search(groups, leavers).run()


class _Search:
    """Branch and bound over groups of persons, the most promising first."""

    def __init__(self, groups: Counter[frozenset[str]], leavers: int) -> None:
        self._groups = groups
        self._leavers = leavers
        shares: dict[str, float] = {}
        for knowers, assets in groups.items():
            for person in knowers:
                shares[person] = shares.get(person, 0.0) + assets / len(knowers)
        self._order = sorted(shares, key=lambda person: (-shares[person], person))
        self._shares = [shares[person] for person in self._order]
        self._best: tuple[int, tuple[str, ...]] = (0, ())
        self._steps = 0

    def run(self) -> Loss:
        self._extend((), 0, 0.0, 0)
        orphans, people = self._best
        return Loss(people=tuple(sorted(people)), orphans=orphans, exact=self._steps <= MOST_STEPS)

    def _extend(self, people: tuple[str, ...], orphans: int, share: float, start: int) -> None:
        room = self._leavers - len(people)
        for index in range(start, len(self._order)):
            at_most = share + sum(self._shares[index : index + room])
            # Shares are sums of fractions: what rounds to the best already known does not beat it.
            if at_most < self._best[0] + 1 - 1e-6:
                return
            self._steps += 1
            if self._steps > MOST_STEPS:
                return
            person = self._order[index]
            lost = orphans + self._lost_with(person, people)
            group = (*people, person)
            if lost > self._best[0]:
                self._best = (lost, group)
            if room > 1:
                self._extend(group, lost, share + self._shares[index], index + 1)

    def _lost_with(self, person: str, people: Sequence[str]) -> int:
        """Return the assets lost when one more person leaves: those of knower sets that hold this one."""
        lost = 0
        for choice in range(1 << len(people)):
            others = [each for position, each in enumerate(people) if choice >> position & 1]
            lost += self._groups.get(frozenset((person, *others)), 0)
        return lost
