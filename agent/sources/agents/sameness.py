"""Which machine each agent speaks for: one host under several addresses is one, clones of one image are several."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from agent.snapshot_merge import names_of_their_own
from agent.sources.agents.answer import Told
from agent.sources.agents.places import KIND
from analyzers.model.facts import Connection, Host
from analyzers.model.host_names import aliases_of, bare_host, is_address, is_loopback
from analyzers.model.message import N_
from analyzers.model.snapshot import BlindSpot, Origin

MOST_NAMES = 5

SHARED_ID = N_("hosts with one machine-id: only names and addresses tell them apart")
SHARED_NAME = N_("hosts of one name: a name in a metric or a ticket may mean any of them")
SHARED_ADDRESS = N_("hosts with one address: a flow to it may mean any of them")

NEW_ID = "sudo rm /etc/machine-id && sudo systemd-machine-id-setup"
NEW_NAME = "sudo hostnamectl set-hostname NAME"
SHOW_ADDRESSES = "ip -brief address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What the agent at an address told; the address is empty for this machine as the scan itself read it."""

    url: str
    told: Told

    @property
    def host(self) -> Host:
        """The host that it speaks for."""
        return self.told.host

    @property
    def at_home(self) -> bool:
        """Tell whether its address is one of the host's own names and addresses, so far as the host says them."""
        place = bare_host(self.url)
        return is_loopback(place) or bool(aliases_of(place) & _aliases(self.host))


@dataclass(slots=True)
class Known:
    """The hosts, each once and under a name of its own; how each agent answered; what stays unsure."""

    hosts: tuple[Host, ...] = ()
    origins: list[Origin] = field(default_factory=list)
    blind_spots: list[BlindSpot] = field(default_factory=list)


def who_is_who(local: Host | None, heard: Iterable[Heard]) -> Known:
    """Return the hosts that agents speak for, and this machine, each once, whatever the order of the agents.

    One id is one machine when the names agree and an address is shared, or when all addresses are: it has two names.
    One id under other names and addresses is a clone. Of several who speak for one machine, this scan comes first, then
    the agent that answers at one of the machine's own addresses: any other could be an impostor.
    """
    every = [Heard(url="", told=Told(host=local))] if local is not None else []
    every += sorted(heard, key=lambda each: each.url)
    machines = sorted((sorted(each, key=_credit) for each in _machines(every)), key=lambda each: each[0].url)
    known = Known()
    told = _told_apart([_joined(each) for each in machines])
    names = _names(told, told[0] if local is not None else None)
    hosts = []
    for machine, host in zip(machines, told, strict=True):
        name = names[host.id, host.name.casefold()]
        hosts.append(replace(host, name=name) if name != host.name else host)
        known.origins += (_origin(each, machine[0], name) for each in machine if each.url)
        known.blind_spots += (replace(each, where=name) for each in machine[0].told.blind_spots)
    known.hosts = tuple(sorted(hosts, key=lambda each: each.name))
    known.blind_spots += _unsure(known.hosts)
    return known


def _machines(every: Iterable[Heard]) -> list[list[Heard]]:
    """Return what was heard, machine by machine."""
    of_mark: dict[tuple[object, ...], list[Heard]] = {}
    found: dict[int, list[Heard]] = {}
    for each in every:
        marks = list(_marks(each.host))
        together = [each]
        for other in {id(group): group for mark in marks if (group := of_mark.get(mark))}.values():
            together = [*other, *together]
            del found[id(other)]
        found[id(together)] = together
        for member in together:
            of_mark.update(dict.fromkeys(_marks(member.host), together))
    return list(found.values())


def _marks(host: Host) -> Iterator[tuple[object, ...]]:
    """Yield what no two machines have in common."""
    if host.addresses:
        yield host.id, frozenset(host.addresses)
    for address in host.addresses or ("",):
        yield host.id, host.name.casefold(), address


