"""What a source of metric history is: it lists shards, and reads each into blocks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from analyzers.measures.decode.block import Block

Operator = Literal["=", "!=", "=~", "!~"]

_META = frozenset("\\.+*?()|[]{}^$")


@dataclass(frozen=True, slots=True)
class Matcher:
    """A condition on one label, as in PromQL."""

    name: str
    operator: Operator
    value: str

    def __str__(self) -> str:
        value = self.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'{self.name}{self.operator}"{value}"'


def selects(matchers: Iterable[Matcher], labels: Mapping[str, str]) -> bool:
    """Tell whether labels satisfy all matchers; a label that is absent is empty.

    Regular expressions are Python's here, RE2's on a server: what both know means the same.
    """
    return all(_matches(labels.get(each.name, ""), each) for each in matchers)


def _matches(value: str, matcher: Matcher) -> bool:
    if matcher.operator in {"=", "!="}:
        return (value == matcher.value) == (matcher.operator == "=")
    return bool(re.fullmatch(matcher.value, value)) == (matcher.operator == "=~")


def one_of(name: str, values: Sequence[str]) -> Matcher:
    """Return the matcher of a label that has one of some values: servers look such a set up, without any scan."""
    if len(values) == 1:
        return Matcher(name, "=", values[0])
    return Matcher(name, "=~", "|".join("".join(f"\\{c}" if c in _META else c for c in each) for each in values))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """A piece of work: some series over a window, read at once by one task, and small enough to be held.

    Attributes
    ----------
    matchers
        What a user or a plan asks for.
    start, end
        The window, in milliseconds since the epoch; both ends belong to it.
    subsets
        Label and values that keep only a part of what the matchers select.
    series
        How many series are expected; 0 when that is not known.
    interval
        Milliseconds between two samples, estimated.
    """

    matchers: tuple[Matcher, ...]
    start: int
    end: int
    subsets: tuple[tuple[str, tuple[str, ...]], ...] = ()
    series: int = 0
    interval: int = 60_000

    @property
    def every(self) -> tuple[Matcher, ...]:
        """All matchers, those of the subsets included."""
        return (*self.matchers, *(one_of(name, values) for name, values in self.subsets))

    @property
    def selector(self) -> str:
        """The selector, as PromQL."""
        return f"{{{','.join(str(each) for each in self.every)}}}"

    @property
    def samples(self) -> int:
        """How many samples are expected, at least 1."""
        return max(1, self.series) * max(1, (self.end - self.start) // max(1, self.interval) + 1)

    def halves(self) -> tuple[Shard, Shard] | None:
        """Return two shards with half of the values of a label each, None when no label has two."""
        for index, (name, values) in enumerate(self.subsets):
            if len(values) > 1:
                middle = len(values) // 2
                parts = values[:middle], values[middle:]
                first, second = ((*self.subsets[:index], (name, part), *self.subsets[index + 1 :]) for part in parts)
                few = -(-self.series // 2)
                return replace(self, subsets=first, series=few), replace(self, subsets=second, series=few)
        return None


@dataclass(slots=True)
class Spent:
    """What reading cost so far."""

    requests: int = 0
    bytes: int = 0


class Source(Protocol):
    """Metric history that can be read shard by shard, by several threads.

    Attributes
    ----------
    name
        The back-end that is used, such as "remote read".
    where
        Its address or file, without secrets.
    """

    name: str
    where: str

    @property
    def spent(self) -> Spent:
        """What it cost so far."""

    def shards(self, matchers: tuple[Matcher, ...], start: int, end: int) -> Iterator[Shard]:
        """Yield shards that hold each series which the matchers select exactly once.

        Raises
        ------
        NoAnswerError
            When what there is cannot be listed.
        """

    def read(self, shard: Shard) -> Iterator[Block]:
        """Yield the series of a shard, each whole and in one block; usually one block.

        Raises
        ------
        NoAnswerError
            When it cannot be read; nothing of the shard that was not yielded is known then.
        """

    def close(self) -> None:
        """Close what is open."""
