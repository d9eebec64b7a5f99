"""Network namespaces that are looked at: ours, and those in which visible processes live."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from agent.collectors.flow_sight import Sighting
from agent.collectors.flows.destroyed import Destroyed, End
from agent.collectors.flows.namespaces import enter, others
from agent.collectors.flows.netlink import Link
from agent.collectors.machine import Machine

LAYERS = ("sock_diag", "destroyed", "namespaces", "conntrack", "tracepoint", "unix")


@dataclass(slots=True)
class Layer:
    """How one way of seeing flows fares.

    Attributes
    ----------
    up
        It works; None where nothing calls for it.
    why
        Why it does not.
    seen, lost
        Events or answers so far, and those known to be missed.
    """

    up: bool | None = None
    why: str = ""
    seen: int = 0
    lost: int = 0


@dataclass(slots=True)
class Space:
    """A network namespace: ways to ask about it, and what the last looks showed.

    Attributes
    ----------
    name
        Empty for that of the agent.
    machine
        A view of the host in which ``/proc/net`` is that of the namespace, where it could not be entered.
    before
        Where it listened at the look before the last: an end may belong to a listener that has just closed.
    late
        Datagram sockets that connected and ended between two looks: looking up a name does so too, so they wait for
        the next look.
    once
        Callers of a port that both kernels may give to clients: the second one from another port tells it for a
        server's.
    """

    name: str = ""
    link: Link | None = None
    machine: Machine | None = None
    ends: Destroyed | None = None
    last: Sighting | None = None
    before: frozenset[tuple[str, str, int]] = frozenset()
    late: list[End] = field(default_factory=list)
    once: dict[tuple[str, int, str], int] = field(default_factory=dict)

    def close(self) -> None:
        """Close the ways to ask."""
        for each in (self.link, self.ends):
            if each is not None:
                each.close()


@dataclass(slots=True)
class NetOf(Machine):
    """A host as a process of another network namespace shows it."""

    pid: int = 0

    @property
    def live(self) -> bool:
        """Return False: the kernel would answer about our own namespace."""
        return False

    def path(self, name: str) -> Path:
        """Return a path of the host; ``/proc/net`` is that of the process."""
        part = name.removeprefix("/proc/net/")
        return Path(name if part == name else f"/proc/{self.pid}/net/{part}")


def refresh_spaces(machine: Machine, spaces: list[Space], layer: Layer) -> None:
    """Open namespaces that are new, close those in which nobody lives any more: our sockets would keep them alive."""
    found, hidden = others(machine)
    here = {str(each.number): each for each in found}
    for space in spaces[1:]:
        if space.name not in here:
            space.close()
            spaces.remove(space)
    known = {each.name for each in spaces}
    for each, entered in enter([each for name, each in here.items() if name not in known], ends=True):
        space = Space(str(each.number))
        if entered is None:
            space.machine = NetOf(pid=each.pid)
        else:
            space.link = Link(entered.tables)
            space.ends = Destroyed(entered.ends) if entered.ends is not None else None
        spaces.append(space)
    layer.seen = len(spaces)
    layer.lost = sum(each.machine is not None for each in spaces)
    layer.up = None if not found and not hidden else not hidden
    layer.why = f"{hidden} processes hide theirs" if hidden else ""
