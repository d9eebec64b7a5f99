"""One scan of a server that speaks the Prometheus API: what it says of itself, and the answers of the named queries."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from agent.sources.failures import NoAnswerError
from agent.sources.http import HttpClient, connect
from agent.sources.prometheus.client import PrometheusClient
from agent.sources.prometheus.durations import duration
from agent.sources.prometheus.endpoints import ENDPOINTS, read_endpoints
from agent.sources.prometheus.guard import Budget, Fleet, Guard
from agent.sources.prometheus.queries import QUERIES, Query
from agent.sources.prometheus.queries_dynamic import alert_queries, past_queries
from agent.sources.prometheus.questions import (
    ANSWER_GRACE_SECONDS,
    Load,
    Progress,
    Questions,
    tailored,
    unanswered,
)
from agent.sources.prometheus.unseen import answers_of, blind_spots, origin
from agent.sources.transport import Limits
from analyzers.model.context import Endpoint
from analyzers.model.monitoring import EndpointAnswer, Monitoring
from analyzers.model.snapshot import BlindSpot, Cost, Origin

PROBE_SECONDS = 10.0
MOST_SKEW = dt.timedelta(seconds=30)
"""Beyond this, queries are evaluated at the server's own time: in its future, every vector is empty."""

USUAL_INTERVAL_SECONDS = 15.0
"""Assumed between two scrapes where targets cannot be read: short, so that estimates are high."""

PARTLY_OPEN = frozenset({403, 422})
"""Refusals of the simplest query after which endpoints are still worth asking: queries forbidden, or an agent."""

Reading = tuple[Monitoring, Cost, tuple[Origin, ...], tuple[BlindSpot, ...]]


