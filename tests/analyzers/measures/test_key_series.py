from __future__ import annotations

from fractions import Fraction

import pytest

from analyzers.measures.history_depth import OF_HOSTS, depth, of_key_series, resolution
from tests import builders as b

NODE = {"job": "node", "instance": "web1:9100"}
LISTED = (b.target(),)
WEB1 = b.host("web1", addresses=("10.0.0.1",))


def ages(days: float | None, window="30d", queries=OF_HOSTS, labels=NODE):
    samples = [] if days is None else [(labels, days)]
    return [b.query(each, *samples, window=window) for each in queries]


def members(*queries, hosts=(WEB1,), targets=LISTED, **server):
    return b.by_name(of_key_series(b.estate(*hosts, monitoring=b.monitoring(*queries, targets=targets, **server))))


@pytest.mark.parametrize(("days", "value"), [(-1, 0), (0, 0), (7, 0), (17.5, 0.5), (28, 1), (400, 1)])
def test_depth_grows_from_one_week_to_four(days: float, value: float) -> None:
    assert depth(days) == value


@pytest.mark.parametrize(
    ("seconds", "value"), [(1, 1), (15, 1), (60, 1), (134.164, 0.75), (300, 0.5), (1039.23, 0.25), (3600, 0), (9000, 0)]
)
def test_resolution_falls_with_its_logarithm(seconds: float, value: float) -> None:
    assert resolution(seconds) == pytest.approx(value, abs=1e-4)


@pytest.mark.parametrize(
    ("days", "interval", "value"),
    [(29.9, 60.0, 1), (28, 15.0, 1), (17.5, 60.0, Fraction(1, 2)), (29.9, 300.0, Fraction(1, 2)), (3, 60.0, 0)],
)
def test_a_host_is_worth_the_depth_and_resolution_of_its_series(days, interval, value) -> None:
    found = members(*ages(days), targets=(b.target(scrape_interval_seconds=interval),))
    assert list(found) == ["web1"]
    assert b.ends(found["web1"]) == (value, value)
    shown = found["web1"].evidence[0]
    assert (shown.key, shown.value, shown.unit) == ("history.load node/web1:9100", days, "days")
    assert shown.provenance.query == "promql of history.load"


def test_a_series_that_a_host_lacks_counts_nothing() -> None:
    queries = ages(30, queries=OF_HOSTS[:3]) + ages(30, queries=OF_HOSTS[3:], labels=NODE | {"instance": "x:1"})
    assert b.ends(members(*queries)["web1"])[0] == Fraction(3, 4)


def test_a_metric_that_nobody_has_is_unknown_not_missing() -> None:
    found = members(*ages(30, queries=OF_HOSTS[:3]), *ages(None, queries=OF_HOSTS[3:]))["web1"]
    assert (b.ends(found), found.reason) == ((Fraction(3, 4), 1), "partial")


def test_a_query_that_timed_out_leaves_its_part_open() -> None:
    found = members(*ages(30, queries=OF_HOSTS[1:]), b.query("history.load", reason="timed_out"))["web1"]
    assert (b.ends(found), found.reason) == ((Fraction(3, 4), 1), "timed_out")


@pytest.mark.parametrize(
    ("days", "window", "ends"),
    [
        (7.9, "8d", (Fraction(42857, 10**6), 1)),
        (7.1, "8d", (Fraction(4762, 10**6), Fraction(4762, 10**6))),
        (29.9, "30d", (1, 1)),
    ],
)
def test_an_age_that_fills_a_short_window_is_a_lower_bound(days, window, ends) -> None:
    found = members(*ages(days, window))["web1"]
    assert b.ends(found) == ends
    assert found.reason == ("budget_exhausted" if ends[0] < ends[1] else None)


def test_an_unknown_interval_leaves_the_low_at_zero() -> None:
    found = members(*ages(30), targets=(b.target(scrape_interval_seconds=None),))["web1"]
    assert (b.ends(found), found.reason) == ((0, 1), "partial")


