"""Laws of the grid on whole estates, under the whole published rubric."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from analyzers.assess import assess
from analyzers.measures.robustness import steadiness
from analyzers.model.interval import ONE, Interval
from analyzers.model.snapshot import Snapshot
from analyzers.model.verdict import Verdict
from analyzers.rubric import published
from exporters.comparison.compare import compare
from tests import strategies as s
from tests.estates import company
from tests.estates.whole.judged import ESTATES, once_done, rescanned, verdict, written

FEW = settings(max_examples=4, suppress_health_check=list(HealthCheck))
SOURCES = {
    "monitoring": None,
    "declared": None,
    "tickets": None,
    "git": None,
    "history": None,
    "alerting": None,
    "past": None,
}
WHOLE = ("mature", "half-way", "chaotic")


def without(snapshot: Snapshot, lost: str) -> Snapshot:
    """Return a snapshot of which one source was lost, or one host could not be read."""
    return replace(snapshot, **{lost: SOURCES[lost]}) if lost in SOURCES else s.unreadable(snapshot, lost)


def lows(seen: Verdict) -> dict[str, Fraction]:
    return {each.axis: each.interval.low for each in (*seen.axes, *seen.prerequisites)}


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("lost", [*SOURCES, *company.HOSTS])
def test_what_is_lost_never_raises_a_low_nor_gives_oui(name: str, lost: str) -> None:
    before = verdict(name)
    after = assess(rescanned(without(ESTATES[name].snapshot(), lost), before), published())
    if lost != "declared":  # without its file an estate has other members: nobody compares the two
        raised = {axis for axis, low in lows(before).items() if lows(after)[axis] > low}
        assert not raised
    if before.judgement.answer != "oui":
        assert after.judgement.answer != "oui"


@FEW
@given(name=st.sampled_from(sorted(ESTATES)), lost=st.sets(st.sampled_from([*SOURCES, *company.HOSTS]), max_size=3))
def test_conditions_are_sufficient_and_none_can_be_left_out(name: str, lost: set[str]) -> None:
    snapshot = ESTATES[name].snapshot()
    for each in sorted(lost):
        snapshot = without(snapshot, each)
    seen = assess(snapshot, published())
    chosen = {each.check_id for each in seen.conditions}
    assert once_done(seen, chosen) == "oui"
    for each in chosen:
        assert once_done(seen, chosen - {each}) != "oui", each


@FEW
@given(st.sampled_from(sorted(ESTATES)), st.sampled_from([*SOURCES, *company.HOSTS]))
def test_compare_turns_round_and_finds_nothing_between_the_same(name: str, lost: str) -> None:
    whole = written(ESTATES[name].snapshot(), verdict(name))
    less = written(without(ESTATES[name].snapshot(), lost))
    there, back, same = compare(whole, less), compare(less, whole), compare(whole, whole)
    for one, other in (("better", "worse"), ("clearer", "vaguer"), ("new", "gone")):
        assert {each.check for each in getattr(there, one)} == {each.check for each in getattr(back, other)}
        assert {each.check for each in getattr(there, other)} == {each.check for each in getattr(back, one)}
        assert not getattr(same, one)
        assert not getattr(same, other)


@pytest.mark.parametrize("name", ESTATES)
def test_a_certain_answer_holds_under_every_weighting(name: str) -> None:
    seen = verdict(name)
    full = Interval.point(1)
    sure = tuple(
        dataclasses.replace(each, outcome="measured", interval=full, measured_only=full, coverage=ONE, waivers=())
        if each.applicable
        else each
        for each in seen.findings
    )
    assert once_done(seen, {each.check_id for each in seen.findings}) == "oui"
    assert steadiness(sure, "oui", published()).share == 1


def test_what_forbids_every_project_holds_under_every_weighting() -> None:
    assert verdict("chaotic").robustness.share == 1


def test_with_the_discount_doubled_the_mature_estate_lacks_evidence_only_and_measuring_gives_oui() -> None:
    rubric = published()
    doubled = replace(rubric, verdict=replace(rubric.verdict, declared_discount=rubric.verdict.declared_discount * 2))
    seen = assess(ESTATES["mature"].snapshot(), doubled)
    assert (seen.judgement.answer, seen.judgement.lack) == ("pas encore", ("evidence",))
    under = [each.axis for each in seen.axes if each.interval.low < Fraction(60, 100)]
    under += [each.axis for each in seen.prerequisites if each.interval.low < Fraction(70, 100)]
    assert under == ["decision", "automatisation"]
    assert {each.check_id for each in seen.conditions} == {"owners-named", "services-valued", "ai-policy"}
