"""What if: a snapshot without some persons, hosts, services, providers or networks."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from analyzers.model import context as ctx
from analyzers.model.facts import Access, Connection, Host, Listener
from analyzers.model.host_names import is_address
from analyzers.model.knowledge import GitHistory, KnownFiles
from analyzers.model.matching import matches
from analyzers.model.snapshot import Snapshot

Struct = TypeVar("Struct", bound=msgspec.Struct)
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What leaves the estate, each by a name that the snapshot knows."""

    persons: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    networks: tuple[Network, ...] = ()


def without(snapshot: Snapshot, removal: Removal) -> Snapshot:
    """Return the snapshot as it would be after they left; what measured them goes with them.

    A host leaves with what runs on it, also out of the monitoring. A service leaves its sockets and its entry. A person
    leaves every role and every file that they know; a provider leaves with its people, its contracts and the services
    that it runs. What needs the ones that left goes on needing them: that is what there is to see.
    """
    changed = snapshot
    for name in removal.hosts:
        changed = _without_host(changed, name)
    for network in removal.networks:
        for host in changed.hosts:
            if any(_inside(each, network) for each in host.addresses):
                changed = _without_host(changed, host.name)
        changed = _without_peers(changed, _inside_of([network]))
    for name in removal.services:
        changed = _without_service(changed, name)
    for name in removal.providers:
        changed = _without_provider(changed, name)
    for name in removal.persons:
        changed = _without_person(changed, name)
    return changed


def identities(person: str, snapshot: Snapshot) -> frozenset[str]:
    """Return every name under which a person appears, case folded; `person` is any of them."""
    asked = person.casefold()
    for each in _people(snapshot):
        known = each.identities
        names = {text.casefold() for text in (each.id, *known.login, *known.git, *known.key, *known.ticket)}
        if asked in names:
            return frozenset(names)
    return frozenset({asked})


def _people(snapshot: Snapshot) -> tuple[ctx.Person, ...]:
    return (snapshot.declared.context.people or ()) if snapshot.declared is not None else ()


def _without_host(snapshot: Snapshot, name: str) -> Snapshot:
    gone = next((each for each in snapshot.hosts if _is(each, name)), None)
    names = {name.casefold()} if gone is None else {gone.name.casefold(), gone.fqdn.casefold(), *gone.addresses} - {""}
    names |= {each.split(".")[0] for each in names if not is_address(each)}
    changed = replace(
        snapshot,
        hosts=tuple(each for each in snapshot.hosts if each is not gone),
        monitoring=_unmonitored(snapshot.monitoring, names),
    )
    changed = _without_peers(changed, names.__contains__)
    return _redeclared(changed, lambda block: _without_host_names(block, names))


def _without_host_names(context: ctx.Context, names: Collection[str]) -> ctx.Context:
    def kept(listed: Iterable[str]) -> tuple[str, ...]:
        return tuple(each for each in listed if each.casefold() not in names)

    contracts = tuple(
        each if each.assets is None else replace(each, assets=replace(each.assets, hosts=kept(each.assets.hosts)))
        for each in context.contracts or ()
    )
    return replace(context, contracts=contracts if context.contracts is not None else None)


def _unmonitored(monitoring: Any, names: Collection[str]) -> Any:  # noqa: ANN401 - Monitoring or None, as given
    if monitoring is None:
        return None

    def speaks_of(labels: Mapping[str, str]) -> bool:
        said = {labels.get("nodename", "").casefold(), _bare(labels.get("instance", ""))}
        return bool((said | {each.split(".")[0] for each in said if not is_address(each)}) & set(names))

    return replace(
        monitoring,
        targets=_kept(monitoring.targets, lambda each: not speaks_of({"instance": each.instance})),
        queries=tuple(
            replace(
                each,
                samples=_kept(each.samples, lambda sample: not speaks_of(sample.labels)),
                points=_kept(each.points, lambda days: not speaks_of(days.labels)),
            )
            for each in monitoring.queries
        ),
    )


def _kept(listed: Any, keep: Callable[[Any], bool]) -> Any:  # noqa: ANN401 - a tuple or None, as given
    return None if listed is None else tuple(each for each in listed if keep(each))


def _without_service(snapshot: Snapshot, name: str) -> Snapshot:
    context = snapshot.declared.context if snapshot.declared is not None else None
    catalogue = (context.services or ()) if context is not None else ()

    def gone(host: Host, listener: Listener) -> bool:
        entry = next((each.name for each in catalogue if matches(each, host, listener)), listener.service)
        return entry == name

    def stopped(host: Host) -> Host:
        lost = {each.service for each in host.listeners or () if gone(host, each)} | {name}
        return replace(
            host,
            listeners=_kept(host.listeners, lambda each: not gone(host, each)),
            connections=_kept(host.connections, lambda each: each.service not in lost),
            units=_kept(host.units, lambda each: each.name.rpartition(".")[0] not in lost),
        )

    changed = replace(snapshot, hosts=tuple(stopped(each) for each in snapshot.hosts))
    return _redeclared(
        changed, lambda block: replace(block, services=_kept(block.services, lambda each: each.name != name))
    )


def _without_provider(snapshot: Snapshot, name: str) -> Snapshot:
    folded = name.casefold()
    for each in _people(snapshot):
        if (each.employer or "").casefold() == folded:
            snapshot = _without_person(snapshot, each.id)
    context = snapshot.declared.context if snapshot.declared is not None else None
    for entry in (context.services or ()) if context is not None else ():
        if (entry.provider or "").casefold() == folded:
            snapshot = _without_service(snapshot, entry.name)
    ranges = [
        ipaddress.ip_network(text, strict=False)
        for provider in ((context.providers or ()) if context is not None else ())
        if provider.name.casefold() == folded
        for text in provider.ranges
        if _is_network(text)
    ]
    snapshot = _without_peers(snapshot, _inside_of(ranges))

    def changed(block: ctx.Context) -> ctx.Context:
        return replace(
            block,
            providers=_kept(block.providers, lambda each: each.name.casefold() != folded),
            contracts=_kept(block.contracts, lambda each: each.provider.casefold() != folded),
        )

    return _without_names(_redeclared(snapshot, changed), frozenset({folded}))


