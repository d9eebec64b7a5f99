"""Questions of the grid that no check answers yet: they stay visible, as unknown, until one does."""

from __future__ import annotations

from analyzers.model.message import N_

QUESTIONS = {
    "knowledge-shared": N_("Does the service survive the departure of its best expert?"),
    "knowledge-inside": N_("Is the mastery of the system still inside the company?"),
    "skills-inside": N_("Are the three strategic skills held inside, by name?"),
}
