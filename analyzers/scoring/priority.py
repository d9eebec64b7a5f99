"""Which action first: business value, criticality, risk and effort, weighted by the rubric, each shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from analyzers.model.check import Measurement
from analyzers.model.estate import EstateService
from analyzers.model.evidence import Member
from analyzers.model.finding import Finding
from analyzers.model.interval import ONE, ZERO
from analyzers.model.verdict import Priority
from analyzers.rubric import Rubric

MOST_LEVEL = Fraction(5)
"""Business value and criticality are declared from 1 to this."""

UNDECLARED_LEVEL = Fraction(3)
"""What nobody valued counts as the middle, as everywhere in the grid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stakes:
    """What the services of an estate are worth, by name, in [0, 1]; the whole estate is worth its dearest."""

    value: Mapping[str, Fraction]
    criticality: Mapping[str, Fraction]

    def of(self, members: Sequence[Member]) -> tuple[Fraction, Fraction]:
        """Return (business value, criticality) of the dearest service that the members touch."""
        return self._dearest(self.value, members), self._dearest(self.criticality, members)

    @staticmethod
    def _dearest(known: Mapping[str, Fraction], members: Sequence[Member]) -> Fraction:
        middle = UNDECLARED_LEVEL / MOST_LEVEL
        if any(not each.services for each in members) or not members:
            return max(known.values(), default=middle)
        return max(known.get(name, middle) for each in members for name in each.services)


def stakes(services: Sequence[EstateService]) -> Stakes:
    """Return what each service of the estate is worth, as declared; the middle where nobody said."""
    declared = {each.name: each.declared for each in services}
    return Stakes(
        value={name: _level(each.business_value if each else None) for name, each in declared.items()},
        criticality={name: _level(each.criticality if each else None) for name, each in declared.items()},
    )


def priorities(
    findings: Sequence[Finding],
    measurements: Mapping[str, Measurement],
    worth: Stakes,
    rubric: Rubric,
    discount: Fraction,
) -> tuple[Priority, ...]:
    """Return every action that would raise a score, highest priority first, ties to the smallest check id.

    Each criterion is in [0, 1], higher is more pressing: what the failing members are worth to the business and how
    critical they are; what is not proved of the question (its risk); how cheap the action is beside the dearest one.
    """
    open_ones = [each for each in findings if each.applicable and each.interval.low < 1]
    days = {each.check_id: rubric.effort_days(each.check_id, each.failing) for each in open_ones}
    dearest = max(days.values(), default=ZERO)
    found = []
    for each in open_ones:
        value, criticality = worth.of(_failing(measurements.get(each.check_id), discount))
        effort = ONE - days[each.check_id] / dearest if dearest else ONE
        found.append(_weighted(each.check_id, value, criticality, effort, ONE - each.interval.low, rubric))
    return tuple(sorted(found, key=lambda each: (-each.score, each.check_id)))


def _failing(measurement: Measurement | None, discount: Fraction) -> tuple[Member, ...]:
    members = measurement.population.members if measurement is not None else ()
    return tuple(each for each in members if each.interval(discount).low < 1)


def _weighted(
    check_id: str, value: Fraction, criticality: Fraction, effort: Fraction, risk: Fraction, rubric: Rubric
) -> Priority:
    weights = rubric.verdict.priority
    total = weights.value + weights.criticality + weights.risk + weights.effort
    score = (
        weights.value * value + weights.criticality * criticality + weights.risk * risk + weights.effort * effort
    ) / total
    return Priority(check_id=check_id, value=value, criticality=criticality, effort=effort, risk=risk, score=score)


def _level(declared: int | None) -> Fraction:
    return (Fraction(declared) if declared is not None else UNDECLARED_LEVEL) / MOST_LEVEL
