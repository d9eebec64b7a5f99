"""What a detector would have done on the estate's own history, beside detectors of one line and beside chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

import numpy as np
import numpy.typing as npt

from analyzers.measures.history.detectors import BASELINES, OURS
from analyzers.model.history import Backtest, IncidentOrigin, JudgedDetector, Minimum

BEFORE_SECONDS = 3600
"""An alert up to an hour before an incident announces it; an older one is another story."""

LASTS_SECONDS = 3600
"""Length of an incident whose end nobody noted."""

AGAIN_SECONDS = 4 * 3600
"""An alert that lasts is sent again as often."""

SHUFFLES = 200
SEED = 20261

FEWEST = 10
"""Under ten incidents a share says nothing (catalogue, detection-backtest)."""

KEPT = 2.0
"""A detector that sends over twice what was asked did not keep the budget."""

MOST_HOSTS_UNPLACED = 20
"""On more hosts than this, some alert is always near: an incident that names no host is not judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Something that happened, in milliseconds; `hosts` is None when nobody knows where."""

    start: int
    end: int | None = None
    hosts: frozenset[str] | None = None
    origin: IncidentOrigin = "ticket"

    @property
    def last(self) -> int:
        """Return its end, or when it is taken to have ended."""
        return max(self.start, self.end if self.end is not None else self.start + LASTS_SECONDS * 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostAlerts:
    """The judged time of one host, and the first and last moment of each alert of each detector, in milliseconds."""

    host: str
    start: int
    end: int
    alerts: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    @property
    def weeks(self) -> float:
        """Return the judged time in weeks."""
        return (self.end - self.start) / (7 * 86400 * 1000)


def backtest(
    hosts: Sequence[HostAlerts], incidents: Sequence[Incident], budget: float, minimums: Sequence[Minimum] = ()
) -> Backtest:
    """Return what each detector found of the incidents, at which noise, and how much of it chance would have found."""
    judged = {each.host: each for each in hosts if each.end > each.start}
    known = [each for each in incidents if _judgeable(each, judged)]
    weeks = sum(each.weeks for each in judged.values())
    told = {
        "budget": budget,
        "hosts": len(judged),
        "host_weeks": round(weeks, 3),
        "incidents": len(known),
        "origins": dict(sorted(Counter(each.origin for each in known).items())),
        "unjudged": len(incidents) - len(known),
        "minimums": tuple(minimums),
    }
    if not judged:
        return Backtest(**told, reason="too_few")  # type: ignore[arg-type] # by the names above
    names = [OURS, *BASELINES]
    found = {name: [_lead(each, name, judged) for each in known] for name in names}
    chance = {name: _by_chance(known, name, judged) for name in names}
    detectors = tuple(
        JudgedDetector(
            name=name,
            found=sum(each is not None for each in found[name]),
            by_chance=round(float(chance[name].mean()), 4) if len(known) else 0.0,
            false_per_host_week=round(_false(known, name, judged) / weeks, 3),
            lead_minutes=round(median(leads), 1)
            if (leads := [each for each in found[name] if each is not None])
            else None,
        )
        for name in names
    )
    best = best_of(detectors[1:])
    gain = (detectors[0].found - best.found) / len(known) if known else None
    by_chance = float((chance[OURS] - chance[best.name]).mean()) if known else None
    return Backtest(
        **told,  # type: ignore[arg-type] # by the names above
        detectors=detectors,
        shuffles=SHUFFLES if known else 0,
        gain=None if gain is None else round(gain, 4),
        gain_by_chance=None if by_chance is None else round(by_chance, 4),
        reason="too_few" if len(known) < FEWEST else None,
    )


def best_of(detectors: Sequence[JudgedDetector]) -> JudgedDetector:
    """Return the one that found most among those that kept the budget, else among all; the quietest of equals."""
    kept = [each for each in detectors if each.false_per_host_week <= KEPT] or list(detectors)
    return max(kept, key=lambda each: (each.found, -each.false_per_host_week, each.name))


def _judgeable(incident: Incident, judged: Mapping[str, HostAlerts]) -> bool:
    if incident.hosts is None and len(judged) > MOST_HOSTS_UNPLACED:
        return False
    return any(each.start <= incident.start <= each.end for each in _of(incident, judged))


def _of(incident: Incident, judged: Mapping[str, HostAlerts]) -> list[HostAlerts]:
    names = judged.keys() if incident.hosts is None else sorted(incident.hosts & judged.keys())
    return [judged[each] for each in names]


def _lead(incident: Incident, detector: str, judged: Mapping[str, HostAlerts]) -> float | None:
    """Return the minutes from the first alert near an incident to its beginning, None when nothing alerted."""
    opens, closes = incident.start - BEFORE_SECONDS * 1000, incident.last
    near = [
        max(first, opens)
        for each in _of(incident, judged)
        for first, last in each.alerts.get(detector, ())
        if first <= closes and last >= opens
    ]
    return (incident.start - min(near)) / 60_000 if near else None


def _false(incidents: Sequence[Incident], detector: str, judged: Mapping[str, HostAlerts]) -> int:
    """Return the alerts near no incident of their host; one that lasts counts again every four hours."""
    total = 0
    for each in judged.values():
        windows = [
            (incident.start - BEFORE_SECONDS * 1000, incident.last)
            for incident in incidents
            if incident.hosts is None or each.host in incident.hosts
        ]
        for first, last in each.alerts.get(detector, ()):
            if not any(first <= closes and last >= opens for opens, closes in windows):
                total += 1 + (last - first) // (AGAIN_SECONDS * 1000)
    return total


def _by_chance(
    incidents: Sequence[Incident], detector: str, judged: Mapping[str, HostAlerts]
) -> npt.NDArray[np.float64]:
    """Return the share of incidents found in each shuffle: their times drawn anew, evenly over the judged time."""
    draws = np.random.default_rng(SEED)
    found = np.zeros(SHUFFLES)
    for incident in incidents:
        hosts = _of(incident, judged)
        begin, end = min(each.start for each in hosts), max(each.end for each in hosts)
        drawn = draws.integers(begin, end, SHUFFLES)
        hit = np.zeros(SHUFFLES, dtype=np.bool_)
        for each in hosts:
            spans = np.array(each.alerts.get(detector, ()), dtype=np.int64).reshape(-1, 2)
            if len(spans):
                # the first alert that ends after the window opens must begin before it closes
                after = np.searchsorted(spans[:, 1], drawn - BEFORE_SECONDS * 1000)
                inside = after < len(spans)
                starts = spans[np.minimum(after, len(spans) - 1), 0]
                hit |= inside & (starts <= drawn + (incident.last - incident.start))
        found += hit
    return found / max(1, len(incidents))
