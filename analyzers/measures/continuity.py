"""Holes in what was collected, target by target, and whose they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median_low

from analyzers.measures.answers import Answer, Key, answer
from analyzers.measures.intervals import scrape_intervals
from analyzers.measures.targets import SeenTarget, exact, lacking, read_targets, target_member, unmonitored
from analyzers.model.estate import Estate
from analyzers.model.evidence import Member, Population
from analyzers.model.interval import ONE, ZERO, Interval
from analyzers.model.monitoring import Monitoring
from analyzers.model.reasons import Reason

KEY = "targets.continuity"
SAMPLES = "continuity.samples"
TRIED, SUCCEEDED = "tried", "succeeded"
FIRST = "continuity.first_seen"
EXPORTER = "continuity.exporter"
BEFORE = "continuity.targets_before"
UNAME = "hosts.uname"

JUDGED_FROM = 3600.0
"""Seconds of scraping under which the one sample that is tolerated would excuse too much."""

YOUNG_BY = 900.0
"""Seconds after the beginning of the window at which a target must appear to count as added: what a step may hide."""

BY_SERVER, BY_EXPORTER, BY_TARGET, PRESENT = (
    "missed_by_prometheus",
    "missed_by_exporter",
    "missed_by_target",
    "samples_present",
)
"""Keys of the evidence: shares of the samples expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Collected:
    """Samples of one target: expected (None: not known), scraped with or without success, and present.

    `young` is None when nobody knows whether it came during the window; `whole` is False when nobody knows whether
    its exporter gave all that it should.
    """

    target: SeenTarget
    expected: float | None = None
    scraped: float = 0.0
    present: float = 0.0
    young: bool | None = None
    whole: bool = True
    reason: Reason | None = None

    @property
    def absent(self) -> float:
        """Share of the expected scrapes that were not even tried, one sample tolerated."""
        return max(0.0, (self.expected or 0.0) - self.scraped - 1) / self.expected if self.expected else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answers:
    samples: Answer
    first: Answer
    exporter: Answer
    exporters: Answer
    before: Answer


def of_targets(estate: Estate) -> Population:
    """Return targets valued by samples present / expected over the window, one sample tolerated.

    A target that came during the window is expected since it came. One that vanished counts when its job has fewer
    targets than at the beginning of the window: autoscaled jobs come and go (signal P04). What most targets miss
    together is the server's doing; scrapes that failed or gave less than the others are the exporter's; the rest comes
    from targets that were removed for a while.
    """
    monitoring = estate.monitoring
    if monitoring is None:
        return unmonitored(KEY)
    targets = read_targets(monitoring)
    if targets.reason is not None:
        return unmonitored(KEY, targets.reason)
    if not targets.found:
        return lacking(KEY, targets.evidence(monitoring, "targets", 0))
    asked = _Answers(
        samples=answer(monitoring, SAMPLES, "job", "instance", "scrapes"),
        first=answer(monitoring, FIRST, "job", "instance"),
        exporter=answer(monitoring, EXPORTER, "job", "instance"),
        exporters=answer(monitoring, UNAME, "job", "instance"),
        before=answer(monitoring, BEFORE, "job"),
    )
    intervals = scrape_intervals(targets.found, monitoring)
    everyone = [*((each, intervals[each.name]) for each in targets.found), *_gone(targets.found, intervals, asked)]
    collected = [_collect(target, interval, asked) for target, interval in everyone]
    common = _missed_by_most(collected)
    members = tuple(_member(each, common, asked, estate, monitoring) for each in collected)
    return Population(key=KEY, members=members, complete=True)


def _collect(target: SeenTarget, interval: float | None, asked: _Answers) -> _Collected:
    key = (target.job, target.instance)
    window = asked.samples.window_seconds
    tried = asked.samples.values.get((*key, TRIED))
    if not asked.samples.asked or window is None or interval is None or tried is None:
        return _Collected(target=target, reason=asked.samples.reason or "too_few")
    age, young = _age(key, window, asked.first)
    if age < JUDGED_FROM:
        return _Collected(target=target, reason="too_few")
    succeeded = min(tried, max(0.0, asked.samples.values.get((*key, SUCCEEDED), 0.0)))
    return _Collected(
        target=target,
        expected=max(1.0, min(window, age) / interval),
        scraped=max(0.0, tried),
        present=max(0.0, succeeded) * min(1.0, max(0.0, asked.exporter.values.get(key, 1.0))),
        young=young,
        whole=asked.exporter.asked or (asked.exporters.asked and key not in asked.exporters.values),
    )


