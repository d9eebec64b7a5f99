"""Rates of counters: what was gained is what rates add up to, whatever was restarted."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.measures.decode.block import Block, tidy
from analyzers.measures.rates import is_counter, rates, resets

GAINS = st.lists(st.lists(st.tuples(st.integers(0, 1000), st.booleans()), max_size=12), max_size=4)


def block(many: list[list[tuple[int, float]]]) -> Block:
    flat = [sample for each in many for sample in each]
    return tidy(
        [{"n": str(index)} for index in range(len(many))],
        [len(each) for each in many],
        np.array([moment for moment, _ in flat], np.int64),
        np.array([value for _, value in flat], np.float64),
        (0, 1 << 50),
        markers=False,
    )


@given(GAINS)
def test_rates_add_up_to_what_was_gained_and_restarts_are_counted(gains: list[list[tuple[int, bool]]]) -> None:
    many, gained, restarted = [], [], []
    for series in gains:
        shown, samples, total, count = 5.0, [(0, 5.0)], 0.0, 0
        for index, (gain, restart) in enumerate(series):
            before = shown
            shown = float(gain) if restart else shown + gain
            falls = shown < before
            count += falls
            total += shown if falls else shown - before
            samples.append((10_000 * (index + 1), shown))
        many.append(samples)
        gained.append(total)
        restarted.append(count)
    whole = block(many)
    found = rates(whole)
    assert resets(whole).tolist() == restarted
    assert [float(each.values.sum() * 10) for each in found] == pytest.approx(gained)
    assert all((each.values >= 0).all() for each in found)
    assert [len(each.timestamps) for each in found] == [len(each) for each in gains]


def test_a_rate_stands_at_the_end_of_its_interval() -> None:
    (found,) = rates(block([[(0, 1.0), (2000, 5.0), (3000, 5.0)]]))
    assert found.timestamps.tolist() == [2000, 3000]
    assert found.values.tolist() == [2.0, 0.0]


def test_over_long_gaps_and_beside_what_is_no_number_there_is_no_rate() -> None:
    (found,) = rates(block([[(0, 1.0), (5000, 2.0), (10_000, math.nan), (15_000, 3.0), (9_000_000, 9.0)]]), 60.0)
    assert found.timestamps.tolist() == [5000]


def test_series_do_not_run_into_each_other() -> None:
    found = rates(block([[(0, 100.0)], [(1000, 1.0), (2000, 2.0)]]))
    assert [each.values.tolist() for each in found] == [[], [1.0]]
    assert resets(block([[(0, 100.0)], [(1000, 1.0)]])).tolist() == [0, 0]


def test_counters_are_known_by_their_names() -> None:
    assert is_counter("node_network_receive_bytes_total")
    assert is_counter("http_request_duration_seconds_bucket")
    assert not is_counter("node_load1")
