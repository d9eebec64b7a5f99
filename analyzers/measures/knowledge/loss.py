"""The worst that can happen when a few persons leave: exact, by counting the groups that take an asset along."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

from analyzers.measures.knowledge.truck_factor import Groups, Knowledge, needed

MOST_STEPS = 2_000_000
"""Sets of persons that are tried before the search gives up being exact: some seconds."""

EXACT_LEAVERS = 3
"""Departures up to which the worst loss is shown: beyond, no ranking of persons is worth its price."""

Cuts = Collection[frozenset[str]]
"""Smallest groups of persons any of which takes an asset along (minimal cut sets)."""


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
    """Return which persons, `leavers` at most, take most assets with them; one is lost when all who know it leave."""
    return worst_loss_of_groups(Counter(knowledge.values()), leavers)


def worst_loss_of_groups(groups: Groups, leavers: int) -> Loss:
    """Return the same for assets counted by who knows them: only sets of at most `leavers` knowers matter."""
    return _Search(
        Counter({knowers: n for knowers, n in groups.items() if 0 < len(knowers) <= leavers}), {}, leavers
    ).run()


def worst_loss_of_cuts(cuts: Mapping[str, Cuts], leavers: int) -> Loss:
    """Return the same for assets that any of several groups takes along."""
    small = {asset: [each for each in found if 0 < len(each) <= leavers] for asset, found in cuts.items()}
    single = Counter(found[0] for found in small.values() if len(found) == 1)
    return _Search(single, {asset: found for asset, found in small.items() if len(found) > 1}, leavers).run()


def cut_sets(groups: Groups, most: int = EXACT_LEAVERS) -> tuple[frozenset[str], ...]:
    """Return the smallest groups, of `most` persons at most, without whom less than half of the files are known.

    None of them holds another one. Empty when larger groups are needed, and when half is unknown to begin with.
    """
    need = needed(groups)
    if need <= 0:
        return ()
    shares = _shares(((knowers,), files) for knowers, files in groups.items() if knowers)
    order = sorted(shares, key=lambda person: (-shares[person], person))
    found: list[frozenset[str]] = []
    for size in range(1, most + 1):
        if sum(shares[person] for person in order[:size]) < need - 1e-6:
            continue
        for group in _promising(order, shares, size, need):
            gone = frozenset(group)
            if not any(each <= gone for each in found) and _taken(groups, gone) >= need:
                found.append(gone)
    return tuple(found)


def _promising(
    order: Sequence[str], shares: Mapping[str, float], size: int, need: int, start: int = 0, share: float = 0.0
) -> Collection[tuple[str, ...]]:
    """Return the groups whose shares together could reach `need`, found without trying all the others."""
    if size == 0:
        return [()]
    found: list[tuple[str, ...]] = []
    for index in range(start, len(order) - size + 1):
        if share + sum(shares[person] for person in order[index : index + size]) < need - 1e-6:
            break
        rest = _promising(order, shares, size - 1, need, index + 1, share + shares[order[index]])
        found.extend((order[index], *each) for each in rest)
    return found


def _taken(groups: Groups, gone: frozenset[str]) -> int:
    """Return the files that a group takes along: those of knowers who are all of it."""
    if len(gone) <= EXACT_LEAVERS:
        sizes = range(1, len(gone) + 1)
        return sum(groups.get(frozenset(each), 0) for size in sizes for each in combinations(gone, size))
    return sum(files for knowers, files in groups.items() if knowers and knowers <= gone)


def _shares(lost_with: Iterable[tuple[Cuts, int]]) -> dict[str, float]:
    """Return for each person a share of what is lost, such that no group loses more than the sum of its shares.

    An asset counts for each member of a group that takes it along as much as a member of the smallest such group.
    """
    shares: dict[str, float] = {}
    for cuts, weight in lost_with:
        best: dict[str, float] = {}
        for cut in cuts:
            for person in cut:
                best[person] = max(best.get(person, 0.0), weight / len(cut))
        for person, share in best.items():
            shares[person] = shares.get(person, 0.0) + share
    return shares


class _Search:
    """Branch and bound over groups of persons, the most promising first.

    Parameters
    ----------
    single
        How many assets each group takes along, for assets that one group alone does.
    several
        For the other assets, all groups that do.
    """

    def __init__(self, single: Counter[frozenset[str]], several: Mapping[str, Cuts], leavers: int) -> None:
        self._single = single
        self._leavers = leavers
        self._several: dict[str, list[Cuts]] = {}
        for cuts in several.values():
            for person in {person for cut in cuts for person in cut}:
                self._several.setdefault(person, []).append(cuts)
        ones: list[tuple[Cuts, int]] = [((cut,), count) for cut, count in single.items()]
        shares = _shares([*ones, *((cuts, 1) for cuts in several.values())])
        self._order = sorted(shares, key=lambda person: (-shares[person], person))
        self._shares = [shares[person] for person in self._order]
        self._gains = sorted(self._last_gains().items(), key=lambda item: (-item[1], item[0]))
        self._best: tuple[int, tuple[str, ...]] = (0, ())
        self._steps = 0

    def run(self) -> Loss:
        self._extend((), 0, 0.0, 0)
        orphans, people = self._best
        return Loss(people=tuple(sorted(people)), orphans=orphans, exact=self._steps <= MOST_STEPS)

    def _extend(self, people: tuple[str, ...], orphans: int, share: float, start: int) -> None:
        room = self._leavers - len(people)
        if room == 1:
            self._finish(people, orphans)
            return
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
            self._extend(group, lost, share + self._shares[index], index + 1)

    def _finish(self, people: tuple[str, ...], orphans: int) -> None:
        """Try whoever may leave last, those who could take most along first."""
        for person, gain in self._gains:
            if orphans + gain <= self._best[0]:
                return
            self._steps += 1
            if self._steps > MOST_STEPS:
                return
            lost = orphans + (0 if person in people else self._lost_with(person, people))
            if lost > self._best[0]:
                self._best = (lost, (*people, person))

    def _last_gains(self) -> dict[str, int]:
        """Return for each person a bound of what they take along as the last of the leavers.

        Of the groups of one size that hold them only so many fit in the leavers, and none counts more than the largest.
        """
        largest: dict[tuple[str, int], int] = {}
        for cut, count in self._single.items():
            for person in cut:
                key = person, len(cut)
                largest[key] = max(largest.get(key, 0), count)
        gains = {person: len(cuts) for person, cuts in self._several.items()}
        for (person, size), count in largest.items():
            gains[person] = gains.get(person, 0) + comb(self._leavers - 1, size - 1) * count
        return gains

    def _lost_with(self, person: str, people: Sequence[str]) -> int:
        """Return the assets lost when one more person leaves: those of groups that hold this one."""
        lost = 0
        for choice in range(1 << len(people)):
            others = [each for position, each in enumerate(people) if choice >> position & 1]
            lost += self._single.get(frozenset((person, *others)), 0)
        if self._several:
            before, after = frozenset(people), frozenset((*people, person))
            for cuts in self._several.get(person, ()):
                lost += any(cut <= after for cut in cuts) and not any(cut <= before for cut in cuts)
        return lost