def test_other_targets_are_worth_their_presence() -> None:
    other = {"job": "boutique", "instance": "web1:8080"}
    queries = ages(30) + ages(17.5, queries=("history.up",), labels=other)
    found = members(*queries, targets=(b.target(), b.target("web1:8080", "boutique")))
    assert {name: b.ends(each)[0] for name, each in found.items()} == {
        "web1": 1,
        "boutique/web1:8080": Fraction(1, 2),
    }
    assert found["boutique/web1:8080"].hosts == ("web1",)


def test_the_best_exporter_of_a_host_counts() -> None:
    twice = (b.target(), b.target("web1:9101"))
    labels = NODE | {"instance": "web1:9101"}
    queries = [b.query(each, (NODE, 10.0), (labels, 30.0), window="30d") for each in OF_HOSTS]
    found = members(*queries, targets=twice)
    assert list(found) == ["web1"]
    assert b.ends(found["web1"]) == (1, 1)


def test_an_exporter_that_may_be_better_keeps_its_host_open() -> None:
    labels = NODE | {"instance": "web1:9101"}
    queries = [b.query(each, (NODE, 17.5), (labels, 30.0), window="30d") for each in OF_HOSTS]
    found = members(*queries, targets=(b.target(), b.target("web1:9101", scrape_interval_seconds=None)))["web1"]
    assert (b.ends(found), found.reason) == ((Fraction(1, 2), 1), "partial")
    shown = {each.key for each in found.evidence}
    assert {"history.load node/web1:9100", "history.load node/web1:9101"} <= shown


def test_a_host_without_any_target_has_no_history() -> None:
    found = members(*ages(30), hosts=(WEB1, b.host("db1", addresses=("10.0.0.2",))))
    assert b.ends(found["db1"]) == (0, 0)
    assert found["db1"].evidence[0].value == "db1: none"


def test_a_host_that_may_be_behind_a_nameless_target_is_unknown() -> None:
    found = members(*ages(30), hosts=(WEB1, b.host("db1")), targets=(b.target(), b.target("10.9.9.9:9100")))
    assert (found["db1"].measured, found["db1"].reason) == (None, "partial")


def test_an_exporter_that_gives_no_key_series_has_none() -> None:
    """Its name tells that it should; what others have, it lacks."""
    named = b.uname("web1", "db1")
    found = members(named, *ages(30), targets=(b.target(), b.target("db1:9100")))
    assert b.ends(found["db1"]) == (0, 0)


def test_a_target_that_may_export_a_host_is_not_judged_by_its_presence() -> None:
    silent = [b.query("history.load", reason="timed_out")]
    other = ages(30, queries=("history.up",), labels={"job": "app", "instance": "web1:8080"})
    known = members(
        b.uname("web1"), *ages(30, queries=OF_HOSTS[1:]), *silent, *other, targets=(b.target("web1:8080", "app"),)
    )
    assert b.ends(known["app/web1:8080"]) == (1, 1)
    nobody = b.query("hosts.uname", reason="timed_out")
    unsure = members(nobody, *ages(30, queries=OF_HOSTS[1:]), *silent, *other, targets=(b.target("web1:8080", "app"),))
    assert (b.ends(unsure["app/web1:8080"]), unsure["app/web1:8080"].reason) == ((0, 1), "timed_out")


@pytest.mark.parametrize(
    ("server", "missing"),
    [(None, "no_monitoring_source"), (b.monitoring(b.query("targets.up", reason="timed_out")), "timed_out")],
)
def test_without_targets_nothing_is_known(server, missing) -> None:
    found = of_key_series(b.estate(WEB1, monitoring=server))
    assert (found.members, found.missing, found.complete) == ((), missing, False)


def test_a_server_without_targets_lacks_history() -> None:
    assert b.ends(members(targets=())["estate"]) == (0, 0)