def _age(key: Key, window: float, first: Answer) -> tuple[float, bool | None]:
    """Return since when a target is scraped, in seconds, and whether it came during the window; None: not known."""
    seen, looked = first.values.get(key), first.window_seconds
    if not first.asked or seen is None or looked is None:
        return window, None
    if seen < looked - YOUNG_BY:
        return seen, seen < window - YOUNG_BY
    return window, False if looked >= window else None


def _gone(
    found: Sequence[SeenTarget], intervals: Mapping[str, float | None], asked: _Answers
) -> list[tuple[SeenTarget, float | None]]:
    """Return targets that left samples in the window and are gone, of jobs that shrank, with their peers' interval.

    When nobody knows which jobs shrank, all of them, as unknown: an interval of None.
    """
    here = {(each.job, each.instance) for each in found}
    now = Counter(job for job, _ in here)
    shrunk = {job for (job,), count in asked.before.values.items() if now[job] < count}
    scraped = sorted((job, instance) for job, instance, of in asked.samples.values if of == TRIED)
    lost = [each for each in scraped if each not in here and (each[0] in shrunk or not asked.before.asked)]
    known = [(each.job, intervals[each.name]) for each in found if intervals[each.name] is not None]
    usual = Counter(interval for _, interval in known).most_common(1)
    by_job = dict(known)
    return [
        (
            SeenTarget(name=f"{job}/{instance} (gone)", job=job, instance=instance, labels={"instance": instance}),
            (by_job.get(job) or (usual[0][0] if usual else None)) if asked.before.asked else None,
        )
        for job, instance in lost
    ]


def _missed_by_most(collected: Iterable[_Collected]) -> float:
    """Return the share of scrapes that more than half of the established targets miss: the server stood still."""
    shares = [each.absent for each in collected if each.expected is not None and not each.young]
    return median_low(shares) if len(shares) > 1 else 0.0


def _member(collected: _Collected, common: float, asked: _Answers, estate: Estate, monitoring: Monitoring) -> Member:
    target = collected.target
    if collected.expected is None:
        return target_member(target, estate, None, reason=collected.reason)
    value = exact((collected.present + 1) / collected.expected)
    aged = value == ONE or collected.young is not None
    certain = aged and collected.whole
    failed = max(0.0, collected.scraped - collected.present) / collected.expected
    by_server = min(common, collected.absent)
    shares = (
        (PRESENT, value, asked.samples),
        (BY_SERVER, exact(by_server), asked.samples),
        (BY_EXPORTER, exact(failed), asked.samples),
        (BY_TARGET, exact(collected.absent - by_server), asked.samples),
    )
    evidence = (
        source.evidence(monitoring, f"{key} {target.name}", share)
        for key, share, source in shares
        if key == PRESENT or (share > ZERO and certain)
    )
    measured = Interval(value if collected.whole else ZERO, value if aged else ONE)
    doubt = asked.first.reason if not aged else asked.exporter.reason
    return target_member(target, estate, measured, *evidence, reason=(doubt or "partial") if measured.width else None)


def split(population: Population) -> dict[str, Fraction]:
    """Return the mean shares of the samples expected, by key of evidence, over the targets of which they are certain.

    Empty when there is none: what is missing cannot be told from what is young.
    """
    measured = [each for each in population.members if each.kind == "target" and each.coverage == 1]
    if not measured:
        return {}
    totals = dict.fromkeys((PRESENT, BY_SERVER, BY_EXPORTER, BY_TARGET), ZERO)
    for piece in (piece for each in measured for piece in each.evidence):
        key = piece.key.split(" ", 1)[0]
        if key in totals and isinstance(piece.value, float):
            totals[key] += Fraction(piece.value)
    return {key: total / len(measured) for key, total in totals.items()}
