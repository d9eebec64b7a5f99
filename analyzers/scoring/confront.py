"""Statements confronted with measurements: which are disproved, and what a statement is still worth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

from analyzers.model.evidence import Member, Population
from analyzers.model.finding import Contradiction, Statement
from analyzers.model.verdict import Confrontation
from analyzers.rubric import Rubric


def confront(populations: Mapping[str, Population], withdrawn: Iterable[Statement], rubric: Rubric) -> Confrontation:
    """Return what measurements did to statements, over every check, waived and excluded ones included.

    Parameters
    ----------
    populations
        One population a check id.
    withdrawn
        Statements disproved by an earlier scan. One that no measurement proves now stays disproved and
        still counts, so that a time-out neither brings a false claim back nor halves the discount.
    """
    base = rubric.verdict.declared_discount
    before = set(withdrawn)
    still = set(before)
    contradictions = []
    confronted = 0
    disproved = 0
    for check_id in sorted(populations):
        for member in populations[check_id].members:
            if member.declared is None:
                continue
            statement = Statement(check=check_id, member=member.name)
            if member.contradicted(base):
                contradictions.append(_contradiction(statement, member))
                still.add(statement)
            elif _proved(member, base):
                still.discard(statement)
                confronted += 1
                continue
            if statement in still:
                confronted += 1
                disproved += 1
        hidden = _hidden(check_id, populations[check_id], before)
        confronted += hidden
        disproved += hidden
    limits = rubric.verdict.contradictions
    doubled = disproved >= limits.at_least and Fraction(disproved) > limits.over_share * confronted
    return Confrontation(
        confronted=confronted,
        contradictions=tuple(contradictions),
        withdrawn=tuple(sorted(still, key=lambda each: (each.check, each.member))),
        discount=min(Fraction(1), base * 2) if doubled else base,
        doubled=doubled,
    )


def believe(check_id: str, population: Population, confrontation: Confrontation) -> Population:
    """Return the population without the statements that measurements disproved."""
    disproved = {each.member for each in confrontation.withdrawn if each.check == check_id}
    if not disproved:
        return population
    members = tuple(
        member.without_statement() if member.name in disproved and member.declared is not None else member
        for member in population.members
    )
    return replace(population, members=members)


def _hidden(check_id: str, population: Population, withdrawn: Iterable[Statement]) -> int:
    """Return how many withdrawn statements are about members that may be there and were not seen this time."""
    if population.complete or population.declared_empty is not None:
        return 0
    seen = {member.name for member in population.members}
    return sum(1 for each in withdrawn if each.check == check_id and each.member not in seen)


def _proved(member: Member, discount: Fraction) -> bool:
    """Tell whether the measurement settles that the statement holds, not only that it may."""
    return (
        member.measured is not None
        and member.declared is not None
        and member.measured.low >= member.declared * (1 - discount)
    )


def _contradiction(statement: Statement, member: Member) -> Contradiction:
    assert member.declared is not None
    assert member.measured is not None
    return Contradiction(
        statement=statement, declared=member.declared, measured=member.measured, evidence=member.evidence
    )
