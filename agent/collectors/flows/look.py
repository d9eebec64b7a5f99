"""One look at the sockets of a host: netlink where the kernel answers, table by table ``/proc/net`` where not."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from agent.collectors.flows.cgroups import CgroupPlaces
from agent.collectors.flows.netlink import Link, NonsenseError, RefusedError, Tally
from agent.collectors.flows.sock_diag import FLOWING, LISTENING, TABLES, Table, bodies, bodies_of_both, decode
from agent.collectors.flows.ways import distinct
from agent.collectors.joining import Listening, is_flow, listening_rows, listening_set
from agent.collectors.machine import Machine, NotSeenError
from agent.collectors.processes.proc_net import Socket, table_rows


@dataclass(slots=True)
class Look:
    """What was seen, and through what.

    Attributes
    ----------
    listening
        Sockets that serve.
    flowing
        Sockets of two ends that spoke, those that say the same collapsed.
    refused
        From the table that was read below ``/proc/net`` to why the kernel's answer could not be had.
    tally
        What netlink cost and missed, None where it was not used.
    """

    listening: list[Socket] = field(default_factory=list)
    flowing: list[Socket] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    tally: Tally | None = None

    @property
    def source(self) -> str:
        """Return what was read, for provenance."""
        asked = ["sock_diag"] if len(self.refused) < len(TABLES) else []
        return ", ".join([*asked, *(f"/proc/net/{name} (sock_diag: {why})" for name, why in self.refused.items())])


def look(machine: Machine, ephemeral: Collection[int], places: CgroupPlaces, given: Link | None = None) -> Look:
    """Return the listening sockets and the flows of a host.

    Parameters
    ----------
    given
        A way to ask the kernel about another network namespace, which stays open; by default one of this namespace.

    Raises
    ------
    NotSeenError
        When neither netlink nor ``/proc/net`` shows a table of sockets.
    """
    seen = Look()
    with ExitStack() as closing:
        link = _link(machine, seen, closing) if given is None else given
        if given is not None:
            seen.tally = given.tally
        if link is None and not any(machine.exists(f"/proc/net/{table}") for table in ("tcp", "tcp6")):
            raise NotSeenError(reason="unreadable", detail="no /proc/net/tcp")
        for table in TABLES:
            seen.listening += listening_rows(_listening(machine, link, table, seen), ephemeral)
        listening = listening_set(seen.listening)
        rest = _flowing_tcp(link, seen, listening, ephemeral, places) if link is not None else TABLES
        for table in rest:
            if link is not None and table.name not in seen.refused:
                rows = distinct(
                    bodies(link, table, FLOWING[table.protocol]), table.protocol, listening, ephemeral, places.tells
                )
                try:
                    seen.flowing += filter(is_flow, rows)
                    continue
                except (RefusedError, NonsenseError) as error:
                    seen.refused[table.name] = str(error)
            seen.flowing += filter(is_flow, table_rows(machine, table.name, table.protocol))
    if seen.tally is not None and seen.tally.torn:
        machine.missed("sockets of a table that kept changing while it was read", "partial")
    return seen


def _flowing_tcp(
    link: Link, seen: Look, listening: Listening, ephemeral: Collection[int], places: CgroupPlaces
) -> Sequence[Table]:
    """Take in TCP of both families at once; return the tables that are still to be read, all where that failed."""
    if any(each.protocol == "tcp" and each.name in seen.refused for each in TABLES):
        return TABLES
    try:
        rows = distinct(bodies_of_both(link, FLOWING["tcp"]), "tcp", listening, ephemeral, places.tells)
        seen.flowing += list(filter(is_flow, rows))
    except (RefusedError, NonsenseError):
        return TABLES
    return [each for each in TABLES if each.protocol != "tcp"]


def _link(machine: Machine, seen: Look, closing: ExitStack) -> Link | None:
    """Return a way to ask the kernel, None for a host of files or where it is refused."""
    why = "another root"
    if machine.live:
        try:
            link = closing.enter_context(Link())
        except RefusedError as error:
            why = str(error)
        else:
            seen.tally = link.tally
            return link
    seen.refused = {each.name: why for each in TABLES}
    return None


def _listening(machine: Machine, link: Link | None, table: Table, seen: Look) -> Iterator[Socket]:
    if link is not None and table.name not in seen.refused:
        try:
            rows = [decode(each, table.protocol) for each in bodies(link, table, LISTENING[table.protocol])]
        except (RefusedError, NonsenseError) as error:
            seen.refused[table.name] = str(error)
        else:
            yield from (each for each in rows if each is not None)
            return
    yield from table_rows(machine, table.name, table.protocol)
