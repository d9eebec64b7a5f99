from __future__ import annotations

from fractions import Fraction

import pytest

from analyzers.measures.answers import answer
from tests import builders as b

WEB1, DB1 = {"job": "node", "instance": "web1:9100"}, {"job": "node", "instance": "db1:9100"}


def test_values_are_found_by_the_labels_asked_for() -> None:
    found = answer(b.monitoring(b.query("x", (WEB1, 1.0), (DB1, 2.0))), "x", "instance", "job")
    assert found.values == {("web1:9100", "node"): 1.0, ("db1:9100", "node"): 2.0}
    assert found.asked


def test_a_label_that_is_not_there_is_empty() -> None:
    assert answer(b.monitoring(b.query("x", (WEB1, 1.0))), "x", "job", "team").values == {("node", ""): 1.0}


def test_without_labels_there_is_one_value() -> None:
    assert answer(b.monitoring(b.query("x", ({}, 3.0))), "x").values == {(): 3.0}


@pytest.mark.parametrize("values", [(1.0, 3.0), (3.0, 1.0)])
def test_the_highest_counts_where_several_series_share_their_labels(values: tuple[float, float]) -> None:
    rows = ((WEB1 | {"cpu": str(index)}, value) for index, value in enumerate(values))
    assert answer(b.monitoring(b.query("x", *rows)), "x", "job").values == {("node",): 3.0}


def test_a_division_by_zero_says_nothing() -> None:
    found = answer(b.monitoring(b.query("x", (WEB1, None), (DB1, 0.0))), "x", "instance")
    assert found.values == {("db1:9100",): 0.0}


@pytest.mark.parametrize(
    ("queries", "reason"),
    [
        ((), "partial"),
        ((b.query("x", (WEB1, 1.0), reason="timed_out"),), "timed_out"),
        ((b.query("y", (WEB1, 1.0)),), "partial"),
    ],
    ids=["not asked", "timed out", "another"],
)
def test_what_has_no_answer_has_a_reason_and_no_value(queries, reason) -> None:
    found = answer(b.monitoring(*queries), "x", "job")
    assert (found.values, found.reason, found.asked) == ({}, reason, False)


@pytest.mark.parametrize(
    ("window", "seconds"), [("7d", 604_800.0), ("1h30m", 5400.0), ("now", None), ("", None), ("0d", None)]
)
def test_the_window_that_was_granted(window: str, seconds: float | None) -> None:
    assert answer(b.monitoring(b.query("x", window=window)), "x").window_seconds == seconds


def test_a_query_that_was_not_asked_has_no_window() -> None:
    assert answer(b.monitoring(), "x").window_seconds is None


@pytest.mark.parametrize(("value", "shown"), [(Fraction(1, 3), 0.333333), (2.0, 2.0), ("web1", "web1")])
def test_evidence_shows_the_query_its_window_and_a_short_number(value, shown) -> None:
    server = b.monitoring(b.query("x", window="7d", promql="up"))
    piece = answer(server, "x").evidence(server, "key", value, "unit")
    assert (piece.key, piece.value, piece.unit, piece.kind) == ("key", shown, "unit", "measured")
    assert (piece.provenance.source, piece.provenance.query, piece.provenance.window) == (b.PROMETHEUS, "up", "7d")
