"""Runbooks that two people followed, and recoveries that were rehearsed within their objectives."""

from __future__ import annotations

from fractions import Fraction

from analyzers.measures.alerts import RUNBOOK_MAX_AGE_DAYS
from analyzers.measures.answers import answer
from analyzers.measures.members import statement_evidence
from analyzers.measures.rules import read_rules
from analyzers.measures.written.statements import foremost, of_service, unsaid
from analyzers.model.context import RecoveryDrill
from analyzers.model.estate import Estate, EstateService
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.interval import ONE, ZERO
from analyzers.model.monitoring import Monitoring

ACTIVATIONS = "alerts.activations"
TOP = 10
"""Alerts that must have been rehearsed: those that call most often (signal G39)."""

PEOPLE_FROM = 2
DRILL_WITHIN_DAYS = 365
RUNBOOKS = "runbooks"


def runbooks(estate: Estate) -> Population:
    """Return the alerts that call most often: declared 1 when two people followed their runbook within six months.

    One person is one half, nobody 0. Without a server that tells which alerts call, the alerts that it could raise, or
    those that runbooks list, stand for them.
    """
    key = "runbooks.rehearsed"
    declared = estate.context.runbooks if estate.context is not None else None
    listed = sorted({alert for each in declared or () for alert in each.alerts})
    alerts = _top(estate.monitoring) or listed or ([RUNBOOKS] if declared is None or not declared else listed)
    if declared is None:
        return Population(key=key, members=tuple(unsaid(each) for each in alerts))
    return Population(key=key, members=tuple(_alert(each, estate) for each in alerts or [RUNBOOKS]))


def _top(monitoring: Monitoring | None) -> list[str]:
    if monitoring is None:
        return []
    calls: dict[str, float] = {}
    for (name,), value in answer(monitoring, ACTIVATIONS, "alertname").values.items():
        if name and value > 0:
            calls[name] = value
    named = sorted(calls, key=lambda name: (-calls[name], name))[:TOP]
    return named or sorted({each.name for each in read_rules(monitoring).alerting})[:TOP]


def _alert(alert: str, estate: Estate) -> Member:
    assert estate.context is not None
    people: set[str] = set()
    evidence: list[Evidence] = []
    for rank, runbook in enumerate(estate.context.runbooks or ()):
        if alert not in runbook.alerts:
            continue
        recent = [each for each in runbook.rehearsed if (estate.today - each.date).days <= RUNBOOK_MAX_AGE_DAYS]
        people |= {each.by for each in recent}
        last = max((each.date for each in recent), default=None)
        path = f"runbooks[{rank}].rehearsed"
        said = f"people within six months: {len({each.by for each in recent})}"
        evidence.append(statement_evidence(estate, path, alert, said, last or runbook.date, runbook.author))
    if not evidence:
        evidence.append(statement_evidence(estate, RUNBOOKS, alert, "no runbook lists it"))
    worth = min(Fraction(len(people), PEOPLE_FROM), ONE)
    return Member(name=alert, kind="alert", declared=worth, evidence=tuple(evidence))


def drills(estate: Estate) -> Population:
    """Return critical services: declared 1 when a drill of the last year met their objectives of recovery, else 0.

    A service without an objective of time has none to meet: it is open. One of data loss counts where it is declared.
    """
    key = "recovery.drilled"
    declared = estate.context.recovery_drills if estate.context is not None else None
    services = foremost(estate)
    if not services:
        return Population(key=key, missing="not_declared")
    if declared is None:
        return Population(key=key, members=tuple(of_service(each, reason="not_declared") for each in services))
    return Population(key=key, members=tuple(_drilled(each, declared, estate) for each in services))


def _drilled(service: EstateService, declared: tuple[RecoveryDrill, ...], estate: Estate) -> Member:
    found = [(rank, each) for rank, each in enumerate(declared) if service.name in each.services]
    recent = [(rank, each) for rank, each in found if (estate.today - each.date).days <= DRILL_WITHIN_DAYS]
    if not recent:
        none = statement_evidence(estate, "recovery_drills", service.name, "no drill within a year")
        return of_service(service, none, declared=ZERO)
    rank, drill = max(recent, key=lambda each: (_meets(each[1], service) is True, each[1].date))
    met = _meets(drill, service)
    said = {True: "objectives met", False: "objectives missed", None: "no objectives to meet"}[met]
    path = f"recovery_drills[{rank}]"
    evidence = statement_evidence(estate, path, service.name, said, drill.date, drill.author)
    if met is None:
        return of_service(service, evidence, reason="not_declared")
    return of_service(service, evidence, declared=ONE if met else ZERO)


def _meets(drill: RecoveryDrill, service: EstateService) -> bool | None:
    """Tell whether a drill met the objectives of a service, None when it has none."""
    goals = service.declared.objectives if service.declared is not None else None
    if goals is None or goals.rto_hours is None:
        return None
    in_time = drill.rto_minutes is not None and drill.rto_minutes <= goals.rto_hours * 60
    if goals.rpo_hours is None:
        return in_time
    return in_time and drill.rpo_minutes is not None and drill.rpo_minutes <= goals.rpo_hours * 60