def _credit(each: Heard) -> tuple[bool, bool, int, float, str]:
    """Return a key that puts first whom to believe about a machine."""
    seen = sum(run.outcome == "ok" for run in each.host.runs)
    return bool(each.url), not each.at_home, -seen, -each.host.collected_at.timestamp(), each.url


def _joined(machine: Sequence[Heard]) -> Host:
    """Return a machine as its first teller says it, with the flows that its own agents remember."""
    first = machine[0].host
    if first.connections is None:
        return first
    others = [each.host for each in machine[1:] if each.at_home]
    watches = [each.flow_watch for each in (first, *others) if each.flow_watch is not None]
    longest = max(watches, key=lambda each: (each.polls or 0, -each.since.timestamp()), default=None)
    return replace(first, connections=_united((first, *others)), flow_watch=longest) if others else first


def _united(hosts: Iterable[Host]) -> tuple[Connection, ...]:
    found: dict[tuple[object, ...], Connection] = {}
    for each in (flow for host in hosts for flow in host.connections or ()):
        ends = each.service, each.local_address, each.peer_address, each.peer_service
        key = (each.direction, *ends, each.port, each.protocol, each.nat)
        known = found.get(key)
        found[key] = each if known is None else _longer(known, each)
    return tuple(found.values())


def _longer(one: Connection, other: Connection) -> Connection:
    most = max(one, other, key=lambda each: (each.observations, each.last_seen))
    return replace(
        most, first_seen=min(one.first_seen, other.first_seen), last_seen=max(one.last_seen, other.last_seen)
    )


def _names(hosts: Sequence[Host], local: Host | None) -> dict[tuple[str, str], str]:
    """Return a name of its own for each host; this machine keeps the one that the scan already calls it by."""
    names = names_of_their_own(hosts)
    if local is not None and (mine := (local.id, local.name.casefold())) in names:
        holder = next((key for key, name in names.items() if name == local.name), mine)
        names[holder], names[mine] = names[mine], local.name
    return names


def _told_apart(hosts: Sequence[Host]) -> list[Host]:
    """Return the hosts with an id of their own for clones that bear one name, too."""
    seen: dict[tuple[str, str], int] = defaultdict(int)
    found = []
    for host in hosts:
        key = (host.id, host.name.casefold())
        seen[key] += 1
        found.append(replace(host, id=f"{host.id}~{seen[key]}") if seen[key] > 1 else host)
    return found


def _origin(each: Heard, first: Heard, name: str) -> Origin:
    said = [name]
    if each is not first:
        said.append(f"the same host as {first.url}" if first.url else "this machine, which the scan read itself")
    place = bare_host(each.url)
    if is_address(place) and not each.at_home:
        said.append(f"reached at {place}, which is none of its addresses: flows to {place} are not joined to it")
    said += each.told.cautions
    partly = bool(each.told.blind_spots)
    return Origin(kind=KIND, where=each.url, reason="partial" if partly else None, detail=", ".join(said))


def _unsure(hosts: Sequence[Host]) -> Iterator[BlindSpot]:
    """Yield what more than one machine bears."""
    ids: dict[str, list[Host]] = defaultdict(list)
    names: dict[str, list[Host]] = defaultdict(list)
    addresses: dict[str, list[Host]] = defaultdict(list)
    for host in hosts:
        ids[host.id.partition("~")[0]].append(host)
        names[host.name.partition("~")[0].casefold()].append(host)
        for address in host.addresses:
            addresses[address].append(host)
    for what, grant, groups in (
        (SHARED_ID, NEW_ID, ids),
        (SHARED_NAME, NEW_NAME, names),
        (SHARED_ADDRESS, SHOW_ADDRESSES, addresses),
    ):
        together = {tuple(each.name for each in group) for group in groups.values() if len(group) > 1}
        for group in sorted(together):
            more = ", ..." if len(group) > MOST_NAMES else ""
            where = ", ".join(group[:MOST_NAMES]) + more
            yield BlindSpot(what=what, where=where, reason="partial", grant=grant)


def _aliases(host: Host) -> frozenset[str]:
    return aliases_of(host.name, host.fqdn, *host.addresses)
