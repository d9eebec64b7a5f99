"""A matrix in the JSON of the Prometheus HTTP API, as range queries and raw selectors answer: bytes to samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

import msgspec
import numpy as np

from analyzers.measures.decode.block import Block, Incomplete, Labels, Moments, Values, tidy


class UnreadableError(ValueError):
    """Bytes that are not what they should be: nothing of them may be used."""


class _Part(msgspec.Struct, rename="camel"):
    pass


class _Row(_Part):
    metric: dict[str, str] = {}
    values: msgspec.Raw = msgspec.Raw(b"[]")
    histograms: msgspec.Raw = msgspec.Raw(b"")


class _Data(_Part):
    result_type: str = ""
    result: tuple[_Row, ...] | None = None


class _Envelope(_Part):
    status: str
    data: _Data | None = None
    error: str = ""
    error_type: str = ""
    warnings: tuple[str, ...] | None = None
    is_partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Matrix:
    """Rows of samples as they were answered.

    Attributes
    ----------
    labels, counts, timestamps, values
        As in `tidy`; timestamps in milliseconds.
    histograms
        Rows left out, or read in part, because they hold native histograms.
    warnings
        Why the answer may be incomplete, in the server's words.
    """

    labels: tuple[Labels, ...]
    counts: tuple[int, ...]
    timestamps: Moments
    values: Values
    histograms: int = 0
    warnings: tuple[str, ...] = ()


def matrix(body: bytes) -> Matrix:
    """Return the rows of an answer.

    Raises
    ------
    UnreadableError
        The body is no matrix, or says that the query failed.
    """
    try:
        envelope = msgspec.json.decode(body, type=_Envelope)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(str(error)) from error
    if envelope.status != "success":
        raise UnreadableError(envelope.error or envelope.status)
    if envelope.data is None or envelope.data.result_type != "matrix":
        kind = envelope.data.result_type if envelope.data else "nothing"
        message = f"a {kind}, not a matrix"
        raise UnreadableError(message)
    rows = envelope.data.result or ()
    columns = [_samples(bytes(row.values)) for row in rows]
    said = tuple(each for each in envelope.warnings or () if not each.startswith("PromQL "))
    if envelope.is_partial:
        said += ("the server says that its answer is partial",)
    return Matrix(
        labels=tuple(row.metric for row in rows),
        counts=tuple(len(moments) for moments, _ in columns),
        timestamps=np.concatenate([np.empty(0, np.int64), *(moments for moments, _ in columns)]),
        values=np.concatenate([np.empty(0, np.float64), *(values for _, values in columns)]),
        histograms=sum(bytes(row.histograms) not in {b"", b"[]", b"null"} for row in rows),
        warnings=said,
    )


def _samples(text: bytes) -> tuple[Moments, Values]:
    """Return the samples of ``[[seconds, "value"], ...]``."""
    try:
        flat = _flat(text)
    except ValueError as error:
        raise UnreadableError(str(error)) from error
    return np.rint(flat[0::2] * 1000).astype(np.int64), flat[1::2]


def _flat(text: bytes) -> Values:
    """Return seconds and values by turns."""
    try:
        pairs = msgspec.json.decode(text, type=list[tuple[float, float]], strict=False)
    except msgspec.ValidationError:
        # "+Inf" and numbers beyond a double are not what msgspec takes from text; Python does.
        words = msgspec.json.decode(text, type=list[tuple[float, str]])
        return np.array([(seconds, float(word)) for seconds, word in words], np.float64).reshape(-1)
    return np.fromiter(chain.from_iterable(pairs), np.float64, 2 * len(pairs))


def block_of(matrices: Sequence[Matrix], window: tuple[int, int], step: int = 0) -> Block:
    """Return answers about one set of series, window after window, as one block; `step` as in `Block`."""
    found = tidy(
        [labels for each in matrices for labels in each.labels],
        [count for each in matrices for count in each.counts],
        np.concatenate([np.empty(0, np.int64), *(each.timestamps for each in matrices)]),
        np.concatenate([np.empty(0, np.float64), *(each.values for each in matrices)]),
        window,
        markers=False,
    )
    warnings = dict.fromkeys(warning for each in matrices for warning in each.warnings)
    return replace(
        found,
        step=step,
        incomplete=tuple(Incomplete(reason="partial", detail=each) for each in warnings),
        histograms=max((each.histograms for each in matrices), default=0),
    )
