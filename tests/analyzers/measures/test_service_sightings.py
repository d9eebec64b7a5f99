"""Names under which a service is measured, and where it is looked for."""

from __future__ import annotations

import pytest

from analyzers.measures.coverage import of_inventory
from tests import builders as b

NO_UNITS = b.query("units.active")


def ends(listener, *targets, queries=(NO_UNITS,), name=None, context=None):
    """Return what is known of the service of a listener on web1."""
    host = b.host("web1", addresses=("10.0.0.1",), listeners=(listener,))
    estate = b.estate(host, monitoring=b.monitoring(*queries, targets=targets), context=context)
    return b.ends(b.by_name(of_inventory(estate))[name or listener.service])


@pytest.mark.parametrize(
    "job",
    [
        "postgresql",
        "PostgreSQL",
        "postgresql_exporter",
        "postgresql-exporter",
        "postgres",
        "postgres_exporter",
        "postgresql@15-main",
        "base-clients",
    ],
)
def test_a_job_may_name_a_service_its_process_its_unit_or_its_entry(job: str) -> None:
    listener = b.listener("postgresql", 5432, process="postgres", unit="postgresql@15-main.service")
    declared = b.context(services=(b.service("base-clients", match={"ports": (5432,)}),))
    assert ends(listener, b.target("web1:9187", job), name="base-clients", context=declared) == (1, 1)


@pytest.mark.parametrize("job", ["post", "postgresql2", "mysql", "", "exporter"])
def test_a_name_that_only_looks_like_it_measures_something_else(job: str) -> None:
    assert ends(b.listener("postgresql", 5432, process="postgres"), b.target("web1:9187", job)) == (0, 0)


@pytest.mark.parametrize("label", ["service", "app", "application", "component", "container", "name"])
def test_other_labels_may_name_it(label: str) -> None:
    target = b.target("web1:9187", "x", labels={"job": "x", "instance": "web1:9187", label: "nginx"})
    assert ends(b.listener("nginx", 80), target) == (1, 1)


def test_a_container_is_known_by_its_name() -> None:
    boxed = b.listener("shop", 8080, container="boutique-1", unit="")
    assert ends(boxed, b.target("web1:8081", "boutique-1")) == (1, 1)


@pytest.mark.parametrize(
    ("protocol", "port", "seen"),
    [("tcp", 80, (1, 1)), ("udp", 80, (0, 0)), ("unix", 0, (0, 0))],
)
def test_only_a_tcp_port_can_be_scraped(protocol: str, port: int, seen: tuple[int, int]) -> None:
    assert ends(b.listener("nginx", port, protocol=protocol), b.target("web1:80", "front")) == seen


@pytest.mark.parametrize("instance", ["web1:80", "10.0.0.1:80", "http://web1.dupont.example/health", "http://10.0.0.1"])
def test_its_host_may_be_named_in_any_way(instance: str) -> None:
    assert ends(b.listener("nginx", 80), b.target(instance, "front")) == (1, 1)


@pytest.mark.parametrize(
    ("instance", "unit", "seen"),
    [
        ("web1:9100", "nginx.service", (1, 1)),
        ("10.0.0.1:9100", "nginx.service", (1, 1)),
        ("db1:9100", "nginx.service", (0, 0)),
        ("web1:9100", "nginx-debug.service", (0, 0)),
    ],
)
def test_its_unit_must_run_on_its_host(instance: str, unit: str, seen: tuple[int, int]) -> None:
    running = b.query("units.active", ({"instance": instance, "name": unit}, 1.0))
    assert ends(b.listener("nginx", 80), b.target(), queries=(running,)) == seen


def test_a_broken_probe_does_not_hide_a_unit_that_runs() -> None:
    running = b.query("units.active", ({"instance": "web1:9100", "name": "nginx.service"}, 1.0))
    broken = b.target("web1:80", "front", health="down")
    assert ends(b.listener("nginx", 80), broken, queries=(running,)) == (1, 1)


def test_the_unit_is_shown_with_the_query_that_found_it() -> None:
    running = b.query("units.active", ({"instance": "web1:9100", "name": "nginx.service"}, 1.0))
    host = b.host("web1", addresses=("10.0.0.1",), listeners=(b.listener("nginx", 80),))
    found = b.by_name(of_inventory(b.estate(host, monitoring=b.monitoring(running, targets=(b.target(),)))))["nginx"]
    (piece,) = found.evidence
    assert (piece.key, piece.value, piece.provenance.query) == ("unit", "web1 nginx.service", "promql of units.active")
