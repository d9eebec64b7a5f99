"""Alertmanager: how many alerts, which silences, which receivers. Its configuration, with its secrets, is not kept."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

from agent.errors import UsageError
from agent.sources.address import Address, parse_address
from agent.sources.failures import BUSY, NoAnswerError
from agent.sources.http import HttpClient, connect
from agent.sources.json_answer import decode, in_its_words
from agent.sources.prometheus.translate import moment
from agent.sources.prometheus.unseen import blind_spots, origin
from agent.sources.redact import redact
from agent.sources.transport import Limits
from analyzers.model.context import Endpoint
from analyzers.model.monitoring import Alerting, EndpointAnswer, Monitoring, Silence
from analyzers.model.snapshot import BlindSpot, Cost, Origin

STATUS = "/api/v2/status"
ALERTS = "/api/v2/alerts"
SILENCES = "/api/v2/silences"
RECEIVERS = "/api/v2/receivers"

SECONDS = 30.0
CLOSED = frozenset({0, 401, *BUSY})
"""Statuses of a first answer (0: none) after which nothing more is asked."""

LONGEST_MATCHER = 300

T = TypeVar("T")

Reading = tuple[Alerting, Cost, tuple[Origin, ...], tuple[BlindSpot, ...]]


class _Part(msgspec.Struct, frozen=True, rename="camel"):
    """Base of every part of an answer; unknown fields are left out."""


class _Version(_Part, frozen=True):
    version: str = ""


class _Status(_Part, frozen=True):
    version_info: _Version = _Version()


class _AlertStatus(_Part, frozen=True):
    state: str = ""


class _Alert(_Part, frozen=True):
    status: _AlertStatus = _AlertStatus()


class _Matcher(_Part, frozen=True):
    name: str
    value: str
    is_regex: bool = False
    is_equal: bool = True


class _Silence(_Part, frozen=True):
    id: str
    starts_at: str
    ends_at: str
    status: _AlertStatus = _AlertStatus()
    matchers: tuple[_Matcher, ...] = ()
    created_by: str = ""
    comment: str = ""


class _Receiver(_Part, frozen=True):
    name: str


def read_alertmanager(
    endpoint: Endpoint,
    *,
    clock: Callable[[], dt.datetime],
    folder: Path = Path(),
    option: str = "--alertmanager",
    seconds: float = SECONDS,
    sleep: Callable[[float], None] = time.sleep,
) -> Reading:
    """Return what an Alertmanager says, what it cost, how it went, and what could not be seen.

    A server that is down, slow or forbidden raises nothing: what it did not say has a reason.

    Parameters
    ----------
    clock
        Gives the moment of the collection; asked once.
    folder
        What relative paths of ``http_config`` are relative to.
    option
        The option or key that holds the address, for the error line.
    seconds
        For everything that is asked of the server.

    Raises
    ------
    UsageError
        When the address or a file of ``http_config`` cannot be used.
    """
    began = time.monotonic()
    with connect(endpoint, folder, option, Limits(total_seconds=seconds), sleep) as http:
        inquiry = _Inquiry(http, began + seconds)
        alerting = _read(inquiry, clock())
        spent = http.spent
    cost = Cost(queries=spent.requests, bytes=spent.bytes, seconds=round(time.monotonic() - began, 3))
    how = origin("alertmanager", alerting.url, alerting.endpoints)
    return alerting, cost, (how,), blind_spots(alerting)


def discover(monitoring: Monitoring) -> Endpoint | None:
    """Return the Alertmanager that a Prometheus sends to, when it runs on the host of that Prometheus.

    One elsewhere is not asked unless somebody names it. No credentials come along: those of Prometheus are not its own.
    """
    try:
        home = parse_address(monitoring.url)
    except UsageError:
        return None
    for text in monitoring.alertmanagers or ():
        found = _beside(home, text)
        if found is not None:
            return Endpoint(url=found.url)
    return None


def _beside(home: Address, text: str) -> Address | None:
    try:
        parts = urlsplit(text)
        prefix = parts.path.partition("/api/v")[0]
        found = parse_address(f"{parts.scheme}://{parts.netloc}{prefix}")
    except (ValueError, UsageError):
        return None
    if found.host == home.host or (found.loopback and home.loopback):
        return found
    # A loopback address means the host of the Prometheus that gave it, not ours.
    return (
        Address(scheme=found.scheme, host=home.host, port=found.port, prefix=found.prefix) if found.loopback else None
    )


@dataclass(slots=True)
class _Inquiry:
    http: HttpClient
    end: float
    found: list[EndpointAnswer] = field(default_factory=list)
    closed: NoAnswerError | None = None

    def ask(self, path: str, shape: type[T]) -> T | None:
        """Return what an endpoint says, None when it does not; a server found closed is not asked again."""
        try:
            if self.closed is not None:
                raise self.closed
            answer = self.http.get(path, end=self.end)
            data = decode(answer.body, shape, answer.headers.get("content-type", ""))
        except NoAnswerError as error:
            said = in_its_words(error)
            if not self.found and error.reason != "unreadable" and error.status in CLOSED:
                self.closed = said
            self.found.append(EndpointAnswer(endpoint=path, reason=said.reason, detail=said.detail))
            return None
        self.found.append(EndpointAnswer(endpoint=path))
        return data


def _read(inquiry: _Inquiry, at: dt.datetime) -> Alerting:
    status = inquiry.ask(STATUS, _Status)
    alerts = inquiry.ask(ALERTS, tuple[_Alert, ...])
    silences = inquiry.ask(SILENCES, tuple[_Silence, ...])
    receivers = inquiry.ask(RECEIVERS, tuple[_Receiver, ...])
    return Alerting(
        url=inquiry.http.address.url,
        version=status.version_info.version if status else "",
        collected_at=at,
        endpoints=tuple(inquiry.found),
        active=None if alerts is None else sum(each.status.state == "active" for each in alerts),
        silenced=None if alerts is None else sum(each.status.state == "suppressed" for each in alerts),
        silences=None if silences is None else tuple(kept for each in silences if (kept := _silence(each))),
        receivers=None if receivers is None else tuple(each.name for each in receivers),
    )


def _silence(found: _Silence) -> Silence | None:
    starts, ends = moment(found.starts_at), moment(found.ends_at)
    if starts is None or ends is None:
        return None
    return Silence(
        id=found.id,
        state=found.status.state,
        matchers=tuple(redact(_matcher(each), LONGEST_MATCHER) for each in found.matchers),
        starts_at=starts,
        ends_at=ends,
        created_by=found.created_by,
        commented=bool(found.comment.strip()),
    )


def _matcher(found: _Matcher) -> str:
    """Return a matcher as PromQL writes it."""
    sign = {(False, True): "=", (False, False): "!=", (True, True): "=~", (True, False): "!~"}
    return f'{found.name}{sign[found.is_regex, found.is_equal]}"{found.value}"'
