"""Requests of a history reader to one server: under the load guard, whole answers only, refusals in its words."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from urllib.parse import urlencode

from agent.sources.failures import NoAnswerError
from agent.sources.history.port import Matcher, Shard
from agent.sources.http import HttpClient, Pairs
from agent.sources.json_answer import MOST_WORDS, in_its_words
from agent.sources.prometheus.client import PrometheusClient
from agent.sources.prometheus.guard import Budget, Fleet, Guard
from agent.sources.prometheus.query import Query
from agent.sources.prometheus.questions import Load
from agent.sources.transport import Limits

LIMITS = Limits(read_seconds=120.0, total_seconds=180.0, body_bytes=96 << 20)
"""For one request: a server gives a query two minutes, and a shard takes some megabytes."""

BUDGET = Budget(requests=1_000_000, samples=1 << 50, seconds=24 * 3600.0, query_seconds=120.0)
"""Bounds of a whole reading; what really bounds it is the pace that the server allows."""

LONGEST_TARGET = 4000
"""Characters of a query string above which the parameters travel in the body."""

_FORM = (("Content-Type", "application/x-www-form-urlencoded"),)


class StoppedError(NoAnswerError):
    """Nothing was sent: the load guard does not allow it any more."""


class Asker:
    """Asks one server, from any thread, at the pace that the guard allows.

    Attributes
    ----------
    external
        Labels that the server adds to what leaves it; None before it was asked.
    """

    def __init__(self, http: HttpClient, budget: Budget = BUDGET, sleep: Callable[[float], None] = time.sleep) -> None:
        self.http = http
        self.client = PrometheusClient(http)
        self.external: dict[str, str] | None = None
        self._end = time.monotonic() + budget.seconds
        self._numbers = itertools.count()
        self._guard = Guard(
            budget,
            Fleet(),
            (),
            requests=lambda: http.spent.requests,
            in_use=Load(client=self.client, own=budget.concurrency, end=self._end),
            end=self._end,
            sleep=sleep,
        )

    def get(self, path: str, parameters: Pairs, samples: int) -> bytes:
        """Return the whole body of an answer to parameters.

        Parameters
        ----------
        samples
            How many the server is expected to read.

        Raises
        ------
        NoAnswerError
            When there is no whole answer.
        """
        given = list(parameters)
        text = urlencode(given)
        if len(text) <= LONGEST_TARGET:
            request = self.stream("GET", path, given, samples=samples)
        else:
            request = self.stream("POST", path, headers=_FORM, body=text.encode(), samples=samples)
        with request as (_, chunks):
            return b"".join(chunks)

    @contextlib.contextmanager
    def stream(
        self,
        method: str,
        path: str,
        parameters: Pairs = (),
        *,
        headers: Pairs = (),
        body: bytes | None = None,
        samples: int = 1,
    ) -> Iterator[tuple[Mapping[str, str], Iterator[bytes]]]:
        """Give the headers of an answer and its body as it comes; see `get`."""
        query = Query(id=f"history.{next(self._numbers)}", promql=path, series=max(1, samples))
        try:
            grant = self._guard.admit(query)
        except NoAnswerError as error:
            raise StoppedError(reason=error.reason, detail=error.detail) from None
        began = time.monotonic()
        try:
            with self.http.stream(method, path, parameters, headers=headers, body=body, end=self._end) as answer:
                yield answer
        except NoAnswerError as error:
            self._guard.fail(grant, error)
            raise in_its_words(error) from error
        self._guard.settle(query, grant, None, time.monotonic() - began)


def answered(ask: Callable[[Asker, Shard], object], asker: Asker, refused: Collection[int]) -> bool:
    """Tell whether a server has a way to read, asked for a moment at which nobody was; `refused` are its words for no.

    Raises
    ------
    NoAnswerError
        When it says neither.
    """
    try:
        ask(asker, Shard(matchers=(Matcher("__name__", "=", "up"),), start=0, end=1))
    except NoAnswerError as error:
        if error.status in refused or error.reason == "unreadable":
            return False
        raise
    return True


def unreadable(error: Exception) -> NoAnswerError:
    """Return the error of an answer that makes no sense."""
    return NoAnswerError(reason="unreadable", detail=f"its answer makes no sense ({str(error)[:MOST_WORDS]})")
