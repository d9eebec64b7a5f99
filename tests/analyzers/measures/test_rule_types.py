from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.measures.rule_types import Use, uses

TYPES = {"requests_total": "counter", "jobs": "counter", "heat": "gauge", "latency": "histogram", "odd": "unknown"}
RAW, RATED = "a counter read without rate()", "a gauge read with rate()"


@pytest.mark.parametrize(
    ("expression", "wrong"),
    [
        ("requests_total > 5", [RAW]),
        ("sum by (job) (requests_total) > 5", [RAW]),
        ("rate(requests_total[5m]) > 1", [""]),
        ("avg_over_time(rate(requests_total[5m])[1h:])", [""]),
        ("sum(increase(jobs_total[1h]))", [""]),
        ("jobs_total > 3", [RAW]),
        ("count(requests_total) < 1", [""]),
        ("absent(requests_total)", [""]),
        ("changes(requests_total[1h]) == 0", [""]),
        ("histogram_quantile(0.9, sum by (le) (rate(latency_bucket[5m])))", [""]),
        ("latency_count > 9", [RAW]),
        ("heat > 40", [""]),
        ("deriv(heat[1h]) > 1", [""]),
        ("rate(heat[5m]) > 1", [RATED]),
        ("rate(requests_total[5m]) / requests_total", ["", RAW]),
        ("odd > 1 or unheard_of > 2", []),
        ("vector(1)", []),
        ("-(heat)", [""]),
    ],
)
def test_each_use_is_right_or_named(expression: str, wrong: list[str]) -> None:
    found = uses(expression, TYPES)
    assert found is not None
    assert [each.wrong for each in found] == wrong


def test_the_metric_is_named() -> None:
    assert uses("rate(heat[5m])", TYPES) == (Use("heat", RATED),)


@pytest.mark.parametrize("expression", ["nonsense{", "", "range_median(a)", "x" * 5000, "(" * 2000])
def test_what_is_not_understood_says_nothing(expression: str) -> None:
    assert uses(expression, TYPES) is None


@given(st.text(max_size=80))
def test_any_text_is_survived(text: str) -> None:
    found = uses(text, TYPES)
    assert found is None or isinstance(found, tuple)
