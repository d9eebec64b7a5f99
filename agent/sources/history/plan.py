"""Which series there are, cut into shards that one task can hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from agent.sources.history.port import Shard

MOST_SAMPLES = 600_000
"""Samples of a shard: some 10 MB of arrays, and three times as much while they are decoded."""

MOST_SERIES = 200
MOST_VALUE_CHARACTERS = 3000
"""Of the values of one subset: queries stay short enough for every server and proxy."""


def shards(
    found: Sequence[Mapping[str, str]],
    whole: Shard,
    together: Sequence[str] = ("instance",),
    most_samples: int = MOST_SAMPLES,
) -> Iterator[Shard]:
    """Yield shards that hold each of some series exactly once.

    Parameters
    ----------
    found
        Labels of the series that `whole` selects.
    whole
        Its interval tells how many samples a series is expected to have.
    together
        Labels by which to cut first: series of one host stay in one shard where they are few enough.
    most_samples
        Of a shard; one series may have more.
    """
    span = max(1, whole.end - whole.start)
    most = max(1, min(MOST_SERIES, most_samples * whole.interval // span))
    if found:
        yield from _cut(tuple(found), replace(whole, series=len(found)), most, tuple(together))


def _cut(found: Sequence[Mapping[str, str]], shard: Shard, most: int, preferred: tuple[str, ...]) -> Iterator[Shard]:
    used = {name for name, _ in shard.subsets}
    if len(found) <= most and shard.subsets:
        yield shard
        return
    name = _divider(found, used, preferred)
    if name is None:
        yield shard
        return
    groups: dict[str, list[Mapping[str, str]]] = {}
    for each in found:
        groups.setdefault(each.get(name, ""), []).append(each)
    for values in _packed({value: len(each) for value, each in groups.items()}, most):
        part = [each for value in values for each in groups[value]]
        subset = replace(shard, subsets=(*shard.subsets, (name, values)), series=len(part))
        if len(part) <= most:
            yield subset
        else:
            yield from _cut(part, subset, most, preferred)


def _divider(found: Sequence[Mapping[str, str]], used: set[str], preferred: tuple[str, ...]) -> str | None:
    """Return the label to cut by: a preferred one that has several values, else the one with most of them."""
    values: dict[str, set[str]] = {}
    for each in found:
        for name, value in each.items():
            values.setdefault(name, set()).add(value)
    missing = {name for name in values if any(name not in each for each in found)}
    counted = {name: len(each) + (name in missing) for name, each in values.items() if name not in used}
    for name in preferred:
        if counted.get(name, 0) > 1:
            return name
    best = max(sorted(counted), key=lambda name: counted[name], default=None)
    if best is None:
        return None
    return best if counted[best] > 1 or not used else None


def _packed(sizes: Mapping[str, int], most: int) -> Iterator[tuple[str, ...]]:
    """Yield groups of values whose series are together few enough; a value with too many stands alone."""
    group: list[str] = []
    series = characters = 0
    for value in sorted(sizes):
        full = series + sizes[value] > most or characters + len(value) > MOST_VALUE_CHARACTERS
        if group and full:
            yield tuple(group)
            group, series, characters = [], 0, 0
        group.append(value)
        series += sizes[value]
        characters += len(value) + 1
    if group:
        yield tuple(group)
