"""Whether services survive a departure, and whether those who know them are of the house."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from analyzers.measures.knowledge.identities import Identities
from analyzers.measures.knowledge.loss import cut_sets
from analyzers.measures.knowledge.traces import CODE, INCIDENTS, OPERATION, EstateKnowledge, Known, known
from analyzers.measures.knowledge.truck_factor import needed
from analyzers.measures.members import stale, statement_evidence
from analyzers.model.context import Service
from analyzers.model.estate import CRITICAL_FROM, Estate, EstateService
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.interval import ONE, ZERO, Interval
from analyzers.model.reasons import Reason

STRATEGIC_SKILLS = ("it-business", "security", "provider-audit")
"""Skills that must stay inside: what IT brings to the business, security and compliance, auditing the provider."""

KNOWN_BEST_BY_ANOTHER = "best_known_by_another_than_its_owner"
"""Key of the evidence that the declared owner or deputy of a service is not who knows it."""


def shared(estate: Estate) -> Population:
    """Return critical services: 1 when no departure of one person leaves less than half of them known, else 0.

    Critical are those declared so; a service of the catalogue that nobody valued may be, and counts. A source that was
    given and could not be read may hold a second person: then a single one proves nothing.
    """
    context = estate.context
    if context is None or context.services is None:
        return Population(key="services.shared", missing="not_declared")
    found = known(estate)
    members = tuple(
        _shared(each, found.assets[each.name], found.identities, estate)
        for each in estate.services
        if each.declared is not None and not each.external and _may_be_critical(each.declared)
    )
    empty = "services" if context.services == () else None
    return Population(key="services.shared", members=members, complete=True, declared_empty=empty)


def falls_with_one(asset: Known) -> bool:
    """Tell whether one departure, or none, leaves less than half of an asset known."""
    return needed(asset.groups) <= 0 or bool(cut_sets(asset.groups, 1))


def known_by_declared(asset: Known, identities: Identities) -> bool | None:
    """Tell whether the declared owner or deputy knows an asset best; None when neither would be recognised."""
    entry = asset.service.declared if asset.service is not None else None
    named = [identities.named(each) for each in (entry.owner, entry.deputy) if each] if entry is not None else []
    if not asset.weights or not named:
        return None
    if asset.knowers()[0] in named:
        return True
    return False if all(identities.recognised(each) for each in named) else None


def inside(estate: Estate) -> Population:
    """Return assets, valued by the share of their knowledge that employees hold; between bounds where nobody says."""
    found = known(estate)
    members = tuple(_inside(each, found) for each in found.assets.values())
    return Population(key="services.inside", members=members, missing=None if members else "no_source")


def skills(estate: Estate) -> Population:
    """Return the three strategic skills: declared held when an employee has it, by name.

    Where people are declared and their skills are not, nothing is said. A skill that nobody inside holds, while others
    are listed, is a clean "no".
    """
    context = estate.context
    people = context.people if context is not None else None
    if people is None or not any(each.skills for each in people):
        members = tuple(_skill(name, None, "not_declared", ()) for name in STRATEGIC_SKILLS)
        return Population(key="people.skills", members=members, missing="not_declared")
    identities = Identities(estate)
    members = tuple(_held(name, identities, estate) for name in STRATEGIC_SKILLS)
    return Population(key="people.skills", members=members, complete=True)


def _may_be_critical(entry: Service) -> bool:
    return entry.criticality is None or entry.criticality >= CRITICAL_FROM


def _shared(service: EstateService, asset: Known, identities: Identities, estate: Estate) -> Member:
    measured, reason = _survives(asset)
    said, statements = _said(service, estate)
    return Member(
        name=service.name,
        kind="service",
        weight=service.weight,
        measured=measured,
        declared=said,
        reason=reason if measured is None else None,
        evidence=(*asset.evidence, *_confronted(service, asset, identities, estate), *statements),
        services=(service.name,),
        hosts=service.hosts,
    )


def _survives(asset: Known) -> tuple[Interval | None, Reason | None]:
    gap = _gap(asset)
    if not asset.groups:
        return None, gap or ("too_few" if asset.evidence else "no_source")
    if not falls_with_one(asset):
        return Interval.point(1), None
    return (None, gap) if gap is not None else (Interval.point(0), None)


def _gap(asset: Known) -> Reason | None:
    """Return why one person more might know an asset: a source that was given was not read, or an account is shared."""
    asked = (CODE, INCIDENTS) if asset.written else (CODE, INCIDENTS, OPERATION)
    unread: Reason | None = next((asset.gaps[kind] for kind in asked if kind in asset.gaps), None)
    return unread or ("partial" if asset.unattributed and not asset.written else None)


def _said(service: EstateService, estate: Estate) -> tuple[Fraction | None, tuple[Evidence, ...]]:
    """Return what the catalogue states: an owner and another person as deputy survive a departure."""
    entry = service.declared
    assert entry is not None
    if entry.owner is None or entry.deputy is None or entry.owner == entry.deputy:
        return None, ()
    old = stale(estate, entry.date)
    evidence = statement_evidence(
        estate,
        f"services[{service.name}].deputy",
        "deputy",
        "an owner and a deputy",
        entry.date,
        entry.author,
        kind="unknown" if old else "declared",
    )
    return (None if old else ONE), (evidence,)


def _confronted(service: EstateService, asset: Known, identities: Identities, estate: Estate) -> Iterable[Evidence]:
    """Yield the fact that who knows a service best is neither its declared owner nor its deputy."""
    entry = service.declared
    if entry is None or estate.context is None:
        return
    if known_by_declared(asset, identities) is False:
        path = f"services[{service.name}].owner"
        yield statement_evidence(estate, path, KNOWN_BEST_BY_ANOTHER, "yes", entry.date, entry.author)


def _inside(asset: Known, found: EstateKnowledge) -> Member:
    total = sum(asset.weights.values(), ZERO)
    of_house = [found.identities.somebody(person).inside for person in asset.weights]
    held = sum((weight for weight, own in zip(asset.weights.values(), of_house, strict=True) if own), ZERO)
    unsaid = sum((weight for weight, own in zip(asset.weights.values(), of_house, strict=True) if own is None), ZERO)
    service = asset.service
    reason: Reason | None = None
    measured = None
    if not total:
        reason = _gap(asset) or ("too_few" if asset.evidence else "no_source")
    elif unsaid == total:
        reason = "not_declared"
    else:
        measured = Interval(held / total, (held + unsaid) / total)
        reason = "not_declared" if unsaid else None
    return Member(
        name=asset.name,
        kind="service" if service is not None else "asset",
        weight=service.weight if service is not None else Fraction(3),
        measured=measured,
        reason=reason,
        evidence=tuple(asset.evidence),
        services=(service.name,) if service is not None else (),
        hosts=service.hosts if service is not None else (),
    )


def _held(name: str, identities: Identities, estate: Estate) -> Member:
    context = estate.context
    assert context is not None
    holders = [each for each in context.people or () if name in {skill.strip().casefold() for skill in each.skills}]
    current = [each for each in holders if not stale(estate, each.date)]
    held = any(identities.somebody(each.id).inside for each in current)
    unsaid = any(identities.somebody(each.id).inside is None for each in current)
    evidence = statement_evidence(
        estate, "people[].skills", f"held_inside:{name}", sum(bool(identities.somebody(e.id).inside) for e in current)
    )
    if held:
        return _skill(name, ONE, None, (evidence,))
    if holders and (unsaid or not current):
        return _skill(name, None, "stale" if not current else "not_declared", (evidence,))
    return _skill(name, ZERO, None, (evidence,))


def _skill(name: str, said: Fraction | None, reason: Reason | None, evidence: tuple[Evidence, ...]) -> Member:
    return Member(name=name, kind="statement", declared=said, reason=reason, evidence=evidence)
