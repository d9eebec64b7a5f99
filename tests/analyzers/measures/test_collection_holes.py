from __future__ import annotations

from fractions import Fraction

import pytest

from analyzers.measures.continuity import BY_EXPORTER, BY_SERVER, BY_TARGET, PRESENT, of_targets, split
from analyzers.model.evidence import Population
from tests import builders as b

WEEK = 604_800.0
EXPECTED = 10_080.0
WHOLE = b.query("continuity.exporter")
NAMES = ("web1:9100", "db1:9100", "bkp1:9100")


def samples(tried, succeeded=None, window="7d", **others):
    """Return the answer of the samples of targets named by their instance: one number for web1, others by name."""
    found = {"web1:9100": (tried, tried if succeeded is None else succeeded)} | {
        f"{name}:9100": pair for name, pair in others.items()
    }
    series = [
        ({"job": "node", "instance": name, "scrapes": of}, float(value))
        for name, pair in found.items()
        for of, value in zip(("tried", "succeeded"), pair, strict=True)
    ]
    return b.query("continuity.samples", *series, window=window)


def seen(seconds=WEEK, names=NAMES, window="7d"):
    rows = (({"job": "node", "instance": each}, float(seconds)) for each in names)
    return b.query("continuity.first_seen", *rows, window=window)


def population(*queries, names=NAMES[:1], interval=60.0, exporter=WHOLE, **server) -> Population:
    """Return the population of a server that answered these queries, and says that exporters give all they should."""
    queries = (*queries, exporter, b.query("continuity.targets_before"))
    targets = tuple(b.target(each, scrape_interval_seconds=interval) for each in names)
    return of_targets(b.estate(monitoring=b.monitoring(*queries, **({"targets": targets} | server))))


def web1(*queries, **how):
    return b.by_name(population(*queries, **how))["node/web1:9100"]


@pytest.mark.parametrize(
    ("tried", "succeeded", "value"),
    [
        (EXPECTED, EXPECTED, 1),
        (EXPECTED + 1, EXPECTED + 1, 1),
        (EXPECTED - 1, EXPECTED - 1, 1),
        (EXPECTED - 2, EXPECTED - 2, Fraction(999901, 10**6)),
        (EXPECTED, EXPECTED / 2, Fraction(500099, 10**6)),
        (0, 0, Fraction(99, 10**6)),
    ],
)
def test_samples_present_over_expected_one_tolerated(tried, succeeded, value) -> None:
    found = web1(samples(tried, succeeded), seen())
    assert b.ends(found) == (value, value)
    assert found.evidence[0].provenance.query == "promql of continuity.samples"
    assert found.evidence[0].provenance.window == "7d"


@pytest.mark.parametrize(
    ("first", "window", "ends"),
    [
        (WEEK, "7d", (Fraction(285813, 10**6),) * 2),
        (2 * 86400.0, "7d", (1, 1)),
        (86400.0, "1d", (Fraction(285813, 10**6), 1)),
        (3600.0, "1d", (1, 1)),
    ],
    ids=["a week old", "two days young", "a day or more", "an hour young"],
)
def test_a_target_is_expected_since_it_came(first, window, ends) -> None:
    found = web1(samples(2880), seen(first, window=window))
    assert b.ends(found) == ends


def test_without_the_first_sample_a_hole_may_be_youth() -> None:
    found = web1(samples(2880), b.query("continuity.first_seen", reason="timed_out"))
    assert b.ends(found) == (Fraction(285813, 10**6), 1)
    assert found.reason == "timed_out"
    assert web1(samples(EXPECTED)).measured.width == 0


def test_an_exporter_that_answers_in_part_misses_what_it_leaves_out() -> None:
    half = b.query("continuity.exporter", ({"job": "node", "instance": "web1:9100"}, 0.5))
    assert b.ends(web1(samples(EXPECTED), seen(), exporter=half))[0] == Fraction(500099, 10**6)


@pytest.mark.parametrize(
    ("hosts", "ends"),
    [
        (b.query("hosts.uname", reason="timed_out"), (0, 1)),
        (b.uname("web1"), (0, 1)),
        (b.uname("db1"), (1, 1)),
    ],
    ids=["nobody knows", "it exports a host", "it does not"],
)
def test_when_nobody_tells_what_exporters_give_only_other_targets_are_certain(hosts, ends) -> None:
    silent = b.query("continuity.exporter", reason="budget_exhausted")
    found = web1(samples(EXPECTED), seen(), hosts, exporter=silent)
    assert b.ends(found) == ends
    assert found.reason == ("budget_exhausted" if ends == (0, 1) else None)


