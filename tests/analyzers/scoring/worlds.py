"""Random rubrics, populations and policies for the laws of the verdict."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from random import Random
from typing import Literal

from hypothesis import strategies as st

from analyzers.model.check import Measurement
from analyzers.model.evidence import Evidence, Member, Population, Provenance
from analyzers.model.finding import Waiver
from analyzers.model.interval import Interval
from analyzers.model.message import message
from analyzers.model.verdict import AXES, PREREQUISITES
from analyzers.rubric import CheckRule, Contradictions, Effort, Priority, Robustness, Rubric, VerdictRule
from analyzers.scoring.findings import Policy

TODAY = dt.date(2026, 11, 23)
EVIDENCE = (
    Evidence(
        key="fact",
        value=1,
        kind="measured",
        provenance=Provenance(source="test", query="test", collected_at=dt.datetime(2026, 11, 23, tzinfo=dt.UTC)),
    ),
)

Mood = Literal["kind", "harsh", "mixed"]
World = tuple[Rubric, dict[str, Population]]


def share(random: Random) -> Fraction:
    return Fraction(random.randint(0, 20), 20)


def span(random: Random) -> Interval:
    ends = sorted((share(random), share(random)))
    return Interval(ends[0], ends[0] if random.random() < 0.6 else ends[1])


def member(random: Random, name: str, mood: Mood) -> Member:
    measured = span(random) if random.random() < 0.7 else None
    if random.random() < 0.95:
        measured = {"kind": Interval.point(1), "harsh": Interval.point(0), "mixed": measured}[mood]
    declared = share(random) if random.random() < 0.5 else None
    return Member(
        name=name,
        kind="host",
        weight=Fraction(random.randint(1, 5)),
        measured=measured,
        declared=declared,
        reason=None if measured is not None else "no_source",
        evidence=EVIDENCE if measured is not None or declared is not None else (),
    )


def population(random: Random, mood: Mood) -> Population:
    return Population(
        key="test",
        members=tuple(
            member(random, f"m{index}", mood) for index in range(random.randint(0 if mood == "mixed" else 1, 4))
        ),
        shape=random.choice(["mean", "mean", "worst"]),
        complete=random.random() < 0.5,
        missing="no_source",
    )


def check_rule(random: Random, axis: str, gate: str | None) -> CheckRule:
    gates = {gate} if gate is not None else set(random.sample(PREREQUISITES, random.randint(0, 2)))
    return CheckRule(
        axis=axis,
        weight=Fraction(random.randint(1, 5)),
        gates=tuple(sorted(gates)),
        horizon=random.randint(1, 3),
        zero_at=random.choice([Fraction(0), Fraction(1, 5), Fraction(1, 2)]),
        full_at=random.choice([Fraction(19, 20), Fraction(1)]),
        effort=Effort(fixed=Fraction(random.randint(0, 9)), per_subject=Fraction(random.randint(0, 4), 2)),
        fail_below=random.choice([Fraction(0), Fraction(1, 5), Fraction(7, 20)]),
        redhibitoire=random.random() < 0.2,
    )


def rubric(random: Random) -> Rubric:
    axes = [*AXES, *random.choices(AXES, k=random.randint(0, 5))]
    rule = VerdictRule(
        oui_axis=Fraction(random.randint(30, 80)),
        oui_prerequisite=Fraction(random.randint(30, 80)),
        non_prerequisite=Fraction(random.randint(0, 30)),
        non_axis=Fraction(random.randint(0, 30)),
        measured_share=random.choice([Fraction(0), Fraction(1, 3)]),
        declared_discount=random.choice([Fraction(0), Fraction(3, 10), Fraction(7, 10)]),
        contradictions=Contradictions(at_least=random.randint(1, 3), over_share=Fraction(1, 10)),
        priority=Priority(value=Fraction(1), criticality=Fraction(1), risk=Fraction(1), effort=Fraction(1)),
        robustness=Robustness(draws=10, concentration=Fraction(20)),
    )
    gates = [*PREREQUISITES, *[None] * len(axes)]
    checks = {f"c{index}": check_rule(random, axis, gates[index]) for index, axis in enumerate(axes)}
    return Rubric(version="test", sha256="0" * 64, verdict=rule, checks=checks)


def world(random: Random, mood: Mood | None = None) -> World:
    """In kind worlds *oui* is common, in harsh ones *non* is."""
    chosen = rubric(random)
    mood = mood or random.choice(["kind", "harsh", "mixed", "mixed"])
    built = 0.8 if mood == "mixed" else 1.0
    return chosen, {check_id: population(random, mood) for check_id in chosen.checks if random.random() < built}


randoms = st.integers(0, 2**48).map(Random)
"""A seed, not drawn structures: a world has hundreds of parts, and laws want thousands of worlds."""


def measurements(found: dict[str, Population]) -> dict[str, Measurement]:
    return {check_id: Measurement(population=each, message=message("found")) for check_id, each in found.items()}


def policy(*, waivers: tuple[Waiver, ...] = (), excluded: frozenset[str] = frozenset()) -> Policy:
    return Policy(today=TODAY, waivers=waivers, excluded=excluded)


def waiver(check: str, *, scope: str = "estate", expires: dt.date = TODAY) -> Waiver:
    return Waiver(check=check, scope=scope, owner="a.martin", reason="accepted", expires=expires)
