"""Asking every agent of a fleet, a few at a time: hosts, and a reason for each that gave none."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from ssl import SSLContext

from agent.errors import UsageError
from agent.sources.access import Access
from agent.sources.address import Address
from agent.sources.agents.answer import MOST_BYTES, PATH, Told, understand, unfold
from agent.sources.agents.places import KIND, Places
from agent.sources.agents.sameness import Heard, who_is_who
from agent.sources.failures import NoAnswerError
from agent.sources.http import HttpClient
from agent.sources.transport import Limits
from agent.untrusted import clean_text
from analyzers.model.facts import Host
from analyzers.model.message import N_
from analyzers.model.reasons import Reason
from analyzers.model.snapshot import BlindSpot, Cost, Origin

LIMITS = Limits(connect_seconds=4.0, read_seconds=15.0, total_seconds=30.0, body_bytes=MOST_BYTES)
WORKERS = 24
"""Agents asked at once: dead ones cost their time limit each, and memory holds at most so many bodies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What asking the fleet may take.

    Attributes
    ----------
    seconds
        For the whole fleet.
    bytes
        Of JSON text that is kept as facts, in all.
    pauses
        Seconds before another try, for an agent that is busy.
    """

    seconds: float = 900.0
    bytes: int = 1 << 30
    pauses: tuple[float, ...] = (1.0,)


BOUNDS = Bounds()


Progress = Callable[[int, int], None]
Reading = tuple[tuple[Host, ...], Cost, tuple[Origin, ...], tuple[BlindSpot, ...]]

WHOLE_HOST = N_("the whole host")

_GRANTS: dict[Reason, str] = {
    "no_permission": "pasencore scan --context FILE # with agents.http_config, as in this agent's --web-config",
    "unreachable": "curl -v {url}/healthz",
    "timed_out": "curl -v {url}/healthz",
    "unreadable": "curl -s {url}/snapshot | head -c 300",
    "backend_404": "curl -v {url}{path} # no agent, or one older than this version",
    "budget_exhausted": "pasencore scan --agents {url}",
}


def read_agents(
    places: Places,
    access: Access,
    *,
    clock: Callable[[], dt.datetime],
    local: Host | None = None,
    progress: Progress | None = None,
    bounds: Bounds = BOUNDS,
) -> Reading:
    """Return the hosts of a fleet with this machine among them, what it cost, how each agent answered, what is unseen.

    An agent that is down, slow, closed, foreign or hostile raises nothing: what it did not say has a reason.

    Parameters
    ----------
    access
        How to enter every agent; its secrets go nowhere else, whatever an agent redirects to.
    clock
        Gives the moment with which clocks of agents are compared.
    local
        This machine as the scan read it: an agent of its own speaks for the same host.

    Raises
    ------
    UsageError
        When a file of `access` cannot be used.
    """
    began = time.monotonic()
    secure = any(each.scheme == "https" for each in places.addresses.values())
    list(access.headers())
    asking = _Asking(
        access=access,
        tls=access.tls() if secure else None,
        clock=clock,
        end=began + bounds.seconds,
        left=bounds.bytes,
        pauses=bounds.pauses,
    )
    answers = asking.ask_all(places.addresses, progress or (lambda _done, _total: None))
    known = who_is_who(local, [Heard(url=url, told=each) for url, each in answers.items() if isinstance(each, Told)])
    origins, spots = list(places.origins), list(places.blind_spots)
    for url, answer in answers.items():
        if isinstance(answer, NoAnswerError):
            origins.append(Origin(kind=KIND, where=url, reason=answer.reason, detail=clean_text(answer.detail)))
            grant = _GRANTS.get(answer.reason, "").format(url=url, path=PATH)
            spots.append(BlindSpot(what=WHOLE_HOST, where=url, reason=answer.reason, grant=grant))
    origins += known.origins
    spots += known.blind_spots
    cost = Cost(queries=asking.requests, bytes=asking.received, seconds=round(time.monotonic() - began, 3))
    return known.hosts, cost, tuple(origins), tuple(spots)


@dataclass(slots=True, kw_only=True)
class _Asking:
    access: Access
    tls: SSLContext | None
    clock: Callable[[], dt.datetime]
    end: float
    left: int
    pauses: tuple[float, ...]
    requests: int = 0
    received: int = 0
    _one: threading.Lock = field(default_factory=threading.Lock)

    def ask_all(self, addresses: Mapping[str, Address], progress: Progress) -> dict[str, Told | NoAnswerError]:
        """Return what each answered, in the order given."""
        total = len(addresses)
        found: dict[str, Told | NoAnswerError] = {}
        progress(0, total)
        with ThreadPoolExecutor(max_workers=max(1, min(WORKERS, total)), thread_name_prefix="agents") as pool:
            asked = {pool.submit(self._ask, address): url for url, address in addresses.items()}
            try:
                for done, future in enumerate(as_completed(asked), 1):
                    found[asked[future]] = future.result()
                    progress(done, total)
            except BaseException:
                # Interrupted: what has not begun is not worth waiting for.
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return {url: found[url] for url in addresses}

    def _ask(self, address: Address) -> Told | NoAnswerError:
        if time.monotonic() >= self.end:
            return NoAnswerError(reason="budget_exhausted", detail="the time for asking agents was over")
        if self.left <= 0:
            return NoAnswerError(reason="budget_exhausted", detail="the memory for what agents say was full")
        client = HttpClient(address, self.access, LIMITS, pauses=self.pauses, tls=self.tls, encoding="gzip")
        try:
            with client, client.stream("GET", PATH, end=self.end) as (headers, chunks):
                body = unfold(chunks, headers.get("content-encoding", "").strip().lower())
            # One at a time: what is being built from text is far larger than the text.
            with self._one:
                told = understand(body, self.clock())
                self.left -= told.size
        except NoAnswerError as error:
            return error
        except UsageError as error:
            return NoAnswerError(reason="no_permission", detail=str(error))
        finally:
            with self._one:
                self.requests += client.spent.requests
                self.received += client.spent.bytes
        return Told(
            host=told.host,
            blind_spots=told.blind_spots,
            cautions=(*told.cautions, *client.cautions),
            size=told.size,
        )
