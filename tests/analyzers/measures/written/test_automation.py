"""Recurring decisions: listed or not, complete or not, on a trigger that lives or not."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from msgspec.structs import replace

from analyzers.measures.written.automation import KEY, incomplete, listed, recurring_decisions, touched
from analyzers.model import context as ctx
from analyzers.model.estate import Estate
from analyzers.model.evidence import Member
from analyzers.model.interval import UNKNOWN, Interval
from analyzers.model.monitoring import Monitoring, Rule
from tests import builders as b

DISCOUNT = Fraction(3, 10)
ENTRY = ctx.Automatable(
    name="restart boutique when stuck",
    trigger="BoutiqueStuck",
    action="restart unit",
    runbook="rb/boutique.md",
    reversible=True,
    limits=ctx.Limits(per_hour=2, windows="any", rollback="none needed", kill_switch="silence"),
    approver="a.martin",
)
RULE = Rule(kind="alerting", name="BoutiqueStuck", query="up == 0", labels={"severity": "page"})


def server(*calls: tuple[str, float], live: bool = True, rules: tuple[Rule, ...] = (RULE,)) -> Monitoring:
    series = (b.query("alerts.series:up", ({}, 1.0)),) if live else (
        b.query("alerts.series:up"), b.query("alerts.series_14d:up"))  # fmt: skip
    activations = b.query("alerts.activations", *(({"alertname": name}, times) for name, times in calls))
    return b.monitoring(activations, *series, rules=rules, metric_names=("up", "node_load1"))


def estate(*entries: ctx.Automatable, monitoring: Monitoring | None = None, **sources: Any) -> Estate:
    services = (b.service("boutique", criticality=5),)
    context = b.context(services=services, automatable=entries)
    return b.estate(b.host("web1"), monitoring=monitoring, context=context, **sources)


def members(*entries: ctx.Automatable, **how: Any) -> dict[str, Member]:
    return b.by_name(listed(estate(*entries, **how)))


@pytest.mark.parametrize(
    ("change", "lacks"),
    [
        ({}, ()),
        ({"trigger": None}, ("trigger",)),
        ({"runbook": None, "name": "x"}, ("runbook",)),
        ({"reversible": False}, ()),
        ({"reversible": None, "approver": None}, ("reversibility", "approver")),
        ({"limits": None}, ("rate limit", "windows", "rollback", "kill switch")),
        ({"name": "restart something", "runbook": "rb", "trigger": "Other"}, ("blast radius",)),
    ],
)
def test_an_entry_is_complete_when_a_machine_could_act_on_it(change: dict[str, Any], lacks: tuple[str, ...]) -> None:
    entry = replace(ENTRY, **change)
    if "blast radius" not in lacks and change.get("name"):
        entry = replace(entry, action="restart boutique")
    assert incomplete(entry, estate(entry)) == lacks
    assert members(entry)[entry.name].declared == (0 if lacks else 1)


@pytest.mark.parametrize(
    ("trigger", "live", "measured", "reason"),
    [
        ("BoutiqueStuck", True, UNKNOWN, "partial"),
        ("BoutiqueStuck", False, Interval.point(0), "partial"),
        ("NoSuchAlert", True, Interval.point(0), "partial"),
        ("node_load1 > 10", True, UNKNOWN, "partial"),
    ],
)
def test_a_trigger_that_the_server_does_not_know_disproves_the_entry(
    trigger: str, live: bool, measured: Interval, reason: str
) -> None:
    entry = replace(ENTRY, trigger=trigger)
    found = members(entry, monitoring=server(live=live))[ENTRY.name]
    assert (found.measured, found.declared, found.reason) == (measured, 1, reason)
    assert found.contradicted(DISCOUNT) is (measured.high == 0)


def test_without_a_server_the_entry_stands_on_its_word() -> None:
    found = members(ENTRY)[ENTRY.name]
    assert (found.measured, found.reason, found.weight, found.services) == (
        None,
        "no_monitoring_source",
        5,
        ("boutique",),
    )
    assert b.ends(found) == (Fraction(7, 10), 1)


def test_an_alert_that_calls_again_and_a_cause_that_returns_are_recurring_decisions() -> None:
    tickets = b.ticket_file(*(b.ticket(each, 2 + each * 9, cause="Disque plein") for each in range(12)))
    found = estate(monitoring=server(("DiskFull", 7.0), ("Once", 1.0)), tickets=[tickets])
    assert [(each.name, each.times) for each in recurring_decisions(found)] == [("disque plein", 11), ("DiskFull", 7)]
    left_out = b.by_name(listed(found))
    assert {name: each.declared for name, each in left_out.items()} == {"DiskFull": 0, "disque plein": 0}
    assert left_out["disque plein"].services == ("boutique",)


def test_an_entry_covers_the_recurring_decision_that_it_names() -> None:
    assert list(members(ENTRY, monitoring=server(("BoutiqueStuck", 9.0)))) == [ENTRY.name]
    by_cause = replace(ENTRY, trigger="disque plein")
    tickets = b.ticket_file(*(b.ticket(each, 2 + each * 9, cause="Disque plein") for each in range(12)))
    found = members(by_cause, tickets=[tickets], monitoring=server())[ENTRY.name]
    assert (found.measured, found.declared) == (None, 1)


def test_silence_is_unknown_and_an_empty_list_counts_nought() -> None:
    found = listed(b.estate())
    assert (found.key, found.members, found.missing, found.complete) == (KEY, (), "not_declared", False)
    silent = listed(b.estate(monitoring=server(("DiskFull", 7.0))))
    assert [(each.declared, each.reason) for each in silent.members] == [(None, "not_declared")]
    assert [each.declared for each in listed(estate()).members] == [0]


def test_what_an_entry_touches_is_what_it_names_or_its_alert_says() -> None:
    labelled = replace(RULE, labels={"service": "boutique"})
    plain = replace(ENTRY, name="restart it", runbook="rb", trigger="BoutiqueStuck")
    assert [each.name for each in touched(plain, estate(plain, monitoring=server(rules=(labelled,))))] == ["boutique"]
    assert touched(plain, estate(plain, monitoring=server())) == ()