def read_prometheus(  # noqa: PLR0913 - the ports and bounds of a scan
    endpoint: Endpoint,
    *,
    since: dt.timedelta,
    clock: Callable[[], dt.datetime],
    progress: Progress | None = None,
    local_host: str = "",
    folder: Path = Path(),
    option: str = "--prometheus",
    budget: Budget | None = None,
    queries: Sequence[Query] | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Reading:
    """Return what a server says, what it cost, how it went, and what could not be seen.

    A server that is down, slow, forbidden or partial raises nothing: what it did not say has a reason.

    Parameters
    ----------
    since
        How far back raw samples are read, where a query may choose.
    clock
        Gives the moment at which every query is evaluated; asked once.
    local_host
        Name of this machine: what loopback addresses in labels mean when the server runs here.
    folder
        What relative paths of ``http_config`` are relative to.
    option
        The option or key that holds the address, for the error line.
    queries
        What to ask; None for what checks need, and what the rules of the server call for.

    Raises
    ------
    UsageError
        When the address or a file of ``http_config`` cannot be used.
    """
    bounds = budget or Budget()
    began = time.monotonic()
    limits = Limits(total_seconds=bounds.query_seconds + ANSWER_GRACE_SECONDS)
    with connect(endpoint, folder, option, limits, sleep) as http:
        scan = _Scan(
            http=http,
            client=PrometheusClient(http),
            budget=bounds,
            end=began + bounds.seconds,
            since=since,
            sleep=sleep,
            progress=progress or (lambda _done, _total: None),
            queries=queries,
        )
        monitoring, samples = scan.run(clock())
        spent = http.spent
        host = local_host if http.address.loopback else ""
    monitoring = msgspec.structs.replace(monitoring, local_host=host)
    seconds = round(time.monotonic() - began, 3)
    cost = Cost(queries=spent.requests, samples=samples, bytes=spent.bytes, seconds=seconds)
    how = origin("prometheus", monitoring.url, answers_of(monitoring))
    return monitoring, cost, (how,), blind_spots(monitoring)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scan:
    http: HttpClient
    client: PrometheusClient
    budget: Budget
    end: float
    since: dt.timedelta
    sleep: Callable[[float], None]
    progress: Progress
    queries: Sequence[Query] | None

    def run(self, now: dt.datetime) -> tuple[Monitoring, int]:
        """Return the facts, and the samples that they cost the server."""
        forbidden: NoAnswerError | None = None
        warnings = list(self.http.cautions)
        at = now
        try:
            date = self._probe()
        except NoAnswerError as error:
            if error.status not in PARTLY_OPEN:
                return self._silent(now, _pointed(error), warnings), 0
            forbidden = error
        else:
            if date is not None and abs(date - now) > MOST_SKEW:
                at = date
                skew = (date - now).total_seconds()
                warnings.append(f"its clock is {skew:+.0f} s from this machine's: queries are asked at its own time")
        itself = read_endpoints(self.client, at, self.end)
        asked = self._asked(itself)
        if forbidden is not None:
            results = tuple(unanswered(each, at, forbidden, kind=itself.kind) for each in asked)
            return msgspec.structs.replace(itself, queries=results, warnings=tuple(warnings)), 0
        guard = self._guard(itself, asked)
        questions = Questions(
            client=self.client, guard=guard, kind=itself.kind, at=at, concurrency=self._concurrency(itself)
        )
        results, said = questions.ask(asked, self.progress)
        more = past_queries(results)
        guard.expect(more)
        late, said_late = questions.ask(more, lambda done, _: self.progress(len(asked) + done, len(asked) + len(more)))
        every = tuple(dict.fromkeys((*warnings, *said, *said_late)))
        return msgspec.structs.replace(itself, queries=(*results, *late), warnings=every), int(guard.samples)

    def _concurrency(self, itself: Monitoring) -> int:
        """Return how many queries to send at once: never more than a quarter of what the server runs at once."""
        slots = itself.flags.get("query.max-concurrency", "")
        most = max(1, int(slots) // 4) if slots.isascii() and slots.isdigit() else self.budget.concurrency
        return min(self.budget.concurrency, most)

    def _asked(self, itself: Monitoring) -> tuple[Query, ...]:
        if self.queries is not None:
            return tuple(self.queries)
        rules = itself.rules or ()
        return (*tailored(QUERIES, rules), *alert_queries(rules))

    def _probe(self) -> dt.datetime | None:
        """Ask the simplest query, and return the server's clock."""
        end = min(self.end, time.monotonic() + PROBE_SECONDS)
        return self.client.query("1", None, seconds=PROBE_SECONDS, end=end).date

    def _silent(self, at: dt.datetime, error: NoAnswerError, warnings: Sequence[str]) -> Monitoring:
        """Return a server of which nothing is known, with the reason everywhere."""
        return Monitoring(
            url=self.http.address.url,
            collected_at=at,
            endpoints=tuple(
                EndpointAnswer(endpoint=each, reason=error.reason, detail=error.detail) for each in ENDPOINTS
            ),
            queries=tuple(unanswered(each, at, error) for each in (QUERIES if self.queries is None else self.queries)),
            warnings=tuple(warnings),
        )

    def _guard(self, itself: Monitoring, queries: Sequence[Query]) -> Guard:
        return Guard(
            self.budget,
            self._fleet(itself),
            queries,
            requests=lambda: self.http.spent.requests,
            in_use=Load(client=self.client, own=self.budget.concurrency, end=self.end),
            end=self.end,
            since_seconds=self.since.total_seconds(),
            sleep=self.sleep,
        )

    def _fleet(self, itself: Monitoring) -> Fleet:
        kept = duration(itself.retention) or float("inf")
        if itself.targets:
            rate = sum(1 / (each.scrape_interval_seconds or USUAL_INTERVAL_SECONDS) for each in itself.targets)
            return Fleet(series=len(itself.targets), interval_seconds=len(itself.targets) / rate, kept_seconds=kept)
        try:
            counted = self.client.query("count(up)", itself.collected_at, seconds=PROBE_SECONDS, end=self.end).samples
        except NoAnswerError:
            counted = ()
        targets = int(counted[0].value or 1) if counted else 1
        return Fleet(series=max(1, targets), interval_seconds=USUAL_INTERVAL_SECONDS, kept_seconds=kept)


def _pointed(error: NoAnswerError) -> NoAnswerError:
    """Return the error with what to look at when the very first question finds no such API."""
    if error.reason != "backend_404":
        return error
    detail = f"{error.detail}: no Prometheus API there, is the path of the address right?"
    return NoAnswerError(reason=error.reason, detail=detail, status=error.status)
