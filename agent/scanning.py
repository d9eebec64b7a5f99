"""Looking at the estate: this host, its servers and what people declare, as one snapshot."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from agent.collectors.host import collect_host
from agent.config import Config, Server
from agent.errors import FailedError, PasencoreError
from agent.executors import executor
from agent.history_run import Opener, ServerAt
from agent.looking import Meter, blind_spots, host_origin, now, tool_version
from agent.progress import Advance, Step
from agent.sources import alertmanager
from agent.sources.agents.places import Places, given
from agent.sources.agents.source import read_agents
from agent.sources.catalogue.source import origin, read_catalogues, unseen
from agent.sources.git_history import read_histories
from agent.sources.history.archives import EVERYTHING, ArchivesAt
from agent.sources.history.here import find_here
from agent.sources.json_answer import MOST_WORDS
from agent.sources.prometheus.local import find_local
from agent.sources.prometheus.source import read_prometheus
from agent.sources.tickets.source import read_tickets
from agent.studying import Asked, study_history
from analyzers.measures.history.incidents import incidents
from analyzers.model.catalogue import CatalogueFile
from analyzers.model.context import Endpoint
from analyzers.model.estate import build
from analyzers.model.facts import Host
from analyzers.model.history import History
from analyzers.model.knowledge import GitHistory
from analyzers.model.message import N_
from analyzers.model.monitoring import Alerting, Monitoring
from analyzers.model.past import PastVerdict
from analyzers.model.snapshot import BlindSpot, Cost, Origin, Snapshot, WithdrawnStatement
from analyzers.model.tickets import TicketFile
from exporters.i18n import Translate


@dataclass(slots=True)
class _Seen:
    """What the sources gave so far."""

    origins: list[Origin] = field(default_factory=list)
    blind_spots: list[BlindSpot] = field(default_factory=list)
    cost: Cost = field(default_factory=Cost)

    def add(self, cost: Cost, origins: Iterable[Origin], unseen: Iterable[BlindSpot]) -> None:
        self.origins += origins
        self.blind_spots += unseen
        self.cost = Cost(
            queries=self.cost.queries + cost.queries,
            samples=self.cost.samples + cost.samples,
            bytes=self.cost.bytes + cost.bytes,
        )


def look(
    config: Config,
    step: Step,
    translate: Translate,
    withdrawn: tuple[WithdrawnStatement, ...] = (),
    *,
    past: tuple[PastVerdict, ...] | None = None,
    tell: Callable[[PasencoreError], object] = lambda _error: None,
) -> Snapshot:
    """Return a snapshot of everything that the settings name.

    A source that is down, slow, forbidden or partial leaves its reason; only settings that make no sense raise.
    Files that list agents are read before anything is asked.

    Parameters
    ----------
    withdrawn
        Statements that the last verdict of this estate withdrew.
    past
        What earlier verdicts of this estate said, None when nothing keeps them.
    tell
        Is called with what could not be read in a file, a line each.
    """
    agents = given(config.agents)
    meter, taken_at, seen = Meter(), now(), _Seen()
    hosts = _hosts(config, seen, step(translate(N_("This host"))))
    monitoring = _prometheus(config, hosts, seen, step, translate)
    alerting = _alertmanager(config, monitoring, seen, step, translate)
    git = _git(config, seen, step, translate)
    hosts = _fleet(config, agents.places(monitoring), hosts, seen, lambda: step(translate(N_("Agents"))))
    _context(config, seen)
    tickets = _tickets(config, taken_at, seen, tell)
    catalogues = _catalogues(config, seen, tell)
    declared = config.context.declared if config.context is not None else None
    known = Snapshot(
        taken_at=taken_at, tool=tool_version(), hosts=hosts, declared=declared, tickets=tickets, catalogues=catalogues
    )
    history = _history(config, monitoring, known, seen, step, translate)
    return Snapshot(
        taken_at=taken_at,
        tool=tool_version(),
        hosts=hosts,
        monitoring=monitoring,
        alerting=alerting,
        declared=declared,
        tickets=tickets,
        catalogues=catalogues,
        history=history,
        git=git,
        past=past,
        withdrawn=withdrawn,
        blind_spots=tuple(seen.blind_spots),
        origins=tuple(seen.origins),
        cost=meter.cost(seen.cost),
    )


def withdrawn_by(verdict: dict[str, Any] | None, known_checks: Collection[str]) -> tuple[WithdrawnStatement, ...]:
    """Return the statements about known checks that an earlier verdict, as JSON holds it, withdrew."""
    confrontation = (verdict or {}).get("confrontation")
    listed = confrontation.get("withdrawn") if isinstance(confrontation, dict) else None
    return tuple(
        WithdrawnStatement(check=str(each["check"]), member=str(each["member"]))
        for each in (listed if isinstance(listed, list) else [])
        if isinstance(each, dict) and "member" in each and str(each.get("check")) in known_checks
    )


def _hosts(config: Config, seen: _Seen, advance: Advance) -> tuple[Host, ...]:
    if not config.local:
        return ()
    advance(0, 1)
    host = collect_host(tool=tool_version())
    advance(1, 1)
    seen.add(Cost(), [host_origin(host)], blind_spots([host]))
    return (host,)


def _prometheus(
    config: Config, hosts: tuple[Host, ...], seen: _Seen, step: Step, translate: Translate
) -> Monitoring | None:
    server = config.prometheus
    found = None if server is not None or not config.local else find_local()
    if server is None and found is None:
        return None
    endpoint, folder, option = _way_in(server, found)
    monitoring, cost, origins, unseen = read_prometheus(
        endpoint,
        since=config.since,
        clock=now,
        progress=step(translate(N_("Prometheus"))),
        local_host=hosts[0].name if hosts else "",
        folder=folder,
        option=option,
    )
    seen.add(cost, origins, unseen)
    return monitoring


def _alertmanager(
    config: Config, monitoring: Monitoring | None, seen: _Seen, step: Step, translate: Translate
) -> Alerting | None:
    server = config.alertmanager
    found = alertmanager.discover(monitoring) if server is None and monitoring is not None else None
    if server is None and found is None:
        return None
    endpoint, folder, option = _way_in(server, found)
    advance = step(translate(N_("Alertmanager")))
    advance(0, 1)
    alerting, cost, origins, unseen = alertmanager.read_alertmanager(endpoint, clock=now, folder=folder, option=option)
    advance(1, 1)
    seen.add(cost, origins, unseen)
    return alerting


def _git(config: Config, seen: _Seen, step: Step, translate: Translate) -> tuple[GitHistory, ...] | None:
    if not config.sources.git:
        return None
    advance = step(translate(N_("Git repositories")))
    histories, cost, origins = read_histories(config.sources.git, clock=now, advance=advance)
    seen.add(cost, origins, ())
    return histories


def _fleet(
    config: Config, places: Places, hosts: tuple[Host, ...], seen: _Seen, begin: Callable[[], Advance]
) -> tuple[Host, ...]:
    """Return the hosts that agents speak for, with this machine among them."""
    if not places:
        return hosts
    fleet, cost, origins, unseen = read_agents(
        places, config.agents_access, clock=now, local=hosts[0] if hosts else None, progress=begin()
    )
    seen.add(cost, origins, unseen)
    return fleet


def _history(
    config: Config, monitoring: Monitoring | None, known: Snapshot, seen: _Seen, step: Step, translate: Translate
) -> History | None:
    """Return what the history of the server tells, without any server what this host keeps of its own past."""
    where = _past(config, monitoring)
    if where is None:
        return None
    estate = build(replace(known, monitoring=monitoring))
    selectors = (EVERYTHING,) if isinstance(where, ArchivesAt) else None
    asked = Asked(taken_at=known.taken_at, since=config.since, selectors=selectors)
    advance = step(translate(N_("Metric history")))
    try:
        # Files of this host are not where the workers of a cluster are.
        with executor(config.scheduler if isinstance(where, ServerAt) else None) as workers:
            history = study_history(
                where, asked, lambda names, fired, restarts: incidents(estate, names, fired, restarts), workers, advance
            )
    except FailedError as error:
        seen.origins.append(
            Origin(kind="scheduler", where=str(config.scheduler), reason="unreachable", detail=str(error))
        )
        return None
    cost = Cost(queries=history.requests, samples=history.samples, bytes=history.bytes)
    detail = "; ".join(history.warnings)[:MOST_WORDS]
    seen.add(cost, [Origin(kind="history", where=history.source, reason=history.reason, detail=detail)], ())
    return history


def _past(config: Config, monitoring: Monitoring | None) -> Opener | None:
    """Return where history is; a server that answered nothing is not asked again."""
    if monitoring is None:
        return find_here(os.environ) if config.local else None
    if all(each.reason is not None for each in monitoring.queries):
        return None
    endpoint, folder, option = _way_in(config.prometheus, Endpoint(url=monitoring.url))
    return ServerAt(endpoint=endpoint, folder=folder, option=option)


def _way_in(server: Server | None, found: Endpoint | None) -> tuple[Endpoint, Path, str]:
    if server is not None:
        return Endpoint(url=server.url, http_config=server.access.config), server.access.folder, server.given_by
    assert found is not None
    return found, Path(), found.url


def _context(config: Config, seen: _Seen) -> None:
    if config.context is not None:
        seen.origins.append(Origin(kind="context", where=config.context.declared.file))
    elif config.refused is not None:
        refusal = Origin(
            kind="context", where=config.refused.where, reason="no_permission", detail=str(config.refused.what)
        )
        seen.origins.append(refusal)


def _tickets(
    config: Config, taken_at: datetime, seen: _Seen, tell: Callable[[PasencoreError], object]
) -> tuple[TicketFile, ...] | None:
    if not config.sources.tickets:
        return None
    files = []
    for source in config.sources.tickets:
        reading = read_tickets(source, taken_at=taken_at)
        file = reading.file
        files.append(file)
        for each in reading.said:
            tell(each)
        reason = file.reason or ("partial" if file.refused_rows or file.left_out else None)
        detail = f"{len(file.tickets)}/{file.rows}" if file.rows else ""
        unseen = () if file.reason is None else (BlindSpot(what="tickets", where=file.file, reason=file.reason),)
        seen.add(Cost(), [Origin(kind="tickets", where=file.file, reason=reason, detail=detail)], unseen)
    return tuple(files)


def _catalogues(config: Config, seen: _Seen, tell: Callable[[PasencoreError], object]) -> tuple[CatalogueFile, ...]:
    files: list[CatalogueFile] = []
    for path, reading in read_catalogues(config.sources):
        files += reading.files
        for each in reading.said:
            tell(each)
        seen.add(Cost(), [origin(path, reading)], unseen(reading))
    return tuple(files)
