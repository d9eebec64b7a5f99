"""Gaming: words without measurements, and whatever makes the estate look smaller, are seen on page one."""

from __future__ import annotations

import datetime as dt

import pytest
from msgspec.structs import replace

from analyzers.assess import assess
from analyzers.model import context as ctx
from analyzers.model.snapshot import Snapshot
from analyzers.rubric import published
from exporters.board.page import Page
from exporters.document import Document
from exporters.html import html
from exporters.reading import Reading
from exporters.text import text
from tests import builders as b
from tests.estates import company
from tests.estates.whole import half_way, mature
from tests.estates.whole.judged import verdict, written

FIRST_SCREEN = 24
EVERYTHING = mature.context(
    standards=ctx.Standards(os=("debian 12",)),
    services=mature.services(
        match=ctx.Match(hosts=tuple(company.HOSTS)),
        backup=ctx.Backup(tool="pgbackrest", where="off-site", schedule="hourly"),
        objectives=ctx.Objectives(availability=99.9, rpo_hours=24, rto_hours=8),
    ),
    contracts=(mature.contract(assets=ctx.ContractAssets(hosts=tuple(company.HOSTS), services=mature.SERVICES)),),
    restore_tests=tuple(
        ctx.RestoreTest(service=name, date=b.TODAY, kind="full", minutes=5, by="b.leroy") for name in mature.SERVICES
    ),
    recovery_drills=(ctx.RecoveryDrill(services=mature.SERVICES, date=b.TODAY, rto_minutes=1, rpo_minutes=1),),
    changes=tuple(ctx.Change(date=b.days_ago(day), services=mature.SERVICES, record=f"C{day}") for day in range(1, 90)),
    incidents=(),
    on_call=(ctx.OnCall(team="infra", hours="24x7", people=company.PEOPLE),),
)
"""A context file in which all is for the best."""

UNREAD = tuple(b.refused(name, addresses=(address,)) for name, address in company.HOSTS.items())
EMPTY = tuple(
    company.host(
        name, listeners=(), connections=(), units=(), jobs=(), backups=(), certificates=(), configuration=(), agents=()
    )
    for name in company.HOSTS
)
ESTATES = {"no host": (), "hosts that nobody could read": UNREAD, "hosts that are read and empty": EMPTY}


@pytest.mark.parametrize("hosts", ESTATES.values(), ids=ESTATES)
def test_the_most_boastful_file_never_gives_oui(hosts) -> None:
    seen = assess(b.snapshot(*hosts, context=EVERYTHING), published())
    assert seen.judgement.answer != "oui"
    assert "evidence" in seen.judgement.lack


NOTHING_LEFT = {
    "providers": (), "contracts": (), "services": (), "ai_workloads": (), "runbooks": (), "automatable": (),
    "decisions": (), "risks": (), "rituals": (), "recovery_drills": (), "restore_tests": (), "documents": (),
}  # fmt: skip


@pytest.mark.parametrize("hosts", ESTATES.values(), ids=ESTATES)
def test_declaring_that_there_is_nothing_never_gives_oui(hosts) -> None:
    seen = assess(b.snapshot(*hosts, context=mature.context(**NOTHING_LEFT)), published())
    assert seen.judgement.answer != "oui"


def waived() -> Snapshot:
    """Return the firm half-way once it waived every condition."""
    checks = [each.check_id for each in verdict("half-way").conditions]
    waivers = tuple(
        ctx.WaiverEntry(check=each, owner="board", reason="later", expires=b.TODAY + dt.timedelta(days=90))
        for each in checks
    )
    return half_way.snapshot(context=replace(half_way.context(), waivers=waivers))


def emptied() -> Snapshot:
    return half_way.snapshot(context=replace(half_way.context(), providers=(), contracts=(), rituals=()))


def shrunk() -> Snapshot:
    """Return the firm with a perimeter of what goes well, and half of its hosts left out of the scan."""
    kept = ("app1", "bkp1", "mon1")
    small = (ctx.PerimeterEntry(name="what goes well", services=("keycloak", "rsync")),)
    whole = half_way.snapshot(context=replace(half_way.context(), perimeters=small))
    return replace(whole, hosts=tuple(each for each in whole.hosts if each.name in kept))


def first_screen(document: Document, lang: str) -> str:
    shown = " ".join(text(document, lang=lang, width=80).splitlines()[:FIRST_SCREEN])
    return shown.replace("\u202f", " ")


TRICKS = {
    "waived": (waived, {"en": "Waivers: ", "fr": "Dérogations : "}),
    "declared away": (
        emptied,
        {"en": "Declared empty: contracts: [], providers: []", "fr": "Déclaré vide : contracts: [], providers: []"},
    ),
    "many at once": (
        lambda: replace(waived(), hosts=UNREAD),
        {"en": "Waivers: ", "fr": "Dérogations : "},
    ),
}


@pytest.mark.parametrize(("trick", "said"), TRICKS.values(), ids=TRICKS)
def test_what_is_set_aside_is_on_the_first_screen_and_changes_no_answer(trick, said) -> None:
    document = written(trick())
    for lang, words in said.items():
        assert words in first_screen(document, lang)
    assert document.verdict.answer == "pas encore"


@pytest.mark.parametrize(("trick", "said"), list(TRICKS.values())[:2], ids=list(TRICKS)[:2])
def test_what_is_set_aside_is_in_the_page_and_on_the_board_s(trick, said) -> None:
    document = written(trick())
    page = html(document, lang="en")
    mind = page[page.index('id="mind"') :]
    expected = {"waived": "Waived by board until", "declared away": "is declared empty; left aside"}
    name = next(key for key, value in TRICKS.items() if value[0] is trick)
    assert expected[name] in mind
    shown = " ".join(Page(reading=Reading(document=document, lang="en")).unknown)
    board = {"waived": "set aside by a waiver", "declared away": "declared non-existent: contracts: [], providers: []"}
    assert board[name] in shown


def test_a_smaller_scan_is_answered_for_the_whole_estate_and_leaves_what_was_left_out_unknown() -> None:
    seen = assess(shrunk(), published())
    assert seen.judgement.answer == "pas encore"
    blind = next(each for each in seen.findings if each.check_id == "blind-spots")
    assert {"app2", "db1", "db2"} <= set(blind.subjects)
    assert [each.name for each in seen.perimeters] == ["what goes well"]
