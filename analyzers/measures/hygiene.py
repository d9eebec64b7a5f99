"""Are series alive, typed, unique and cut into useful buckets?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from analyzers.measures.members import endpoint_evidence, query_evidence
from analyzers.measures.rule_types import uses
from analyzers.measures.series import exact
from analyzers.measures.targets import unmonitored
from analyzers.model.estate import Estate
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.interval import ONE, Interval
from analyzers.model.monitoring import Monitoring, QueryResult, Sample
from analyzers.model.reasons import Reason

KEY = "series.hygiene"
RULES, METADATA = "/api/v1/rules", "/api/v1/metadata"

USELESS_ABOVE = 0.05
"""Share of observations above the last finite bound from which a histogram tells nothing of its worst cases (P33)."""

FEWEST_OBSERVATIONS = 100
"""Observations under which a histogram says nothing of its bounds."""

MOST_NAMED = 10
"""Metrics named in the evidence of one fault."""


def of_series(estate: Estate) -> Population:
    """Return four faults of series, each valued 1 - the share of what it spoils.

    Dead: series of metrics that move on any machine that works and did not for a day. Mistyped: uses of metrics by
    rules that their type does not allow. Duplicated: hosts that several targets give. Useless: histograms whose last
    finite bound leaves out over 5 % of observations.
    """
    monitoring = estate.monitoring
    if monitoring is None:
        return unmonitored(KEY)
    found = (_dead(monitoring), _mistyped(monitoring), _duplicated(monitoring), _useless(monitoring))
    members = tuple(each for each in found if each is not None)
    return Population(key=KEY, members=members, missing="partial")


def _dead(monitoring: Monitoring) -> Member:
    moving, counted = monitoring.query("hygiene.moving"), monitoring.query("hygiene.series")
    shares, sizes = _by_metric(moving), _by_metric(counted)
    known = {name: (share, sizes[name]) for name, share in shares.items() if sizes.get(name)}
    if moving is None or not known:
        return _unknown("dead series", _why(moving, counted))
    total = sum((size for _, size in known.values()), Fraction(0))
    alive = sum((share * size for share, size in known.values()), Fraction(0)) / total
    evidence = (
        query_evidence(monitoring, moving, f"series of {name} that move", round(float(share), 4), "ratio")
        for name, (share, _) in sorted(known.items(), key=lambda pair: (pair[1][0], pair[0]))
    )
    return _member("dead series", alive, *evidence)


def _by_metric(answer: QueryResult | None) -> Mapping[str, Fraction]:
    samples = answer.samples if answer is not None else ()
    return {each.labels.get("metric", ""): exact(each.value) for each in samples if each.value is not None}


def _mistyped(monitoring: Monitoring) -> Member | None:
    """Return how many uses of typed metrics are right; None where the server has no rule to read one wrong."""
    if monitoring.rules is None:
        return _unknown("mistyped series", monitoring.answer(RULES).reason or "partial")
    if not monitoring.rules:
        return None
    if monitoring.metadata is None:
        return _unknown("mistyped series", monitoring.answer(METADATA).reason or "partial")
    types = {name: each.type for name, each in monitoring.metadata.items()}
    read = [use for rule in monitoring.rules for use in uses(rule.query, types) or ()]
    if not read:
        return _unknown("mistyped series", "too_few")
    wrong = sorted({(each.metric, each.wrong) for each in read if each.wrong})
    evidence = [
        endpoint_evidence(monitoring, RULES, f"{metric} in a rule", said) for metric, said in wrong[:MOST_NAMED]
    ]
    right = sum(1 for each in read if not each.wrong)
    evidence.append(
        endpoint_evidence(monitoring, RULES, "uses of typed metrics that are right", right, f"of {len(read)}")
    )
    return _member("mistyped series", Fraction(right, len(read)), *evidence)


def _duplicated(monitoring: Monitoring) -> Member:
    answer = monitoring.query("hygiene.hosts_scraped")
    samples = [each for each in answer.samples if each.value] if answer is not None else []
    if answer is None or not samples:
        return _unknown("duplicated series", _why(answer))
    twice = [each for each in samples if (each.value or 0) > 1]
    evidence = [
        query_evidence(monitoring, answer, f"targets that give {each.labels.get('nodename', '')}", each.value)
        for each in twice[:MOST_NAMED]
    ]
    evidence.append(
        query_evidence(monitoring, answer, "hosts given by one target", len(samples) - len(twice), f"of {len(samples)}")
    )
    return _member("duplicated series", ONE - Fraction(len(twice), len(samples)), *evidence)


def _useless(monitoring: Monitoring) -> Member | None:
    """Return how many histograms have useful bounds; None where a whole answer shows no histogram."""
    answer = monitoring.query("hygiene.buckets")
    if answer is None or answer.reason is not None:
        return _unknown("useless buckets", _why(answer))
    shares = dict(_beyond(answer.samples))
    if not shares:
        return None if not answer.samples else _unknown("useless buckets", "too_few")
    useless = sorted(name for name, share in shares.items() if share > USELESS_ABOVE)
    evidence = [
        query_evidence(
            monitoring, answer, f"{name}: observations above its last bound", round(shares[name], 4), "ratio"
        )
        for name in useless[:MOST_NAMED]
    ]
    evidence.append(
        query_evidence(
            monitoring, answer, "histograms with useful bounds", len(shares) - len(useless), f"of {len(shares)}"
        )
    )
    return _member("useless buckets", ONE - Fraction(len(useless), len(shares)), *evidence)


def _beyond(samples: Iterable[Sample]) -> Iterable[tuple[str, float]]:
    """Yield each histogram with the share of its observations above its last finite bound."""
    bounds: dict[str, dict[float, float]] = {}
    for each in samples:
        try:
            bound = float(each.labels.get("le", ""))
        except ValueError:
            continue
        if each.value is not None:
            bounds.setdefault(each.labels.get("__name__", ""), {})[bound] = each.value
    for name, counts in sorted(bounds.items()):
        total, finite = counts.get(float("inf")), [each for each in counts if each != float("inf")]
        if total is not None and total >= FEWEST_OBSERVATIONS and finite:
            yield name, 1 - counts[max(finite)] / total


def _member(name: str, value: Fraction, *evidence: Evidence) -> Member:
    return Member(
        name=name, kind="series", measured=Interval.point(min(ONE, max(Fraction(0), value))), evidence=evidence
    )


def _unknown(name: str, reason: Reason) -> Member:
    return Member(name=name, kind="series", reason=reason)


def _why(*answers: QueryResult | None) -> Reason:
    return next((each.reason for each in answers if each is not None and each.reason is not None), "no_source")
