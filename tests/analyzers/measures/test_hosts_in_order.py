"""Logs that are kept, configuration that is applied, objectives that are recorded."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from analyzers.measures import configuration, log_keeping, objectives
from analyzers.model import facts
from analyzers.model.evidence import Member
from analyzers.model.interval import UNKNOWN, Interval
from analyzers.model.monitoring import Rule
from tests import builders as b

GOOD = {"journal": True, "persistent": True, "oldest_entry": b.days_ago(60), "shippers": ("vector",)}
OLD_ENOUGH = b.inventory(boot_time=b.days_ago(100))
THIRD = Fraction(1, 3)


def kept(outcome: str = "ok", inventory: facts.Inventory = OLD_ENOUGH, **fields: Any) -> Member:
    runs = [b.run("logs", outcome, None if outcome == "ok" else "no_permission")]
    host = b.host("web1", logs=facts.Logs(**(GOOD | fields)), inventory=inventory, runs=runs)
    (member,) = log_keeping.available(b.estate(host)).members
    return member


@pytest.mark.parametrize(
    ("fields", "ends"),
    [
        ({}, (1, 1)),
        ({"oldest_entry": b.days_ago(29)}, (2 * THIRD, 2 * THIRD)),
        ({"oldest_entry": None}, (2 * THIRD, 1)),
        ({"persistent": False}, (THIRD, 2 * THIRD)),
        ({"persistent": False, "rotated_at": b.days_ago(9)}, (THIRD, THIRD)),
        ({"persistent": None, "rotated_at": b.days_ago(7)}, (1, 1)),
        ({"shippers": ()}, (2 * THIRD, 2 * THIRD)),
        ({"journal": False, "persistent": None, "rotated_at": b.days_ago(30), "shippers": ()}, (THIRD, THIRD)),
    ],
)
def test_logs_are_kept_shipped_and_rotated(fields: dict[str, Any], ends: tuple[Fraction, Fraction]) -> None:
    found = kept(**fields)
    assert b.ends(found) == ends
    assert (found.reason is None) == (ends[0] == ends[1])


def test_a_young_host_and_one_that_was_read_in_part_are_open() -> None:
    young = kept(oldest_entry=b.days_ago(5), inventory=b.inventory(boot_time=b.days_ago(5)))
    assert b.ends(young) == (2 * THIRD, 1)
    assert b.ends(kept("partial", shippers=())) == (2 * THIRD, 1)


def tool(age: float | None = 2, **fields: Any) -> facts.ConfigurationTool:
    last = None if age is None else b.days_ago(age)
    return facts.ConfigurationTool(**({"name": "puppet", "evidence": "summary", "last_run": last} | fields))


@pytest.mark.parametrize(
    ("tools", "outcome", "measured"),
    [
        ((tool(),), "ok", Interval.point(1)),
        ((tool(),), "partial", Interval.point(1)),
        ((tool(6.9),), "ok", Interval.point(1)),
        ((tool(7.1),), "ok", Interval.point(0)),
        ((tool(failed=True),), "ok", Interval.point(0)),
        ((tool(failed=True), tool(1, name="ansible")), "ok", Interval.point(1)),
        ((tool(None),), "ok", UNKNOWN),
        ((), "ok", Interval.point(0)),
        ((), "partial", UNKNOWN),
        ((tool(name="etckeeper", applies=False),), "ok", Interval.point(0)),
    ],
)
def test_configuration_is_applied_by_a_tool_that_ran(
    tools: tuple[facts.ConfigurationTool, ...], outcome: str, measured: Interval
) -> None:
    runs = [b.run("configuration", outcome, None if outcome == "ok" else "no_permission")]
    host = b.host("web1", configuration=tools, runs=runs)
    (member,) = configuration.managed(b.estate(host)).members
    assert member.measured == measured
    assert (member.reason is None) == (measured != UNKNOWN)


@pytest.mark.parametrize("measure", [configuration.managed, log_keeping.available])
def test_a_host_that_was_not_read_is_unknown(measure: Any) -> None:
    population = measure(b.estate(b.refused("web1")))
    assert [each.reason for each in population.members] == ["no_permission"]
    assert not population.complete


def rule(name: str = "slo:errors:ratio", query: str = "x", **labels: str) -> Rule:
    return Rule(kind="recording", name=name, query=query, labels=labels)


@pytest.mark.parametrize(
    ("rules", "measured"),
    [
        ((rule(service="boutique"),), Interval.point(1)),
        ((rule("job:errors:rate5m", sloth_service="boutique"),), Interval.point(1)),
        ((rule(query='sum(rate(http_errors{job="boutique"}[5m]))'),), Interval.point(1)),
        ((rule("boutique:error_budget:remaining"),), Interval.point(1)),
        ((rule("job:errors:rate5m", service="boutique"),), Interval.point(0)),
        ((rule(service="facturation"),), Interval.point(0)),
        ((rule(),), UNKNOWN),
        ((), Interval.point(0)),
    ],
)
def test_objectives_are_rules_that_name_the_service(rules: tuple[Rule, ...], measured: Interval) -> None:
    services = (b.service("boutique", criticality=5), b.service("facturation", criticality=1))
    estate = b.estate(monitoring=b.monitoring(rules=rules), context=b.context(services=services))
    (member,) = objectives.recorded(estate).members
    assert (member.name, member.measured) == ("boutique", measured)


def test_objectives_are_unknown_without_rules_a_server_or_a_catalogue() -> None:
    context = b.context(services=(b.service("boutique", criticality=5),))
    refused = b.monitoring(rules=None, endpoints=(b.endpoint("/api/v1/rules", "no_permission"),))
    (member,) = objectives.recorded(b.estate(monitoring=refused, context=context)).members
    assert (member.measured, member.reason) == (None, "no_permission")
    assert objectives.recorded(b.estate(context=context)).missing == "no_monitoring_source"
    assert objectives.recorded(b.estate(monitoring=b.monitoring(rules=()))).missing == "not_declared"
