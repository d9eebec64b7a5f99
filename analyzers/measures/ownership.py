"""What the catalogue says of each service: who answers for it, what it is worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from analyzers.measures import catalogue, entries, ghosts
from analyzers.measures.contract_scope import without_providers
from analyzers.measures.members import aged, listed_evidence, of_hosts, stale, statement_evidence
from analyzers.measures.unread import heavier
from analyzers.model.context import Responsibilities, Service
from analyzers.model.estate import Estate, EstateService
from analyzers.model.evidence import Kind, Member, Population
from analyzers.model.interval import ONE, ZERO

HALF = Fraction(1, 2)

DOMAINS = Responsibilities.__struct_fields__
"""Patching, backup, access, incident, recovery, monitoring, compliance."""

SERVICES_OF_A_HOST = 10
"""A host that was not read counts as this many services that nobody saw: more than a small server runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """What is asked of an entry: where the answer stands, what it is worth in [0, 1], how it reads."""

    key: str
    field: str
    worth: Callable[[Service], Fraction]
    said: Callable[[Service], str]


def owners(estate: Estate) -> Population:
    """Return services, valued by what the catalogue says: owner and deputy 1, an owner alone 1/2, nobody 0.

    A service that listens and has no entry in a catalogue that was read is measured at 0. What others run counts only
    once its entry says something. What is said of a service that is nowhere is measured at 0.
    """
    return _population(estate, _Question(key="services.owned", field="owner", worth=_owner_worth, said=_owner_said))


def responsibilities(estate: Estate) -> Population:
    """Return services, valued by the share of the seven domains for which somebody is named as accountable.

    Shadows and what others run count as for `owners`. Without a matrix nothing was said; with neither providers nor
    contracts, there is nobody to share with.
    """
    context = estate.context
    key = "services.responsibilities"
    if context is not None and context.responsibilities is None:
        empty = without_providers(context)
        if empty:
            return Population(key=key, complete=True, declared_empty=empty)
        return Population(key=key, missing="not_declared")
    rows = (context.responsibilities if context is not None else None) or {}

    def filled(entry: Service) -> list[str]:
        row = rows.get(entry.name)
        return [each for each in DOMAINS if row is not None and getattr(row, each) is not None]

    def said(entry: Service) -> str:
        missing = [each for each in DOMAINS if each not in filled(entry)]
        return f"nobody for {', '.join(missing)}" if missing else "somebody for each"

    question = _Question(
        key=key, field="responsibilities", worth=lambda entry: Fraction(len(filled(entry)), len(DOMAINS)), said=said
    )
    return _population(estate, question)


def values(estate: Estate) -> Population:
    """Return services, valued by what the catalogue says: business value and criticality 1, one of them 1/2, none 0.

    Shadows and what others run count as for `owners`.
    """
    return _population(
        estate, _Question(key="services.valued", field="business_value", worth=_value_worth, said=_value_said)
    )


def _population(estate: Estate, question: _Question) -> Population:
    seen = catalogue.entries(estate).members
    named = {each.name for each in seen}
    declared = {
        each.name: each for each in estate.services if each.declared is not None or (each.listed and each.name in named)
    }
    stated = (_stated(each, question, estate) for each in declared.values())
    shadows = (_shadow(each, estate) for each in seen if each.kind == "service" and each.name not in declared)
    unread = (heavier(each, SERVICES_OF_A_HOST) for each in seen if each.kind == "host")
    members = (*(each for each in stated if each is not None), *shadows, *unread)
    return of_hosts(question.key, members, estate, "flows")


def _stated(service: EstateService, question: _Question, estate: Estate) -> Member | None:
    entry, files = entries.merged(service, estate)
    worth = question.worth(entry)
    if entry.external and not worth:
        return None
    kind: Kind
    if files and question.field == "owner":
        old = all(aged(estate, each) for each in files)
        kind = "unknown" if old else "declared"
        said = tuple(listed_evidence(each, "owner", question.said(entry), kind) for each in files)
    elif service.declared is None:
        old, said = False, (listed_evidence(service.listed[0], question.field, question.said(entry)),)
    else:
        old = stale(estate, entry.date)
        kind = "unknown" if old else "declared"
        path = f"services[{service.name}].{question.field}"
        text = question.said(entry)
        said = (statement_evidence(estate, path, question.field, text, entry.date, entry.author, kind),)
    if question.field == "owner":
        said = (*said, *entries.contradictions(service, estate))
    member = Member(
        name=service.name,
        kind="service",
        weight=service.weight,
        declared=None if old else worth,
        reason="stale" if old else None,
        evidence=said,
        services=(service.name,),
        hosts=service.hosts,
    )
    return ghosts.confronted(member, service, estate) if service.declared is not None else member


def _shadow(member: Member, estate: Estate) -> Member:
    """Return a service without an entry: an empty catalogue is a statement, not a measurement."""
    if estate.context is None or estate.context.services != ():
        return member
    none = statement_evidence(estate, "services", "entries", 0)
    return replace(member, measured=None, declared=ZERO, reason=None, evidence=(none,))


def _owner_worth(entry: Service) -> Fraction:
    if entry.owner is None:
        return ZERO
    return ONE if entry.deputy not in {None, entry.owner} else HALF


def _owner_said(entry: Service) -> str:
    """Return who is named, without naming anybody."""
    if entry.owner is None:
        return "nobody" if entry.deputy is None else "a deputy without an owner"
    if entry.deputy is None:
        return "an owner without a deputy"
    return "an owner and a deputy" if entry.deputy != entry.owner else "the same person twice"


def _value_worth(entry: Service) -> Fraction:
    return HALF * sum(1 for each in (entry.business_value, entry.criticality) if each is not None)


def _value_said(entry: Service) -> str:
    said = {"business value": entry.business_value, "criticality": entry.criticality}
    return ", ".join(f"{name} {level}" for name, level in said.items() if level is not None) or "nothing"
