"""Clocks of hosts: kept by a time source, and close to it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from analyzers.measures.members import host_evidence, host_member, of_hosts, run_of, unseen_host
from analyzers.measures.series import Reading, exact, readings
from analyzers.model.estate import Estate, EstateHost
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.interval import Interval

OFFSET_UNDER = Fraction(50, 1000)
"""Seconds a clock may be off (signals P24 and H21)."""

OFFSET = "clock.offset"
SYNC = "clock.sync"


@dataclass(frozen=True, slots=True)
class _Word:
    """What one source says: of synchronisation, of the offset, or of both."""

    evidence: Evidence
    synchronized: bool | None = None
    close: bool | None = None


def agreement(estate: Estate) -> Population:
    """Return hosts whose clock is synchronised and off by less than 50 ms: 1 or 0 each.

    The worst of the sources counts; a synchronised clock whose offset nobody says is [0, 1].
    Times of scrapes are never used: they hold the delays of the network.
    """
    offsets, syncs = readings(estate, OFFSET, "seconds"), readings(estate, SYNC)
    members = (_member(host, (*offsets.get(host.name, ()),), (*syncs.get(host.name, ()),)) for host in estate.hosts)
    return of_hosts("hosts.clocks", (each for each in members if each is not None), estate, "clock")


def _member(host: EstateHost, offsets: tuple[Reading, ...], syncs: tuple[Reading, ...]) -> Member | None:
    words = [
        *_own_words(host),
        *(_Word(each.evidence, close=abs(each.value) < OFFSET_UNDER) for each in offsets),
        *(_Word(each.evidence, synchronized=each.value > 0) for each in syncs),
    ]
    if not words:
        return None if run_of(host, "clock").outcome == "not_applicable" else unseen_host(host, "clock")
    value = _judge(words)
    return host_member(host, value, *(each.evidence for each in words), reason="partial" if value.width else None)


def _judge(words: list[_Word]) -> Interval:
    synchronized = [each.synchronized for each in words if each.synchronized is not None]
    close = [each.close for each in words if each.close is not None]
    if not (all(synchronized) and all(close)):
        return Interval.point(0)
    return Interval.point(1) if synchronized and close else Interval.between(0, 1)


def _own_words(host: EstateHost) -> list[_Word]:
    clock = host.facts.clock if host.facts is not None else None
    words = []
    if clock is not None and clock.synchronized is not None:
        evidence = host_evidence(host, "clock", "synchronized", clock.synchronized)
        words.append(_Word(evidence, synchronized=clock.synchronized))
    if clock is not None and clock.offset_seconds is not None:
        evidence = host_evidence(host, "clock", "offset", clock.offset_seconds, "seconds")
        words.append(_Word(evidence, close=abs(exact(clock.offset_seconds)) < OFFSET_UNDER))
    return words
