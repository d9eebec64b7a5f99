"""Does the provider enter only as agreed?"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from analyzers.measures.directory import Network, parse
from analyzers.measures.members import host_evidence, of_hosts, stale, statement_evidence, unseen_host
from analyzers.measures.truth import Truth, every, mean
from analyzers.measures.written.statements import NO_PROVIDER
from analyzers.measures.written.windows import Window, inside, read_window
from analyzers.model.context import Context
from analyzers.model.estate import Estate, EstateHost
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.facts import Session
from analyzers.model.interval import ONE, Interval
from analyzers.model.reasons import Reason

KEY = "provider.sessions"
OUTSIDE = "outside"
"""Key of the evidence of a session that was not agreed."""

REVIEW_WITHIN_DAYS = 180
"""A review of accesses older than this no longer vouches for them (context file, rules)."""

MOST_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How a provider may enter, who it is, and where that is written.

    Attributes
    ----------
    windows
        None when none is agreed, or one is not understood.
    vouched
        Whether windows and ranges are agreed, and their review is fresh: the statement that they are kept.
    """

    provider: str
    logins: frozenset[str]
    known_ranges: tuple[Network, ...]
    windows: tuple[Window, ...] | None
    ranges: tuple[Network, ...]
    vouched: bool
    evidence: tuple[Evidence, ...]
    reason: Reason | None = None

    def mine(self, session: Session) -> bool:
        """Tell whether a session is of this provider: by its account, or by where it comes from."""
        return session.account.casefold() in self.logins or _within(session.source, self.known_ranges) is True

    def kept(self, session: Session) -> Truth:
        """Tell whether a session is as agreed, None when that cannot be told."""
        hours = None if self.windows is None or not session.hours else inside(self.windows, session.day, session.hours)
        return every((hours, _within(session.source, self.ranges) if self.ranges else True))


def as_agreed(estate: Estate) -> Population:
    """Return the hosts that a provider entered, each valued by the share of its sessions that were as agreed.

    A session is a provider's by its account (the login of somebody that it employs) or by its source (its ranges). It
    is as agreed inside the windows and the ranges of the contract. That they are kept is a statement of the contract,
    while its accesses were reviewed within six months. Where a provider has no window, nothing is agreed: unknown.
    """
    context = estate.context
    if context is None or context.providers is None:
        return Population(key=KEY, missing="not_declared")
    if not context.providers:
        return Population(key=KEY, complete=True, declared_empty=NO_PROVIDER)
    agreements = agreed(estate)
    members: list[Member] = []
    for host in estate.hosts:
        sessions = host.facts.access.sessions if host.facts is not None and host.facts.access is not None else None
        if sessions is None:
            members.append(unseen_host(host, "access"))
            continue
        for each in agreements:
            mine = [session for session in sessions if each.mine(session)]
            if mine:
                members.append(_member(host, each, mine))
    return of_hosts(KEY, members, estate, "access")


def agreed(estate: Estate) -> tuple[Agreement, ...]:
    """Return how each declared provider may enter."""
    context = estate.context
    assert context is not None
    return tuple(_agreement(each.name, each.ranges, context, estate) for each in context.providers or ())


def _agreement(provider: str, declared: Iterable[str], context: Context, estate: Estate) -> Agreement:
    logins = {
        login.casefold()
        for person in context.people or ()
        if (person.employer or "").casefold() == provider.casefold()
        for login in person.identities.login
    }
    networks = _networks(declared)
    found = [
        (rank, each)
        for rank, each in enumerate(context.contracts or ())
        if each.provider == provider and each.access is not None
    ]
    if not found:
        return Agreement(
            provider=provider, logins=frozenset(logins), known_ranges=networks, windows=None, ranges=networks,
            vouched=False, evidence=(), reason="not_declared",
        )  # fmt: skip
    rank, contract = found[0]
    access = contract.access
    assert access is not None
    windows = [read_window(each) for each in access.windows]
    understood = tuple(each for each in windows if each is not None)
    whole = bool(windows) and len(understood) == len(windows)
    ranges = _networks(access.ranges)
    old = stale(estate, contract.date)
    reviewed = access.last_review is not None and not stale(estate, access.last_review, REVIEW_WITHIN_DAYS)
    said = statement_evidence(
        estate, f"contracts[{rank}].access", "windows", ", ".join(access.windows), contract.date, contract.author
    )
    reason: Reason | None = "stale" if old else "unreadable" if windows and not whole else "not_declared"
    return Agreement(
        provider=provider,
        logins=frozenset(logins),
        known_ranges=(*networks, *ranges),
        windows=understood if whole and not old else None,
        ranges=ranges or networks,
        vouched=whole and bool(ranges) and reviewed and not old,
        evidence=(said,),
        reason=None if whole and not old else reason,
    )


def _member(host: EstateHost, agreement: Agreement, sessions: list[Session]) -> Member:
    truths = [agreement.kept(each) for each in sessions]
    wrong = [each for each, truth in zip(sessions, truths, strict=True) if truth is False]
    value: Interval | None = mean(truths)
    if agreement.windows is None and False not in truths:
        value = None
    told = (host_evidence(host, "access", "sessions", len(sessions), "days"),)
    shown = tuple(
        host_evidence(
            host, "access", OUTSIDE, f"{host.name} {each.day.isoformat()} {_hours(each)} {each.source}".strip()
        )
        for each in wrong[:MOST_SHOWN]
    )
    reason: Reason | None = agreement.reason or ("partial" if None in truths else None)
    return Member(
        name=f"{agreement.provider} on {host.name}",
        kind="provider",
        weight=host.weight,
        measured=value,
        declared=ONE if agreement.vouched else None,
        reason=reason,
        evidence=(*shown, *told, *agreement.evidence),
        services=host.services,
        hosts=(host.name,),
    )


def _hours(session: Session) -> str:
    return ",".join(f"{hour:02d}h" for hour in session.hours) or "?"


def _networks(texts: Iterable[str]) -> tuple[Network, ...]:
    found = []
    for text in texts:
        try:
            found.append(ipaddress.ip_network(text, strict=False))
        except ValueError:
            continue
    return tuple(found)


def _within(source: str, networks: Iterable[Network]) -> Truth:
    """Tell whether an address is in one of these networks; nobody knows of a session without a source."""
    address = parse(source) if source else None
    if address is None:
        return None
    return any(address.version == each.version and address in each for each in networks)
