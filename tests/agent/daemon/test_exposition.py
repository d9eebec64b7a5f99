from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from agent.daemon.exposition import family, number, single
from agent.daemon.flow_memory import FlowKey, FlowMemory
from agent.daemon.metrics_page import MOST_OTHERS, MOST_SERIES, flow_families, time_wait_overflow

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(labels=st.lists(texts, min_size=1, max_size=3), value=st.floats(), told=texts)
def test_a_library_reads_what_is_written(labels: list[str], value: float, told: str) -> None:
    pairs = tuple((f"l{at}", each) for at, each in enumerate(labels))
    (found,) = text_string_to_metric_families(family("pasencore_x", "gauge", told, [(pairs, value)]))
    (sample,) = found.samples
    assert sample.labels == dict(pairs)
    assert sample.value == value or (math.isnan(value) and math.isnan(sample.value))


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (1.5, "1.5"), (3.0, "3"), (math.nan, "NaN"), (math.inf, "+Inf"), (-math.inf, "-Inf"), (1e300, "1e+300")],
)
def test_numbers(value: float, text: str) -> None:
    assert number(value) == text


def test_what_is_not_known_is_left_out() -> None:
    assert single("pasencore_x", "gauge", "x", None) == ""
    assert family("pasencore_x", "gauge", "x", []) == ""


def test_series_of_flows_are_bounded_and_nothing_is_lost_from_the_sum() -> None:
    memory = FlowMemory(most=20_000)
    for at in range(3000):
        memory.observe(FlowKey("out", f"s{at % 700}", "10.0.0.1", f"10.1.{at // 250}.{at % 250}", 80, "tcp"), 1000)
    last, seen = text_string_to_metric_families(flow_families(memory))
    assert len(last.samples) <= MOST_SERIES + MOST_OTHERS + 1
    assert sum(each.value for each in seen.samples) == 3000
    assert {each.labels["peer"] for each in seen.samples} > {"other", "10.1.0.0"}
    assert {each.value for each in last.samples} == {1.0}


def test_overflow_of_closed_connections() -> None:
    text = "TcpExt: SyncookiesSent TCPTimeWaitOverflow\nTcpExt: 0 42\nIpExt: InNoRoutes\nIpExt: 0\n"
    assert time_wait_overflow(text) == 42
    assert time_wait_overflow("TcpExt: A\n") is None
    assert time_wait_overflow("") is None
