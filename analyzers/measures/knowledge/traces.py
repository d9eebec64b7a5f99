"""Who knows which service: code, tickets and logins of the estate, each judged by the same two thresholds.

A person knows an asset by one kind of trace when theirs is over three quarters of the strongest one's and reaches a
least amount: the shape of the degree of authorship, which is validated on code. What is only said, and who merely may
act, is exposure: reported, and never knowledge.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from analyzers.measures.accounts import IN_USE_WITHIN_DAYS
from analyzers.measures.knowledge.authorship import LEAST_SHARE
from analyzers.measures.knowledge.identities import (
    Identities,
    is_persons,
    is_shared,
    keys_of_author,
    keys_of_login,
    keys_of_resolver,
    own_keys,
)
from analyzers.measures.knowledge.truck_factor import Groups
from analyzers.measures.members import why_unseen
from analyzers.model.estate import Estate, EstateHost, EstateService
from analyzers.model.evidence import Evidence, Kind, Provenance
from analyzers.model.facts import Access
from analyzers.model.knowledge import AssetFiles, GitHistory
from analyzers.model.reasons import Reason

CODE, INCIDENTS, OPERATION = "files", "tickets", "login_days"

WEIGHTS: Mapping[str, Fraction] = {CODE: Fraction(1), INCIDENTS: Fraction(1), OPERATION: Fraction(1, 2)}
"""What a kind of trace weighs in the knowledge of an asset.

