"""What contracts cover and what runs: assets in both, extras that no contract covers, losses that nobody sees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from analyzers.measures import ghosts
from analyzers.measures.dependencies import dependencies
from analyzers.measures.flows import Node
from analyzers.measures.members import host_evidence, query_evidence, stale, statement_evidence, why_unseen
from analyzers.model.context import Context, Contract
from analyzers.model.estate import UNDECLARED_CRITICALITY, Estate, EstateHost, EstateService
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.interval import Interval
from analyzers.model.reasons import Reason

KEY = "contracts.perimeter"
LOSS, EXTRA = "under contract, not seen", "seen, under no contract"
"""Keys of the evidence that an asset is on one side only."""

WHOLE = "total"
"""The model of contract that means everything; the others mean what they list, and what comes with it."""


@dataclass(slots=True)
class _Covered:
    """An asset of at least one contract."""

    evidence: list[Evidence] = field(default_factory=list)
    fresh: bool = False


def assets(estate: Estate) -> Population:
    """Return the assets of contracts and those that should be: 1 in a contract and seen, 0 on one side only.

    Under a contract of the model "total", or of none when it lists something of ours, everything that was seen should
    be in a contract. Under the others, what its provider runs by the catalogue or the responsibilities, and the hosts
    of the services that it lists. A contracted asset that was not seen is a loss when a source that knows the whole
    estate does not know it either; until then it is unknown.
    """
    context = estate.context
    contracts = (context.contracts if context is not None else None) or ()
    empty = without_providers(context)
    if empty:
        return Population(key=KEY, complete=True, declared_empty=empty)
    if context is None or context.contracts is None:
        return Population(key=KEY, missing="not_declared")
    covered = _covered(contracts, estate)
    listed = (_listed(*asset, told, estate) for asset, told in sorted(covered.items()))
    extras = _extras(covered, contracts, estate)
    mute = {each.provider: each for each in contracts if each.assets is None}
    silent = (_silent(mute[name]) for name in sorted(mute))
    return Population(key=KEY, members=(*listed, *extras, *silent), complete=True)


Kind: TypeAlias = Literal["host", "service"]


def without_providers(context: Context | None) -> str:
    """Return the block that says that there is nobody to have a contract with, empty when none does."""
    if context is None or context.contracts or context.providers:
        return ""
    return "contracts: []" if context.contracts == () else "providers: []" if context.providers == () else ""


_Asset: TypeAlias = tuple[Kind, str]


def _covered(contracts: Iterable[Contract], estate: Estate) -> dict[_Asset, _Covered]:
    found: dict[_Asset, _Covered] = {}
    for index, contract in enumerate(contracts):
        if contract.assets is None:
            continue
        old = stale(estate, contract.date)
        for block, names in (("hosts", contract.assets.hosts), ("services", contract.assets.services)):
            for rank, name in enumerate(names):
                host = estate.host_named(name) if block == "hosts" else None
                asset: _Asset = ("service", name) if block == "services" else ("host", host.name if host else name)
                path = f"contracts[{index}].assets.{block}[{rank}]"
                said = statement_evidence(
                    estate,
                    path,
                    "contract",
                    contract.provider,
                    contract.date,
                    contract.author,
                    "unknown" if old else "reconciled",
                )
                told = found.setdefault(asset, _Covered())
                told.evidence.append(said)
                told.fresh |= not old
    return found


def _listed(kind: Kind, name: str, told: _Covered, estate: Estate) -> Member:
    """Return an asset of a contract, valued by whether it was seen."""
    asset = estate.host_named(name) if kind == "host" else estate.service_named(name)
    value, where = _seen(asset, estate)
    if not told.fresh:
        return _member(kind, name, asset, None, "stale", (*where, *told.evidence))
    reason: Reason | None = None
    if value is None:
        reason = "partial" if estate.read_hosts else "no_source"
    return _member(kind, name, asset, value, reason, (*where, *told.evidence))


def _seen(asset: EstateHost | EstateService | None, estate: Estate) -> tuple[Interval | None, tuple[Evidence, ...]]:
    """Return 1 for what was seen, 0 for what a source that should know it does not, None while it may be somewhere."""
    if isinstance(asset, EstateHost):
        there = _host_seen(asset, estate)
        return (Interval.point(1), there) if there else _missed(asset, estate)
    if asset is None:
        return None, ()
    sockets = {each.host for each in asset.instances}
    if sockets:
        hosts = [each for each in estate.hosts if each.name in sockets]
        return Interval.point(1), (host_evidence(hosts[0], "flows", "listens", asset.name),)
    called = [each for each in dependencies(estate) if each.destination == Node("service", asset.name) and each.flows]
    if called:
        return Interval.point(1), called[0].provenance[:1]
    searched = ghosts.nowhere(asset, estate)
    evidence = tuple(host_evidence(each, "flows", LOSS, asset.name) for each in searched[: ghosts.MOST_HOSTS])
    return (Interval.point(0) if searched else None), evidence


def _host_seen(host: EstateHost, estate: Estate) -> tuple[Evidence, ...]:
    if host.facts is not None:
        return (host_evidence(host, "inventory", "seen", host.name),)
    answer = estate.monitoring.query("hosts.uname") if estate.monitoring is not None else None
    if "prometheus" in host.known_from and estate.monitoring is not None and answer is not None:
        return (query_evidence(estate.monitoring, answer, "seen", host.name),)
    return ()


def _missed(host: EstateHost, estate: Estate) -> tuple[Interval | None, tuple[Evidence, ...]]:
    """Return 0 for a host that the monitoring server, which knows others, does not know."""
    answer = estate.monitoring.query("hosts.uname") if estate.monitoring is not None else None
    if estate.monitoring is None or answer is None or answer.reason is not None or not answer.samples:
        return None, ()
    return Interval.point(0), (query_evidence(estate.monitoring, answer, LOSS, host.name),)


def _extras(covered: Mapping[_Asset, _Covered], contracts: tuple[Contract, ...], estate: Estate) -> Iterable[Member]:
    """Yield what was seen, should be in a contract, and is in none."""
    hosts, services = _meant(contracts, estate)
    total = statement_evidence(estate, "contracts", "contracts", len(contracts), kind="reconciled")
    for host in estate.hosts:
        where = _host_seen(host, estate)
        if ("host", host.name) in covered or not where:
            continue
        if host.name in hosts:
            yield _member("host", host.name, host, Interval.point(0), None, (_extra(where[0]), total))
        elif _may_be_meant(host, contracts):
            yield _member("host", host.name, host, None, why_unseen(host, "flows"), (where[0],))
    for service in estate.services:
        where = _seen(service, estate)[1]
        housed = service.hosts and all(("host", each) in covered for each in service.hosts)
        if service.name in services and where and not housed and ("service", service.name) not in covered:
            yield _member("service", service.name, service, Interval.point(0), None, (_extra(where[0]), total))


def _meant(contracts: tuple[Contract, ...], estate: Estate) -> tuple[set[str], set[str]]:
    """Return the hosts and the services that contracts should cover, were they up to date."""
    ours = [each for each in estate.services if each.declared is not None and not each.external]
    hosts: set[str] = set()
    services: set[str] = set()
    for contract in contracts:
        listed = contract.assets
        everything = whole(contract, estate)
        if listed is not None and listed.hosts:
            here = [service for name in listed.services if (service := estate.service_named(name)) is not None]
            ours_too = (
                (each.name for each in estate.hosts) if everything else (host for each in here for host in each.hosts)
            )
            hosts |= set(ours_too)
        if listed is not None and listed.services and everything:
            services |= {each.name for each in ours}
        services |= {each.name for each in ours if _runs(contract.provider, each, estate)}
    return hosts, services


def _may_be_meant(host: EstateHost, contracts: tuple[Contract, ...]) -> bool:
    """Tell whether a service of a contract that lists its hosts may run on a host whose sockets nobody read."""
    read = host.facts is not None and host.facts.listeners is not None
    return not read and any(
        each.assets is not None and each.assets.hosts and each.assets.services for each in contracts
    )


def whole(contract: Contract, estate: Estate) -> bool:
    """Tell whether a contract should hold all that is ours: so does one of no model that lists something of it."""
    if contract.model is not None or contract.assets is None:
        return contract.model == WHOLE
    named = (estate.service_named(each) for each in contract.assets.services)
    return bool(contract.assets.hosts) or any(each is not None and not each.external for each in named)


def _runs(provider: str, service: EstateService, estate: Estate) -> bool:
    """Tell whether the catalogue or the responsibilities give something of a service to a provider."""
    assert estate.context is not None
    row = (estate.context.responsibilities or {}).get(service.name)
    duties = [getattr(row, each) for each in row.__struct_fields__] if row is not None else []
    return provider in duties or (service.declared is not None and service.declared.provider == provider)


def _extra(where: Evidence) -> Evidence:
    return replace(where, key=EXTRA)


def _silent(contract: Contract) -> Member:
    """Return a contract that lists nothing."""
    return Member(name=contract.provider, kind="provider", weight=UNDECLARED_CRITICALITY, reason="not_declared")


def _member(
    kind: Kind,
    name: str,
    asset: EstateHost | EstateService | None,
    value: Interval | None,
    reason: Reason | None,
    evidence: tuple[Evidence, ...],
) -> Member:
    services: tuple[str, ...] = (name,) if kind == "service" else ()
    hosts: tuple[str, ...] = (name,) if kind == "host" else ()
    if isinstance(asset, EstateService):
        hosts = asset.hosts
    elif asset is not None:
        services = asset.services
    return Member(
        name=name,
        kind=kind,
        weight=asset.weight if asset is not None else UNDECLARED_CRITICALITY,
        measured=value,
        reason=reason,
        evidence=evidence,
        services=services,
        hosts=hosts,
    )
