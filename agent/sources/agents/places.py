"""Where agents are: addresses, service discovery files, the targets of a Prometheus job."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from agent.errors import UsageError
from agent.sources.address import Address, parse_address
from agent.sources.agents.file_sd import Listed, read_file_sd
from agent.sources.prometheus.endpoints import TARGETS
from analyzers.model.message import N_
from analyzers.model.monitoring import Monitoring
from analyzers.model.reasons import Reason
from analyzers.model.snapshot import BlindSpot, Origin

JOB = "job:"
MOST_AGENTS = 20_000
METRICS = "/metrics"

KIND = "agent"
"""Origin of one agent."""

LIST_KIND = "agents"
"""Origin of what should have named agents, and did not."""

LIST = N_("the list of agents")

MOST_NAMES = 5


@dataclass(slots=True)
class Places:
    """Addresses to ask, each once, in the order in which they were given; and what named none."""

    addresses: dict[str, Address] = field(default_factory=dict)
    origins: list[Origin] = field(default_factory=list)
    blind_spots: list[BlindSpot] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.addresses or self.origins)

    def add(self, url: str, where: str) -> None:
        """Keep an address; one that is none, or one too many, is said to be."""
        try:
            address = parse_address(url, where)
        except UsageError as error:
            self.refuse(where, "unreadable", str(error.what))
            return
        if address.url not in self.addresses and len(self.addresses) >= MOST_AGENTS:
            self.refuse(where, "budget_exhausted", f"only the first {MOST_AGENTS} agents are asked")
            return
        self.addresses.setdefault(address.url, address)

    def refuse(self, where: str, reason: Reason, detail: str, grant: str = "") -> None:
        """Say what named no agent, and why; each once."""
        origin = Origin(kind=LIST_KIND, where=where, reason=reason, detail=detail)
        if origin not in self.origins:
            self.origins.append(origin)
            self.blind_spots.append(BlindSpot(what=LIST, where=where, reason=reason, grant=grant))


@dataclass(frozen=True, slots=True)
class Given:
    """What the settings name: addresses, ``job:NAME``, and what files list, read before anything is asked."""

    texts: tuple[str, ...]
    listed: dict[str, tuple[Listed, ...]]

    def places(self, monitoring: Monitoring | None) -> Places:
        """Return where to ask.

        Parameters
        ----------
        monitoring
            The Prometheus of this scan, which knows the targets of jobs; None when none was read.
        """
        places = Places()
        for text in self.texts:
            if text.startswith(JOB):
                _of_job(text, monitoring, places)
            elif "://" in text:
                places.add(text, text)
            else:
                for each in self.listed[text]:
                    places.add(each.url, each.where)
        return places


def given(texts: Iterable[str]) -> Given:
    """Return what is given, its files read.

    Raises
    ------
    UsageError
        When a file cannot be read or is no service discovery file.
    """
    every = tuple(dict.fromkeys(texts))
    files = (each for each in every if not each.startswith(JOB) and "://" not in each)
    return Given(every, {each: tuple(_read(each)) for each in files})


def _read(text: str) -> Iterator[Listed]:
    path = Path(text)
    if not any(mark in path.name for mark in "*?["):
        yield from read_file_sd(path)
        return
    # As in Prometheus: the last part of the path may hold a pattern.
    for each in sorted(path.parent.glob(path.name)):
        yield from read_file_sd(each)


def _of_job(text: str, monitoring: Monitoring | None, places: Places) -> None:
    job = text.removeprefix(JOB)
    if monitoring is None:
        detail = "no Prometheus was read, which would know its targets"
        places.refuse(text, "no_monitoring_source", detail, "pasencore scan --prometheus URL")
        return
    if monitoring.targets is None:
        answer = monitoring.answer(TARGETS)
        places.refuse(text, answer.reason or "backend_404", answer.detail or "it does not list targets")
        return
    found = [each.scrape_url for each in monitoring.targets if each.job == job]
    if not found:
        known = sorted({each.job for each in monitoring.targets})
        shown = ", ".join(known[:MOST_NAMES]) + (", ..." if len(known) > MOST_NAMES else "")
        places.refuse(text, "no_source", f"{monitoring.url} has no target of this job; it has: {shown or 'none'}")
    for url in found:
        places.add(_seen_from_here(url, monitoring), f"{text} of {monitoring.url}")


def _seen_from_here(scrape_url: str, monitoring: Monitoring) -> str:
    """Return the address of an agent that a Prometheus scrapes; its own loopback is its host's, not ours."""
    try:
        parts = urlsplit(scrape_url)
        address = parse_address(f"{parts.scheme}://{parts.netloc}{parts.path.removesuffix(METRICS)}")
        home = parse_address(monitoring.url)
    except (ValueError, UsageError):
        return scrape_url
    if address.loopback and not home.loopback:
        address = dataclasses.replace(address, host=home.host)
    return address.url
