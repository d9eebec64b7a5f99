from __future__ import annotations

import datetime as dt

import pytest

from analyzers.measures.targets import (
    by_host,
    exact,
    fault_of,
    host_of,
    is_address,
    lacking,
    nameless,
    read_targets,
    unique,
)
from tests import builders as b

UP = ({"__name__": "up", "job": "node", "instance": "web1:9100"}, 1.0)


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        ("", "down"),
        ('Get "http://web1:9100/metrics": dial tcp 10.0.0.1:9100: connect: connection refused', "refused"),
        ('Get "http://web1:9100/metrics": context deadline exceeded', "timeout"),
        ('Get "http://web1:9100/metrics": dial tcp 10.0.0.1:9100: i/o timeout', "timeout"),
        ("server returned HTTP status 401 Unauthorized", "forbidden"),
        ("server returned HTTP status 403 Forbidden", "forbidden"),
        ("server returned HTTP status 404 Not Found", "http status"),
        ('Get "https://web1:9100/metrics": x509: certificate signed by unknown authority', "tls"),
        ('Get "https://web1:9100/metrics": remote error: tls: bad certificate', "tls"),
        ('Get "http://nope:9100/metrics": dial tcp: lookup nope on 127.0.0.53:53: no such host', "dns"),
        ('Get "http://nope:9100/metrics": dial tcp: lookup nope: i/o timeout', "dns"),
        ("dial tcp 10.0.0.1:9100: connect: no route to host", "no route"),
        ('expected a valid start token, got "<" ("INVALID") while parsing: "<"', "parse"),
        ("something else entirely", "other"),
    ],
)
def test_a_scrape_error_has_a_class(error: str, fault: str) -> None:
    assert fault_of(error) == fault


def test_the_text_of_an_error_is_not_shown() -> None:
    """It holds the address that was scraped, which may hold a password."""
    target = b.target(health="down", last_error='Get "http://u:s3cret@web1/": connection refused')
    (found,) = read_targets(b.monitoring(targets=(target,))).found
    assert (found.healthy, found.fault) == (False, "refused")
    assert "s3cret" not in repr(found)


@pytest.mark.parametrize(
    ("minutes", "interval", "healthy"),
    [(4, 15.0, True), (6, 15.0, False), (14, 300.0, True), (16, 300.0, False), (6, None, False)],
)
def test_a_target_that_nobody_scrapes_any_more_is_not_fresh(
    minutes: int, interval: float | None, healthy: bool
) -> None:
    last = b.NOW - dt.timedelta(minutes=minutes)
    target = b.target(last_scrape=last, scrape_interval_seconds=interval)
    (found,) = read_targets(b.monitoring(targets=(target,))).found
    assert found.healthy is healthy
    assert found.fault == ("" if healthy else "not scraped lately")


def test_a_target_that_was_never_scraped_is_neither_well_nor_ill() -> None:
    (found,) = read_targets(b.monitoring(targets=(b.target(health="unknown", last_scrape=None),))).found
    assert found.healthy is None


@pytest.mark.parametrize(
    ("server", "names", "reason"),
    [
        (b.monitoring(targets=(b.target(),)), ["node/web1:9100"], None),
        (b.monitoring(targets=()), [], None),
        (b.monitoring(targets=(), kind="victoria-metrics"), [], "no_source"),
        (b.monitoring(b.query("targets.up", UP), targets=(), kind="victoria-metrics"), ["node/web1:9100"], None),
        (b.monitoring(b.query("targets.up", UP)), ["node/web1:9100"], None),
        (b.monitoring(b.query("targets.up")), [], "partial"),
        (b.monitoring(b.query("targets.up", reason="timed_out")), [], "timed_out"),
        (b.monitoring(endpoints=(b.endpoint("/api/v1/targets", "backend_404"),)), [], "backend_404"),
        (b.monitoring(endpoints=(b.endpoint("/api/v1/targets"),)), [], "partial"),
        (b.monitoring(b.query("targets.up"), targets=(), kind="thanos"), [], "partial"),
    ],
    ids=[
        "listed",
        "none at all",
        "somebody else scrapes",
        "up of VictoriaMetrics",
        "up, the list refused",
        "up is empty",
        "up timed out",
        "404",
        "said nothing",
        "thanos",
    ],
)
def test_where_targets_come_from(server, names, reason) -> None:
    found = read_targets(server)
    assert [each.name for each in found.found] == names
    assert found.reason == reason


