"""What a scan remembers of earlier verdicts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.past_verdicts import past_facts
from agent.snapshot_merge import merge
from analyzers.model.past import PastFinding
from tests import builders as b

FINDING = {"check": "patching", "outcome": "measured", "low": 0.2, "high": 0.4}


def read(**document: Any) -> Any:
    (verdict,) = past_facts([(b.NOW, document)])
    return verdict


def test_a_verdict_becomes_what_later_scans_need() -> None:
    found = read(rubric={"sha256": "abc"}, verdict={"answer": "non"}, findings=[FINDING])
    assert (found.taken_at, found.rubric, found.answer) == (b.NOW, "abc", "non")
    assert found.findings == (PastFinding(check="patching", outcome="measured", low=0.2, high=0.4),)
    assert found.findings[0].open


@pytest.mark.parametrize(
    "wrong",
    [
        3, None, {}, FINDING | {"check": 3}, FINDING | {"outcome": "great"}, FINDING | {"low": "0"},
        FINDING | {"low": 0.9}, FINDING | {"high": 2},
    ],
)  # fmt: skip
def test_what_is_no_finding_is_left_out(wrong: object) -> None:
    assert [each.check for each in read(findings=[wrong, FINDING]).findings] == ["patching"]


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(("findings", "rubric", "verdict", "check", "low")), inner)
        ),
    )
)
def test_no_verdict_is_too_strange(document: Any) -> None:
    past_facts([(b.NOW, document if isinstance(document, dict) else {"findings": document})])


@pytest.mark.parametrize(
    ("outcome", "high", "is_open"),
    [("measured", 0.9, True), ("measured", 1.0, False), ("waived", 0.5, True), ("unknown", 1.0, False)],
)
def test_open_is_a_known_shortfall(outcome: Any, high: float, is_open: bool) -> None:
    assert PastFinding(check="x", outcome=outcome, low=0.0, high=high).open is is_open


def test_the_pasts_of_several_snapshots_add_up() -> None:
    first, second = b.past_verdict(2, patching=0.4), b.past_verdict(1, patching=0.4)
    merged = merge([b.snapshot(past=[first, second]), b.snapshot(b.host(), past=[second])])
    assert merged.past == (first, second)
    assert merge([b.snapshot(), b.snapshot(b.host())]).past is None
