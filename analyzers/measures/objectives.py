"""Critical services with an objective or an error budget that the server records."""

from __future__ import annotations

import re
from collections.abc import Iterable

from analyzers.measures.correlation import NAMING_LABELS
from analyzers.measures.rules import read_rules, rules_evidence
from analyzers.measures.targets import unmonitored
from analyzers.measures.written.statements import foremost
from analyzers.model.estate import Estate, EstateService
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.interval import UNKNOWN, Interval
from analyzers.model.monitoring import Rule
from analyzers.model.reasons import Reason

KEY = "services.objectives"
SPEAKS = re.compile(
    r"(?:^|[_:\W])(?:slo|sli|error_?budget|burn_?rate|objective)s?(?:$|[_:\W])|errorbudget|burnrate", re.IGNORECASE
)
"""Words by which sloth, pyrra, and rules written by hand record objectives."""

OBJECTIVE_LABELS = ("slo", "sloth_slo", "sloth_service", "sloth_id", "objective", "pyrra_dev_slo")
SERVICE_LABELS = (*NAMING_LABELS, "sloth_service", "slo")


def recorded(estate: Estate) -> Population:
    """Return the critical services: 1 when a rule of the server records their objective or error budget, else 0.

    A rule is a service's by a label, or as its name or expression names it. Objectives that name no service may be of
    any: then a service without one is open.
    """
    monitoring = estate.monitoring
    if monitoring is None:
        return unmonitored(KEY)
    services = foremost(estate)
    if not services:
        return Population(key=KEY, missing="not_declared")
    rules = read_rules(monitoring)
    if rules.reason is not None:
        return Population(key=KEY, members=tuple(_member(each, None, (), rules.reason) for each in services))
    speaking = [each for each in rules.found if _speaks(each)]
    mine = {each.name: [rule for rule in speaking if _about(rule, each)] for each in services}
    every = [each for each in estate.services if each.declared is not None or each.instances]
    orphan = any(not any(_about(rule, each) for each in every) for rule in speaking)
    members = []
    for service in services:
        found = mine[service.name]
        names = sorted({each.name for each in found})
        told = (rules_evidence(monitoring, "objective_rules", ", ".join(names[:5]) or f"0 of {len(rules.found)}"),)
        if found:
            members.append(_member(service, Interval.point(1), told))
        elif orphan:
            members.append(_member(service, UNKNOWN, told, "partial"))
        else:
            members.append(_member(service, Interval.point(0), told))
    return Population(key=KEY, members=tuple(members))


def _speaks(rule: Rule) -> bool:
    return bool(SPEAKS.search(rule.name)) or any(rule.labels.get(each) for each in OBJECTIVE_LABELS)


def _about(rule: Rule, service: EstateService) -> bool:
    name = service.name.casefold()
    labelled = any(rule.labels.get(each, "").casefold() == name for each in SERVICE_LABELS)
    words = re.split(r"[^a-z0-9-]+", f"{rule.name} {rule.query}".casefold())
    return labelled or name in words or name.replace("-", "_") in f"{rule.name} {rule.query}".casefold().split(":")


def _member(
    service: EstateService, measured: Interval | None, evidence: Iterable[Evidence], reason: Reason | None = None
) -> Member:
    return Member(
        name=service.name,
        kind="service",
        weight=service.weight,
        measured=measured,
        reason=reason,
        evidence=tuple(evidence),
        services=(service.name,),
        hosts=service.hosts,
    )
