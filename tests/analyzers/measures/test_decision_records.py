"""What the context file says of decisions, of accepted risks and of rituals."""

from __future__ import annotations

import datetime as dt

import pytest

from analyzers.measures.acceptances import BLOCKS, register
from analyzers.measures.decisions import LOG, log
from analyzers.measures.rituals import CALENDAR, held
from analyzers.model import context as ctx
from tests import builders as b

FOUR = ctx.Criteria(value=4, criticality=3, effort=2, risk=3)


def day(age):
    return b.TODAY - dt.timedelta(days=age)


def decision(age=30, **fields) -> ctx.Decision:
    given = {
        "date": day(age),
        "title": "Move e-mail to SaaS",
        "options": 2,
        "criteria": FOUR,
        "hypotheses": ("volume doubles",),
        "decider": "board",
    }
    return ctx.Decision(**(given | fields))


def members(measure, **blocks):
    return measure(b.estate(context=b.context(**blocks))).members


@pytest.mark.parametrize(
    ("fields", "value", "said"),
    [
        ({}, 1, "framed"),
        ({"criteria": ctx.Criteria(value=4, effort=2, risk=3)}, 1, "framed"),
        ({"options": 1}, 0, "without options"),
        ({"options": None}, 0, "without options"),
        ({"criteria": ctx.Criteria(value=4, effort=2)}, 0, "without criteria"),
        ({"criteria": None}, 0, "without criteria"),
        ({"hypotheses": ()}, 0, "without hypotheses"),
        ({"hypotheses": ("  ",)}, 0, "without hypotheses"),
        ({"decider": None}, 0, "without decider"),
        ({"options": 1, "decider": None}, 0, "without options, decider"),
    ],
)
def test_a_decision_is_framed(fields, value, said) -> None:
    (found,) = members(log, decisions=(decision(**fields),))
    assert (found.name, found.declared, found.measured) == ("decisions[0] of 2026-10-24", value, None)
    (evidence,) = found.evidence
    assert (evidence.value, evidence.provenance.query) == (said, "decisions[0]")
    assert evidence.provenance.collected_at.date() == day(30)


def test_old_decisions_are_left_out() -> None:
    found = members(log, decisions=(decision(366), decision(365), decision(1, options=0)))
    assert [(each.name.split()[0], each.declared) for each in found] == [("decisions[1]", 1), ("decisions[2]", 0)]


def test_a_log_that_nobody_writes_any_more_is_stale() -> None:
    (found,) = members(log, decisions=(decision(366), decision(900)))
    assert (found.name, found.declared, found.reason) == (LOG, None, "stale")


@pytest.mark.parametrize(("measure", "block", "name"), [(log, "decisions", LOG), (held, "rituals", CALENDAR)])
def test_an_empty_list_is_declared_nought(measure, block, name) -> None:
    (found,) = members(measure, **{block: ()})
    assert (found.name, found.declared, found.measured) == (name, 0, None)
    assert found.evidence[0].provenance.query == block


@pytest.mark.parametrize("measure", [log, held])
@pytest.mark.parametrize("context", [None, b.context()])
def test_silence_is_unknown(measure, context) -> None:
    (found,) = measure(b.estate(context=context)).members
    assert (found.declared, found.reason) == (None, "not_declared")


def waiver(**fields) -> ctx.WaiverEntry:
    given = {"check": "patching", "owner": "a.martin", "reason": "vendor end", "expires": day(-30)}
    return ctx.WaiverEntry(**(given | fields))


def risk(**fields) -> ctx.Risk:
    given = {"title": "single ERP server", "owner": "b.leroy", "accepted": day(300), "expires": day(-30)}
    return ctx.Risk(**(given | fields))


