"""The named queries put to a server, under the load guard, a few at a time."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from agent.sources.failures import NoAnswerError
from agent.sources.prometheus.backend import Kind
from agent.sources.prometheus.client import PrometheusClient, Vector
from agent.sources.prometheus.guard import Grant, Guard
from agent.sources.prometheus.queries_alerts import activations
from agent.sources.prometheus.query import Query
from analyzers.model.monitoring import QueryResult, Rule
from analyzers.model.reasons import Reason

SHORTEST_STEP_SECONDS = 15
USUAL_STEP_SECONDS = 60
ANSWER_GRACE_SECONDS = 5.0
"""What a server gets beyond its own time limit to say that it gave up."""

BUSIEST = (
    "max(max_over_time(prometheus_engine_queries[5m]) / max_over_time(prometheus_engine_queries_concurrent_max[5m]))"
)
BUSY_NOW = "max((prometheus_engine_queries - {own}) / prometheus_engine_queries_concurrent_max)"

Progress = Callable[[int, int], None]
"""Called with how many queries are done, of how many."""


@dataclass(slots=True, kw_only=True)
class Load:
    """How busy the server is, by its own account (signal P63).

    Attributes
    ----------
    own
        Queries that this scan may be running meanwhile: they do not count.
    before
        Nothing was asked yet: the last five minutes count, afterwards the last scrape.
    """

    client: PrometheusClient
    own: int
    end: float
    before: bool = True

    def __call__(self) -> float | None:
        """Return the share of query slots in use, None when the server does not say."""
        promql = BUSIEST if self.before else BUSY_NOW.replace("{own}", str(self.own))
        self.before = False
        try:
            answer = self.client.query(promql, None, seconds=ANSWER_GRACE_SECONDS, end=self.end)
        except NoAnswerError:
            return None
        return answer.samples[0].value if answer.samples else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """Puts queries to one server, all evaluated at one moment."""

    client: PrometheusClient
    guard: Guard
    kind: Kind
    at: dt.datetime
    concurrency: int = 2

    def ask(self, queries: Sequence[Query], progress: Progress) -> tuple[tuple[QueryResult, ...], tuple[str, ...]]:
        """Return one result a query, in their order, and what the server warned of."""
        results: dict[str, QueryResult] = {}
        warnings: dict[str, None] = {}
        lock = threading.Lock()

        def one(query: Query) -> None:
            result, said = self._one(query)
            with lock:
                results[query.id] = result
                warnings.update(dict.fromkeys(said))
                progress(len(results), len(queries))

        with ThreadPoolExecutor(self.concurrency, thread_name_prefix="query") as pool:
            list(pool.map(one, self.guard.cheapest_first(queries)))
        return tuple(results[query.id] for query in queries), tuple(warnings)

    def _one(self, query: Query) -> tuple[QueryResult, tuple[str, ...]]:
        """Ask a query, again over a shorter window when the first proves too much for the server."""
        window: str | None = None
        failed: NoAnswerError | None = None
        while True:
            try:
                grant = self.guard.admit(query, below=window)
            except NoAnswerError as error:
                return self._without(query, window or "", failed or error), ()
            window = grant.window
            try:
                answer = self._send(query, grant)
            except NoAnswerError as error:
                self.guard.fail(grant, error)
                failed = error
                if error.reason not in {"budget_exhausted", "timed_out"} or window == self.guard.windows(query)[-1]:
                    return self._without(query, window, error), ()
            else:
                return self._with(query, window, answer), answer.warnings

    def _send(self, query: Query, grant: Grant) -> Vector:
        began = time.monotonic()
        end = began + grant.seconds + ANSWER_GRACE_SECONDS
        text = query.text(grant.window, self.kind)
        answer = self.client.query(text, self.at, seconds=grant.seconds, end=end, over_time=query.over_time)
        self.guard.settle(query, grant, answer.cost, time.monotonic() - began)
        return answer

    def _with(self, query: Query, window: str, answer: Vector) -> QueryResult:
        reason: Reason | None = "partial" if answer.warnings else None
        return QueryResult(
            id=query.id,
            query=query.text(window, self.kind),
            window=window or "now",
            collected_at=self.at,
            reason=reason,
            detail="; ".join(answer.warnings),
            samples=answer.samples,
            points=answer.points,
        )

    def _without(self, query: Query, window: str, error: NoAnswerError) -> QueryResult:
        return unanswered(query, self.at, error, window=window, kind=self.kind)


def unanswered(
    query: Query, at: dt.datetime, error: NoAnswerError, *, window: str = "", kind: Kind = "unknown"
) -> QueryResult:
    """Return the result of a query that has no answer, with the reason."""
    covered = window or (query.windows[0] if query.windows else "now")
    return QueryResult(
        id=query.id,
        query=query.text(window, kind),
        window=covered,
        collected_at=at,
        reason=error.reason,
        detail=error.detail,
    )


def tailored(queries: Iterable[Query], rules: Iterable[Rule]) -> tuple[Query, ...]:
    """Return the queries with the step of those that follow alerts fitted to the server's own rules.

    A step longer than the shortest evaluation interval would miss alerts that fire shorter than it.
    """
    intervals = [each.interval_seconds for each in rules if each.kind == "alerting" and each.interval_seconds]
    step = max(SHORTEST_STEP_SECONDS, int(min(intervals, default=USUAL_STEP_SECONDS)))
    fitted = activations(f"{min(step, USUAL_STEP_SECONDS)}s")
    return tuple(fitted if each.id == fitted.id else each for each in queries)
