"""Building blocks of every measure: members, evidence and provenance from hosts, servers and statements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction

from analyzers.model.estate import Estate, EstateHost
from analyzers.model.evidence import Evidence, Kind, Member, Population, Provenance
from analyzers.model.facts import CollectorRun
from analyzers.model.host_names import bare_host
from analyzers.model.interval import ONE, UNKNOWN, ZERO, Interval
from analyzers.model.listing import Listed
from analyzers.model.monitoring import Monitoring, QueryResult
from analyzers.model.reasons import Reason
from analyzers.model.snapshot import Origin

MAX_AGE_DAYS = 365
"""As the context file's own default."""

Value = str | int | float | bool | None


def host_evidence(host: EstateHost, collector: str, key: str, value: Value, unit: str = "") -> Evidence:
    """Return a measured fact of a host, as its collector read it."""
    assert host.facts is not None
    run = host.facts.run(collector)
    provenance = Provenance(
        source=f"host:{host.name}", query=run.source or collector, collected_at=host.facts.collected_at
    )
    return Evidence(key=key, value=value, unit=unit, kind="measured", provenance=provenance)


def query_evidence(monitoring: Monitoring, answer: QueryResult, key: str, value: Value, unit: str = "") -> Evidence:
    """Return a measured fact that a PromQL query gave."""
    provenance = Provenance(
        source=monitoring.url, query=answer.query, collected_at=answer.collected_at, window=answer.window
    )
    return Evidence(key=key, value=value, unit=unit, kind="measured", provenance=provenance)


def endpoint_evidence(monitoring: Monitoring, endpoint: str, key: str, value: Value, unit: str = "") -> Evidence:
    """Return a measured fact that an endpoint of the server gave, such as ``/api/v1/rules``."""
    provenance = Provenance(source=monitoring.url, query=f"GET {endpoint}", collected_at=monitoring.collected_at)
    return Evidence(key=key, value=value, unit=unit, kind="measured", provenance=provenance)


def statement_evidence(  # noqa: PLR0913, PLR0917 - what a declaration is made of
    estate: Estate,
    path: str,
    key: str,
    value: Value,
    date: dt.date | None = None,
    author: str | None = None,
    kind: Kind = "declared",
) -> Evidence:
    """Return a declared fact; `path` is where it stands in the file, whose date and author are the default."""
    context = estate.context
    assert context is not None
    day = date or context.date
    who = author or context.author
    provenance = Provenance(
        source=f"{estate.context_file} ({who})",
        query=path,
        collected_at=dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC),
    )
    return Evidence(key=key, value=value, kind=kind, provenance=provenance)


def listed_evidence(listed: Listed, key: str, value: Value, kind: Kind = "declared") -> Evidence:
    """Return a fact that a catalogue file states, dated by its last change."""
    moment = dt.datetime.combine(listed.date, dt.time(), tzinfo=dt.UTC)
    provenance = Provenance(source=listed.place, query=listed.kind, collected_at=moment)
    return Evidence(key=key, value=value, kind=kind, provenance=provenance)


def aged(estate: Estate, listed: Listed) -> bool:
    """Tell whether an entry of a catalogue file is too old to count."""
    limit = estate.context.max_age_days if estate.context is not None else MAX_AGE_DAYS
    return (estate.today - listed.date).days > limit


def agent_evidence(agent: Origin, estate: Estate, key: str, value: Value) -> Evidence:
    """Return a measured fact of the asking of an agent, which may have answered nothing."""
    provenance = Provenance(source=agent.where, query="GET /snapshot", collected_at=estate.taken_at)
    return Evidence(key=key, value=value, kind="measured", provenance=provenance)


def silent_agents(host: EstateHost, estate: Estate) -> list[Origin]:
    """Return how the agents of a host were asked in vain; each origin has a reason."""
    asked = (each for each in estate.snapshot.origins if each.kind == "agent" and each.reason is not None)
    return [each for each in asked if bare_host(each.where) in host.aliases or each.where.endswith(f"//{host.name}")]


