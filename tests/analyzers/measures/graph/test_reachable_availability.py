from __future__ import annotations

import itertools
import math
import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.measures.graph import availability
from analyzers.measures.graph.availability import parallel, reachable, serial

PARTS = "abcdef"
alternatives = st.frozensets(st.sampled_from(PARTS), min_size=1, max_size=3)
needs = st.frozensets(st.frozensets(alternatives, max_size=3), max_size=4)
chances = st.fixed_dictionaries({part: st.fractions(0, 1, max_denominator=100) for part in PARTS})


def met(need, working):
    return all(any(alternative <= working for alternative in group) for group in need)


@given(needs, chances)
def test_it_is_the_sum_over_all_that_may_happen(need, up):
    total = Fraction(0)
    for states in itertools.product((True, False), repeat=len(PARTS)):
        working = {part for part, state in zip(PARTS, states, strict=True) if state}
        chance = math.prod((up[part] if part in working else 1 - up[part]) for part in PARTS)
        total += chance * met(need, working)
    assert reachable(need, up) == (total, total)


@given(needs, chances, st.integers(0, 3))
def test_bounds_hold_what_is_too_entangled(need, up, splits):
    exact, _ = reachable(need, up)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(availability, "MOST_SPLITS", splits)
        low, high = reachable(need, up)
    assert low <= exact <= high


def test_it_is_what_ten_thousand_drawn_days_show():
    need = serial("dns", "db") | parallel({"app1", "host1"}, {"app2", "host2"}) | parallel({"host1"}, {"host3", "dns"})
    up = {part: Fraction(9, 10) for part in ("dns", "db", "app1", "app2", "host1", "host2", "host3")}
    low, high = reachable(need, up)
    drawn = random.Random(7)
    days = 20_000
    good = sum(met(need, {part for part, chance in up.items() if drawn.random() < chance}) for _ in range(days))
    error = 4 * math.sqrt(float(low * (1 - low)) / days)
    assert low == high
    assert abs(good / days - float(low)) < error


def test_a_part_that_two_things_need_counts_once():
    up = {"db": Fraction(9, 10), "app": Fraction(1)}
    assert reachable(serial("app", "db") | serial("db"), up) == (Fraction(9, 10),) * 2


def test_two_of_three_nines_give_two_and_a_bit_less():
    up = {"a": Fraction(999, 1000), "b": Fraction(999, 1000)}
    assert reachable(serial("a", "b"), up)[0] == Fraction(998001, 1000000)
    assert reachable(parallel("a", "b"), up)[0] == Fraction(999999, 1000000)


def test_nothing_needed_is_always_there_and_no_alternative_never():
    assert reachable(frozenset(), {}) == (1, 1)
    assert reachable(parallel(), {}) == (0, 0)


def test_many_things_in_a_row_stay_quick():
    parts = [f"s{number}" for number in range(2000)]
    assert reachable(serial(*parts), dict.fromkeys(parts, Fraction(1)))[0] == 1
