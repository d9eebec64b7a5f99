"""Archives of sysstat, as ``sadf -j`` prints them: a block with one series a figure.

The names are sysstat's own, with ``sysstat_`` before them: ``sysstat_cpu_load_idle{cpu="all",instance="web1"}``.
Figures are as they stand there: means over the interval before each moment, rates included.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from analyzers.measures.decode.block import Block, Labels, tidy
from analyzers.measures.decode.matrix import UnreadableError

EVER = (-(1 << 62), 1 << 62)

_Key = tuple[str, tuple[tuple[str, str], ...]]


class _Moment(msgspec.Struct):
    date: str
    time: str
    utc: int = 0


class _Host(msgspec.Struct):
    nodename: str
    statistics: list[dict[str, Any]] = []


class _Hosts(msgspec.Struct):
    hosts: list[_Host]


class _Document(msgspec.Struct):
    sysstat: _Hosts


def block_of_archives(documents: Sequence[bytes]) -> Block:
    """Return the series of archives, such as one a day.

    Parameters
    ----------
    documents
        What ``sadf -j`` printed of each, in the time zone UTC.

    Raises
    ------
    UnreadableError
        One is no such thing.
    """
    found: dict[_Key, tuple[list[int], list[float]]] = {}
    try:
        for document in documents:
            for host in msgspec.json.decode(document, type=_Document).sysstat.hosts:
                _take(host, found)
    except (ValueError, RecursionError, OverflowError) as error:
        raise UnreadableError(str(error)) from error
    labels: list[Labels] = [{"__name__": name, **dict(pairs)} for name, pairs in found]
    return tidy(
        labels,
        [len(moments) for moments, _ in found.values()],
        np.array([moment for moments, _ in found.values() for moment in moments], np.int64),
        np.array([value for _, values in found.values() for value in values], np.float64),
        EVER,
        markers=False,
    )


def _take(host: _Host, found: dict[_Key, tuple[list[int], list[float]]]) -> None:
    for statistics in host.statistics:
        if "timestamp" not in statistics:
            continue
        moment = _milliseconds(msgspec.convert(statistics["timestamp"], _Moment))
        for section, content in statistics.items():
            if section == "timestamp":
                continue
            for name, labels, value in _figures(f"sysstat_{section}", {"instance": host.nodename}, content):
                moments, values = found.setdefault((name.replace("-", "_"), tuple(sorted(labels.items()))), ([], []))
                moments.append(moment)
                values.append(value)


def _milliseconds(moment: _Moment) -> int:
    read = dt.datetime.fromisoformat(f"{moment.date}T{moment.time}").replace(tzinfo=dt.UTC)
    return round(read.timestamp() * 1000)


def _figures(name: str, labels: Mapping[str, str], content: object) -> Iterator[tuple[str, Mapping[str, str], float]]:
    """Yield name, labels and value of each number below; words beside numbers are labels."""
    if isinstance(content, list):
        for each in content:
            yield from _figures(name, labels, each)
    elif isinstance(content, dict):
        words = {key.replace("-", "_"): each for key, each in content.items() if isinstance(each, str)}
        for key, each in content.items():
            if isinstance(each, int | float) and not isinstance(each, bool):
                yield f"{name}_{key}", {**labels, **words}, float(each)
            elif isinstance(each, list | dict):
                yield from _figures(f"{name}_{key}", {**labels, **words}, each)