def stale(estate: Estate, date: dt.date | None, max_age_days: int | None = None) -> bool:
    """Tell whether a statement is too old to count; `date` None means the date of the file."""
    context = estate.context
    assert context is not None
    limit = max_age_days if max_age_days is not None else context.max_age_days
    return (estate.today - (date or context.date)).days > limit


def host_member(
    host: EstateHost,
    measured: Interval | None,
    *evidence: Evidence,
    declared: Fraction | None = None,
    reason: Reason | None = None,
) -> Member:
    """Return a host as a member, weighted by its most critical service."""
    return Member(
        name=host.name,
        kind="host",
        weight=host.weight,
        measured=measured,
        declared=declared,
        reason=reason,
        evidence=evidence,
        services=host.services,
        hosts=(host.name,),
    )


def unseen_host(host: EstateHost, collector: str) -> Member:
    """Return a host of which a collector says nothing, with the collector's own reason."""
    return host_member(host, None, reason=why_unseen(host, collector))


def why_unseen(host: EstateHost, collector: str) -> Reason:
    """Return why a collector says nothing of a host."""
    if host.facts is None:
        return host.unread
    return host.facts.run(collector).reason or "partial"


def run_of(host: EstateHost, collector: str) -> CollectorRun:
    """Return how a collector fared on a host; on a host without collectors it has none."""
    if host.facts is None:
        return CollectorRun(name=collector, outcome="unknown", reason=host.unread)
    return host.facts.run(collector)


def of_hosts(key: str, members: Iterable[Member], estate: Estate, *collectors: str) -> Population:
    """Return a population over the known hosts; whole when every known host was read, by these collectors in full."""
    gaps = tuple(gap for host in estate.hosts for gap in _gaps(host, collectors))
    read = bool(estate.hosts) and not gaps
    return Population(
        key=key, members=tuple(members), complete=read, missing=None if read else next(iter(gaps), "no_source")
    )


def _gaps(host: EstateHost, collectors: tuple[str, ...]) -> Iterable[Reason]:
    if host.facts is None:
        yield "no_source"
        return
    for run in (host.facts.run(name) for name in collectors):
        if run.outcome in {"partial", "unknown"}:
            yield run.reason or "partial"


def failing(population: Population) -> tuple[str, ...]:
    """Return names of members known to be under full marks, worst first; what is wholly unknown is left out."""
    known = [(member.interval(ZERO).low, member.name) for member in population.members if _known(member)]
    return tuple(name for low, name in sorted(known) if low < ONE)


def passing(population: Population) -> int:
    """Return how many members are known to have full marks, declarations at their word."""
    return sum(1 for member in population.members if _known(member) and member.interval(ZERO).low == ONE)


def proved(population: Population) -> int:
    """Return how many members are measured at full marks, whatever is said of them."""
    return sum(1 for member in population.members if member.measured_only.low == ONE)


def only_said(population: Population) -> int:
    """Return how many members have full marks by a declaration alone."""
    return passing(population) - proved(population)


def settled(population: Population) -> int:
    """Return how many members something is known of."""
    return sum(1 for member in population.members if _known(member))


def _known(member: Member) -> bool:
    return member.declared is not None or (member.measured is not None and member.measured != UNKNOWN)


def shown(population: Population, key: str) -> Value:
    """Return the value of the first evidence of a key, None when there is none."""
    return next((each.value for member in population.members for each in member.evidence if each.key == key), None)


def shown_like(population: Population, start: str) -> tuple[str, ...]:
    """Return what stands after ``start: `` in the keys of evidence that begin so."""
    keys = (each.key for member in population.members for each in member.evidence)
    return tuple(each.removeprefix(f"{start}: ") for each in keys if each.startswith(f"{start}: "))
