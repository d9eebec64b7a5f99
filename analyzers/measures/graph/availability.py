"""The availability that a service can reach: everything it needs must be up, of alternatives one is enough.

Parts fail independently; a part that several things need is counted once, which a plain product would not do.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TypeAlias

Alternative: TypeAlias = frozenset[str]
"""Parts that must all be up."""

Group: TypeAlias = frozenset[Alternative]
"""Alternatives of which one is enough."""

Need: TypeAlias = frozenset[Group]
"""Groups that must all be up."""

MOST_SPLITS = 4096
"""Cases distinguished for parts that several groups share, before the bounds are given instead."""

Bounds: TypeAlias = tuple[Fraction, Fraction]


def serial(*parts: str) -> Need:
    """Return the need for every one of `parts`."""
    return frozenset(frozenset({frozenset({each})}) for each in parts)


def parallel(*alternatives: Iterable[str]) -> Need:
    """Return the need for one of the alternatives, each a set of parts."""
    return frozenset({frozenset(frozenset(each) for each in alternatives)})


def reachable(need: Need, up: Mapping[str, Fraction]) -> Bounds:
    """Return the probability that a need is met, exact when both ends are equal.

    Parameters
    ----------
    need
        What must be up; serial needs are joined with ``|``.
    up
        Availability of each part, in [0, 1].

    Returns
    -------
    low, high
        The ends differ only when more than `MOST_SPLITS` cases would have to be told apart. The low one
        then takes the best alternative of each group and groups as independent (they can only help each other, Esary
        and Proschan 1963), the high one the weakest group.
    """
    return _Cases(up).bounds(_reduced(need))


class _Cases:
    """Splits on parts that several groups share: up, down, and their probabilities."""

    def __init__(self, up: Mapping[str, Fraction]) -> None:
        self._up = up
        self._known: dict[Need, Bounds] = {}

    def bounds(self, need: Need) -> Bounds:
        """Return the probability that a reduced need is met."""
        if frozenset() in need:
            return Fraction(0), Fraction(0)
        if need not in self._known:
            self._known[need] = self._split(need)
        return self._known[need]

    def _split(self, need: Need) -> Bounds:
        if not need:
            return Fraction(1), Fraction(1)
        pieces = _independent(need)
        if len(pieces) > 1:
            ends = [self.bounds(each) for each in pieces]
            return _product(low for low, _ in ends), _product(high for _, high in ends)
        part = _most_shared(need)
        if part is None:
            (group,) = need
            value = self._one_of(group)
            return value, value
        if len(self._known) > MOST_SPLITS:
            return self._bracket(need)
        chance = self._up[part]
        with_it = self.bounds(_reduced(_given(need, part, up=True)))
        without = self.bounds(_reduced(_given(need, part, up=False)))
        low, high = (chance * each + (1 - chance) * other for each, other in zip(with_it, without, strict=True))
        return low, high

    def _one_of(self, group: Group) -> Fraction:
        """Return the probability of a group whose alternatives share no part."""
        return 1 - _product(1 - self._all_of(alternative) for alternative in group)

    def _all_of(self, alternative: Alternative) -> Fraction:
        return _product(self._up[part] for part in alternative)

    def _bracket(self, need: Need) -> Bounds:
        """Return bounds of what is too entangled: alternatives and groups are taken as independent, or as one."""
        chances = [[self._all_of(each) for each in group] for group in need]
        return _product(max(each) for each in chances), min(Fraction(1), *(sum(each, Fraction(0)) for each in chances))


def _product(chances: Iterable[Fraction]) -> Fraction:
    return math.prod(chances, start=Fraction(1))


def _reduced(need: Need) -> Need:
    """Return the same need without what is implied by the rest of it."""
    needed = {part for group in need if len(group) == 1 for part in next(iter(group))}
    alone = frozenset(frozenset({frozenset({part})}) for part in needed)
    kept = []
    for group in need:
        if len(group) == 1 and next(iter(group)):
            continue
        left = _smallest(frozenset(each - needed for each in group))
        if frozenset() not in left:
            kept.append(left)
    result = alone | frozenset(kept)
    return result if result == need else _reduced(result)


def _smallest(group: Group) -> Group:
    """Return the alternatives that need nothing which another one does without."""
    return frozenset(each for each in group if not any(other < each for other in group))


def _given(need: Need, part: str, *, up: bool) -> Need:
    if up:
        return frozenset(frozenset(each - {part} for each in group) for group in need)
    return frozenset(frozenset(each for each in group if part not in each) for group in need)


def _independent(need: Need) -> list[Need]:
    """Return the need cut into needs that share no part."""
    using: dict[str, list[Group]] = {}
    for group in need:
        for part in _parts(group):
            using.setdefault(part, []).append(group)
    pieces = []
    left = set(need)
    while left:
        piece, waiting = set(), {left.pop()}
        while waiting:
            group = waiting.pop()
            piece.add(group)
            waiting.update(other for part in _parts(group) for other in using.pop(part, ()) if other not in piece)
        left -= piece
        pieces.append(frozenset(piece))
    return pieces


def _parts(group: Group) -> frozenset[str]:
    return frozenset().union(*group)


def _most_shared(need: Need) -> str | None:
    """Return the part that stands in most alternatives, None when none stands in two."""
    counted: dict[str, int] = {}
    for group in need:
        for alternative in group:
            for part in alternative:
                counted[part] = counted.get(part, 0) + 1
    shared = [(-count, part) for part, count in counted.items() if count > 1]
    return min(shared)[1] if shared else None
