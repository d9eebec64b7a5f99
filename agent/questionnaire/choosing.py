"""Which questions are worth asking, and in which order."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from agent.questionnaire.asked import PROVIDERS, Question


@dataclass(frozen=True, slots=True)
class Worth:
    """A question, and by how much its answer may bring *oui* nearer (points of 100, summed over what judges)."""

    question: Question
    gain: float


def choose(questions: Sequence[Question], known: Collection[str], gains: Mapping[str, float]) -> tuple[Worth, ...]:
    """Return the questions to ask: of no known block, each with a gain, largest first.

    Providers come before all: whether there are any decides what six questions of the grid are about.

    Parameters
    ----------
    known
        Blocks that the context file has, an empty list included.
    gains
        Price of ignorance of each question of the grid.
    """
    worths = (Worth(each, sum(gains.get(check, 0.0) for check in each.checks)) for each in questions)
    asked = [each for each in worths if each.question.block not in known]
    kept = [each for each in asked if each.gain > 0 or each.question is PROVIDERS]
    return tuple(sorted(kept, key=lambda each: (each.question is not PROVIDERS, -each.gain, each.question.block)))
