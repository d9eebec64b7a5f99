from __future__ import annotations

from fractions import Fraction

import pytest

from analyzers.measures.coverage import AGENT, of_inventory
from analyzers.measures.sightings import BROKEN, port_of
from analyzers.model import facts
from tests import builders as b

HALF = Fraction(1, 2)
UNITS = b.query("units.active", ({"instance": "web1:9100", "name": "nginx.service"}, 1.0))
NO_UNITS = b.query("units.active")


def members(*hosts, targets=(), queries=(NO_UNITS,), **server):
    context = server.pop("context", None)
    estate = b.estate(*hosts, monitoring=b.monitoring(*queries, targets=targets, **server), context=context)
    return b.by_name(of_inventory(estate))


def web1(*listeners: facts.Listener, **blocks) -> facts.Host:
    return b.host("web1", addresses=("10.0.0.1",), listeners=listeners, **blocks)


@pytest.mark.parametrize(
    ("targets", "ends", "reason"),
    [
        ((b.target(),), (1, 1), None),
        ((b.target("10.0.0.1:9100"),), (1, 1), None),
        ((), (0, 0), None),
        ((b.target("db1:9100"),), (0, 0), None),
        ((b.target(health="down", last_error="connection refused"),), (0, 0), None),
        ((b.target(health="down"), b.target("web1:9256", "process")), (1, 1), None),
        ((b.target(health="unknown"),), (0, 1), "too_few"),
        ((b.target(health="unknown"), b.target("web1:9256", health="down")), (0, 1), "too_few"),
    ],
)
def test_a_host_is_seen_when_a_target_of_it_answers(targets, ends, reason) -> None:
    found = members(web1(), targets=targets)["web1"]
    assert b.ends(found) == ends
    assert found.reason == reason


def test_a_broken_target_is_shown_with_the_class_of_its_error() -> None:
    down = b.target(health="down", last_error="server returned HTTP status 401 Unauthorized")
    found = members(web1(), targets=(down,))["web1"]
    (piece,) = found.evidence
    assert (piece.key, piece.value) == (BROKEN, "node/web1:9100: forbidden")
    assert piece.provenance.query == "GET /api/v1/targets"


def test_a_target_that_does_not_answer_is_shown_beside_one_that_does() -> None:
    targets = (b.target(), b.target("web1:9256", "process", health="down", last_error="connection refused"))
    found = members(web1(), targets=targets)["web1"]
    assert [(each.key, each.value) for each in found.evidence] == [
        ("healthy_target", "node/web1:9100"),
        (BROKEN, "process/web1:9256: refused"),
    ]


def test_a_host_without_a_known_address_may_be_behind_a_nameless_target() -> None:
    named = b.uname("web1")
    found = members(targets=(b.target("10.0.9.9:9100"),), queries=(named, NO_UNITS))["web1"]
    assert (found.measured, found.reason) == (None, "partial")
    assert b.ends(members(web1(), targets=(b.target("10.0.9.9:9100"),))["web1"]) == (0, 0)


@pytest.mark.parametrize(
    ("targets", "queries", "ends"),
    [
        ((b.target("web1:80", "front"),), (NO_UNITS,), (1, 1)),
        ((b.target("http://web1/", "blackbox"),), (NO_UNITS,), (1, 1)),
        ((b.target("web1:80", "front", health="down"),), (NO_UNITS,), (0, 0)),
        ((b.target("web1:9113", "nginx"),), (NO_UNITS,), (1, 1)),
        ((b.target("web1:9113", "nginx_exporter"),), (NO_UNITS,), (1, 1)),
        ((b.target("web1:9113", "x", labels={"service": "nginx"}),), (NO_UNITS,), (1, 1)),
        ((b.target("db1:9113", "nginx"),), (NO_UNITS,), (1, 1)),
        ((b.target(),), (UNITS,), (1, 1)),
        ((b.target(),), (NO_UNITS,), (0, 0)),
        ((b.target(),), (), (0, 1)),
        ((b.target(),), (b.query("units.active", reason="timed_out"),), (0, 1)),
        ((b.target("web1:80", health="unknown"),), (NO_UNITS,), (0, 1)),
    ],
    ids=[
        "its own port",
        "a probe of its port",
        "broken",
        "job of its name",
        "exporter of its name",
        "label",
        "a host nobody knows",
        "unit",
        "nowhere",
        "units not asked",
        "units timed out",
        "not scraped yet",
    ],
)
def test_a_service_is_seen_by_port_name_or_unit(targets, queries, ends) -> None:
    found = members(web1(b.listener("nginx", 80)), targets=targets, queries=queries)["nginx"]
    assert b.ends(found) == ends
    assert found.reason is None or ends == (0, 1)


