"""Rules that a server evaluates, as it lists them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from analyzers.measures.members import endpoint_evidence
from analyzers.measures.targets import LISTS_ITS_OWN, unique
from analyzers.model.estate import UNDECLARED_CRITICALITY, Estate, EstateService
from analyzers.model.evidence import Evidence, Member
from analyzers.model.interval import Interval
from analyzers.model.monitoring import Monitoring, Rule
from analyzers.model.reasons import Reason

ENDPOINT = "/api/v1/rules"


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a server; `reason` tells why they are not known."""

    found: tuple[Rule, ...] = ()
    reason: Reason | None = None

    @property
    def alerting(self) -> tuple[Rule, ...]:
        """Rules that raise alerts."""
        return tuple(each for each in self.found if each.kind == "alerting")


def read_rules(monitoring: Monitoring) -> Rules:
    """Return the rules of a server; an empty list is a fact only where the server evaluates rules itself."""
    if monitoring.rules or (monitoring.rules is not None and monitoring.kind in LISTS_ITS_OWN):
        ordered = sorted(monitoring.rules, key=lambda each: (each.file, each.group, each.name, each.query))
        return Rules(found=tuple(ordered))
    return Rules(reason=monitoring.answer(ENDPOINT).reason or "partial")


def names_of(rules: Sequence[Rule]) -> list[str]:
    """Return a unique name for each rule: several may share one, told apart by severity."""
    counts = Counter(each.name for each in rules)
    severities = [(each.name, each.labels.get("severity", "")) for each in rules]
    return unique([f"{name} [{grade}]" if counts[name] > 1 and grade else name for name, grade in severities])


def service_of(rule: Rule, estate: Estate) -> EstateService | None:
    """Return the known service that a ``service`` label of the rule names."""
    return estate.service_named(rule.labels.get("service", ""))


def rule_member(
    name: str,
    rule: Rule,
    estate: Estate,
    measured: Interval | None,
    *evidence: Evidence,
    reason: Reason | None = None,
) -> Member:
    """Return a rule as a member, weighted by the service that its label names."""
    service = service_of(rule, estate)
    return Member(
        name=name,
        kind="alert" if rule.kind == "alerting" else "series",
        weight=service.weight if service is not None else UNDECLARED_CRITICALITY,
        measured=measured,
        reason=reason,
        evidence=evidence,
        services=(service.name,) if service is not None else (),
        hosts=service.hosts if service is not None else (),
    )


def rules_evidence(monitoring: Monitoring, key: str, value: str | float, unit: str = "") -> Evidence:
    """Return a fact that the list of rules tells."""
    return endpoint_evidence(monitoring, ENDPOINT, key, value, unit)
