"""Events found and false alerts sent on labelled series, beside detectors of one line; and the speed of each."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from analyzers.measures.anomaly import event, host, ranking, threshold
from analyzers.measures.anomaly.arrays import Array, Mask, checked
from analyzers.measures.anomaly.budget import WEEK_SECONDS, levels
from analyzers.measures.anomaly.episodes import alerts_sent
from analyzers.measures.anomaly.faults import runs
from analyzers.measures.anomaly.season import DAY_SECONDS

NEAR = 5
"""Points around an event in which an alert is no false one."""

CHANNELS = 4
"""Labelled series taken of each host."""

Detector: TypeAlias = Callable[[Array, float, int], Array]


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """Series [n_series, n_points] and where each was labelled."""

    values: Array
    labels: Mask
    step: float
    train: int


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks anomaly", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with one folder of .npz files a set")
    folder = parser.parse_args(arguments or []).data
    sets = sorted(each for each in folder.iterdir() if each.is_dir()) if folder.is_dir() else []
    if not sets:
        parser.error(f"{folder} holds no set of series: name a folder with one folder of .npz files a set")
    print(f"{'set':<10} {'detector':<18} series recall@1  found false/week median  M pt/s")
    for each in sets:
        data = list(read(each))
        for name, detector in {**DETECTORS, "ranking": ranking}.items():
            row(each.name, name, *judged(detector, [one for whole in data for one in channels(whole)]))
        hosts = [whole for whole in data if len(whole.values) > 1]
        for name, detector in {"host": host, "global z, mean": mean_deviation}.items() if hosts else ():
            row(each.name, name, *judged(detector, hosts))


def read(folder: Path) -> Iterator[Labelled]:
    """Yield the groups of series of a set: x [n_points, n_channels], y or yc labels, train_n, step."""
    for path in sorted(folder.glob("*.npz")):
        with np.load(path) as file:
            labels = file["yc"].T if file["x"].shape[1] > 1 else file["y"][None]
            step, train = float(file["step"]), int(file["train_n"])
            values, _ = checked(file["x"].T.astype(np.float32), step, train)
            yield Labelled(values=values, labels=labels.astype(np.bool_), step=step, train=train)


def channels(whole: Labelled) -> Iterator[Labelled]:
    """Yield the first labelled series of a group, one by one."""
    live = [each for each in range(len(whole.values)) if whole.labels[each, whole.train :].any()]
    for each in live[:CHANNELS]:
        yield Labelled(
            values=whole.values[each : each + 1],
            labels=whole.labels[each : each + 1],
            step=whole.step,
            train=whole.train,
        )


def judged(detector: Detector, data: list[Labelled]) -> tuple[int, Array, float]:
    """Return how many were judged, their `figures`, and points a second."""
    rows, spent, points = [], 0.0, 0
    for each in data:
        begun = time.process_time()
        scores = np.asarray(detector(each.values, each.step, each.train), dtype=np.float64)
        spent, points = spent + time.process_time() - begun, points + each.values.size
        known = np.logical_or.reduce(each.labels[:, each.train :], axis=0)
        if known.any():
            rows.append(figures(scores.ravel() if scores.shape[0] == 1 else scores, known, each))
    return len(rows), np.array(rows), points / max(spent, 1e-9)


def figures(scores: Array, known: Mask, each: Labelled) -> tuple[float, float, float]:
    """Return recall at one false alert a week, at best; then recall and false alerts a week of our own threshold."""
    later = scores[each.train :]
    weeks = len(later) * each.step / WEEK_SECONDS
    near = np.convolve(known, np.ones(2 * NEAR + 1), mode="same") > 0
    peaks = np.array([later[first : last + 1].max() for first, last in runs(near)])
    outside = np.where(near, -np.inf, later)
    allowed, best = max(1, int(weeks)), 0.0
    for level in levels(later):
        if alerts_sent(outside, level, each.step) > allowed:
            break
        best = float((peaks > level).mean())
    limit = threshold(scores[: each.train], each.step, 1)
    return best, float((peaks > limit).mean()), alerts_sent(outside, limit, each.step) / weeks


def row(name: str, detector: str, series: int, rows: Array, speed: float) -> None:
    """Print one row, or that nothing of the set is labelled."""
    if not series:
        print(f"{name:<10} {detector:<18} {0:>6} nothing is labelled after the history")
        return
    recall, found, false = rows.mean(axis=0)
    often = f"{false:>10.2f} {np.median(rows[:, 2]):>6.2f}"
    print(f"{name:<10} {detector:<18} {series:>6} {recall:>8.3f} {found:>6.3f} {often} {speed / 1e6:>7.1f}", flush=True)


def first_difference(values: Array, _step: float, _train: int) -> Array:
    """Return |x(t) - x(t - 1)| of each point."""
    return np.abs(np.diff(values, axis=1, prepend=values[:, :1]))


def global_z(values: Array, _step: float, _train: int) -> Array:
    """Return the distance to the median in standard deviations."""
    distance: Array = np.abs(values - np.median(values, axis=1, keepdims=True))
    distance /= values.std(axis=1, keepdims=True) + 1e-9
    return distance


def seasonal_median(values: Array, step: float, _train: int) -> Array:
    """Return the distance to the median of the time of day, or to the median of all where no three days are known."""
    day, points = round(DAY_SECONDS / step), values.shape[1]
    if points < 3 * day:
        return global_z(values, step, 0)
    profile = np.median(values[:, : points // day * day].reshape(len(values), -1, day), axis=1)
    distance: Array = np.abs(values - np.tile(profile, points // day + 1)[:, :points])
    return distance


def fixed_threshold(values: Array, _step: float, _train: int) -> Array:
    """Return the value itself: an alert above a level that never changes."""
    return values


def mean_deviation(values: Array, step: float, train: int) -> Array:
    """Return the mean of the series' distances to their medians."""
    mean: Array = global_z(values, step, train).mean(axis=0)
    return mean


DETECTORS: dict[str, Detector] = {
    "event": event,
    "first difference": first_difference,
    "global z": global_z,
    "seasonal median": seasonal_median,
    "fixed threshold": fixed_threshold,
}
