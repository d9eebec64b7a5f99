"""A very small shop gets a sensible answer: few lines first, no absurdity, every condition said to be found out."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from analyzers.assess import assess
from analyzers.model import context as ctx
from analyzers.rubric import published
from exporters.board.page import Page
from exporters.reading import Reading
from exporters.text import text
from tests import builders as b
from tests.estates.whole import shop
from tests.estates.whole.judged import verdict, written

PROVIDER = {
    "contract-perimeter", "provider-access", "provider-kpis", "responsibility-matrix", "reversibility", "sla-measured",
}  # fmt: skip


def report(lang: str) -> str:
    return text(written(shop.snapshot(), verdict("shop")), lang=lang, width=80)


def test_it_is_not_yet_ready_and_what_was_read_is_told() -> None:
    seen = verdict("shop")
    assert seen.judgement.answer == "pas encore"
    told = {each.check_id: each.subjects for each in seen.findings if each.outcome == "measured"}
    assert told["patching"] == told["certificates"] == told["shared-accounts"] == ()
    assert told["jobs-mastered"] == ("shop: sauvegarde.sh",)
    assert told["privileged-access"] == told["configuration-managed"] == ("shop",)


def test_nobody_is_blamed_for_what_was_not_seen() -> None:
    for each in verdict("shop").findings:
        assert each.outcome != "unknown" or not each.subjects
        assert each.outcome != "unknown" or each.interval.high == 1


@pytest.mark.parametrize(
    ("lang", "others", "first"),
    [("en", "other reasons below", "Find out"), ("fr", "autres raisons plus bas", "À savoir")],
)
def test_the_first_screen_holds_a_short_list(lang: str, others: str, first: str) -> None:
    screen = report(lang).splitlines()[:24]
    why = [each for each in screen if each.startswith("  • ")]
    way = [each for each in screen if each.startswith(("  1. ", "  2. ", "  3. "))]
    assert len(why) == 4
    assert len(way) == 2
    assert any(others in each for each in screen)
    assert first in report(lang)


def test_the_board_reads_three_reasons_and_three_steps() -> None:
    page = Page(reading=Reading(document=written(shop.snapshot(), verdict("shop")), lang="fr"))
    assert len(page.reasons) == len(page.steps) == 3
    assert len(page.risks) <= 3


@pytest.mark.parametrize("word", ["Prometheus server, the agent", "agent on the hosts, the context file"])
def test_a_source_that_answered_already_is_not_asked_for_what_only_people_know(word: str) -> None:
    asked = [each for each in written(shop.snapshot(), verdict("shop")).findings if each.reason == "not_declared"]
    assert asked
    assert {each.would_answer for each in asked if each.outcome == "unknown"} == {("context",)}
    assert word not in " ".join(each for each in report("en").splitlines() if "nothing is declared" in each)


def test_a_remedy_is_given_only_where_something_is_known_to_be_wrong() -> None:
    assert "Ajouter de la capacité à ces hôtes" not in report("fr").split("Chemin vers le oui")[1].split("Horizon 1")[0]


def test_saying_that_there_is_no_provider_takes_the_provider_out_of_the_way() -> None:
    alone = replace(shop.snapshot(), declared=b.snapshot(context=b.context(providers=(), contracts=())).declared)
    before, after = verdict("shop"), assess(alone, published())
    assert PROVIDER & {each.check_id for each in before.conditions}
    assert not PROVIDER & {each.check_id for each in after.conditions}
    assert len(after.conditions) < len(before.conditions)
    assert ctx.Context is type(b.context())
