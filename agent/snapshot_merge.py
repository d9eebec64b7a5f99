"""Several snapshots as one: what `assess SNAPSHOT...` judges."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Protocol, TypeVar

import msgspec
from msgspec.structs import replace

from agent.snapshot_file import canonical
from analyzers.model.catalogue import CatalogueFile
from analyzers.model.facts import Host
from analyzers.model.knowledge import GitHistory
from analyzers.model.past import PastVerdict
from analyzers.model.snapshot import Cost, Snapshot
from analyzers.model.tickets import TicketFile


class _Dated(Protocol):
    @property
    def collected_at(self) -> datetime: ...


Key = tuple[str, str]
Part = TypeVar("Part", bound=msgspec.Struct)
DatedPart = TypeVar("DatedPart", bound=_Dated)


def merge(snapshots: Sequence[Snapshot]) -> Snapshot:
    """Return one snapshot of all that several say, the same whatever their order.

    Hosts add up; of one host the newest collection wins, and two hosts of one name are told apart: ``web1``,
    ``web1~2``. Of monitoring, alerting, metric history and the context file, the newest is kept, as of each git
    repository and each export of tickets. Blind spots and origins add up, those about collections that were replaced
    left out; costs are summed. It is taken when the newest was.

    Raises
    ------
    ValueError
        When there is no snapshot.
    """
    if not snapshots:
        message = "nothing to merge"
        raise ValueError(message)
    # The same file given twice must count once, and the bytes order what nothing else does.
    distinct = {canonical(each): each for each in snapshots}
    ordered = [distinct[content] for content in sorted(distinct, key=lambda each: (distinct[each].taken_at, each))]
    newest = ordered[-1]
    if len(ordered) == 1:
        return newest
    machines = _machines(host for snapshot in ordered for host in snapshot.hosts)
    kept = _newest_hosts(ordered, machines)
    names, current = names_of_their_own(kept), {_bytes(each) for each in kept}
    parts = [_renamed(_without_replaced(each, current), names) for each in ordered]
    hosts = {(host.name, host.id): host for each in parts for host in each.hosts}
    return Snapshot(
        taken_at=newest.taken_at,
        tool=newest.tool,
        hosts=tuple(hosts[key] for key in sorted(hosts)),
        monitoring=_newest(each.monitoring for each in parts),
        alerting=_newest(each.alerting for each in parts),
        declared=next((each.declared for each in reversed(parts) if each.declared is not None), None),
        tickets=_tickets(parts),
        catalogues=_catalogues(parts),
        git=_histories(parts),
        past=_past(parts),
        history=_newest(each.history for each in parts),
        withdrawn=_united(each.withdrawn for each in parts),
        blind_spots=_united(each.blind_spots for each in parts),
        origins=_united(each.origins for each in parts),
        cost=_total(each.cost for each in parts),
    )


def _past(parts: Sequence[Snapshot]) -> tuple[PastVerdict, ...] | None:
    """Return the earlier verdicts of all, each moment once; None when no part knows its past."""
    known = [each.past for each in parts if each.past is not None]
    verdicts = {(each.taken_at, each.rubric): each for past in known for each in past}
    return tuple(verdicts[key] for key in sorted(verdicts)) if known else None


def _catalogues(parts: Sequence[Snapshot]) -> tuple[CatalogueFile, ...]:
    """Return what catalogues say, of each file the newest reading."""
    files = {(each.kind, each.file): each for part in parts for each in part.catalogues}
    return tuple(files[key] for key in sorted(files))


def _tickets(parts: Sequence[Snapshot]) -> tuple[TicketFile, ...] | None:
    """Return the exports of all, of one file what was read last; None when none was given any."""
    given = [each.tickets for each in parts if each.tickets is not None]
    files = {each.file: each for tickets in given for each in tickets}
    return tuple(files[name] for name in sorted(files)) if given else None


def _key(host: Host) -> Key:
    return host.id, host.name.casefold()


def _machines(hosts: Iterable[Host]) -> dict[Key, Key]:
    """Return, for each id and name, the ones that stand for the same machine.

    An id alone is not enough: clones of one image, and containers, often share it. One id is one machine when the name
    is the same, or when the addresses are: it was renamed.
    """
    standing: dict[Key, Key] = {}
    at: dict[tuple[str, frozenset[str]], Key] = {}
    for host in sorted(hosts, key=lambda each: (_key(each), sorted(each.addresses))):
        mine = standing.setdefault(_key(host), _key(host))
        if host.addresses:
            first = standing[at.setdefault((host.id, frozenset(host.addresses)), mine)]
            if first != mine:
                standing = {key: first if value == mine else value for key, value in standing.items()}
    return standing


def _newest_hosts(ordered: Iterable[Snapshot], machines: Mapping[Key, Key]) -> list[Host]:
    found: dict[Key, Host] = {}
    for host in (host for snapshot in ordered for host in snapshot.hosts):
        machine = machines[_key(host)]
        known = found.get(machine)
        if known is None or (host.collected_at, _bytes(host)) > (known.collected_at, _bytes(known)):
            found[machine] = host
    return list(found.values())


def names_of_their_own(hosts: Iterable[Host]) -> dict[Key, str]:
    """Return a name of its own for each host, by its id and its name in lower case: ``web1``, ``web1~2``."""
    named = sorted(hosts, key=lambda each: (each.name.casefold(), each.id))
    taken = {each.name.casefold() for each in named}
    seen: set[str] = set()
    names: dict[Key, str] = {}
    for host in named:
        name = host.name
        if name.casefold() in seen:
            name = next(each for rank in count(2) if (each := f"{name}~{rank}").casefold() not in taken)
            taken.add(name.casefold())
        seen.add(name.casefold())
        names[_key(host)] = name
    return names


def _without_replaced(snapshot: Snapshot, current: Collection[bytes]) -> Snapshot:
    """Return the snapshot without the hosts that were collected better elsewhere, nor what is said of them."""
    hosts = tuple(each for each in snapshot.hosts if _bytes(each) in current)
    gone = {each.name for each in snapshot.hosts} - {each.name for each in hosts}
    return replace(
        snapshot,
        hosts=hosts,
        blind_spots=tuple(each for each in snapshot.blind_spots if each.where not in gone),
        origins=tuple(each for each in snapshot.origins if each.where not in gone),
    )


def _renamed(snapshot: Snapshot, names: Mapping[Key, str]) -> Snapshot:
    """Return the snapshot with its hosts, and what is said of them, under their new names."""
    changed = {each.name: names[_key(each)] for each in snapshot.hosts if names[_key(each)] != each.name}
    if not changed:
        return snapshot
    seen_from = snapshot.monitoring
    if seen_from is not None:
        seen_from = replace(seen_from, local_host=changed.get(seen_from.local_host, seen_from.local_host))
    return replace(
        snapshot,
        hosts=tuple(replace(each, name=names[_key(each)]) for each in snapshot.hosts),
        monitoring=seen_from,
        blind_spots=tuple(replace(each, where=changed.get(each.where, each.where)) for each in snapshot.blind_spots),
        origins=tuple(replace(each, where=changed.get(each.where, each.where)) for each in snapshot.origins),
    )


def _united(parts: Iterable[tuple[Part, ...]]) -> tuple[Part, ...]:
    """Return all parts, each once, in an order of their own."""
    found = {_bytes(part): part for each in parts for part in each}
    return tuple(found[key] for key in sorted(found))


def _newest(parts: Iterable[DatedPart | None]) -> DatedPart | None:
    given = [each for each in parts if each is not None]
    return max(given, key=lambda each: (each.collected_at, _bytes(each)), default=None)


def _histories(parts: Sequence[Snapshot]) -> tuple[GitHistory, ...] | None:
    """Return the newest history of each repository, None when no snapshot has any."""
    given = [each.git for each in parts if each.git is not None]
    found: dict[tuple[str, str], GitHistory] = {}
    for history in (each for histories in given for each in histories):
        key = history.name, history.path
        known = found.get(key)
        if known is None or (history.collected_at, _bytes(history)) > (known.collected_at, _bytes(known)):
            found[key] = history
    return tuple(found[key] for key in sorted(found)) if given else None


def _total(costs: Iterable[Cost]) -> Cost:
    every = list(costs)
    return Cost(
        queries=sum(each.queries for each in every),
        samples=sum(each.samples for each in every),
        bytes=sum(each.bytes for each in every),
        seconds=sum(each.seconds for each in every),
        cpu_seconds=sum(each.cpu_seconds for each in every),
    )


def _bytes(part: object) -> bytes:
    return msgspec.json.encode(part, order="sorted")
