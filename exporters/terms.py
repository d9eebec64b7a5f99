"""Words of closed lists, in English; the French ones are in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from analyzers.model.message import N_

AXES: Mapping[str, str] = {
    "lisibilite": N_("Legibility"),
    "scalabilite": N_("Scalability"),
    "gouvernance": N_("Governance"),
    "decision": N_("Decision"),
    "exploitation": N_("Operations"),
}

AXIS_QUESTIONS: Mapping[str, str] = {
    "lisibilite": N_("Are flows, dependencies and impacts clearly identified?"),
    "scalabilite": N_("Can capacity be adjusted without calling everything into question?"),
    "gouvernance": N_("Are the rules of security, access and responsibility explicit?"),
    "decision": N_("Are arbitrations made on shared criteria, or under pressure?"),
    "exploitation": N_("Does automation rest on mastered processes?"),
}

PREREQUISITES: Mapping[str, str] = {
    "donnees": N_("Data"),
    "processus": N_("Processes"),
    "perimetres": N_("Perimeters"),
    "automatisation": N_("Automation"),
}

PREREQUISITE_QUESTIONS: Mapping[str, str] = {
    "donnees": N_("Is data of quality, accessible, and can it be correlated?"),
    "processus": N_("Are operations processes stabilised?"),
    "perimetres": N_("Are perimeters clearly defined: services, owners, contracts, frontier with the provider?"),
    "automatisation": N_("Are automatable decisions identified beforehand, with their guard-rails?"),
}

ANSWERS: Mapping[str, str] = {"oui": "oui", "non": "non", "pas encore": "pas encore"}
"""The three answers keep their French words in every language."""

GLOSSES: Mapping[str, str] = {
    "oui": N_("yes: you may start now"),
    "non": N_("no: not on these foundations"),
    "pas encore": N_("not yet, and here is why"),
}

REASONS: Mapping[str, str] = {
    "not_implemented": N_("not answered by this version"),
    "no_source": N_("no source that answers was given"),
    "no_monitoring_source": N_("no monitoring source was given"),
    "not_declared": N_("nothing is declared"),
    "stale": N_("too old to count"),
    "no_permission": N_("reading was not allowed"),
    "timed_out": N_("no answer in time"),
    "unreachable": N_("could not be reached"),
    "backend_404": N_("the server does not offer it"),
    "partial": N_("seen in part only"),
    "budget_exhausted": N_("the query budget ran out"),
    "too_few": N_("too few observations to conclude"),
    "unreadable": N_("could not be understood"),
}

OUTCOMES: Mapping[str, str] = {
    "measured": N_("measured"),
    "unknown": N_("unknown"),
    "not_applicable": N_("not applicable"),
    "waived": N_("waived"),
}

EVIDENCE: Mapping[str, str] = {
    "measured": N_("measured"),
    "reconciled": N_("declared and confirmed"),
    "declared": N_("declared"),
    "unknown": N_("unknown"),
}

SOURCES: Mapping[str, str] = {
    "hosts": N_("the agent on the hosts"),
    "prometheus": N_("a Prometheus server"),
    "alertmanager": N_("an Alertmanager"),
    "context": N_("the context file"),
    "git": N_("the code repositories"),
    "tickets": N_("the ticket export"),
}

LENSES: Mapping[str, str] = {
    "people": N_("Key people"),
    "provider": N_("Managed services"),
    "debt": N_("Steering debt"),
    "ai": N_("AI stress test"),
}

LENS_CHECKS: Mapping[str, tuple[str, ...]] = {
    "people": ("knowledge-shared", "knowledge-inside", "owners-named", "runbooks-rehearsed", "skills-inside"),
    "provider": (
        "contract-perimeter",
        "responsibility-matrix",
        "provider-access",
        "sla-measured",
        "sla-realistic",
        "reversibility",
        "provider-kpis",
        "first-level-resolution",
        "time-to-resolve",
        "steering-committee",
        "skills-inside",
    ),
    "debt": (
        "decision-log",
        "shared-criteria",
        "risk-acceptances",
        "steering-debt",
        "alerts-actionable",
        "arbitration-criteria",
    ),
    "ai": ("ai-stress-test", "headroom-now", "saturation-horizon", "growth-absorbed", "ai-policy"),
}
"""Checks that each lens regroups, across axes."""

TOPICS: Mapping[str, str] = {
    "model": N_("Model in place"),
    "perimeter": N_("Perimeter"),
    "responsibilities": N_("Responsibilities"),
    "sla": N_("Availability"),
    "kpis": N_("Indicators"),
    "access": N_("Access"),
    "bills": N_("Bills"),
    "rituals": N_("Rituals"),
    "reversibility": N_("Leaving"),
    "renegotiate": N_("First way out"),
    "change": N_("Second way out"),
    "bring back": N_("Third way out"),
    "findings": N_("Findings"),
    "waivers": N_("Waivers"),
    "risks": N_("Accepted risks"),
    "decisions": N_("Decisions"),
    "alerts": N_("Alerts"),
    "certificates": N_("Certificates"),
    "incidents": N_("Incidents"),
}
"""What a line of a lens is about."""

DETAILS: Mapping[str, str] = {
    "provider": N_("Managed services, line by line"),
    "debt": N_("What waits for a decision"),
    "signals": N_("Weak signals"),
}
"""Titles of the lenses that show lines."""

INDICATORS: Mapping[str, str] = {
    "budget_deviation": N_("budget deviation"),
    "first_level": N_("first-level resolution"),
    "resolution_trend": N_("change of the time to resolve"),
    "satisfaction": N_("satisfaction"),
    "security_incidents_change": N_("change of security incidents"),
    "tco_change": N_("change of the total cost"),
}
"""Indicators of a contract, by their key in the context file."""

HORIZONS: Mapping[int, str] = {
    1: N_("Secure what exists: make it legible"),
    2: N_("Structure the capacity to evolve"),
    3: N_("Activate innovation"),
}

KINDS: Mapping[str, Mapping[str, str]] = {
    "axis": AXES,
    "prerequisite": PREREQUISITES,
    "answer": ANSWERS,
    "reason": REASONS,
    "outcome": OUTCOMES,
    "evidence": EVIDENCE,
    "source": SOURCES,
    "lens": LENSES,
    "topic": TOPICS,
    "details": DETAILS,
    "indicator": INDICATORS,
}

PARAMETERS = frozenset({"axis", "prerequisite", "answer", "check", "reason", "indicator"})
"""Parameters of a sentence that hold a word of a closed list and not data."""

_UPPER = {"ai": "AI", "sla": "SLA", "kpis": "KPIs"}


def check_label(check: str) -> str:
    """Return the short English name of a question, spelt from its id."""
    first, *rest = [_UPPER.get(word, word) for word in check.split("-")]
    return " ".join([first[:1].upper() + first[1:], *rest])
