"""What translated addresses hide, from the tracked connections of this host."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from agent.collectors.flows.conntrack import Tracked


class Meant(NamedTuple):
    """A flow as the other end knows it; `nat` is what this end uses or asked for, before translation."""

    local_address: str
    peer_address: str
    port: int
    nat: str


class Forwarded(NamedTuple):
    """A tracked way: who called, whom it asked for, who answered, and as whom the caller was seen there."""

    protocol: Literal["tcp", "udp"]
    caller: str
    asked: str
    asked_port: int
    server: str
    port: int
    seen_as: str


class Nat:
    """Tracked connections by what each end sees of them; ports of callers are collapsed."""

    def __init__(self, found: Iterable[Tracked] = ()) -> None:
        self.ways: set[Forwarded] = set()
        self._calls: dict[tuple[str, str, str, int], set[Meant]] = {}
        self._serves: dict[tuple[str, str, str, int], set[Meant]] = {}
        for each in found:
            self._add(each)

    def calls(self, protocol: str, local: str, peer: str, port: int) -> Iterable[Meant]:
        """Return what calls from here to there really are; themselves when nothing is translated."""
        return self._calls.get((protocol, local, peer, port)) or (Meant(local, peer, port, ""),)

    def serves(self, protocol: str, local: str, peer: str, port: int) -> Iterable[Meant]:
        """Return what connections that came in from there really are."""
        return self._serves.get((protocol, local, peer, port)) or (Meant(local, peer, port, ""),)

    def others(self, known: Iterable[str]) -> Iterator[Forwarded]:
        """Yield the ways of which no end is one of the addresses that sockets were looked at for."""
        mine = set(known)
        for way in self.ways:
            if way.caller not in mine and way.server not in mine:
                yield way

    def _add(self, each: Tracked) -> None:
        asked, answered = each.asked, each.answered
        way = Forwarded(
            each.protocol,
            asked.source,
            asked.destination,
            asked.destination_port,
            answered.source,
            answered.source_port,
            answered.destination,
        )
        self.ways.add(way)
        if not each.translated:
            return
        wanted = "" if (way.asked, way.asked_port) == (way.server, way.port) else place(way.asked, way.asked_port)
        own = "" if way.caller == way.seen_as else way.caller
        calls = self._calls.setdefault((way.protocol, way.caller, way.asked, way.asked_port), set())
        calls.add(Meant(way.seen_as, way.server, way.port, wanted or own))
        inside = "" if not wanted else place(way.server, way.port)
        serves = self._serves.setdefault((way.protocol, way.server, way.seen_as, way.port), set())
        serves.add(Meant(way.asked, way.caller, way.asked_port, inside or (way.seen_as if own else "")))


def place(address: str, port: int) -> str:
    """Return an address with its port as people write it."""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
