"""Circles of dependencies in what people declare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

MOST_NAMES = 8
"""Longest circle that is written in full."""


def circles(needs: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Yield one circle for each name that closes one: the name, and the circle as people read it."""
    done: set[str] = set()
    for start, first in needs.items():
        waiting = [] if start in done else [(start, iter(first))]
        trail = {start: None}
        while waiting:
            name, following = waiting[-1]
            target = next(following, None)
            if target is None:
                done.add(name)
                waiting.pop()
                del trail[name]
            elif target in trail:
                yield name, _circle(tuple(trail), target)
            elif target in needs and target not in done:
                trail[target] = None
                waiting.append((target, iter(needs[target])))


def _circle(trail: tuple[str, ...], target: str) -> str:
    names = trail[trail.index(target) :]
    middle = names if len(names) <= MOST_NAMES else (*names[: MOST_NAMES - 1], "...", names[-1])
    return " -> ".join([*middle, target])
