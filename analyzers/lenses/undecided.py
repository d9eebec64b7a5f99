"""The lenses on undecided things, and on small trends that warn."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from analyzers.measures import alerts
from analyzers.measures.service_desk.desk import desk
from analyzers.measures.service_desk.recurrence import WITHIN, repeats
from analyzers.measures.written import debt
from analyzers.model.estate import Estate
from analyzers.model.lens import LensLine, State
from analyzers.model.message import N_, message

STUCK = N_("Open for three scans, without a decision: {check}.")
EXPIRED_WAIVER = N_("The waiver of {check} expired on {day}.")
EXPIRED_RISK = N_("An accepted risk expired on {day}: {title}.")
NO_REVIEW = N_("A decision of {day} has no date of review: {title}.")
OVERDUE = N_("The review of a decision was due on {day}: {title}.")
NO_OWNER = N_("Alerts that nobody owns: {alerts}.")
SOON_WAIVER = N_("The waiver of {check} expires on {day}.")
SOON_RISK = N_("An accepted risk expires on {day}: {title}.")
SOON_CERTIFICATE = N_("{subject}: its certificate expires on {day}, and nothing renews it.")
LATE_RITUAL = N_("{ritual}: due since {day}.")
MORE_REPEATS = N_("Incidents that repeat a cause: {now} in the last quarter, {before} in the one before.")
OLD_REVIEW = N_("{provider}: the perimeter of the contract was last reviewed on {day}.")
NO_LEFT = N_("{provider}: accesses were last reviewed on {day}.")

SOON = timedelta(days=60)
"""Time in which what expires can still be dealt with in two monthly meetings."""

REVIEW = timedelta(days=180)
"""Age from which a review of a perimeter or of accesses is old (signals G02 and G18)."""


def undecided(estate: Estate) -> tuple[LensLine, ...]:
    """Return what waits for a decision: open findings, expired waivers and risks, reviews, alerts without owner."""
    return (*_stuck(estate), *_expired(estate), *_reviews(estate), *_orphans(estate))


def weak_signals(estate: Estate) -> tuple[LensLine, ...]:
    """Return what is about to go wrong: expiries, certificates, rituals that slip, causes that return more often."""
    return (*_expiring(estate), *_certificates(estate), *_slipping(estate), *_returning(estate), *_old_reviews(estate))


def _line(topic: str, template: str, state: State = "bad", **parameters: str | float) -> LensLine:
    return LensLine(topic=topic, text=message(template, **parameters), state=state)


def _stuck(estate: Estate) -> Iterator[LensLine]:
    for member in debt.decided(estate).members:
        if member.measured is None and member.declared != 1:
            yield _line("findings", STUCK, check=member.name)


def _expired(estate: Estate) -> Iterator[LensLine]:
    context = estate.context
    for waiver in (context.waivers or ()) if context is not None else ():
        if waiver.expires < estate.today:
            yield _line("waivers", EXPIRED_WAIVER, check=waiver.check, day=waiver.expires.isoformat())
    for risk in (context.risks or ()) if context is not None else ():
        if risk.expires is not None and risk.expires < estate.today:
            yield _line("risks", EXPIRED_RISK, title=risk.title, day=risk.expires.isoformat())


def _reviews(estate: Estate) -> Iterator[LensLine]:
    for decision in (estate.context.decisions or ()) if estate.context is not None else ():
        if decision.review is None:
            yield _line("decisions", NO_REVIEW, "open", day=decision.date.isoformat(), title=decision.title)
        elif decision.review < estate.today:
            yield _line("decisions", OVERDUE, day=decision.review.isoformat(), title=decision.title)


def _orphans(estate: Estate) -> Iterator[LensLine]:
    key = f"{alerts.MISSING}owner"
    named = [each.name for each in alerts.of_rules(estate).members if any(piece.key == key for piece in each.evidence)]
    if named:
        yield _line("alerts", NO_OWNER, alerts=", ".join(named[:8]))


def _expiring(estate: Estate) -> Iterator[LensLine]:
    context, until = estate.context, estate.today + SOON
    for waiver in (context.waivers or ()) if context is not None else ():
        if estate.today <= waiver.expires <= until:
            yield _line("waivers", SOON_WAIVER, "open", check=waiver.check, day=waiver.expires.isoformat())
    for risk in (context.risks or ()) if context is not None else ():
        if risk.expires is not None and estate.today <= risk.expires <= until:
            yield _line("risks", SOON_RISK, "open", title=risk.title, day=risk.expires.isoformat())


def _certificates(estate: Estate) -> Iterator[LensLine]:
    told: set[tuple[str, str]] = set()
    for host in estate.read_hosts:
        for each in (host.facts.certificates or ()) if host.facts is not None else ():
            soon = each.not_after - estate.taken_at <= SOON
            day = each.not_after.date().isoformat()
            if soon and each.renewal is not True and not each.authority and (each.subject, day) not in told:
                told.add((each.subject, day))
                yield _line("certificates", SOON_CERTIFICATE, "open", subject=each.subject, day=day)


def _slipping(estate: Estate) -> Iterator[LensLine]:
    for ritual in (estate.context.rituals or ()) if estate.context is not None else ():
        last = max((each for each in ritual.held if each <= estate.today), default=None)
        due = last + timedelta(days=ritual.cadence_days) if last is not None else None
        if due is not None and due < estate.today:
            name = f"{ritual.kind} {ritual.provider}" if ritual.provider else ritual.kind
            yield _line("rituals", LATE_RITUAL, "open", ritual=name, day=due.isoformat())


def _returning(estate: Estate) -> Iterator[LensLine]:
    found = desk(estate, "opened", "cause")
    if found.reason is not None:
        return
    again = repeats(found.incidents())
    age = [estate.taken_at - each.opened for each in again]
    now = sum(1 for each in age if each <= WITHIN)
    before = sum(1 for each in age if WITHIN < each <= 2 * WITHIN)
    if now > before:
        yield _line("incidents", MORE_REPEATS, "open", now=now, before=before)


def _old_reviews(estate: Estate) -> Iterator[LensLine]:
    for contract in (estate.context.contracts or ()) if estate.context is not None else ():
        reviewed = contract.scope_review
        if reviewed is not None and estate.today - reviewed > REVIEW:
            yield _line("perimeter", OLD_REVIEW, "open", provider=contract.provider, day=reviewed.isoformat())
        entered = contract.access.last_review if contract.access is not None else None
        if entered is not None and estate.today - entered > REVIEW:
            yield _line("access", NO_LEFT, "open", provider=contract.provider, day=entered.isoformat())
