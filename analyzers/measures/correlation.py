"""Labels by which a signal joins a host, a service, an owner and a change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from analyzers.measures.answers import Answer, answer
from analyzers.measures.members import endpoint_evidence, stale, statement_evidence
from analyzers.measures.targets import (
    HOST_LABELS,
    SeenTarget,
    Targets,
    is_address,
    lacking,
    read_targets,
    target_member,
    unmonitored,
)
from analyzers.model.context import Service
from analyzers.model.estate import Estate
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.interval import ONE, Interval
from analyzers.model.monitoring import Monitoring
from analyzers.model.reasons import Reason

KEY = "targets.labels"
PROCESS, BUILD = "changes.process", "changes.build"
KEYS = ("host", "service", "owner", "change")

NAMING_LABELS = ("service", "job", "app")
"""Labels whose value may name a service of the catalogue."""

OWNER_LABELS = ("owner", "team")
MISSING = "missing_"
"""Start of the keys of evidence that name what a target cannot be joined by."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A service of the catalogue, where its owner stands, and whether that is too old to count."""

    service: Service
    path: str
    stale: bool

    @property
    def claimed(self) -> bool:
        """Tell whether the catalogue gives it an owner, lately or long ago."""
        return self.service.owner is not None

    @property
    def owned(self) -> bool:
        """Tell whether the catalogue gives it an owner, and the statement is fresh."""
        return self.claimed and not self.stale


@dataclass(frozen=True, slots=True)
class _Markers:
    """Jobs that show when their processes started or which version runs."""

    process: Answer
    build: Answer

    def of(self, job: str) -> bool | None:
        """Tell whether changes of a job are visible, None when it is not known."""
        if self.answer_of(job) is not None:
            return True
        return False if self.reason is None else None

    def answer_of(self, job: str) -> Answer | None:
        """Return the answer that shows the changes of a job, None when none does."""
        return next((each for each in (self.process, self.build) if (job,) in each.values), None)

    @property
    def reason(self) -> Reason | None:
        """Why the markers of some job may not be known."""
        return self.process.reason or self.build.reason


def of_targets(estate: Estate) -> Population:
    """Return targets valued 1 when their series join on all four keys, else 0.

    Host: a label names a known host, not an address nor a loopback name (signal P20). Service: a ``service`` label, or
    one that names a service of the catalogue. Owner: a label; without one the target is open, as only the catalogue
    could tell, and an owner that it gives to that service is a statement. Change: the job shows the start or the
    version of its processes. External labels count for every series: they are not visible in queries (signal P18).
    """
    monitoring = estate.monitoring
    if monitoring is None:
        return unmonitored(KEY)
    targets = read_targets(monitoring)
    if targets.reason is not None:
        return unmonitored(KEY, targets.reason)
    if not targets.found:
        return lacking(KEY, targets.evidence(monitoring, "targets", 0))
    markers = _Markers(answer(monitoring, PROCESS, "job"), answer(monitoring, BUILD, "job"))
    entries = _entries(estate)
    members = tuple(_member(each, targets, markers, entries, estate) for each in targets.found)
    return Population(key=KEY, members=members, complete=True)


def missing_keys(population: Population) -> dict[str, int]:
    """Return how many targets miss each key, for the keys that some do."""
    pieces = (piece for member in population.members for piece in member.evidence)
    counts = Counter(piece.key.removeprefix(MISSING) for piece in pieces if piece.key.startswith(MISSING))
    return {key: counts[key] for key in KEYS if counts[key]}


def _entries(estate: Estate) -> dict[str, _Entry]:
    declared = (estate.context.services or ()) if estate.context is not None else ()
    return {
        each.name.casefold(): _Entry(each, f"services[{index}].owner", stale(estate, each.date))
        for index, each in enumerate(declared)
    }


def _member(
    target: SeenTarget, targets: Targets, markers: _Markers, entries: Mapping[str, _Entry], estate: Estate
) -> Member:
    assert estate.monitoring is not None
    given = {**estate.monitoring.external_labels, "job": target.job, **target.labels}
    labels = {name: value for name, value in given.items() if value}
    entry = next(
        (entries[name] for each in NAMING_LABELS if (name := labels.get(each, "").casefold()) in entries), None
    )
    joined: dict[str, bool | None] = {
        "host": _joins_a_host(target, estate),
        "service": "service" in labels or entry is not None,
        # A label that is not there proves nothing: catalogues name owners too, and what is declared decides no measure.
        "owner": True if any(each in labels for each in OWNER_LABELS) else None,
        "change": markers.of(target.job),
    }
    missing = [key for key in KEYS if joined[key] is False]
    unknown = [] if missing else [key for key in KEYS if joined[key] is None]
    value = Interval.point(0) if missing else Interval.between(0, 1) if unknown else Interval.point(1)
    stated = unknown == ["owner"] and entry is not None and entry.owned
    open_ended = ["owner"] if joined["owner"] is None and not (entry is not None and entry.owned) else []
    told = [_told(key, target, targets, markers, estate.monitoring) for key in (*missing, *open_ended)]
    whole = [] if told else [targets.evidence(estate.monitoring, "labels", target.name)]
    evidence = (*told, *whole, *_from_elsewhere(target, entry, markers, estate))
    member = target_member(target, estate, value, *evidence, reason=_why(unknown, markers, entry))
    return replace(member, declared=ONE) if stated else member


def _why(unknown: Sequence[str], markers: _Markers, entry: _Entry | None) -> Reason | None:
    """Return why these keys of a target are open."""
    if "change" in unknown:
        return markers.reason
    if not unknown:
        return None
    if entry is None or not entry.claimed:
        return "not_declared"
    return "stale" if entry.stale else "partial"


def _told(key: str, target: SeenTarget, targets: Targets, markers: _Markers, monitoring: Monitoring) -> Evidence:
    """Return the evidence that a target misses a key, from the source that would show it."""
    if key == "change" and markers.process.result is not None:
        return markers.process.evidence(monitoring, f"{MISSING}{key}", target.name)
    return targets.evidence(monitoring, f"{MISSING}{key}", target.name)


def _joins_a_host(target: SeenTarget, estate: Estate) -> bool:
    names = (target.instance, *(target.labels.get(each, "") for each in HOST_LABELS))
    return any(name and not is_address(name) and estate.host_named(name) is not None for name in names)


def _from_elsewhere(target: SeenTarget, entry: _Entry | None, markers: _Markers, estate: Estate) -> list[Evidence]:
    """Return what completes the labels of a target: external labels, the catalogue, markers of change."""
    monitoring = estate.monitoring
    assert monitoring is not None
    evidence = []
    added = [each for each in ("service", *OWNER_LABELS) if monitoring.external_labels.get(each)]
    if added:
        evidence.append(endpoint_evidence(monitoring, "/api/v1/status/config", "external_labels", ", ".join(added)))
    if entry is not None and entry.owned:
        said = entry.service
        evidence.append(statement_evidence(estate, entry.path, "owner_declared", said.name, said.date, said.author))
    marker = markers.answer_of(target.job)
    if marker is not None:
        evidence.append(marker.evidence(monitoring, f"changes_visible {target.job}", marker.values[target.job,]))
    return evidence
