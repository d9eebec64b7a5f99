"""Questions of the grid that no check answers yet: they stay visible, as unknown, until one does."""

from __future__ import annotations

from analyzers.model.message import N_

QUESTIONS = {
    "knowledge-shared": N_("Does the service survive the departure of its best expert?"),
    "knowledge-inside": N_("Is the mastery of the system still inside the company?"),
    "saturation-horizon": N_("When does a resource run out?"),
    "growth-absorbed": N_("Can we absorb this growth?"),
    "ai-stress-test": N_("Does the declared AI workload fit on measured headroom?"),
    "provisioning-lead-time": N_("How long to add capacity?"),
    "telemetry-scale": N_("Will the monitoring itself hold?"),
    "provider-access": N_("Does the provider enter only as agreed?"),
    "sla-measured": N_("Is the SLA met, and measured by us?"),
    "reversibility": N_("Could we leave the provider?"),
    "skills-inside": N_("Are the three strategic skills held inside, by name?"),
    "compliance": N_("Is personal or regulated data located and classified?"),
    "cost-visible": N_("Is cost known per service, without silent drift?"),
    "ai-policy": N_("Do rules exist for AI: who approves, which data, kill switch?"),
    "shared-criteria": N_("Are value, criticality, effort and risk the criteria actually used?"),
    "decisions-under-pressure": N_("Are decisions taken cold?"),
    "automatable-decisions": N_("Are automatable decisions listed, with guard-rails, on live signals?"),
    "steering-indicators": N_("Do indicators steer, beyond supervising?"),
    "provider-kpis": N_("Are the five KPIs followed, and on target?"),
    "firefighting": N_("How much time goes to fires?"),
    "steering-debt": N_("Does the debt of undecided things shrink?"),
    "arbitration-criteria": N_("Are there explicit rules to arbitrate performance, cost and risk?"),
    "metric-hygiene": N_("Are series alive, typed and well named?"),
    "logs-available": N_("Are logs kept, shipped and correlated?"),
    "runbooks-rehearsed": N_("Are runbooks used by two people or more?"),
    "incidents-recurring": N_("Do incidents come back?"),
    "time-to-resolve": N_("Is time to resolve stable?"),
    "first-level-resolution": N_("Are incidents solved at first level?"),
    "configuration-managed": N_("Is configuration applied by a tool that runs?"),
    "changes-recorded": N_("Has every observed change a record?"),
    "operations-stable": N_("How often does the estate behave abnormally?"),
    "detection-backtest": N_("Would a detector find what matters here, at one false alarm per host and week?"),
    "predictability": N_("Is the estate predictable?"),
    "recovery-drilled": N_("Was recovery rehearsed, within its objectives?"),
}
