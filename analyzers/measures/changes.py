"""Has every change that was seen on a host a record?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from analyzers.measures.members import host_evidence, of_hosts, statement_evidence, unseen_host
from analyzers.measures.service_desk.desk import Desk, desk
from analyzers.model.estate import Estate, EstateHost
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.interval import ONE, UNKNOWN, ZERO, Interval
from analyzers.model.reasons import Reason
from analyzers.model.tickets import Ticket

KEY = "changes.recorded"
WITHIN = timedelta(days=90)
"""Changes older than a quarter are history, not practice."""

AROUND = timedelta(hours=24)
"""A record is of the same day as the change, give or take one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that changed on a host, when, and what shows it."""

    host: EstateHost
    what: str
    when: datetime
    evidence: Evidence


def recorded(estate: Estate) -> Population:
    """Return the changes of the last quarter that hosts show: a restart, an upgrade by hand; 1 with a record, else 0.

    Tickets that tell changes are the record: none around the change is a measured 0, unless rows were unreadable. The
    changes of the context file state it. Upgrades that the system makes by itself were agreed once for all.
    """
    tickets = desk(estate, "opened", "kind")
    members: list[Member] = []
    for host in estate.hosts:
        if host.facts is None or (host.facts.inventory is None and host.facts.packages is None):
            members.append(unseen_host(host, "inventory"))
            continue
        members += [_member(each, tickets, estate) for each in _seen(host, estate)]
    return of_hosts(KEY, members, estate, "inventory", "packages")


def _seen(host: EstateHost, estate: Estate) -> Iterator[Change]:
    assert host.facts is not None
    since = estate.taken_at - WITHIN
    inventory, packages = host.facts.inventory, host.facts.packages
    if inventory is not None and inventory.boot_time >= since and not inventory.container:
        shown = host_evidence(host, "inventory", "restarted", inventory.boot_time.isoformat())
        yield Change(host=host, what="restarted", when=inventory.boot_time, evidence=shown)
    upgraded = packages.last_upgrade_at if packages is not None and packages.automatic_updates is not True else None
    if upgraded is not None and upgraded >= since:
        shown = host_evidence(host, "packages", "upgraded", upgraded.isoformat())
        yield Change(host=host, what="upgraded", when=upgraded, evidence=shown)


def _member(change: Change, tickets: Desk, estate: Estate) -> Member:
    planned = [each for each in tickets.tickets if each.kind == "change"]
    measured: Interval | None = None
    reason: Reason | None = None
    evidence: tuple[Evidence, ...] = (change.evidence,)
    if tickets.reason is None and planned:
        found = next((each for each in planned if _covers(each, change, estate)), None)
        measured = Interval.point(1) if found else UNKNOWN if tickets.unread else Interval.point(0)
        reason = "partial" if measured == UNKNOWN else None
        told = f"ticket {found.id}" if found else "no ticket"
        evidence = (*evidence, tickets.evidence(estate, "record", told))
    declared, said = _declared(change, estate)
    return Member(
        name=f"{change.host.name} {change.what} {change.when.date().isoformat()}",
        kind="host",
        weight=change.host.weight,
        measured=measured,
        declared=declared,
        reason=reason if measured is not None else None if declared is not None else "not_declared",
        evidence=(*evidence, *said),
        services=change.host.services,
        hosts=(change.host.name,),
    )


def _covers(ticket: Ticket, change: Change, estate: Estate) -> bool:
    end = ticket.closed if ticket.closed is not None else estate.taken_at
    in_time = ticket.opened - AROUND <= change.when <= end + AROUND
    return in_time and _concerns((ticket.service,) if ticket.service else (), change, estate)


def _concerns(services: Iterable[str], change: Change, estate: Estate) -> bool:
    """Tell whether a record speaks of what changed: of no service, of a service or of a name of the host."""
    named = [each.casefold() for each in services]
    known = {each.name.casefold() for each in estate.services}
    here = {*(each.casefold() for each in change.host.services), *change.host.aliases}
    return not named or any(each in here or each not in known for each in named)


def _declared(change: Change, estate: Estate) -> tuple[Fraction | None, tuple[Evidence, ...]]:
    changes = estate.context.changes if estate.context is not None else None
    if changes is None:
        return None, ()
    for rank, each in enumerate(changes):
        if each.record and abs(each.date - change.when) <= AROUND and _concerns(each.services, change, estate):
            path = f"changes[{rank}]"
            return ONE, (statement_evidence(estate, path, "record", each.record, each.date.date(), each.author),)
    return ZERO, (statement_evidence(estate, "changes", "record", "none"),)