Who wrote it and who repaired it know it; who entered its host did something there. The published rubric, frozen, names
none of these.
"""

LEAST_TICKETS = 2.0
"""Solved tickets, faded, under which nobody knows a service by them: one may have been closed for somebody else."""

LEAST_DAYS = 5
"""Days of logins in the last ninety under which nobody knows a host: less than one every other week."""

TICKET_DAYS = 180.0
"""The age at which a solved ticket counts 1/e: what it taught lasts, and services do change."""


@dataclass(slots=True, kw_only=True)
class Known:
    """What is known of one asset by whom.

    Attributes
    ----------
    groups
        Its parts, counted by who knows them: files, or the asset as a whole where no file tells. Empty when no trace
        is attributable to a person.
    weights
        Knowledge of each person, of all kinds, summing up to the weights of the kinds that were seen.
    exposed
        Persons who are named, on call, or hold a key or a right there: they may act, which is not knowing.
    unattributed
        Days on which somebody entered its hosts under a shared account.
    gaps
        By kind of trace, why a source that was given says nothing, or not all.
    written
        Whether files or tickets tell who knows it; where they do, logins do not.
    """

    name: str
    service: EstateService | None = None
    groups: Groups = field(default_factory=Counter)
    weights: dict[str, Fraction] = field(default_factory=dict)
    written: bool = False
    exposed: frozenset[str] = frozenset()
    unattributed: int = 0
    gaps: dict[str, Reason] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)

    def knowers(self) -> list[str]:
        """Return who knows some of it, who knows most first."""
        return sorted(self.weights, key=lambda person: (-self.weights[person], person))


@dataclass(frozen=True, slots=True, kw_only=True)
class EstateKnowledge:
    """Who knows the assets of an estate: its services that it runs, and repositories that are no service."""

    assets: dict[str, Known]
    identities: Identities


@dataclass(frozen=True, slots=True)
class _Traces:
    """One kind of traces: how much of each asset is whose."""

    kind: str
    least: float
    amounts: dict[str, dict[str, float]]

    def knowers(self, asset: str) -> frozenset[str]:
        own = self.amounts.get(asset, {})
        highest = max(own.values(), default=0.0)
        return frozenset(each for each, much in own.items() if much >= self.least and much > LEAST_SHARE * highest)


def known(estate: Estate) -> EstateKnowledge:
    """Return who knows what, from everything that a snapshot holds."""
    identities = Identities(estate)
    _meet(estate, identities)
    assets = {each.name: Known(name=each.name, service=each) for each in estate.services if not each.external}
    for history in estate.snapshot.git or ():
        for part in history.assets:
            assets.setdefault(part.asset, Known(name=part.asset, service=estate.service_named(part.asset)))
    _code(estate, identities, assets)
    tickets = _Traces(INCIDENTS, LEAST_TICKETS, _tickets(estate, identities, assets))
    logins = _Traces(OPERATION, LEAST_DAYS, _logins(estate, identities, assets))
    for asset in assets.values():
        _add(asset, tickets, estate)
        _add(asset, logins, estate)
        asset.exposed = _exposed(asset, estate, identities)
    return EstateKnowledge(assets=assets, identities=identities)


def _add(asset: Known, traces: _Traces, estate: Estate) -> None:
    """Add the persons who know an asset by a kind of traces.

    Logins speak only where neither files nor tickets do: who enters a host does not know by that what others write.
    """
    amounts = traces.amounts.get(asset.name, {})
    total = sum(amounts.values())
    if not total:
        return
    for person, much in amounts.items():
        share = WEIGHTS[traces.kind] * Fraction(much) / Fraction(total)
        asset.weights[person] = asset.weights.get(person, Fraction(0)) + share
    asset.evidence.append(_counted(traces.kind, amounts, estate))
    knowers = traces.knowers(asset.name)
    if knowers and not (traces.kind == OPERATION and asset.written):
        asset.written = traces.kind == INCIDENTS or asset.written
        grown: Groups = Counter()
        for group, files in (asset.groups or Counter({frozenset[str](): 1})).items():
            grown[group | knowers] += files
        asset.groups = grown


def _counted(kind: str, amounts: Mapping[str, float], estate: Estate) -> Evidence:
    """Return how many persons left traces of a kind, without naming anybody."""
    sources = {
        INCIDENTS: ("tickets", "resolver by service", f"{TICKET_DAYS:g}d, fading"),
        OPERATION: ("hosts", "sessions by account and day", f"{IN_USE_WITHIN_DAYS}d"),
    }
    source, query, window = sources[kind]
    provenance = Provenance(source=source, query=query, collected_at=estate.taken_at, window=window)
    return Evidence(
        key=f"persons_by_{kind}", value=len(amounts), unit="persons", kind="measured", provenance=provenance
    )


def _meet(estate: Estate, identities: Identities) -> None:
    for history in estate.snapshot.git or ():
        for author in history.people:
            identities.meet(keys_of_author(author), min((*author.addresses, *author.names), default=""))
    for _, account, keys in _entering(estate):
        identities.meet(keys_of_login(account, keys), account)
    for file in estate.snapshot.tickets or ():
        for ticket in file.tickets:
            identities.meet(keys_of_resolver(ticket.resolver), ticket.resolver.strip())


def _entering(estate: Estate) -> Iterable[tuple[EstateHost, str, list[str]]]:
    """Yield the accounts of persons of each host, with the key that is theirs alone."""
    for host in estate.read_hosts:
        access = host.facts.access if host.facts is not None else None
        for account in _accounts(access):
            yield host, account, own_keys(account, (access.authorized_keys or ()) if access else ())


def _accounts(access: Access | None) -> list[str]:
    if access is None:
        return []
    local = {each.name: is_persons(each) for each in access.accounts or ()}
    entered = {each.account for each in access.sessions or ()}
    held = {each.account for each in access.authorized_keys or ()}
    return sorted(name for name in {*local, *entered, *held} if local.get(name, not is_shared(name)))


def _code(estate: Estate, identities: Identities, assets: Mapping[str, Known]) -> None:
    for history in estate.snapshot.git or ():
        who = [identities.who(keys_of_author(each)) for each in history.people]
        for part in history.assets:
            asset = assets[part.asset]
            if history.reason is not None and history.reason != "too_few":
                asset.gaps[CODE] = history.reason
            _files(asset, part, who)
            asset.evidence.append(_read(history, part))
    for asset in assets.values():
        total = sum(files for group, files in asset.groups.items() if group)
        asset.written = bool(total)
        if not total:
            asset.groups = Counter()
        for group, files in asset.groups.items():
            for person in group:
                share = WEIGHTS[CODE] * Fraction(files, total * len(group))
                asset.weights[person] = asset.weights.get(person, Fraction(0)) + share


def _files(asset: Known, part: AssetFiles, who: list[str | None]) -> None:
    for group in part.groups:
        asset.groups[frozenset(person for place in group.knowers if (person := who[place]) is not None)] += group.files


def _read(history: GitHistory, part: AssetFiles) -> Evidence:
    provenance = Provenance(
        source=f"git:{history.path}",
        query="git log --no-merges -M --name-status",
        collected_at=history.collected_at,
        window="whole history",
    )
    value = part.files if history.reason in {None, "partial"} else None
    kind: Kind = "measured" if value is not None else "unknown"
    return Evidence(key="files_that_count", value=value, unit="files", kind=kind, provenance=provenance)


def _tickets(estate: Estate, identities: Identities, assets: Mapping[str, Known]) -> dict[str, dict[str, float]]:
    amounts: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    names = {name.casefold(): name for name in assets}
    for file in estate.snapshot.tickets or ():
        if file.reason is not None:
            for asset in assets.values():
                asset.gaps[INCIDENTS] = file.reason
        for ticket in file.tickets:
            name = names.get(ticket.service.strip().casefold())
            person = identities.who(keys_of_resolver(ticket.resolver))
            if name is None or person is None or ticket.closed is None:
                continue
            age = max((estate.taken_at - ticket.closed).total_seconds() / 86_400, 0.0)
            amounts[name][person] += math.exp(-age / TICKET_DAYS)
    return amounts


def _logins(estate: Estate, identities: Identities, assets: Mapping[str, Known]) -> dict[str, dict[str, float]]:
    """Return the days on which each person entered the hosts of each service."""
    days: dict[str, dict[str, set[date]]] = defaultdict(lambda: defaultdict(set))
    shared: dict[str, set[tuple[str, date]]] = defaultdict(set)
    keys = {(host.name, account): own for host, account, own in _entering(estate)}
    for host in estate.hosts:
        here = [each for each in host.services if each in assets]
        access = host.facts.access if host.facts is not None else None
        if access is None or access.sessions is None:
            for name in here:
                assets[name].gaps[OPERATION] = why_unseen(host, "access")
            continue
        for session in access.sessions:
            if not 0 <= (estate.today - session.day).days <= IN_USE_WITHIN_DAYS:
                continue
            own = keys.get((host.name, session.account))
            person = identities.who(keys_of_login(session.account, own)) if own is not None else None
            for name in here:
                if person is None:
                    shared[name].add((session.account, session.day))
                else:
                    days[name][person].add(session.day)
    for name, entered in shared.items():
        assets[name].unattributed = len(entered)
    return {name: {person: float(len(each)) for person, each in by.items()} for name, by in days.items()}


def _exposed(asset: Known, estate: Estate, identities: Identities) -> frozenset[str]:
    found: set[str] = set()
    entry = asset.service.declared if asset.service is not None else None
    if entry is not None:
        found.update(identities.named(each) for each in (entry.owner, entry.deputy) if each)
        for duty in (estate.context.on_call or ()) if estate.context is not None else ():
            found.update(identities.named(each) for each in duty.people if _answers(each, entry.owner, identities))
    hosts = set(asset.service.hosts) if asset.service is not None else set()
    for host, account, keys in _entering(estate):
        if host.name in hosts and (person := identities.who(keys_of_login(account, keys))) is not None:
            found.add(person)
    return frozenset(found)


def _answers(person: str, owner: str | None, identities: Identities) -> bool:
    """Tell whether a person on call answers for a service: they are of its owner's team."""
    if owner is None:
        return False
    team = identities.somebody(identities.named(owner)).team
    return bool(team) and identities.somebody(identities.named(person)).team == team
