"""Questions of the grid that no check answers yet: they stay visible, as unknown, until one does."""

from __future__ import annotations

from analyzers.model.message import N_

QUESTIONS = {
    "knowledge-shared": N_("Does the service survive the departure of its best expert?"),
    "knowledge-inside": N_("Is the mastery of the system still inside the company?"),
    "saturation-horizon": N_("When does a resource run out?"),
    "growth-absorbed": N_("Can we absorb this growth?"),
    "ai-stress-test": N_("Does the declared AI workload fit on measured headroom?"),
    "telemetry-scale": N_("Will the monitoring itself hold?"),
    "skills-inside": N_("Are the three strategic skills held inside, by name?"),
    "metric-hygiene": N_("Are series alive, typed and well named?"),
    "operations-stable": N_("How often does the estate behave abnormally?"),
    "detection-backtest": N_("Would a detector find what matters here, at one false alarm per host and week?"),
    "predictability": N_("Is the estate predictable?"),
}
