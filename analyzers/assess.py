"""A snapshot in, a verdict out: pure, and the same each time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analyzers import use_cases
from analyzers.checks import ALL_CHECKS
from analyzers.lenses.every import lenses
from analyzers.measures.capacity.shown import filling_first
from analyzers.measures.conditions import cheapest
from analyzers.measures.graph.annex import annex
from analyzers.measures.knowledge import summary
from analyzers.measures.robustness import steadiness
from analyzers.model.check import Check, Measurement
from analyzers.model.context import Context
from analyzers.model.estate import Estate, EstateService, build
from analyzers.model.finding import Finding, Statement, Waiver
from analyzers.model.interval import ONE, Interval
from analyzers.model.message import N_, message
from analyzers.model.snapshot import Snapshot
from analyzers.model.verdict import Condition, Priority, Verdict
from analyzers.rubric import Rubric
from analyzers.scoring import rule, score
from analyzers.scoring.findings import Perimeter, Policy
from analyzers.scoring.ignorance import prices
from analyzers.scoring.priority import priorities, stakes
from analyzers.scoring.use_cases import judge
from analyzers.scoring.verdict import decide

ACTED = N_("The action is taken as done, and as reaching what it aims at.")
ANSWER_IT = N_("Answer this question, and put right what the answer shows.")


def assess(
    snapshot: Snapshot, rubric: Rubric, *, excluded: frozenset[str] = frozenset(), checks: Sequence[Check] = ALL_CHECKS
) -> Verdict:
    """Return the verdict on a snapshot under a rubric; its clock is the snapshot's ``taken_at``."""
    estate = build(snapshot)
    context = estate.context
    policy = Policy(today=estate.today, waivers=_waivers(context), excluded=excluded)
    withdrawn = [Statement(check=each.check, member=each.member) for each in snapshot.withdrawn]
    measurements = measure(estate, checks)
    verdict = decide(measurements, rubric, policy, withdrawn, _perimeters(estate))
    cases = (*use_cases.published(), *use_cases.declared((context.ai_use_cases or ()) if context else ()))
    discount = verdict.confrontation.discount
    ranked = priorities(verdict.findings, measurements, stakes(estate.services), rubric, discount)
    scores = verdict.axes, verdict.prerequisites, verdict.findings
    return replace(
        verdict,
        conditions=_conditions(verdict.findings, ranked, rubric, checks),
        use_cases=tuple(judge(case, *scores, rubric) for case in cases),
        robustness=steadiness(verdict.findings, verdict.judgement.answer, rubric),
        lenses=lenses(estate),
        ignorance=prices(verdict.findings, rubric),
        key_people=summary.of_estate(estate),
        priorities=ranked,
        graph=annex(estate),
        forecasts=filling_first(estate),
    )


def acted(verdict: Verdict, snapshot: Snapshot, rubric: Rubric, done: frozenset[str]) -> Verdict:
    """Return the verdict once some actions are done, each with the result that the way to *oui* counts on.

    Their questions are then answered in full, measured and not waived. Perimeters stay as they were: an action of the
    estate says nothing of where it was done.
    """
    context = build(snapshot).context
    findings = tuple(_reached(each) if each.check_id in done else each for each in verdict.findings)
    axes, prerequisites = score.axes(findings, rubric), score.prerequisites(findings, rubric)
    judgement = rule.judge(axes, prerequisites, findings, rubric)
    cases = (*use_cases.published(), *use_cases.declared((context.ai_use_cases or ()) if context else ()))
    ranked = tuple(each for each in verdict.priorities if each.check_id not in done)
    return replace(
        verdict,
        judgement=judgement,
        axes=axes,
        prerequisites=prerequisites,
        findings=findings,
        conditions=_conditions(findings, ranked, rubric, ALL_CHECKS),
        use_cases=tuple(judge(case, axes, prerequisites, findings, rubric) for case in cases),
        robustness=steadiness(findings, judgement.answer, rubric),
        ignorance=prices(findings, rubric),
        priorities=ranked,
    )


def _reached(finding: Finding) -> Finding:
    if not finding.applicable:
        return finding
    full = Interval.point(1)
    return replace(
        finding,
        outcome="measured",
        reason=None,
        interval=full,
        measured_only=full,
        coverage=ONE,
        message=message(ACTED),
        subjects=(),
        waivers=(),
        failing=0,
    )


def _conditions(
    findings: Sequence[Finding], ranked: Sequence[Priority], rubric: Rubric, checks: Sequence[Check]
) -> tuple[Condition, ...]:
    """Return the cheapest way to *oui*, nearest horizon first, then what forbids every project, what presses most."""
    pressing = {each.check_id: each.score for each in ranked}
    remedies = {check.id: check.remedy for check in checks}
    failing = {each.check_id: each.failing for each in findings}
    chosen = [
        Condition(
            check_id=check_id,
            action=message(remedies.get(check_id, ANSWER_IT)),
            effort_days=rubric.effort_days(check_id, failing[check_id]),
            horizon=rubric.checks[check_id].horizon,
        )
        for check_id in cheapest(findings, rubric) or ()
    ]
    return tuple(
        sorted(
            chosen,
            key=lambda each: (
                each.horizon,
                not rubric.checks[each.check_id].redhibitoire,
                -pressing.get(each.check_id, 0),
                each.check_id,
            ),
        )
    )


def measure(estate: Estate, checks: Sequence[Check]) -> dict[str, Measurement]:
    """Return what each check found in the estate, by check id."""
    return {check.id: check.measure(check.evidence(estate)) for check in checks}


def _waivers(context: Context | None) -> tuple[Waiver, ...]:
    declared = (context.waivers or ()) if context is not None else ()
    return tuple(
        Waiver(check=each.check, scope=each.scope, owner=each.owner, reason=each.reason, expires=each.expires)
        for each in declared
    )


def _perimeters(estate: Estate) -> list[Perimeter]:
    declared = (estate.context.perimeters or ()) if estate.context is not None else ()
    perimeters = []
    for entry in declared:
        known = [estate.service_named(name) for name in entry.services]
        places = [_places(each, estate) for each in known if each is not None]
        resolved = all(each is not None and (each.external or _places(each, estate)) for each in known)
        hosts = frozenset(host for found in places for host in found)
        perimeters.append(
            Perimeter(name=entry.name, services=frozenset(entry.services), hosts=hosts, resolved=resolved)
        )
    return perimeters


def _places(service: EstateService, estate: Estate) -> frozenset[str]:
    """Return the hosts of a service: those where it listens, and those that its entry names."""
    named = service.declared.match.hosts if service.declared and service.declared.match else ()
    found = (estate.host_named(name) for name in named)
    return frozenset(service.hosts) | {each.name for each in found if each is not None}