def test_a_name_on_another_known_host_is_another_instance() -> None:
    hosts = (web1(b.listener("nginx", 80)), b.host("db1", listeners=(b.listener("nginx", 80),)))
    found = members(*hosts, targets=(b.target("web1:9113", "nginx"),))["nginx"]
    assert b.ends(found) == (HALF, HALF)
    assert {each.value for each in found.evidence} == {"nginx/web1:9113", "db1: none"}


@pytest.mark.parametrize(
    ("match", "targets", "ends"),
    [
        ({"hosts": ("web1",), "ports": (8080,)}, (b.target("web1:8080"),), (1, 1)),
        ({"hosts": ("web*",), "ports": (8080,)}, (b.target("web1:8080"),), (1, 1)),
        ({"hosts": ("web1",), "ports": (8080,)}, (b.target("web1:9100"),), (0, 0)),
        ({"units": ("nginx.service",)}, (), (1, 1)),
        ({"units": ("other.service",)}, (), (0, 1)),
        (None, (b.target("anywhere:1", "boutique"),), (1, 1)),
        (None, (b.target("anywhere:1", "boutique", health="down"),), (0, 0)),
        (None, (b.target("anywhere:1", "else"),), (0, 1)),
    ],
)
def test_a_service_that_nobody_saw_listen_is_looked_for_where_the_catalogue_says(match, targets, ends) -> None:
    declared = b.context(services=(b.service("boutique", match=match),))
    found = members(web1(), targets=targets, queries=(UNITS,), context=declared)["boutique"]
    assert b.ends(found) == ends


def test_a_service_of_somebody_else_is_theirs_to_measure() -> None:
    declared = b.context(services=(b.service("paiement", external=True),))
    assert "paiement" not in members(web1(), targets=(b.target(),), context=declared)


def test_a_host_whose_services_nobody_listed_stands_for_them() -> None:
    found = members(b.host("web1", runs=[b.run("flows", "unknown", "no_permission")]), targets=(b.target(),))
    assert b.ends(found["web1"]) == (1, 1)
    assert (found["services of web1"].measured, found["services of web1"].reason) == (None, "no_permission")
    assert list(members(b.host("web1", runs=[b.run("flows", "not_applicable")]), targets=(b.target(),))) == ["web1"]


def test_without_a_server_everything_is_unknown_and_other_agents_are_named() -> None:
    zabbix = facts.MonitoringAgent(name="zabbix", evidence="zabbix-agent.service")
    population = of_inventory(b.estate(web1(agents=(zabbix,))))
    (host,) = population.members
    assert (host.measured, host.reason, population.missing) == (None, "no_monitoring_source", "no_monitoring_source")
    assert [(each.key, each.value) for each in host.evidence] == [(AGENT, "zabbix")]


def test_a_server_that_does_not_say_leaves_everything_unknown() -> None:
    server = b.monitoring(endpoints=(b.endpoint("/api/v1/targets", "backend_404"),))
    population = of_inventory(b.estate(web1(), monitoring=server))
    assert [(each.measured, each.reason) for each in population.members] == [(None, "backend_404")]
    assert population.missing == "backend_404"


def test_an_estate_of_which_nothing_is_known_is_unknown() -> None:
    population = of_inventory(b.estate(monitoring=b.monitoring(targets=())))
    assert (population.members, population.missing, population.complete) == ((), "no_source", False)


def test_services_weigh_as_they_were_valued() -> None:
    declared = b.context(services=(b.service("nginx", criticality=5),))
    found = members(web1(b.listener("nginx", 80)), targets=(b.target(),), context=declared)
    assert (found["nginx"].weight, found["web1"].weight, found["nginx"].services) == (5, 5, ("nginx",))


@pytest.mark.parametrize(
    ("instance", "port"),
    [
        ("web1:9100", 9100),
        ("http://web1/x", 80),
        ("https://web1", 443),
        ("https://u:p@web1:8443/x", 8443),
        ("[::1]:9100", 9100),
        ("[::1]", None),
        ("::1", None),
        ("web1", None),
        ("web1:metrics", None),
        ("", None),
    ],
)
def test_the_port_that_an_instance_means(instance: str, port: int | None) -> None:
    assert port_of(instance) == port
