from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.measures.truth import every, mean, opposite
from analyzers.model.interval import ONE, UNKNOWN, ZERO, Interval

truths = st.sampled_from((True, False, None))


@pytest.mark.parametrize(
    ("seen", "whole"),
    [
        ((), True),
        ((True,), True),
        ((True, False), False),
        ((None, False), False),
        ((True, None), None),
        ((None,), None),
    ],
)
def test_all_hold_unless_one_fails_or_nobody_knows(seen, whole) -> None:
    assert every(seen) is whole


@pytest.mark.parametrize(("truth", "contrary"), [(True, False), (False, True), (None, None)])
def test_the_contrary_of_unknown_is_unknown(truth, contrary) -> None:
    assert opposite(truth) is contrary


@pytest.mark.parametrize(
    ("seen", "share"),
    [
        ((True,), Interval(ONE, ONE)),
        ((None,), UNKNOWN),
        ((True, False, None), Interval(Fraction(1, 3), Fraction(2, 3))),
        ((False, False), Interval(ZERO, ZERO)),
    ],
)
def test_the_share_that_holds_is_as_wide_as_what_nobody_knows(seen, share) -> None:
    assert mean(seen) == share


@given(st.lists(truths, min_size=1, max_size=6), st.booleans())
def test_learning_one_truth_stays_inside(seen, learnt) -> None:
    told = [learnt if each is None else each for each in seen]
    assert mean(seen).contains(mean(told))
    assert every(seen) in {None, every(told)}
