from __future__ import annotations

from fractions import Fraction

import pytest

from analyzers.measures.series import days, exact, readings, why_no_series
from tests import builders as b


def test_series_of_a_host_are_found_under_any_of_its_names() -> None:
    answer = b.query(
        "headroom.cpu_p95",
        ({"instance": "web1:9100"}, 0.5),
        ({"instance": "10.0.0.1:9100"}, 0.25),
        ({"instance": "web1.dupont.example:9100"}, 0.75),
    )
    estate = b.estate(b.host("web1", addresses=("10.0.0.1",)), monitoring=b.monitoring(answer))
    assert [each.value for each in readings(estate, "headroom.cpu_p95")["web1"]] == [
        Fraction(1, 2),
        Fraction(1, 4),
        Fraction(3, 4),
    ]


def test_loopback_means_the_host_of_the_server() -> None:
    answer = b.query("clock.sync", ({"instance": "localhost:9100"}, 1.0))
    estate = b.estate(b.host("mon1"), monitoring=b.monitoring(answer, local_host="mon1"))
    assert list(readings(estate, "clock.sync")) == ["mon1"]


def test_nan_and_series_of_nobody_are_left_out() -> None:
    answer = b.query("clock.sync", ({"instance": "web1:9100"}, None), ({"instance": "printer:9100"}, 1.0), ({}, 1.0))
    assert readings(b.estate(b.host("web1"), monitoring=b.monitoring(answer)), "clock.sync") == {}


def test_evidence_tells_the_host_the_part_and_how_to_read_it_again() -> None:
    answer = b.query("headroom.disk_used", ({"instance": "web1:9100", "mountpoint": "/srv"}, 0.123456789), window="1d")
    (found,) = readings(b.estate(b.host("web1"), monitoring=b.monitoring(answer)), "headroom.disk_used", "ratio")[
        "web1"
    ]
    assert found.evidence.key == 'disk_used{instance="web1:9100",mountpoint="/srv"}'
    assert found.evidence.value == 0.123457
    assert found.evidence.unit == "ratio"
    assert found.evidence.kind == "measured"
    assert found.evidence.provenance.source == b.PROMETHEUS
    assert found.evidence.provenance.query == "promql of headroom.disk_used"
    assert found.evidence.provenance.window == "1d"
    assert found.window_days == 1


def test_nothing_was_asked() -> None:
    assert readings(b.estate(b.host("web1")), "clock.sync") == {}
    assert readings(b.estate(b.host("web1"), monitoring=b.monitoring()), "clock.sync") == {}


@pytest.mark.parametrize(
    ("monitoring", "reason"),
    [
        (None, "no_monitoring_source"),
        (b.monitoring(), "no_source"),
        (b.monitoring(b.query("clock.sync")), "no_source"),
        (b.monitoring(b.query("clock.offset"), b.query("clock.sync", reason="backend_404")), "backend_404"),
    ],
)
def test_why_there_is_no_series(monitoring, reason) -> None:
    assert why_no_series(b.estate(monitoring=monitoring), ("clock.offset", "clock.sync")) == reason


@pytest.mark.parametrize(
    ("window", "length"),
    [
        ("7d", 7),
        ("12h", Fraction(1, 2)),
        ("1d12h", Fraction(3, 2)),
        ("2w", 14),
        ("90m", Fraction(1, 16)),
        ("86400s", 1),
        ("1y", 365),
        ("now", None),
        ("", None),
        ("7 d", None),
    ],
)
def test_length_of_a_window(window: str, length: Fraction | None) -> None:
    assert days(window) == length


@pytest.mark.parametrize(
    ("value", "decimal"), [(0.7, Fraction(7, 10)), (1e-9, Fraction(1, 10**9)), (-3.0, Fraction(-3))]
)
def test_a_float_is_the_decimal_that_was_sent(value: float, decimal: Fraction) -> None:
    assert exact(value) == decimal
