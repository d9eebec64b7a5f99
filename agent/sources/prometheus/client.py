"""Questions to a server that speaks the Prometheus HTTP API, and typed answers."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from itertools import pairwise
from typing import Generic, TypeVar

from agent.sources.failures import NoAnswerError
from agent.sources.http import HttpClient, Pairs
from agent.sources.json_answer import MOST_WORDS, decode, in_its_words
from agent.sources.prometheus.answers import Envelope, LongSeries, Result, Series
from agent.sources.redact import redact, redact_values
from analyzers.model.monitoring import Points, Sample

T = TypeVar("T")

MOST_POINTS = 1000
"""Points of one series that are kept: a year of days, with room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said(Generic[T]):
    """An answer.

    Attributes
    ----------
    data
        None when the server had nothing to say.
    warnings
        Why the answer may be incomplete, in the server's words; empty when it is whole.
    date
        The server's own clock, None when it does not say.
    """

    data: T | None
    warnings: tuple[str, ...] = ()
    date: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vector:
    """The answer of a query; `cost` is the samples that the server says it read, None when it does not.

    `points` holds the series of a query that ends in a range, such as ``up[7d:1d]``.
    """

    samples: tuple[Sample, ...] = ()
    points: tuple[Points, ...] = ()
    cost: int | None = None
    warnings: tuple[str, ...] = ()
    date: dt.datetime | None = None


class PrometheusClient:
    """Asks one server; see `HttpClient` for what each question may take."""

    def __init__(self, http: HttpClient) -> None:
        self.http = http

    def ask(
        self, path: str, shape: type[T], parameters: Pairs = (), *, end: float | None = None, limit: int | None = None
    ) -> Said[T]:
        """Return what an endpoint says.

        Parameters
        ----------
        shape
            The type of ``data``.
        end, limit
            As in `HttpClient.get`.

        Raises
        ------
        NoAnswerError
            When there is no answer, or one that makes no sense.
        """
        try:
            answer = self.http.get(path, parameters, end=end, limit=limit)
        except NoAnswerError as error:
            raise in_its_words(error) from error
        date = _date(answer.headers.get("date", ""))
        if not answer.body.strip():
            return Said(data=None, date=date)
        envelope = decode(answer.body, Envelope[shape], answer.headers.get("content-type", ""))  # type: ignore[valid-type]
        if envelope.status != "success":
            words = redact(envelope.error or envelope.status, MOST_WORDS)
            raise NoAnswerError(reason="unreadable", detail=f"it answers {words!r}")
        warnings = tuple(redact(each, MOST_WORDS) for each in envelope.warnings or () if not _about_promql(each))
        if envelope.is_partial:
            warnings += ("the server says that its answer is partial",)
        return Said(data=envelope.data, warnings=warnings, date=date)

    def query(
        self,
        promql: str,
        at: dt.datetime | None,
        *,
        seconds: float,
        end: float | None = None,
        over_time: bool = False,
    ) -> Vector:
        """Return the answer of a query.

        Parameters
        ----------
        at
            When to evaluate; the server's own now if None.
        seconds
            After how long the server should give up.
        over_time
            The query ends in a range, and is answered by a matrix.

        Raises
        ------
        NoAnswerError
            As in `ask`; also for a result of another kind than what was asked for.
        """
        parameters = [("query", promql), ("timeout", f"{max(1, math.floor(seconds))}s"), ("stats", "all")]
        if at is not None:
            parameters.append(("time", f"{at.timestamp():.3f}"))
        said = self.ask("/api/v1/query", Result, parameters, end=end)
        if said.data is None:
            raise NoAnswerError(reason="unreadable", detail="it answers nothing to a query")
        stats = said.data.stats
        cost = stats.samples.total_queryable_samples if stats and stats.samples else None
        if over_time:
            if said.data.result_type != "matrix":
                raise NoAnswerError(reason="unreadable", detail=_unexpected(said.data, "matrix"))
            points = tuple(_points(decode(bytes(said.data.result), tuple[LongSeries, ...])))
            return Vector(points=points, cost=cost, warnings=said.warnings, date=said.date)
        return Vector(samples=tuple(_samples(said.data)), cost=cost, warnings=said.warnings, date=said.date)


def _samples(result: Result) -> Iterable[Sample]:
    if result.result_type == "vector":
        for series in decode(bytes(result.result), tuple[Series, ...]):
            yield Sample(labels=redact_values(series.metric), value=_number(series.value))
    elif result.result_type == "scalar":
        yield Sample(labels={}, value=_number(decode(bytes(result.result), tuple[float, str])))
    else:
        raise NoAnswerError(reason="unreadable", detail=_unexpected(result, "vector"))


def _unexpected(result: Result, wanted: str) -> str:
    return f"it answers a {redact(result.result_type, 20)}, not a {wanted}"


def _points(found: Iterable[LongSeries]) -> Iterable[Points]:
    """Yield series on the grid of their shortest step; a moment without a value is a None."""
    for series in found:
        if not series.values:
            continue
        moments = [moment for moment, _ in series.values]
        step = min((after - before for before, after in pairwise(moments)), default=0.0)
        if step < 0 or (step == 0 and len(moments) > 1):
            raise NoAnswerError(reason="unreadable", detail="it answers a series whose moments do not follow")
        places = [round((moment - moments[0]) / step) if step else 0 for moment in moments]
        if places[-1] >= MOST_POINTS:
            raise NoAnswerError(reason="unreadable", detail=f"it answers a series of over {MOST_POINTS} points")
        values: list[float | None] = [None] * (places[-1] + 1)
        for place, (moment, text) in zip(places, series.values, strict=True):
            values[place] = _number((moment, text))
        yield Points(
            labels=redact_values(series.metric),
            start=dt.datetime.fromtimestamp(moments[0], tz=dt.UTC),
            step_seconds=step,
            values=tuple(values),
        )


def _number(value: tuple[float, str] | None) -> float | None:
    """Return the value of a sample; NaN, infinities and histograms have none."""
    if value is None:
        return None
    try:
        number = float(value[1])
    except ValueError:
        raise NoAnswerError(reason="unreadable", detail="it answers a value that is no number") from None
    return number if math.isfinite(number) else None


def _about_promql(warning: str) -> bool:
    """Tell whether a warning is about how the query is written, not about data that is missing."""
    return warning.startswith("PromQL ")


def _date(text: str) -> dt.datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return date if date.tzinfo is not None else date.replace(tzinfo=dt.UTC)
