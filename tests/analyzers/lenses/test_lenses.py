"""What lenses say, line by line."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import given, settings
from msgspec.structs import replace

from analyzers.lenses.every import MOST_LINES, lenses
from analyzers.lenses.outsourcing import outsourcing
from analyzers.lenses.undecided import undecided, weak_signals
from analyzers.model import context as ctx
from analyzers.model import facts
from analyzers.model.estate import Estate
from analyzers.model.monitoring import Rule
from tests import builders as b
from tests import strategies as s


def day(age: int) -> dt.date:
    return b.TODAY - dt.timedelta(days=age)


def said(lines: Any) -> list[tuple[str, str]]:
    return [(each.state, str(each.text)) for each in lines]


CONTRACT = ctx.Contract(
    provider="InfoServ",
    model="partial",
    assets=ctx.ContractAssets(hosts=("db1", "old1"), services=("boutique",)),
    signed=day(400),
    scope_review=day(200),
    sla=ctx.Sla(availability=99.9, measured_by="InfoServ"),
    access=ctx.ContractAccess(windows=("Mon-Fri 08:00-19:00",), ranges=("198.51.100.0/28",), last_review=day(300)),
    reversibility=ctx.Reversibility(clause=True, notice_months=3, formats=("sql",), data_owner="us"),
    kpis=ctx.Kpis(first_level=0.78, budget_deviation=0.08),
    invoices=(ctx.Invoice(month="2026-11", units={"hosts": 2}),),
)
NIGHT = facts.Session(account="infoserv", day=day(1), source="198.51.100.7", hours=(3,))


def estate(contract: ctx.Contract = CONTRACT, **blocks: Any) -> Estate:
    hosts = (b.host("db1", access=facts.Access(sessions=(NIGHT,))), b.host("web1", access=facts.Access(sessions=())))
    given = {
        "organisation": ctx.Organisation(people=60),
        "providers": (ctx.Provider(name="InfoServ"),),
        "contracts": (contract,),
        "responsibilities": {"boutique": ctx.Responsibilities(patching="InfoServ", backup="InfoServ")},
        "rituals": (ctx.Ritual(kind="steering_committee", provider="InfoServ", cadence_days=90, held=(day(200),)),),
    }
    return b.estate(*hosts, context=b.context(**(given | blocks)))


def test_a_contract_is_shown_beside_what_is_seen() -> None:
    lines = said(outsourcing(estate()))
    for expected in (
        ("note", "InfoServ: model partial, services: boutique."),
        ("bad", "InfoServ: in the contract and seen by nobody: old1."),
        ("note", "Seen and in no contract: web1."),
        ("bad", "boutique: nobody is accountable for access, incident, recovery, monitoring, compliance."),
        ("open", "boutique: promised 99.9 %, and no probe of ours measures it."),
        ("good", "boutique: a company of this size needs 99.9 %."),
        ("bad", "InfoServ: first_level at 78 %, target 85 %."),
        ("good", "InfoServ: budget_deviation at 8 %, target 15 %."),
        ("open", "InfoServ: nobody follows satisfaction; target 90 %."),
        ("open", "InfoServ: nobody follows tco_change; target -25 %."),
        ("bad", "InfoServ: sessions outside the agreed hours or addresses: db1 2026-11-22 03h 198.51.100.7."),
        ("bad", "InfoServ: the bill is 100 % off the hosts seen."),
        ("bad", "steering_committee InfoServ: last held on 2026-05-07, due every 90 days."),
        ("bad", "InfoServ: no documentation is handed over."),
        ("open", "To renegotiate with InfoServ: measure its availability ourselves."),
        ("open", "To change from InfoServ: 2 of the six conditions of leaving first."),
        ("open", "To bring back from InfoServ: hire or train first, nobody of ours has a declared skill."),
    ):
        assert expected in lines


def test_a_contract_in_order_leaves_three_ways_open() -> None:
    whole = ctx.Contract(
        provider="InfoServ",
        assets=ctx.ContractAssets(hosts=("db1", "web1")),
        sla=ctx.Sla(availability=99.0, measured_by="us"),
        kpis=ctx.Kpis(),
        reversibility=ctx.Reversibility(
            clause=True, notice_months=3, formats=("sql",), data_owner="us", documentation=True, last_drill=day(30)
        ),
    )
    people = (ctx.Person(id="a.martin", employer="internal", skills=("it-business",)),)
    lines = said(outsourcing(estate(whole, people=people)))
    assert ("good", "InfoServ: every host of the contract was seen.") in lines
    assert ("good", "InfoServ: the six conditions of leaving are met.") in lines
    assert [state for state, text in lines if text.startswith(("Renegotiate", "Change", "Bring back"))] == ["good"] * 3


def test_what_tickets_tell_of_the_first_level_stands_before_what_a_contract_reports() -> None:
    slow = b.ticket_file(*(b.ticket(each, 2 + each, level=2) for each in range(20)))
    context = b.context(contracts=(CONTRACT,), providers=())
    lines = said(outsourcing(b.estate(context=context, tickets=[slow])))
    assert ("bad", "InfoServ: first_level at 0 % as tickets tell, target 85 %.") in lines
    assert not [text for _, text in lines if "first_level at 78 %" in text]


def test_without_a_contract_the_lens_says_nothing() -> None:
    assert outsourcing(b.estate()) == ()
    assert outsourcing(b.estate(context=b.context(providers=()))) == ()


def test_promised_measured_possible_and_needed_stand_side_by_side() -> None:
    key = {"job": "blackbox", "instance": "https://boutique.example/", "service": "boutique"}
    probes = (
        b.query("sla.availability", (key, 0.98), window="30d"),
        b.query("sla.samples", (key, 43200.0), window="30d"),
    )
    services = (
        b.service("boutique", depends_on=("paiement",)),
        b.service("paiement", external=True, objectives=ctx.Objectives(availability=99.0)),
    )
    context = b.context(
        services=services, contracts=(CONTRACT,), organisation=ctx.Organisation(people=15), providers=()
    )
    lines = said(outsourcing(b.estate(monitoring=b.monitoring(*probes), context=context)))
    assert [each for each in lines if each[1].startswith("boutique: ")] == [
        ("bad", "boutique: promised 99.9 %, measured 98.0 %."),
        ("bad", "boutique: at most 99.0 % is possible with what it rests on."),
        ("good", "boutique: a company of this size needs 99.0 %."),
    ]


def test_what_waits_for_a_decision_is_listed() -> None:
    mute = Rule(kind="alerting", name="Down", query="up == 0", labels={"severity": "page"})
    context = b.context(
        waivers=(ctx.WaiverEntry(check="patching", owner="a", reason="r", expires=day(2)),),
        risks=(ctx.Risk(title="single ERP server", expires=day(1)),),
        decisions=(ctx.Decision(date=day(9), title="Move e-mail"), ctx.Decision(date=day(9), title="X", review=day(3))),
    )
    past = [b.past_verdict(age, exposure=0.5) for age in (3, 2, 1)]
    lines = said(undecided(b.estate(monitoring=b.monitoring(rules=(mute,)), context=context, past=past)))
    assert lines == [
        ("bad", "Open for three scans, without a decision: exposure."),
        ("bad", "The waiver of patching expired on 2026-11-21."),
        ("bad", "An accepted risk expired on 2026-11-22: single ERP server."),
        ("open", "A decision of 2026-11-14 has no date of review: Move e-mail."),
        ("bad", "The review of a decision was due on 2026-11-20: X."),
        ("bad", "Alerts that nobody owns: Down."),
    ]


def test_small_trends_warn() -> None:
    certificate = facts.Certificate(path="/etc/x.pem", subject="shop", not_after=b.days_ago(-30), renewal=False)
    context = b.context(
        waivers=(ctx.WaiverEntry(check="patching", owner="a", reason="r", expires=day(-20)),),
        risks=(ctx.Risk(title="single ERP server", expires=day(-30)),),
        contracts=(CONTRACT,),
        rituals=(ctx.Ritual(kind="audit", cadence_days=90, held=(day(100),)),),
    )
    tickets = b.ticket_file(*(b.ticket(each, 2 + each, cause="disque plein") for each in range(20)))
    lines = said(weak_signals(b.estate(b.host(certificates=(certificate,)), context=context, tickets=[tickets])))
    assert lines == [
        ("open", "The waiver of patching expires on 2026-12-13."),
        ("open", "An accepted risk expires on 2026-12-23: single ERP server."),
        ("open", "shop: its certificate expires on 2026-12-23, and nothing renews it."),
        ("open", "audit: due since 2026-11-13."),
        ("open", "Incidents that repeat a cause: 19 in the last quarter, 0 in the one before."),
        ("open", "InfoServ: the perimeter of the contract was last reviewed on 2026-05-07."),
        ("open", "InfoServ: accesses were last reviewed on 2026-01-27."),
    ]


@settings(max_examples=40, deadline=None)
@given(s.estates())
def test_lenses_say_something_of_any_estate_and_stay_bounded(found: Estate) -> None:
    for lens in lenses(found):
        assert 0 < len(lens.lines) <= MOST_LINES
        assert all(str(each.text) for each in lens.lines)


def test_an_estate_of_which_nothing_is_known_has_no_lens() -> None:
    assert lenses(b.estate()) == ()


def test_hosts_outside_a_contract_are_a_question_only_where_it_should_hold_them_all() -> None:
    told = {
        model: next(
            each.state for each in outsourcing(estate(replace(CONTRACT, model=model))) if "web1" in str(each.text)
        )
        for model in ("partial", "total")
    }
    assert told == {"partial": "note", "total": "open"}


def test_a_certificate_on_several_hosts_is_told_once() -> None:
    soon = facts.Certificate(path="/etc/ssl/shop.pem", subject="shop.example", not_after=b.NOW + dt.timedelta(days=9))
    hosts = tuple(b.host(name, certificates=(soon,)) for name in ("web1", "web2"))
    assert [each.topic for each in weak_signals(b.estate(*hosts))] == ["certificates"]
