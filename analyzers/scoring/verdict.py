"""The whole way from measurements to the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from analyzers.model.check import Measurement
from analyzers.model.finding import Statement
from analyzers.model.verdict import PerimeterVerdict, Verdict
from analyzers.rubric import Rubric
from analyzers.scoring import rule, score
from analyzers.scoring.confront import confront
from analyzers.scoring.findings import Perimeter, Policy, find


def decide(
    measurements: Mapping[str, Measurement],
    rubric: Rubric,
    policy: Policy,
    withdrawn: Iterable[Statement] = (),
    perimeters: Sequence[Perimeter] = (),
) -> Verdict:
    """Return the verdict for the estate and for each perimeter.

    Parameters
    ----------
    measurements
        By check id, for the checks that are built.
    withdrawn
        Statements that the last verdict withdrew.
    """
    populations = {check_id: each.population for check_id, each in measurements.items() if check_id in rubric.checks}
    confrontation = confront(populations, withdrawn, rubric)
    findings = find(measurements, confrontation, rubric, policy)
    axes, prerequisites = score.axes(findings, rubric), score.prerequisites(findings, rubric)
    judged = []
    for each in perimeters:
        inside = find(measurements, confrontation, rubric, policy, each)
        scores = score.axes(inside, rubric), score.prerequisites(inside, rubric)
        judgement = rule.judge(*scores, inside, rubric)
        judged.append(PerimeterVerdict(name=each.name, judgement=judgement, axes=scores[0], prerequisites=scores[1]))
    return Verdict(
        judgement=rule.judge(axes, prerequisites, findings, rubric),
        axes=axes,
        prerequisites=prerequisites,
        findings=findings,
        confrontation=confrontation,
        perimeters=tuple(judged),
    )
