"""What is written of rules, contracts, costs, exercises: declared, stale, absent, empty, and confronted."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest

from analyzers.measures.written import classes, cold, costs, kpis, leaving, policies, rehearsals, sessions
from analyzers.measures.written.statements import foremost
from analyzers.model import context as ctx
from analyzers.model import facts
from analyzers.model.evidence import Member, Population
from analyzers.model.interval import Interval
from tests import builders as b

DISCOUNT = Fraction(3, 10)
HALF = Fraction(1, 2)
DECLARED_ONLY = (policies.ai_policy, policies.tensions, policies.shared_criteria, leaving.reversibility,
                 rehearsals.runbooks, rehearsals.drills, kpis.on_target)  # fmt: skip


def day(age: int) -> dt.date:
    return b.TODAY - dt.timedelta(days=age)


def of(measure: Any, *hosts: facts.Host, **blocks: Any) -> Population:
    return measure(b.estate(*hosts, context=b.context(**blocks)))


def only(population: Population) -> Member:
    (member,) = population.members
    return member


@pytest.mark.parametrize("measure", DECLARED_ONLY, ids=lambda each: each.__name__)
def test_what_nobody_declares_is_unknown(measure: Any) -> None:
    for population in (measure(b.estate()), of(measure, services=(b.service(),))):
        assert population.interval(DISCOUNT) == Interval(Fraction(0), Fraction(1))
        assert not population.complete
        assert population.missing or all(each.reason for each in population.members)


@pytest.mark.parametrize(
    ("policy", "written"),
    [
        ({}, 0),
        ({"approver": "board"}, 1),
        ({"approver": "board", "data_allowed": ()}, 2),
        ({"kill_switch": False}, 0),
        ({"kill_switch": True, "review": day(1)}, 1),
        ({"approver": "board", "data_allowed": ("internal",), "kill_switch": True, "review": day(-30)}, 4),
    ],
)
def test_rules_for_ai_count_a_quarter_each(policy: dict[str, Any], written: int) -> None:
    found = of(policies.ai_policy, ai_policy=ctx.AiPolicy(**policy))
    assert sum(each.declared or 0 for each in found.members) == written
    assert found.measured_only == Interval(Fraction(0), Fraction(1))


def test_old_rules_for_ai_are_stale() -> None:
    found = of(policies.ai_policy, ai_policy=ctx.AiPolicy(approver="board", date=day(400)))
    assert {each.reason for each in found.members} == {"stale"}


def test_a_position_that_is_copied_from_another_tension_is_none() -> None:
    tensions = ctx.Tensions(
        speed_robustness="Robust first.", innovation_security="robust  FIRST.", performance_cost=" "
    )
    assert [each.declared for each in of(policies.tensions, tensions=tensions).members] == [1, 0, 0, 0]


def test_decisions_weigh_a_share_of_four_criteria() -> None:
    def decision(age: int, **criteria: int) -> ctx.Decision:
        return ctx.Decision(date=day(age), title="x", criteria=ctx.Criteria(**criteria) if criteria else None)

    full = {"value": 4, "criticality": 3, "effort": 2, "risk": 3}
    found = of(policies.shared_criteria, decisions=(decision(30, **full), decision(40, value=3), decision(50)))
    assert [each.declared for each in found.members] == [1, Fraction(1, 4), 0]
    assert only(of(policies.shared_criteria, decisions=())).declared == 0
    assert only(of(policies.shared_criteria, decisions=(decision(400, **full),))).reason == "stale"


GOOD_EXIT: dict[str, Any] = {
    "clause": True, "notice_months": 3, "formats": ("sql",), "data_owner": "us", "documentation": True,
    "last_drill": day(300),
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ({}, 1), ({"last_drill": day(800)}, Fraction(5, 6)), ({"data_owner": "InfoServ"}, Fraction(5, 6)),
        ({"clause": False, "formats": ()}, Fraction(4, 6)),
    ],
)  # fmt: skip
def test_a_contract_can_be_left_by_six_conditions(change: dict[str, Any], value: Fraction) -> None:
    contract = ctx.Contract(provider="InfoServ", reversibility=ctx.Reversibility(**(GOOD_EXIT | change)))
    assert only(of(leaving.reversibility, contracts=(contract,))).declared == value


def test_a_contract_without_a_word_of_leaving_counts_nought_and_no_provider_is_not_applicable() -> None:
    assert only(of(leaving.reversibility, contracts=(ctx.Contract(provider="x"),))).declared == 0
    for measure in (leaving.reversibility, kpis.on_target, sessions.as_agreed):
        empty = of(measure, providers=())
        assert (empty.members, empty.complete, empty.declared_empty) == ((), True, "providers: []")


DATABASE = b.host("db1", listeners=(b.listener("postgresql", 5432),))


@pytest.mark.parametrize(
    ("services", "declared", "measured"),
    [
        ((b.service("postgresql", data_class="personal"),), 1, None),
        ((b.service("postgresql"),), 0, None),
        ((b.service("other"),), None, Interval.point(0)),
        (None, None, None),
    ],
)
def test_data_services_are_classified_by_their_entry(services: Any, declared: Any, measured: Any) -> None:
    found = only(of(classes.classified, DATABASE, services=services))
    assert (found.declared, found.measured) == (declared, measured)


def test_a_host_that_was_not_read_may_keep_data() -> None:
    assert only(of(classes.classified, b.refused("db1"))).reason == "no_permission"


def contract(billed: float, month: str = "2026-11", **assets: Any) -> ctx.Contract:
    invoice = ctx.Invoice(month=month, units={"hosts": billed})
    return ctx.Contract(provider="InfoServ", invoices=(invoice,), assets=ctx.ContractAssets(**assets))


@pytest.mark.parametrize(
    ("billed", "ceiling"),
    [(2, None), (2.3, None), (3, Fraction(65, 100)), (1, Fraction(65, 100)), (20, 0)],
)
def test_a_bill_that_is_off_bounds_what_costs_are_worth(billed: float, ceiling: Fraction | None) -> None:
    hosts = (b.host("web1"), b.host("db1"))
    found = only(of(costs.visible, *hosts, services=(b.service(monthly_cost=90.0),), contracts=(contract(billed),)))
    assert found.declared == 1
    assert found.measured == (None if ceiling is None else Interval(Fraction(0), Fraction(ceiling)))
    assert found.contradicted(DISCOUNT) is (ceiling is not None)


@pytest.mark.parametrize("given", [contract(20, month="2026-05"), contract(20, hosts=("elsewhere",))])
def test_an_old_bill_or_one_for_hosts_that_nobody_saw_proves_no_drift(given: ctx.Contract) -> None:
    found = only(of(costs.visible, b.host("web1"), services=(b.service(monthly_cost=90.0),), contracts=(given,)))
    assert found.measured is None


def runbook(*by: str, age: int = 30, alerts: tuple[str, ...] = ("Down",)) -> ctx.Runbook:
    rehearsed = tuple(ctx.Rehearsal(date=day(age), by=each) for each in by)
    return ctx.Runbook(name="rb", alerts=alerts, rehearsed=rehearsed)


@pytest.mark.parametrize(
    ("given", "value"),
    [
        (runbook("a", "b"), 1),
        (runbook("a", "a"), HALF),
        (runbook("a", "b", age=200), 0),
        (runbook(), 0),
        (runbook("a", "b", alerts=("Other",)), 0),
    ],
)
def test_alerts_that_call_need_a_runbook_that_two_people_followed(given: ctx.Runbook, value: Fraction) -> None:
    server = b.monitoring(b.query("alerts.activations", ({"alertname": "Down"}, 4.0), ({"alertname": "Quiet"}, 0.0)))
    found = rehearsals.runbooks(b.estate(monitoring=server, context=b.context(runbooks=(given,))))
    assert (only(found).name, only(found).declared) == ("Down", value)


def test_without_a_server_the_alerts_that_runbooks_list_stand_for_those_that_call() -> None:
    assert [each.name for each in of(rehearsals.runbooks, runbooks=(runbook(alerts=("B", "A")),)).members] == ["A", "B"]
    assert only(of(rehearsals.runbooks, runbooks=())).declared == 0


@pytest.mark.parametrize(
    ("drill", "goals", "value"),
    [
        ({"rto_minutes": 60, "rpo_minutes": 60}, {"rto_hours": 4, "rpo_hours": 24}, 1),
        ({"rto_minutes": 300, "rpo_minutes": 60}, {"rto_hours": 4, "rpo_hours": 24}, 0),
        ({"rto_minutes": 60}, {"rto_hours": 4, "rpo_hours": 24}, 0),
        ({"rto_minutes": 60}, {"rto_hours": 4}, 1),
        ({"rto_minutes": 60}, {}, None),
    ],
)
def test_a_drill_must_meet_the_objectives_of_the_service(drill: Any, goals: Any, value: Any) -> None:
    service = b.service(criticality=5, objectives=ctx.Objectives(**goals))
    drills = (ctx.RecoveryDrill(services=("boutique",), date=day(60), **drill),)
    assert only(of(rehearsals.drills, services=(service,), recovery_drills=drills)).declared == value
    old = (ctx.RecoveryDrill(services=("boutique",), date=day(400), **drill),)
    assert only(of(rehearsals.drills, services=(service,), recovery_drills=old)).declared == 0


def test_calling_nothing_critical_does_not_empty_the_question() -> None:
    services = (b.service("a", criticality=2), b.service("b"), b.service("c", criticality=1))
    assert [each.name for each in foremost(b.estate(context=b.context(services=services)))] == ["b"]
    critical = (*services, b.service("d", criticality=4))
    assert [each.name for each in foremost(b.estate(context=b.context(services=critical)))] == ["d"]


ON_TARGET = {
    "budget_deviation": 0.1, "first_level": 0.9, "satisfaction": 0.92, "security_incidents_change": -0.6,
    "tco_change": -0.3, "resolution_trend": -0.1,
}  # fmt: skip


def indicators(signed: int | None = 400, **kpi: float) -> dict[str, Member]:
    given = ctx.Contract(provider="InfoServ", kpis=ctx.Kpis(**kpi), signed=day(signed) if signed is not None else None)
    return b.by_name(of(kpis.on_target, contracts=(given,)))


def test_five_indicators_are_followed_and_on_target() -> None:
    found = indicators(**ON_TARGET)
    assert [each.declared for each in found.values()] == [1] * 5
    assert [each.reason for each in indicators().values()] == ["not_declared"] * 5


@pytest.mark.parametrize(
    ("key", "early", "late", "indicator"),
    [
        ("first_level", 0.7, 0.85, "resolution"), ("satisfaction", 0.75, 0.9, "satisfaction"),
        ("security_incidents_change", -0.3, -0.5, "security"), ("tco_change", -0.1, -0.25, "cost"),
    ],
)  # fmt: skip
def test_targets_are_harder_after_six_months(key: str, early: float, late: float, indicator: str) -> None:
    name = f"InfoServ: {indicator}"
    assert indicators(100, **{key: early})[name].declared == 1
    assert indicators(400, **{key: early})[name].declared == 0
    assert indicators(400, **{key: late})[name].declared == 1
    assert indicators(None, **{key: early})[name].declared == 0


def test_tickets_disprove_a_first_level_that_a_contract_reports() -> None:
    given = ctx.Contract(provider="InfoServ", kpis=ctx.Kpis(first_level=0.9), signed=day(400))
    slow = b.ticket_file(*(b.ticket(each, 2 + each, level=2) for each in range(20)))
    found = b.by_name(kpis.on_target(b.estate(tickets=[slow], context=b.context(contracts=(given,)))))
    assert found["InfoServ: resolution"].contradicted(DISCOUNT)
    good = b.ticket_file(*(b.ticket(each, 2 + each) for each in range(20)))
    found = b.by_name(kpis.on_target(b.estate(tickets=[good], context=b.context(contracts=(given,)))))
    assert found["InfoServ: resolution"].measured == Interval(HALF, Fraction(1))


def session(hour: int = 10, source: str = "198.51.100.4", account: str = "infoserv") -> facts.Session:
    return facts.Session(account=account, day=b.TODAY, source=source, hours=(hour,))


def entered(*seen: facts.Session, **access: Any) -> Population:
    host = b.host("db1", access=facts.Access(sessions=seen))
    agreed = {"windows": ("Mon-Fri 08:00-19:00",), "ranges": ("198.51.100.0/28",), "last_review": day(60)} | access
    return of(
        sessions.as_agreed,
        host,
        providers=(ctx.Provider(name="InfoServ"),),
        people=(ctx.Person(id="c.prov", employer="InfoServ", identities=ctx.Identities(login=("infoserv",))),),
        contracts=(ctx.Contract(provider="InfoServ", access=ctx.ContractAccess(**agreed)),),
    )


@pytest.mark.parametrize(
    ("seen", "value"),
    [
        (session(), 1),
        (session(hour=3), 0),
        (session(source="203.0.113.9"), 0),
        (session(account="unknown"), 1),
    ],
    ids=["agreed", "at night", "from elsewhere", "by its address"],
)
def test_sessions_of_a_provider_are_held_against_hours_and_addresses(seen: facts.Session, value: int) -> None:
    found = only(entered(seen))
    assert (found.measured, found.declared) == (Interval.point(value), 1)
    assert found.contradicted(DISCOUNT) is (value == 0)
    assert any(each.key == sessions.OUTSIDE for each in found.evidence) is (value == 0)


def test_a_session_without_a_source_is_open_and_without_windows_nothing_is_agreed() -> None:
    assert only(entered(session(source=""))).measured == Interval(Fraction(0), Fraction(1))
    silent = only(entered(session(), windows=()))
    assert (silent.measured, silent.declared, silent.reason) == (None, None, "not_declared")
    odd = only(entered(session(), windows=("office hours",)))
    assert (odd.measured, odd.reason) == (None, "unreadable")


def test_the_statement_needs_a_fresh_review_and_nobody_who_entered_is_not_applicable() -> None:
    assert only(entered(session(), last_review=day(300))).declared is None
    quiet = entered(session(source="10.0.0.9", account="amartin"))
    assert (quiet.members, quiet.complete, quiet.declared_empty) == ((), True, None)


def test_a_host_whose_sessions_were_not_read_is_unknown() -> None:
    found = of(sessions.as_agreed, b.refused("db1"), providers=(ctx.Provider(name="InfoServ"),))
    assert (only(found).measured, found.complete) == (None, False)


def changes(after: float, count: int = 12) -> list[Any]:
    """Return incidents a month apart and a change so many days after each."""
    found = []
    for month in range(count):
        start = 10 + month * 28
        found += [b.ticket(f"i{month}", start), b.ticket(f"c{month}", start - after, kind="change")]
    return found


def test_changes_right_after_incidents_are_taken_under_pressure() -> None:
    hot, calm = (only(cold.cold(b.estate(tickets=[b.ticket_file(*changes(each))]))) for each in (1, 5))
    assert hot.measured == Interval.point(0)
    assert calm.measured == Interval.point(1)


def test_where_incidents_never_stop_chance_explains_everything() -> None:
    daily = [b.ticket(f"i{each}", 1 + each) for each in range(300)]
    found = only(cold.cold(b.estate(tickets=[b.ticket_file(*daily, *changes(1))])))
    assert (found.measured, found.reason) == (None, "too_few")


def test_the_context_file_states_what_tickets_measure() -> None:
    start = b.NOW - dt.timedelta(days=100)
    hurried = tuple(ctx.Change(date=start + dt.timedelta(hours=each)) for each in range(1, 7))
    incident = ctx.Incident(start=start)
    said = only(of(cold.cold, incidents=(incident,), changes=hurried))
    assert said.declared == 0
    assert only(of(cold.cold, incidents=(), changes=hurried)).declared == 1
    assert only(of(cold.cold, incidents=(incident,))).reason == "not_declared"
