"""Are changes and decisions taken cold, or in the two days after an incident?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction

from analyzers.measures.members import statement_evidence
from analyzers.measures.service_desk.desk import FEWEST, YEAR, desk, population
from analyzers.model.estate import Estate
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.interval import ONE, ZERO, Interval
from analyzers.model.reasons import Reason

KEY = "decisions.cold"
SOON, CHANCE = "changes_soon_after_an_incident", "share_expected_by_chance"
AFTER = timedelta(hours=48)
"""Time after an incident in which what is decided is decided under pressure (catalogue)."""

CROWDED = Fraction(9, 10)
"""Where incidents cover more of the time than this, any change falls after one: nothing can be told."""

FEWEST_CHANGES = 5


def cold(estate: Estate) -> Population:
    """Return 1 minus the excess of changes within 48 hours after an incident over what chance would give.

    Tickets, where they tell changes and incidents, measure it; the changes, decisions and incidents of the context file
    state it.
    """
    declared, said, unsaid = _declared(estate)
    measured, counted, unseen = _measured(estate)
    reason = unseen if measured is None else None
    if declared is None and measured is None and unseen == "no_source":
        reason = unsaid
    member = Member(
        name="changes and decisions",
        kind="estate",
        measured=Interval.point(measured) if measured is not None else None,
        declared=declared,
        reason=reason,
        evidence=(*counted, *said),
    )
    return population(KEY, member)


def calm(
    changes: Sequence[datetime], incidents: Sequence[datetime], since: datetime, until: datetime
) -> Fraction | None:
    """Return 1 minus (share - chance) / (1 - chance), within [0, 1]; None when chance leaves nothing to tell.

    Chance is the share of the time from `since` to `until` that lies within 48 hours after an incident.
    """
    chance = by_chance(incidents, since, until)
    if chance > CROWDED or not changes:
        return None
    share = Fraction(sum(1 for each in changes if _pressed(each, incidents)), len(changes))
    return ONE - min(ONE, max(ZERO, (share - chance) / (1 - chance)))


def by_chance(incidents: Iterable[datetime], since: datetime, until: datetime) -> Fraction:
    """Return the share of a time that lies within 48 hours after some incident."""
    covered, reached = timedelta(), since
    for start in sorted(incidents):
        begin, end = max(start, reached, since), min(start + AFTER, until)
        if end > begin:
            covered += end - begin
            reached = end
    whole = int((until - since).total_seconds())
    return Fraction(int(covered.total_seconds()), whole) if whole > 0 else ZERO


def _pressed(moment: datetime, incidents: Iterable[datetime]) -> bool:
    return any(timedelta() <= moment - each <= AFTER for each in incidents)


def _measured(estate: Estate) -> tuple[Fraction | None, tuple[Evidence, ...], Reason | None]:
    found = desk(estate, "opened", "kind")
    if found.reason is not None or len(found.tickets) < FEWEST:
        return None, (), found.reason or "too_few"
    changes = [each.opened for each in found.tickets if each.kind == "change"]
    incidents = [each.opened for each in found.tickets if each.kind == "incident"]
    if len(changes) < FEWEST_CHANGES:
        return None, (), "too_few"
    since, until = found.tickets[0].opened, estate.taken_at
    value = calm(changes, incidents, since, until)
    if value is None:
        return None, (), "too_few"
    pressed = sum(1 for each in changes if _pressed(each, incidents))
    evidence = (
        found.evidence(estate, SOON, f"{pressed}/{len(changes)}"),
        found.evidence(estate, CHANCE, by_chance(incidents, since, until)),
    )
    return value, evidence, None


def _declared(estate: Estate) -> tuple[Fraction | None, tuple[Evidence, ...], Reason]:
    context = estate.context
    if context is None or context.incidents is None or (context.changes is None and context.decisions is None):
        return None, (), "not_declared"
    since = estate.taken_at - YEAR
    decided = [datetime.combine(each.date, time(12), tzinfo=UTC) for each in context.decisions or ()]
    moments = [each for each in (*(one.date for one in context.changes or ()), *decided) if since <= each]
    incidents = [each.start for each in context.incidents if each.start >= since - AFTER]
    value = calm(moments, incidents, since, estate.taken_at) if len(moments) >= FEWEST_CHANGES else None
    if value is None:
        return None, (), "too_few"
    pressed = sum(1 for each in moments if _pressed(each, incidents))
    evidence = (
        statement_evidence(estate, "changes, decisions, incidents", SOON, f"{pressed}/{len(moments)}"),
        statement_evidence(estate, "incidents", CHANCE, round(float(by_chance(incidents, since, estate.taken_at)), 4)),
    )
    return value, evidence, "not_declared"
