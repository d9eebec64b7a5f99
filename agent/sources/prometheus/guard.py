"""The load guard: what a scan may ask of a server, at what pace, and when to stop.

A scanner must not take down what it looks at. Budgets bound the whole; the server's own metrics (signal P63), when it
scrapes itself, and the time that it takes to answer bound the pace.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from agent.sources.failures import NoAnswerError
from agent.sources.prometheus.durations import duration
from agent.sources.prometheus.queries import Query
from analyzers.model.reasons import Reason

CALM_SECONDS = (1.0, 2.0, 4.0, 8.0)
"""Waits for a busy server to become calm, before it is left alone."""

LOOK_EVERY = 10
"""Queries between two looks at how busy the server is."""

MOST_FACTOR = 4.0
"""How far queries that read more than estimated raise the price of the next: one says little of the others."""

MOST_PAUSE_SECONDS = 5.0
HOPELESS_AFTER = 3
"""Queries in a row without an answer after which the others are not sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What one scan may cost a server.

    Attributes
    ----------
    requests
        HTTP requests, retries included.
    samples
        Samples that the server reads, as it says itself, else as estimated.
    seconds
        For the whole scan of the server.
    query_seconds
        For one query, after which the server is asked to give up.
    concurrency
        Queries at the same time.
    slow_seconds
        An answer slower than this is followed by a pause as long as itself.
    busy_above
        Share of the server's query slots in use above which it is left in peace (signal P63).
    """

    requests: int = 300
    samples: int = 50_000_000
    seconds: float = 120.0
    query_seconds: float = 30.0
    concurrency: int = 2
    slow_seconds: float = 2.0
    busy_above: float = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """How much data a question over all targets touches.

    Attributes
    ----------
    series
        Targets: a metric is taken to have one series each, until the server's account says more.
    interval_seconds
        Between two scrapes, harmonic mean over targets: targets over it is scrapes a second.
    kept_seconds
        How far back the server keeps samples.
    """

    series: int = 1
    interval_seconds: float = 15.0
    kept_seconds: float = float("inf")

    def samples(self, query: Query, window: str) -> float:
        """Return how many samples the server would read, estimated."""
        covered = window
        length = duration(window)
        if length is not None and length > self.kept_seconds:
            covered = f"{max(1, int(self.kept_seconds))}s"
        series = self.series if query.series is None else query.series
        return series * query.samples_per_series(covered, self.interval_seconds)


@dataclass(frozen=True, slots=True)
class Grant:
    """Leave to send a query: over which window (empty: now), for how many seconds, at which estimated price."""

    window: str
    seconds: float
    samples: float


class Guard:
    """Gives leave to send queries, one by one; any thread may ask.

    Parameters
    ----------
    queries
        All that will be asked: each keeps enough of the budget for its shortest window.
    requests
        How many requests were sent so far.
    in_use
        Share of the server's query slots in use, our own left out; None when the server does not say.
    end
        A moment of ``time.monotonic`` after which nothing is sent.
    since_seconds
        Raw samples are read no further back than this, where a shorter window exists.
    """

    def __init__(  # noqa: PLR0913 - the port to a server, as functions
        self,
        budget: Budget,
        fleet: Fleet,
        queries: Iterable[Query],
        *,
        requests: Callable[[], int],
        in_use: Callable[[], float | None],
        end: float,
        since_seconds: float = float("inf"),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.budget = budget
        self.samples = 0.0
        self._promised = 0.0
        self._fleet = fleet
        self._requests = requests
        self._in_use = in_use
        self._end = end
        self._since = since_seconds
        self._sleep = sleep
        self._waiting = {query.id: query for query in queries}
        self._factor: dict[str, tuple[float, float]] = {}
        self._pause = 0.0
        self._asked = 0
        self._without_answer = 0
        self._stopped: NoAnswerError | None = None
        self._gate = threading.Lock()
        self._books = threading.RLock()

    def expect(self, queries: Iterable[Query]) -> None:
        """Keep enough of the budget for more queries, which the first answers called for."""
        with self._books:
            self._waiting.update({query.id: query for query in queries})

    def windows(self, query: Query) -> tuple[str, ...]:
        """Return the windows that a query may have, longest first; one empty window when it has no range."""
        if not query.windows:
            return ("",)
        if query.cost != "scrapes":
            return query.windows
        near = tuple(each for each in query.windows if (duration(each) or 0.0) <= self._since)
        return near or query.windows[-1:]

    def price(self, query: Query, window: str) -> float:
        """Return the samples that a query would read, corrected by what such queries really read so far."""
        read, estimated = self._factor.get(query.cost.partition(":")[0], (0.0, 0.0))
        factor = min(max(1.0, read / estimated), MOST_FACTOR) if estimated and query.series is None else 1.0
        return self._fleet.samples(query, window) * factor

    def cheapest_first(self, queries: Iterable[Query]) -> list[Query]:
        """Return queries in the order that answers most of them when the budget does not do for all."""
        return sorted(queries, key=lambda query: self._fleet.samples(query, self.windows(query)[-1]))

    def admit(self, query: Query, below: str | None = None) -> Grant:
        """Wait for a calm moment and give leave to send a query, over the longest window that the budget allows.

        Parameters
        ----------
        below
            A window that proved too much: only shorter ones are tried.

        Raises
        ------
        NoAnswerError
            When the query must not be sent, with the reason.
        """
        with self._gate:
            if self._pause and self._stopped is None:
                self._sleep(max(0.0, min(self._pause, self._end - time.monotonic())))
            self._check_stopped()
            if self._asked % LOOK_EVERY == 0:
                self._wait_for_calm()
            self._asked += 1
            with self._books:
                return self._grant(query, below)

    def settle(self, query: Query, grant: Grant, read: int | None, seconds: float) -> None:
        """Account for a query that was answered; `read` is None when the server does not say what it read."""
        with self._books:
            self._without_answer = 0
            self._promised -= grant.samples
            self.samples += grant.samples if read is None else read
            if read is not None and query.series is None:
                kind = query.cost.partition(":")[0]
                before_read, before_estimated = self._factor.get(kind, (0.0, 0.0))
                estimated = self._fleet.samples(query, grant.window)
                self._factor[kind] = (before_read + read, before_estimated + estimated)
            self._pause = min(seconds, MOST_PAUSE_SECONDS) if seconds > self.budget.slow_seconds else 0.0

    def fail(self, grant: Grant, error: NoAnswerError) -> None:
        """Account for a query that failed; when none is answered any more, stop."""
        with self._books:
            self._promised -= grant.samples
            if error.reason not in {"timed_out", "unreachable"}:
                self._without_answer = 0
                return
            self.samples += grant.samples
            self._pause = MOST_PAUSE_SECONDS if error.reason == "timed_out" else 0.0
            self._without_answer += 1
            if self._without_answer >= HOPELESS_AFTER and self._stopped is None:
                self._stop(error.reason, f"not asked: the server gave no answer {HOPELESS_AFTER} times in a row")

    def _check_stopped(self) -> None:
        if self._stopped is None and time.monotonic() >= self._end:
            self._stop("timed_out", f"not asked: the {self.budget.seconds:g} s for this server are over")
        if self._stopped is None and self._requests() >= self.budget.requests:
            self._stop("budget_exhausted", f"not asked: {self.budget.requests} requests were sent")
        if self._stopped is not None:
            raise self._stopped

    def _stop(self, reason: Reason, detail: str) -> None:
        self._stopped = NoAnswerError(reason=reason, detail=detail)

    def _wait_for_calm(self) -> None:
        share: float | None = None
        for wait in (*CALM_SECONDS, None):
            share = self._in_use()
            if share is None or share <= self.budget.busy_above:
                return
            if wait is None or time.monotonic() + wait >= self._end:
                break
            self._sleep(wait)
        self._stop("budget_exhausted", f"not asked: {share:.0%} of the server's query slots stay in use")
        self._check_stopped()

    def _grant(self, query: Query, below: str | None) -> Grant:
        self._waiting.pop(query.id, None)
        left = self.budget.samples - self.samples - self._promised
        kept = sum(self.price(each, self.windows(each)[-1]) for each in self._waiting.values())
        choice = self.windows(query)
        if below is not None:
            choice = choice[choice.index(below) + 1 :]
        affordable = [each for each in choice if self.price(query, each) <= left - kept]
        affordable += [each for each in choice[-1:] if self.price(query, each) <= left]
        if not affordable:
            detail = f"not asked: it would read more than the {max(0, int(left))} samples that the budget has left"
            raise NoAnswerError(reason="budget_exhausted", detail=detail)
        seconds = max(1.0, min(self.budget.query_seconds, self._end - time.monotonic()))
        grant = Grant(affordable[0], seconds, self.price(query, affordable[0]))
        self._promised += grant.samples
        return grant