@pytest.mark.parametrize(
    ("fields", "value", "said"),
    [
        ({}, 1, "owned, dated and valid"),
        ({"expires": day(0)}, 1, "owned, dated and valid"),
        ({"expires": day(1)}, 0, "without validity"),
        ({"expires": None}, 0, "without expiry"),
        ({"owner": None}, 0, "without owner"),
        ({"accepted": None}, 0, "without date"),
        ({"accepted": None, "date": day(9)}, 1, "owned, dated and valid"),
        ({"owner": None, "accepted": None, "expires": None}, 0, "without owner, date, expiry"),
    ],
)
def test_a_risk_is_owned_dated_and_valid(fields, value, said) -> None:
    (found,) = members(register, risks=(risk(**fields),))
    assert (found.name, found.declared, found.weight) == ("risks[0]", value, 3)
    assert (found.evidence[0].value, found.evidence[0].provenance.query) == (said, "risks[0]")


@pytest.mark.parametrize(("expires", "value"), [(day(0), 1), (day(1), 0)])
def test_a_waiver_lasts_until_its_day(expires, value) -> None:
    (found,) = members(register, waivers=(waiver(expires=expires),), risks=())
    assert (found.name, found.declared) == ("waivers[0]", value)


@pytest.mark.parametrize("entry", [{"waivers": (waiver(date=day(366)),)}, {"risks": (risk(date=day(366)),)}])
def test_an_old_acceptance_is_stale(entry) -> None:
    (found,) = members(register, **entry)
    assert (found.declared, found.reason) == (None, "stale")


def test_an_acceptance_weighs_as_what_it_is_about() -> None:
    context = b.context(
        services=(b.service("erp", criticality=5),),
        risks=(risk(subjects=("erp", "web1", "unheard-of")),),
        waivers=(waiver(scope="host web1"), waiver(scope="estate")),
    )
    found = b.by_name(register(b.estate(b.host("web1", listeners=()), context=context)))
    assert {name: (each.weight, each.services, each.hosts) for name, each in found.items()} == {
        "risks[0]": (5, ("erp",), ("web1",)),
        "waivers[0]": (3, (), ("web1",)),
        "waivers[1]": (3, (), ()),
    }


@pytest.mark.parametrize(
    ("blocks", "empty", "missing"),
    [
        ({"waivers": (), "risks": ()}, BLOCKS, "not_declared"),
        ({"waivers": ()}, None, "not_declared"),
        ({"risks": ()}, None, "not_declared"),
        ({}, None, "not_declared"),
    ],
)
def test_only_two_empty_blocks_say_that_nothing_is_accepted(blocks, empty, missing) -> None:
    population = register(b.estate(context=b.context(**blocks)))
    assert (population.members, population.declared_empty, population.missing) == ((), empty, missing)
    assert not population.complete


def test_without_a_context_file_nobody_accepted_anything_that_we_know() -> None:
    population = register(b.estate())
    assert (population.declared_empty, population.missing) == (None, "not_declared")


def ritual(*ages, cadence=90, **fields) -> ctx.Ritual:
    return ctx.Ritual(kind="steering_committee", cadence_days=cadence, held=tuple(map(day, ages)), **fields)


@pytest.mark.parametrize(
    ("entry", "value", "said"),
    [
        (ritual(135), 1, day(135).isoformat()),
        (ritual(136), 0, day(136).isoformat()),
        (ritual(400, 20, 200), 1, day(20).isoformat()),
        (ritual(), 0, "never"),
        (ritual(1, cadence=1), 1, day(1).isoformat()),
        (ritual(2, cadence=1), 0, day(2).isoformat()),
    ],
)
def test_a_ritual_is_held_on_time(entry, value, said) -> None:
    (found,) = members(held, rituals=(entry,))
    assert (found.name, found.declared) == ("rituals[0] steering_committee", value)
    assert (found.evidence[0].value, found.evidence[0].provenance.query) == (said, "rituals[0].held")


def test_an_old_statement_about_a_ritual_is_stale() -> None:
    (found,) = members(held, rituals=(ritual(20, date=day(366)),))
    assert (found.declared, found.reason) == (None, "stale")
