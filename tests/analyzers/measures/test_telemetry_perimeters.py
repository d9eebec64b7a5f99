"""What a perimeter keeps of the populations of telemetry, and what members weigh."""

from __future__ import annotations

import pytest

from analyzers.measures import alert_noise, alerts, continuity, correlation, coverage, history_depth, rule_health
from analyzers.model.evidence import Population
from analyzers.model.monitoring import Rule
from tests import builders as b

SHOP, SHOP_HOSTS = frozenset({"boutique"}), frozenset({"web1"})
NODES = [{"job": "node", "instance": f"{name}:9100"} for name in ("web1", "db1")]


def estate():
    """Return two hosts with a service each, one of them valued, and an alert on each service."""
    labels = {"severity": "page", "team": "infra"}
    rules = tuple(
        Rule(kind="alerting", name=f"{name}Down", query="vector(1)", labels=labels | {"service": name}, health="ok")
        for name in ("boutique", "postgres")
    )
    both = {"scrapes": "tried"}, {"scrapes": "succeeded"}
    server = b.monitoring(
        b.uname("web1", "db1"),
        b.query("continuity.samples", *((each | of, 10_080.0) for each in NODES for of in both)),
        b.query("continuity.first_seen", *((each, 604_800.0) for each in NODES)),
        *(b.query(each, *((node, 30.0) for node in NODES), window="30d") for each in history_depth.OF_HOSTS),
        b.query("alerts.activations"),
        b.query("alerts.firing_share"),
        b.query("alerts.observed_seconds", ({}, 604_800.0)),
        targets=tuple(b.target(each["instance"]) for each in NODES),
        rules=rules,
        alertmanagers=(),
    )
    return b.estate(
        b.host("web1", addresses=("10.0.0.1",), listeners=(b.listener("boutique", 8080),)),
        b.host("db1", addresses=("10.0.0.2",), listeners=(b.listener("postgres", 5432),)),
        monitoring=server,
        context=b.context(services=(b.service("boutique", criticality=5), b.service("postgres", criticality=1))),
    )


@pytest.mark.parametrize(
    ("measure", "kept"),
    [
        (coverage.of_inventory, {"web1", "boutique"}),
        (continuity.of_targets, {"node/web1:9100"}),
        (history_depth.of_key_series, {"web1"}),
        (correlation.of_targets, {"node/web1:9100"}),
        (alerts.of_rules, {"boutiqueDown"}),
        (rule_health.of_rules, {"boutiqueDown"}),
        (alert_noise.of_alerts, {"flapping", "permanent", "concentration", "pages"}),
    ],
    ids=["coverage", "continuity", "history", "labels", "alerts", "rules", "noise of the whole estate"],
)
def test_a_perimeter_keeps_what_touches_its_services(measure, kept: set[str]) -> None:
    population: Population = measure(estate())
    assert {each.name for each in population.within(SHOP, SHOP_HOSTS).members} == kept


@pytest.mark.parametrize(
    ("measure", "heavy", "light"),
    [
        (coverage.of_inventory, "boutique", "postgres"),
        (coverage.of_inventory, "web1", "db1"),
        (continuity.of_targets, "node/web1:9100", "node/db1:9100"),
        (history_depth.of_key_series, "web1", "db1"),
        (correlation.of_targets, "node/web1:9100", "node/db1:9100"),
        (alerts.of_rules, "boutiqueDown", "postgresDown"),
        (rule_health.of_rules, "boutiqueDown", "postgresDown"),
    ],
)
def test_members_weigh_as_the_service_that_they_touch(measure, heavy: str, light: str) -> None:
    members = b.by_name(measure(estate()))
    assert (members[heavy].weight, members[light].weight) == (5, 1)


def test_what_nobody_valued_weighs_three() -> None:
    server = b.monitoring(
        targets=(b.target("elsewhere:9100"),), rules=(Rule(kind="alerting", name="Down", query="up"),)
    )
    alone = b.estate(monitoring=server)
    for measure in (continuity.of_targets, correlation.of_targets, history_depth.of_key_series, alerts.of_rules):
        assert {each.weight for each in measure(alone).members} == {3}
