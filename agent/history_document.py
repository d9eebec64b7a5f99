"""What ``pasencore history`` answers, as a document: the form of its JSON, and what its text is written from."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Any

import msgspec

from analyzers.measures.history.answer import said_of
from analyzers.measures.history.wilson import wilson
from analyzers.measures.past import best_at_budget
from analyzers.model.history import Backtest, History, SeriesHistory

SCHEMA = "pasencore.history/1"

STRONG = 0.5
"""Share of the variance from which a rhythm is called strong."""

TOLD = 1.0

Document = dict[str, Any]


def history_document(history: History) -> Document:
    """Return the document; its numbers are those of the facts, its sentences English."""
    facts = msgspec.to_builtins(history)
    return {
        "schema": SCHEMA,
        "source": history.source,
        "backend": history.backend,
        "collected_at": facts["collected_at"],
        "window": {"start": facts["start"], "end": facts["end"]},
        "matchers": list(history.matchers),
        "reason": history.reason,
        "warnings": list(history.warnings),
        "series": {"found": history.series_found, "read": history.series_read},
        "samples": history.samples,
        "quality": _quality(history, facts),
        "seasonality": _seasonality(history.series),
        "hosts": facts.get("hosts", []),
        "episodes": facts.get("episodes", []),
        "episodes_total": history.episodes_total,
        "forecasts": _forecasts(history.series),
        "backtest": None if history.backtest is None else _backtest(history.backtest, facts["backtest"]),
        "cost": {"requests": history.requests, "bytes": history.bytes, "cpu_seconds": history.cpu_seconds},
    }


def _quality(history: History, facts: Document) -> Document:
    series = history.series
    shares = [each.missing_share for each in series if each.missing_share is not None]
    days = [(each.last - each.first).total_seconds() / 86400 for each in series]
    intervals = [each.interval_seconds for each in series if each.interval_seconds is not None]
    whose = Counter(each.whose for each in history.gaps or ())
    return {
        "depth_days": round(median(days), 2) if days else None,
        "interval_seconds": median(intervals) if intervals else None,
        "missing_share": round(sum(shares) / len(shares), 6) if shares else None,
        "constant": sum(each.constant for each in series),
        "ended": sum(each.ended for each in series),
        "resets": sum(each.resets or 0 for each in series),
        "churn": history.churn,
        "joined_share": history.joined_share,
        "gaps_by": None if history.gaps is None else dict(sorted(whose.items())),
        "gaps": facts.get("gaps"),
    }


def _seasonality(series: Sequence[SeriesHistory]) -> Document:
    daily = [each.day_strength for each in series if each.day_strength is not None and not each.constant]
    weekly = [each.week_strength for each in series if each.week_strength is not None and not each.constant]
    errors = [each.mase for each in series if each.mase is not None and not each.constant]
    return {
        "daily": _of_strengths(daily),
        "weekly": _of_strengths(weekly),
        "predictable": {
            "series": len(errors),
            "told": sum(each < TOLD for each in errors),
            "median_mase": round(median(errors), 3) if errors else None,
        },
    }


def _forecasts(series: Sequence[SeriesHistory]) -> list[Document]:
    """Return where free memory and free space go, what is empty first on top."""
    found = [
        {
            "host": each.host,
            "resource": f"disk {each.labels.get('mountpoint', '')}".strip() if "filesystem" in each.name else "memory",
            "metric": each.name,
            "labels": each.labels,
            "free": each.ahead.free,
            "slope_per_day": each.ahead.slope,
            "days_until_empty": each.ahead.days_until_empty,
            "error": each.ahead.error,
            "days": each.ahead.days,
        }
        for each in series
        if each.ahead is not None
    ]
    return sorted(found, key=lambda each: (_soon(each["days_until_empty"]), each["host"], each["resource"]))


def _soon(days: Any) -> float:  # noqa: ANN401 - a value of a document
    return math.inf if days is None else float(days)


def _of_strengths(strengths: Sequence[float]) -> Document:
    return {
        "series": len(strengths),
        "strong": sum(each >= STRONG for each in strengths),
        "median_strength": round(median(strengths), 3) if strengths else None,
    }


def _backtest(judged: Backtest, facts: Document) -> Document:
    detectors = [
        {**each, "share": list(wilson(told.found, judged.incidents))}
        for each, told in zip(facts.get("detectors", []), judged.detectors, strict=True)
    ]
    best = best_at_budget(judged)
    return {
        **facts,
        "detectors": detectors,
        "best": None if best is None else best.name,
        "answer": said_of(judged).english,
    }
