"""JSON lines that VictoriaMetrics exports, one series or a part of one each: bytes to a block."""

from __future__ import annotations

import math

import msgspec
import numpy as np

from analyzers.measures.decode.block import Block, tidy
from analyzers.measures.decode.matrix import UnreadableError


class _Line(msgspec.Struct):
    metric: dict[str, str]
    values: list[float]
    timestamps: list[int]


class _OddLine(msgspec.Struct):
    metric: dict[str, str]
    values: list[float | str | None]
    timestamps: list[int]


_LINES = msgspec.json.Decoder(_Line)
_ODD = msgspec.json.Decoder(_OddLine)


def block_of_lines(body: bytes, window: tuple[int, int]) -> Block:
    """Return the series of a whole answer.

    Raises
    ------
    UnreadableError
        A line is cut, or holds what makes no sense.
    """
    try:
        lines = [_line(line) for line in body.split(b"\n") if line]
        return tidy(
            [line.metric for line in lines],
            [len(line.timestamps) for line in lines],
            np.concatenate([np.empty(0, np.int64), *(np.array(line.timestamps, np.int64) for line in lines)]),
            np.concatenate([np.empty(0, np.float64), *(np.array(line.values, np.float64) for line in lines)]),
            window,
            markers=False,
        )
    except (ValueError, OverflowError, RecursionError) as error:
        raise UnreadableError(str(error)) from error


def _line(text: bytes) -> _Line:
    try:
        line = _LINES.decode(text)
    except msgspec.ValidationError:
        odd = _ODD.decode(text)
        values = [math.nan if each is None else float(each) for each in odd.values]
        line = _Line(metric=odd.metric, values=values, timestamps=odd.timestamps)
    if len(line.values) != len(line.timestamps):
        message = "a line has more values than timestamps, or fewer"
        raise ValueError(message)
    return line
