"""Statements as members: said, unsaid, stale."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction

from analyzers.measures.members import stale, statement_evidence
from analyzers.model.context import Contract, Service
from analyzers.model.estate import CRITICAL_FROM, Estate, EstateService
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.interval import ONE, ZERO
from analyzers.model.reasons import Reason

NO_PROVIDER = "providers: []"


def statement(  # noqa: PLR0913 - what a statement is made of
    estate: Estate,
    name: str,
    path: str,
    said: str,
    value: Fraction,
    *,
    date: dt.date | None = None,
    author: str | None = None,
    max_age_days: int | None = None,
    services: Iterable[str] = (),
    weight: Fraction = ONE,
) -> Member:
    """Return something that people declare, valued in [0, 1]; a stale one is open, with its reason."""
    old = stale(estate, date, max_age_days)
    evidence = statement_evidence(estate, path, name, said, date, author, kind="unknown" if old else "declared")
    return Member(
        name=name,
        kind="statement",
        weight=weight,
        declared=None if old else value,
        reason="stale" if old else None,
        evidence=(evidence,),
        services=tuple(services),
    )


def unsaid(name: str, reason: Reason = "not_declared") -> Member:
    """Return a statement that nobody made."""
    return Member(name=name, kind="statement", reason=reason)


def one_or_none(*, right: bool) -> Fraction:
    """Return 1 for what is right, else 0."""
    return ONE if right else ZERO


def of_service(
    service: EstateService,
    *evidence: Evidence,
    declared: Fraction | None = None,
    reason: Reason | None = None,
    name: str = "",
) -> Member:
    """Return a service as a member of which something may be declared, weighted by its criticality."""
    return Member(
        name=name or service.name,
        kind="service",
        weight=service.weight,
        declared=declared,
        reason=reason,
        evidence=evidence,
        services=(service.name,),
        hosts=service.hosts,
    )


def foremost(estate: Estate) -> tuple[EstateService, ...]:
    """Return the critical services that we run; where none is called critical, those of the highest criticality.

    A catalogue that calls nothing critical must not empty the questions about what is.
    """
    ours = [each for each in estate.services if each.declared is not None and not each.external]
    critical = [each for each in ours if each.critical]
    highest = max((each.weight for each in ours), default=Fraction(CRITICAL_FROM))
    return tuple(critical or (each for each in ours if each.weight == highest))


def entry_path(estate: Estate, entry: Service, key: str) -> str:
    """Return where a service's key stands in the context file."""
    listed = (estate.context.services or ()) if estate.context is not None else ()
    return f"services[{listed.index(entry)}].{key}"


def contracts(estate: Estate) -> tuple[tuple[int, Contract], ...]:
    """Return the contracts of the context file with their rank."""
    given = (estate.context.contracts or ()) if estate.context is not None else ()
    return tuple(enumerate(given))


def without_contracts(key: str, estate: Estate) -> Population | None:
    """Return the population of a question about contracts where none is declared, None where some are.

    A declared list without any provider makes the question not applicable.
    """
    context = estate.context
    if context is not None and context.contracts:
        return None
    nobody = context is not None and context.providers is not None and not context.providers
    if nobody:
        return Population(key=key, complete=True, declared_empty=NO_PROVIDER)
    return Population(key=key, missing="not_declared")