def _without_peers(snapshot: Snapshot, gone: Callable[[str], bool]) -> Snapshot:
    def kept(connection: Connection) -> bool:
        return not gone(connection.peer_address)

    hosts = tuple(replace(each, connections=_kept(each.connections, kept)) for each in snapshot.hosts)
    return replace(snapshot, hosts=hosts)


def _without_person(snapshot: Snapshot, person: str) -> Snapshot:
    names = identities(person, snapshot)
    changed = replace(
        snapshot,
        hosts=tuple(replace(each, access=_unentered(each.access, names)) for each in snapshot.hosts),
        tickets=None
        if snapshot.tickets is None
        else tuple(
            replace(
                file,
                tickets=tuple(
                    replace(each, resolver="") if each.resolver.casefold() in names else each for each in file.tickets
                ),
            )
            for file in snapshot.tickets
        ),
        git=None if snapshot.git is None else tuple(_unlearnt(each, names) for each in snapshot.git),
    )
    return _without_names(changed, names)


def _unentered(access: Access | None, names: Collection[str]) -> Access | None:
    """Return who may enter a host without somebody's accounts, rules, keys and sessions."""
    if access is None:
        return None
    return replace(
        access,
        accounts=_kept(access.accounts, lambda each: each.name.casefold() not in names),
        sudo_rules=_kept(access.sudo_rules, lambda each: each.who.casefold() not in names),
        authorized_keys=_kept(
            access.authorized_keys,
            lambda each: each.account.casefold() not in names and each.fingerprint.casefold() not in names,
        ),
        sessions=_kept(access.sessions, lambda each: each.account.casefold() not in names),
    )


def _unlearnt(history: GitHistory, names: Collection[str]) -> GitHistory:
    """Return what a repository says without somebody's knowledge; their place in the list of people stays."""
    gone = {
        place
        for place, each in enumerate(history.people)
        if {text.casefold() for text in (*each.names, *each.addresses)} & set(names)
    }

    def groups(known: tuple[KnownFiles, ...]) -> tuple[KnownFiles, ...]:
        return tuple(replace(each, knowers=tuple(who for who in each.knowers if who not in gone)) for each in known)

    return replace(history, assets=tuple(replace(each, groups=groups(each.groups)) for each in history.assets))


PERSON_KEYS = frozenset({"owner", "deputy", "approver", "decider"})
"""Roles that somebody holds now; who wrote, tested or decided something in the past still did."""


def _without_names(snapshot: Snapshot, names: Collection[str]) -> Snapshot:
    def changed(context: ctx.Context) -> ctx.Context:
        kept = _vacated(context, names)
        return replace(
            kept,
            people=_kept(kept.people, lambda each: each.id.casefold() not in names),
            on_call=None
            if kept.on_call is None
            else tuple(
                replace(each, people=tuple(who for who in each.people if who.casefold() not in names))
                for each in kept.on_call
            ),
            responsibilities=None
            if kept.responsibilities is None
            else {name: _vacant(cells, names) for name, cells in kept.responsibilities.items()},
        )

    return _redeclared(snapshot, changed)


def _vacated(block: Struct, names: Collection[str]) -> Struct:
    """Return a block, and those below it, in which nobody of `names` holds a role any more."""
    changes: dict[str, object] = {}
    for field in block.__struct_fields__:
        value = getattr(block, field)
        if field in PERSON_KEYS and isinstance(value, str) and value.casefold() in names:
            changes[field] = None
        elif isinstance(value, msgspec.Struct):
            changes[field] = _vacated(value, names)
        elif isinstance(value, tuple) and all(isinstance(each, msgspec.Struct) for each in value):
            changes[field] = tuple(
                _vacated(each, names) if isinstance(each, msgspec.Struct) else each for each in value
            )
    if isinstance(block, ctx.WaiverEntry):
        changes.pop("owner", None)
    return replace(block, **changes) if changes else block


def _vacant(cells: ctx.Responsibilities, names: Collection[str]) -> ctx.Responsibilities:
    held = {each: getattr(cells, each) for each in cells.__struct_fields__}
    return replace(cells, **{each: None for each, who in held.items() if who is not None and who.casefold() in names})


def _redeclared(snapshot: Snapshot, change: Callable[[ctx.Context], ctx.Context]) -> Snapshot:
    if snapshot.declared is None:
        return snapshot
    return replace(snapshot, declared=replace(snapshot.declared, context=change(snapshot.declared.context)))


def _is(host: Host, name: str) -> bool:
    known = {host.name.casefold(), host.fqdn.casefold(), host.name.casefold().split(".")[0], *host.addresses}
    return name.casefold() in known


def _bare(instance: str) -> str:
    text = instance.casefold().split("://", 1)[-1].split("/", 1)[0]
    return text.rsplit(":", 1)[0].strip("[]") if text.count(":") != 0 else text


def _inside_of(networks: Sequence[Network]) -> Callable[[str], bool]:
    return lambda text: any(_inside(text, each) for each in networks)


def _inside(text: str, network: Network) -> bool:
    try:
        address = ipaddress.ip_address(text.split("%", 1)[0])
    except ValueError:
        return False
    return address.version == network.version and address in network


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True
