"""The backtest in one sentence: what a detector would have seen, against what one line of code sees."""

from __future__ import annotations

from dataclasses import dataclass

from analyzers.measures.history.wilson import wilson
from analyzers.model.history import Backtest, JudgedDetector
from analyzers.model.message import N_, Message, Parameter, message

FEWEST = 10
KEPT = 2.0
"""Alerts for one that was asked, beyond which the budget was not kept."""

SHORT = N_("History is too short to try a detector on: eight days are the least, four weeks are good.")
FEW = N_(
    "Only {incidents} known incidents fall into this history: too few to say what a detector would have seen. The "
    "smallest faults that would be seen at one alert per host and week are below."
)
BEFORE = N_(
    "On these metrics, at one alert per host and week, a detector would have seen {found} of your {incidents} "
    "incidents, {minutes} minutes before, against {simple} for {baseline}: {advice}."
)
AFTER = N_(
    "On these metrics, at one alert per host and week, a detector would have seen {found} of your {incidents} "
    "incidents, {minutes} minutes after their beginning, against {simple} for {baseline}: {advice}."
)
NONE = N_(
    "On these metrics, at one alert per host and week, a detector would have seen none of your {incidents} "
    "incidents, against {simple} for {baseline}: {advice}."
)
LOUD = N_(
    "On these metrics, a detector asked for one alert per host and week sends {rate} false ones, and would have seen "
    "{found} of your {incidents} incidents: {advice}."
)

NOT_YET = N_("not yet worth buying")
TRY_IT = N_("worth a trial")

BASELINES = {
    "first difference": N_("the first difference"),
    "global z": N_("the distance to the mean"),
    "seasonal median": N_("the median of the hour"),
    "fixed threshold": N_("a fixed threshold"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, and the parameters of it that are phrases to translate."""

    message: Message
    phrases: tuple[str, ...] = ()

    @property
    def english(self) -> str:
        """Return it in English."""
        return str(self.message)


def said_of(judged: Backtest) -> Said:
    """Return the answer. A trial is worth it when even the low end of what ours found is above the best simple one."""
    if not judged.detectors:
        return Said(message(SHORT))
    if judged.incidents < FEWEST:
        return Said(message(FEW, incidents=judged.incidents))
    ours, *simple = judged.detectors
    best = _best(simple)
    advice = TRY_IT if _worth(ours, best, judged.incidents) else NOT_YET
    told: dict[str, Parameter] = {"found": ours.found, "incidents": judged.incidents, "advice": advice}
    if ours.false_per_host_week > KEPT * judged.budget:
        return Said(message(LOUD, rate=round(ours.false_per_host_week, 1), **told), ("advice",))
    told |= {"simple": best.found, "baseline": BASELINES.get(best.name, best.name)}
    if ours.lead_minutes is None:
        del told["found"]
        return Said(message(NONE, **told), ("advice", "baseline"))
    template = BEFORE if ours.lead_minutes >= 0 else AFTER
    return Said(message(template, minutes=round(abs(ours.lead_minutes)), **told), ("advice", "baseline"))


def _best(simple: list[JudgedDetector]) -> JudgedDetector:
    kept = [each for each in simple if each.false_per_host_week <= KEPT] or simple
    return max(kept, key=lambda each: (each.found, -each.false_per_host_week))


def _worth(ours: JudgedDetector, best: JudgedDetector, incidents: int) -> bool:
    return ours.false_per_host_week <= KEPT and wilson(ours.found, incidents)[0] > best.found / incidents