def shares(*queries, **how) -> dict[str, float]:
    return {key: round(float(value), 3) for key, value in split(population(*queries, **how)).items() if value}


def test_what_most_targets_miss_together_is_the_server_s() -> None:
    """Two of three miss half a day; one of them misses half a day more, and another fails for a quarter."""
    half, whole = EXPECTED - 720, EXPECTED
    found = samples(half, db1=(half - 720, half - 720), bkp1=(whole, whole * 0.75))
    three = {"names": NAMES}
    assert shares(found, seen(), **three) == {
        PRESENT: pytest.approx(0.845, abs=0.001),
        BY_SERVER: pytest.approx(0.048, abs=0.001),
        BY_TARGET: pytest.approx(0.024, abs=0.001),
        BY_EXPORTER: pytest.approx(0.083, abs=0.001),
    }


def test_one_target_alone_blames_nobody_else() -> None:
    assert shares(samples(EXPECTED / 2), seen()) == {PRESENT: 0.5, BY_TARGET: 0.5}


def test_young_targets_do_not_excuse_the_server() -> None:
    first = b.query(
        "continuity.first_seen",
        *(({"job": "node", "instance": each}, age) for each, age in zip(NAMES, (WEEK, WEEK, 3600.0), strict=True)),
    )
    found = samples(EXPECTED / 2, db1=(EXPECTED / 2, EXPECTED / 2), bkp1=(60, 60))
    assert BY_SERVER in shares(found, first, names=NAMES)
    assert shares(found, first, names=NAMES)[BY_SERVER] == pytest.approx(0.333, abs=0.001)


@pytest.mark.parametrize(
    ("before", "members"), [(2.0, ["node/gone:9100 (gone)", "node/web1:9100"]), (1.0, ["node/web1:9100"])]
)
def test_a_target_that_vanished_counts_when_its_job_shrank(before, members) -> None:
    count = b.query("continuity.targets_before", ({"job": "node"}, before))
    found = b.by_name(population(count, samples(EXPECTED, gone=(5040, 5040)), seen(names=(*NAMES, "gone:9100"))))
    assert sorted(found) == members
    if before > 1:
        assert b.ends(found["node/gone:9100 (gone)"])[1] == Fraction(500099, 10**6)


def test_a_target_that_vanished_is_unknown_when_nobody_knows_which_jobs_shrank() -> None:
    silent = b.query("continuity.targets_before", reason="timed_out")
    found = b.by_name(population(silent, samples(EXPECTED, gone=(5040, 5040)), seen()))
    assert found["node/gone:9100 (gone)"].measured is None


@pytest.mark.parametrize(
    ("queries", "how", "reason"),
    [
        ((), {}, "partial"),
        ((b.query("continuity.samples", reason="budget_exhausted"),), {}, "budget_exhausted"),
        ((b.query("continuity.samples"),), {}, "too_few"),
        ((samples(EXPECTED),), {"interval": None}, "too_few"),
        ((samples(EXPECTED, window="now"),), {}, "too_few"),
        ((samples(59), seen(3599.0)), {}, "too_few"),
    ],
    ids=["not asked", "too dear", "no series", "interval unknown", "no window", "under an hour"],
)
def test_what_is_not_known_is_unknown(queries, how, reason) -> None:
    found = web1(*queries, **how)
    assert (found.measured, found.reason) == (None, reason)


def test_the_fullest_hour_tells_the_interval_where_no_list_does() -> None:
    up = b.query("targets.up", ({"job": "node", "instance": "web1:9100"}, 1.0))
    hour = b.query("continuity.interval", ({"job": "node", "instance": "web1:9100"}, 61.0), window="1d")
    found = web1(up, hour, samples(EXPECTED / 2), seen(), targets=None)
    assert b.ends(found)[0] == Fraction(500099, 10**6)


@pytest.mark.parametrize(
    ("server", "missing"),
    [
        (None, "no_monitoring_source"),
        (b.monitoring(endpoints=(b.endpoint("/api/v1/targets", "unreachable"),)), "unreachable"),
    ],
)
def test_without_targets_nothing_is_known(server, missing) -> None:
    found = of_targets(b.estate(monitoring=server))
    assert (found.members, found.missing, found.complete) == ((), missing, False)


def test_what_is_not_certain_blames_nobody() -> None:
    assert split(population(samples(EXPECTED / 2))) == {}


def test_a_server_without_targets_lacks_them() -> None:
    assert b.ends(b.by_name(of_targets(b.estate(monitoring=b.monitoring(targets=()))))["estate"]) == (0, 0)
