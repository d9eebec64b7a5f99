from __future__ import annotations

import pytest

from analyzers.measures.intervals import scrape_intervals
from analyzers.measures.targets import SeenTarget
from tests import builders as b


def interval(configured: float | None, per_hour: float | None) -> float | None:
    labels = {"job": "node", "instance": "web1:9100"}
    target = SeenTarget(name="node/web1:9100", interval=configured, **labels)
    answer = b.query("continuity.interval", *([(labels, per_hour)] if per_hour is not None else []), window="1d")
    return scrape_intervals([target], b.monitoring(answer))[target.name]


@pytest.mark.parametrize(
    ("configured", "per_hour", "seconds"),
    [
        (15.0, 60.0, 15.0),
        (None, None, None),
        (0.0, None, None),
        (None, 0.0, None),
        (None, 240.0, 15.0),
        (None, 241.0, 15.0),
        (None, 60.0, 60.0),
        (None, 61.0, 60.0),
        (None, 12.0, 300.0),
        (None, 13.0, 300.0),
        (None, 1.0, 3600.0),
        (None, 100.0, 36.0),
    ],
)
def test_the_interval_is_as_configured_else_as_counted(configured, per_hour, seconds) -> None:
    assert interval(configured, per_hour) == seconds


def test_a_server_that_was_not_asked_does_not_say() -> None:
    target = SeenTarget(name="x", job="node", instance="web1:9100")
    assert scrape_intervals([target], b.monitoring()) == {"x": None}
