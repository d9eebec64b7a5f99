"""Three whole estates under the published rubric: the answer, all that is planted and nothing else, the way to oui."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from analyzers.assess import acted, assess
from analyzers.checks import ALL_CHECKS
from analyzers.model import context as ctx
from analyzers.rubric import published
from tests import builders as b
from tests.estates.whole import half_way, mature, planted
from tests.estates.whole.judged import once_done, verdict

ANSWERS = {"mature": ("oui", ()), "half-way": ("pas encore", ("foundations", "evidence")), "chaotic": ("non", None)}
NAMES = tuple(ANSWERS)


def test_every_question_is_asked() -> None:
    assert {each.id for each in ALL_CHECKS} == set(published().checks)


@pytest.mark.parametrize("name", NAMES)
def test_each_estate_gets_its_answer(name: str) -> None:
    answer, lack = ANSWERS[name]
    found = verdict(name).judgement
    assert found.answer == answer, [str(each) for each in found.reasons]
    assert lack is None or found.lack == lack


def test_ten_services_and_their_provider_are_seen_besides_the_system() -> None:
    seen = {each.service for host in mature.hosts() for each in host.listeners or ()}
    assert seen - {"ssh", "node_exporter"} == set(mature.SERVICES)
    assert len(mature.SERVICES) == 10


@pytest.mark.parametrize("name", NAMES)
def test_all_that_is_planted_is_found_and_nothing_else(name: str) -> None:
    found = {each.check_id: set(each.subjects) for each in verdict(name).findings if each.subjects}
    assert found == {check: set(names) for check, names in planted.SUBJECTS[name].items()}


@pytest.mark.parametrize("name", NAMES)
def test_all_that_is_untrue_is_contradicted_and_nothing_else(name: str) -> None:
    found = verdict(name).confrontation
    told = {(each.statement.check, each.statement.member) for each in found.contradictions}
    assert told == planted.CONTRADICTIONS[name]
    assert found.doubled is (name == "half-way")


@pytest.mark.parametrize("name", NAMES)
def test_lenses_say_what_is_wrong_and_nothing_else(name: str) -> None:
    lines = [each for lens in verdict(name).lenses for each in lens.lines]
    assert {str(each.text) for each in lines if each.state == "bad"} == planted.SAID[name]


def test_what_only_declarations_know_is_a_ghost_once_every_host_was_read() -> None:
    contract = replace(half_way.contract(), assets=ctx.ContractAssets(hosts=("db1",), services=("postgresql",)))
    found = assess(half_way.snapshot(context=replace(half_way.context(), contracts=(contract,))), published()).findings
    subjects = {each.check_id: each.subjects for each in found}
    assert subjects["declared-flows-observed"] == ("intranet -> postgresql",)
    assert subjects["blind-spots"] == ()


@pytest.mark.parametrize("name", ["half-way", "chaotic"])
def test_the_conditions_once_done_give_oui_and_none_can_be_left_out(name: str) -> None:
    seen = verdict(name)
    chosen = {each.check_id for each in seen.conditions}
    assert acted(seen, b.snapshot(), published(), frozenset(chosen)).judgement.answer == "oui"
    for each in chosen:
        assert once_done(seen, chosen - {each}) != "oui", each


def test_every_use_of_ai_may_start_on_the_mature_estate_and_none_that_rests_on_alerts_on_the_chaotic_one() -> None:
    assert {each.answer for each in verdict("mature").use_cases} == {"oui"}
    assert "oui" not in {each.answer for each in verdict("chaotic").use_cases}
    assert "non" in {each.answer for each in verdict("chaotic").use_cases}


@pytest.mark.parametrize("name", ["chaotic", "shop"])
def test_the_way_begins_with_what_forbids_every_project(name: str) -> None:
    first = [each.check_id for each in verdict(name).conditions][:2]
    assert set(first) == {"backups-present", "restore-proven"}
