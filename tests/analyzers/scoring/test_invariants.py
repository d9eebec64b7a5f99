"""The invariants of the grid, as laws over random rubrics, evidence and policies."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random

from hypothesis import assume, given, settings

from analyzers.model.evidence import Member, Population
from analyzers.model.interval import Interval
from analyzers.model.verdict import Verdict
from analyzers.rubric import published
from analyzers.scoring.confront import confront
from analyzers.scoring.verdict import decide
from tests.analyzers.scoring import worlds

many = settings(max_examples=600, deadline=None)

RANK = {"non": 0, "pas encore": 1, "oui": 2}


def run(rubric, found, *, policy=None, withdrawn=()) -> Verdict:
    return decide(worlds.measurements(found), rubric, policy or worlds.policy(), withdrawn)


def scores(verdict: Verdict) -> list:
    return [*verdict.axes, *verdict.prerequisites]


def with_member(found, check_id: str, index: int, member: Member) -> dict:
    population = found[check_id]
    kept = (*population.members[:index], member, *population.members[index + 1 :])
    return {**found, check_id: replace(population, members=kept)}


def one_member(random: Random, mood=None):
    rubric, found = worlds.world(random, mood)
    places = [(check_id, index) for check_id, each in found.items() for index in range(len(each.members))]
    assume(places)
    return rubric, found, *random.choice(places)


def new_evidence(random: Random, mood=None):
    """A world before one of its members was measured, or measured as closely, and the world after."""
    rubric, found, check_id, index = one_member(random, mood)
    after = found[check_id].members[index]
    assume(after.measured is not None)
    vague = random.random() < 0.5
    wider = Interval(after.measured.low * worlds.share(random), max(after.measured.high, worlds.share(random)))
    before = replace(after, measured=wider if vague else None, reason="partial")
    return rubric, with_member(found, check_id, index, before), found, after


def exceeded(member: Member, discount: Fraction) -> bool:
    if member.declared is None or member.measured is None:
        return False
    return Interval(member.declared * (1 - discount), member.declared).meet(member.measured) is None


@many
@given(worlds.randoms)
def test_new_evidence_never_widens_and_stays_inside(random) -> None:
    rubric, before, after, member = new_evidence(random)
    discount = run(rubric, before).confrontation.discount
    assume(not member.contradicted(rubric.verdict.declared_discount))
    assume(not exceeded(member, discount))
    for old, new in zip(scores(run(rubric, before)), scores(run(rubric, after)), strict=True):
        assert old.interval.contains(new.interval)


@many
@given(worlds.randoms)
def test_oui_stays_oui_under_new_evidence(random) -> None:
    rubric, before, after, member = new_evidence(random, "kind")
    assume(not member.contradicted(rubric.verdict.declared_discount))
    assume(run(rubric, before).judgement.answer == "oui")
    assert run(rubric, after).judgement.answer == "oui"


@many
@given(worlds.randoms)
def test_non_stays_non_even_when_a_declaration_proves_false(random) -> None:
    rubric, before, after, _ = new_evidence(random, "harsh")
    assume(run(rubric, before).judgement.answer == "non")
    assert run(rubric, after).judgement.answer == "non"


@many
@given(worlds.randoms)
def test_a_time_out_never_raises_low(random) -> None:
    rubric, found, check_id, index = one_member(random)
    before = run(rubric, found)
    lost = replace(found[check_id].members[index], measured=None, reason="timed_out")
    after = run(rubric, with_member(found, check_id, index, lost), withdrawn=before.confrontation.withdrawn)
    for old, new in zip(scores(before), scores(after), strict=True):
        assert new.interval.low <= old.interval.low


@many
@given(worlds.randoms)
def test_an_exclusion_never_raises_low(random) -> None:
    rubric, found = worlds.world(random)
    before = run(rubric, found)
    applicable = [each.check_id for each in before.findings if each.applicable]
    left_out = frozenset(random.sample(applicable, random.randint(1, len(applicable))))
    after = run(rubric, found, policy=worlds.policy(excluded=left_out))
    for old, new in zip(scores(before), scores(after), strict=True):
        assert new.interval.low <= old.interval.low


@many
@given(worlds.randoms)
def test_a_waiver_never_raises_low_nor_changes_high_nor_raises_the_verdict(random) -> None:
    rubric, found = worlds.world(random)
    assume(found)
    checks = random.sample(sorted(found), random.randint(1, len(found)))
    scope = random.choice(["estate", "host m0", "m1", "host nowhere"])
    waivers = tuple(worlds.waiver(check, scope=scope) for check in checks)
    before, after = run(rubric, found), run(rubric, found, policy=worlds.policy(waivers=waivers))
    for old, new in zip(scores(before), scores(after), strict=True):
        assert new.interval.low <= old.interval.low
        assert new.interval.high == old.interval.high
    assert RANK[after.judgement.answer] <= RANK[before.judgement.answer]


@many
@given(worlds.randoms)
def test_excluding_or_waiving_a_check_never_changes_another(random) -> None:
    rubric, found = worlds.world(random)
    assume(found)
    touched = random.choice(sorted(found))
    before = run(rubric, found)
    for policy in (
        worlds.policy(excluded=frozenset({touched})),
        worlds.policy(waivers=(worlds.waiver(touched),)),
    ):
        after = run(rubric, found, policy=policy)
        others = [each for each in before.findings if each.check_id != touched]
        assert [each for each in after.findings if each.check_id != touched] == others


@many
@given(worlds.randoms)
def test_improving_the_truth_of_one_member_never_lowers_anything(random) -> None:
    rubric, found, check_id, index = one_member(random)
    member = found[check_id].members[index]
    assume(member.measured is not None)
    raised = [max(end, worlds.share(random)) for end in (member.measured.low, member.measured.high)]
    better = replace(member, measured=Interval(raised[0], max(raised)))
    before, after = run(rubric, found), run(rubric, with_member(found, check_id, index, better))
    for old, new in zip(scores(before), scores(after), strict=True):
        assert new.interval.low >= old.interval.low
        assert new.interval.high >= old.interval.high
    assert RANK[after.judgement.answer] >= RANK[before.judgement.answer]


@given(worlds.randoms)
def test_the_same_input_gives_the_same_verdict(random) -> None:
    rubric, found = worlds.world(random)
    assert run(rubric, found) == run(rubric, dict(reversed(found.items())))


def one_check_each(rubric, member: Member) -> dict[str, Population]:
    return {check_id: Population(key="test", members=(member,), complete=True) for check_id in rubric.checks}


def test_the_ideal_estate_reaches_oui_under_every_published_rubric() -> None:
    ideal = Member(name="all", kind="estate", measured=Interval.point(1), evidence=worlds.EVIDENCE)
    assert run(published(), one_check_each(published(), ideal)).judgement.answer == "oui"


def test_declaring_everything_and_measuring_nothing_is_never_oui() -> None:
    rubric = published()
    said = Member(name="all", kind="estate", declared=Fraction(1), evidence=worlds.EVIDENCE)
    verdict = run(rubric, one_check_each(rubric, said))
    assert verdict.judgement.answer == "pas encore"
    assert verdict.judgement.lack == ("evidence",)


def with_members(found, change) -> dict:
    return {
        check_id: replace(each, members=tuple(change(member) for member in each.members))
        for check_id, each in found.items()
    }


@many
@given(worlds.randoms)
def test_declarations_alone_are_never_oui_when_a_share_must_be_measured(random) -> None:
    rubric, found = worlds.world(random)
    assume(rubric.verdict.measured_share > 0)
    said = with_members(
        found, lambda each: replace(each, measured=None, declared=Fraction(1), evidence=worlds.EVIDENCE)
    )
    unread = {check_id: replace(each, complete=False) for check_id, each in said.items()}
    assert run(rubric, unread).judgement.answer != "oui"


@many
@given(worlds.randoms)
def test_saying_no_is_never_worse_than_saying_nothing(random) -> None:
    rubric, found = worlds.world(random)
    silent = with_members(found, lambda each: replace(each, declared=None, evidence=worlds.EVIDENCE))
    denied = with_members(found, lambda each: replace(each, declared=Fraction(0), evidence=worlds.EVIDENCE))
    assert RANK[run(rubric, denied).judgement.answer] >= RANK[run(rubric, silent).judgement.answer]


@many
@given(worlds.randoms)
def test_a_disproved_statement_stays_withdrawn_until_it_is_measured_true(random) -> None:
    rubric, found = worlds.world(random)
    first = run(rubric, found).confrontation
    blind = with_members(found, lambda each: replace(each, measured=None, evidence=worlds.EVIDENCE))
    second = confront(blind, first.withdrawn, rubric)
    assert second.withdrawn == first.withdrawn
    assert second.discount >= first.discount
    proved = with_members(found, lambda each: replace(each, measured=Interval.point(1), evidence=worlds.EVIDENCE))
    assert confront(proved, second.withdrawn, rubric).withdrawn == ()