@pytest.mark.parametrize(("value", "healthy"), [(1.0, True), (0.0, False), (None, None)])
def test_up_tells_health(value: float | None, healthy: bool | None) -> None:
    answer = b.query("targets.up", (UP[0], value))
    (found,) = read_targets(b.monitoring(answer)).found
    assert found.healthy is healthy
    assert found.fault == ("down" if healthy is False else "")


def test_evidence_names_the_source_of_the_list() -> None:
    listed = b.monitoring(b.query("targets.up", UP), targets=(b.target(),))
    assert read_targets(listed).evidence(listed, "x", 1).provenance.query == "GET /api/v1/targets"
    asked = b.monitoring(b.query("targets.up", UP, promql="up"))
    assert read_targets(asked).evidence(asked, "x", 1).provenance.query == "up"


@pytest.mark.parametrize(
    ("labels", "name"),
    [
        ({"instance": "web1:9100"}, "web1"),
        ({"instance": "web1.dupont.example:9100"}, "web1"),
        ({"instance": "10.0.0.1:9100"}, "web1"),
        ({"instance": "https://web1.dupont.example/health"}, "web1"),
        ({"instance": "exporter-7", "host": "web1"}, "web1"),
        ({"instance": "localhost:9100"}, "web1"),
        ({"instance": "elsewhere:9100"}, None),
    ],
)
def test_the_host_that_a_target_speaks_for(labels: dict[str, str], name: str | None) -> None:
    server = b.monitoring(targets=(b.target(labels["instance"], labels=labels),), local_host="web1")
    estate = b.estate(b.host("web1", addresses=("10.0.0.1",)), monitoring=server)
    (target,) = read_targets(server).found
    host = host_of(target, estate)
    assert (host.name if host is not None else None) == name
    assert list(by_host([target], estate)) == ([name] if name else [])


@pytest.mark.parametrize(
    ("instance", "only"),
    [
        ("10.0.0.1:9100", True),
        ("[2001:db8::5]:9100", True),
        ("2001:db8::5", True),
        ("localhost:9090", True),
        ("127.0.0.1", True),
        ("web1:9100", False),
        ("https://10.0.0.1/x", True),
        ("", False),
    ],
)
def test_an_instance_that_is_only_an_address(instance: str, only: bool) -> None:
    assert is_address(instance) is only


def test_an_address_that_nobody_has_may_be_any_host() -> None:
    server = b.monitoring(targets=(b.target("10.0.9.9:9100"),))
    estate = b.estate(b.host("web1", addresses=("10.0.0.1",)), monitoring=server)
    assert nameless(read_targets(server).found, estate)
    known = b.monitoring(targets=(b.target("10.0.0.1:9100"),))
    assert not nameless(read_targets(known).found, b.estate(b.host("web1", addresses=("10.0.0.1",)), monitoring=known))


def test_targets_that_share_a_name_are_told_apart() -> None:
    twins = (b.target(labels={"module": "http"}), b.target(labels={"module": "tcp"}))
    assert [each.name for each in read_targets(b.monitoring(targets=twins)).found] == [
        "node/web1:9100",
        "node/web1:9100 (2)",
    ]


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ([], []),
        (["a", "b"], ["a", "b"]),
        (["a", "a", "a"], ["a", "a (2)", "a (3)"]),
        (["a", "a", "a (2)"], ["a", "a (3)", "a (2)"]),
    ],
)
def test_names_are_made_unique(names: list[str], told: list[str]) -> None:
    assert unique(names) == told


@pytest.mark.parametrize(
    ("value", "share"), [(-1.0, 0), (2.0, 1), (0.5, b.Fraction(1, 2)), (1 / 3, b.Fraction(333333, 10**6))]
)
def test_shares_are_exact_and_clamped(value: float, share: b.Fraction) -> None:
    assert exact(value) == share


def test_what_an_estate_lacks_counts_nothing() -> None:
    server = b.monitoring(targets=())
    population = lacking("x", read_targets(server).evidence(server, "targets", 0))
    assert b.ends(b.by_name(population)["estate"]) == (0, 0)
    assert population.complete
