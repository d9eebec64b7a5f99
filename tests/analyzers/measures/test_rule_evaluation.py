from __future__ import annotations

from fractions import Fraction

import pytest

from analyzers.measures.delivery import delivery
from analyzers.measures.rule_health import of_rules, unhealthy
from analyzers.model.monitoring import Rule
from tests import builders as b

HALF = Fraction(1, 2)
GROUP = {"rule_group": "a.yml;infra"}
MANAGER = ("http://mon1:9093/api/v2/alerts",)


def rule(name="Down", **fields) -> Rule:
    given = {"kind": "alerting", "query": "up == 0", "group": "infra", "file": "a.yml", "health": "ok"}
    return Rule(**({"name": name} | given | fields))


def counted(failures=0.0, missed=0.0, duration=0.01):
    values = {"rules.failures": failures, "rules.missed": missed, "rules.duration_share": duration}
    return [b.query(each, (GROUP, value), window="1d") for each, value in values.items() if value is not None]


def known(*shares, own="127.0.0.1:9090"):
    names = (own, "other:9090")
    return b.query("notifications.alertmanagers", *zip(({"instance": each} for each in names), shares, strict=False))


def channels(sent=100.0, failed=0.0, integration="email"):
    labels = {"integration": integration}
    return (b.query("notifications.sent", (labels, sent)), b.query("notifications.failed", (labels, failed)))


CHAIN = (known(1.0), *channels())


def population(*rules, queries=(), chain=CHAIN, **server):
    given = {"rules": rules, "alertmanagers": MANAGER} | server
    return of_rules(b.estate(monitoring=b.monitoring(*queries, *chain, **given)))


def down(rule_=None, others=(), queries=None, **how):
    asked = counted() if queries is None else queries
    return b.by_name(population(rule_ or rule(), *others, queries=asked, **how))["Down"]


@pytest.mark.parametrize(
    ("health", "ends", "reason"),
    [("ok", (1, 1), None), ("err", (0, 0), None), ("unknown", (0, 1), "too_few")],
)
def test_the_last_evaluation_counts(health, ends, reason) -> None:
    found = down(rule(health=health, last_error="many-to-many matching not allowed"))
    assert (b.ends(found), found.reason) == (ends, reason)
    assert found.evidence[0].provenance.query == "GET /api/v1/rules"


@pytest.mark.parametrize(
    ("queries", "ends"),
    [
        (counted(missed=1.0), (0, 0)),
        (counted(duration=0.51), (0, 0)),
        (counted(duration=0.5), (1, 1)),
        (counted(failures=3.0), (0, 0)),
        (counted(failures=None), (0, 1)),
        (counted(missed=None), (0, 1)),
        (counted(duration=None), (0, 1)),
        ([b.query("rules.failures", reason="timed_out"), *counted(failures=None)], (0, 1)),
        ([], (0, 1)),
    ],
    ids=[
        "missed",
        "too slow",
        "slow enough",
        "failed",
        "failures unknown",
        "misses unknown",
        "duration unknown",
        "timed out",
        "nobody counts",
    ],
)
def test_the_last_day_of_the_group_counts(queries, ends) -> None:
    """Empty answers are no pass: the server may not watch itself."""
    found = down(queries=queries)
    assert b.ends(found) == ends
    assert (found.reason is None) == (ends[0] == ends[1])


def test_failures_that_no_rule_shows_any_more_are_spread_over_the_group() -> None:
    found = down(others=(rule("Disk"),), queries=counted(failures=3.0))
    assert b.ends(found) == (HALF, HALF)
    broken = down(others=(rule("Disk", health="err"),), queries=counted(failures=3.0))
    assert b.ends(broken) == (1, 1)


@pytest.mark.parametrize(("seconds", "ends"), [(20.0, (1, 1)), (40.0, (0, 0))])
def test_the_list_of_rules_tells_how_long_a_group_takes(seconds, ends) -> None:
    slow = rule(evaluation_seconds=seconds, interval_seconds=60.0)
    assert b.ends(down(slow, queries=counted(duration=None))) == ends


def test_groups_are_told_apart_by_file() -> None:
    other = rule("Other", file="b.yml")
    found = b.by_name(population(rule(), other, queries=counted()))
    assert b.ends(found["Down"]) == (1, 1)
    assert b.ends(found["Other"]) == (0, 1)


@pytest.mark.parametrize(
    ("server", "chain", "ends"),
    [
        ({}, CHAIN, (1, 1)),
        ({"alertmanagers": ()}, CHAIN, (0, 0)),
        ({"alertmanagers": None}, CHAIN, (0, 1)),
        ({}, channels(), (0, 1)),
        ({}, (known(1.0),), (0, 1)),
        ({}, (known(0.5), *channels()), (HALF, HALF)),
        ({}, (known(1.0), *channels(failed=1.0)), (1, 1)),
        ({}, (known(1.0), *channels(failed=25.0)), (Fraction(3, 4), Fraction(3, 4))),
        ({}, (known(1.0), *channels(sent=0.0)), (1, 1)),
        ({}, (known(1.0), b.query("notifications.sent"), b.query("notifications.failed")), (0, 1)),
        ({}, (b.query("notifications.alertmanagers", reason="timed_out"), *channels()), (0, 1)),
        ({}, (known(0.0), *channels()), (0, 0)),
    ],
    ids=[
        "delivers",
        "nobody to send to",
        "the server does not say",
        "not known during the day",
        "channels unknown",
        "half of the day",
        "one in a hundred lost",
        "one in four lost",
        "nothing was sent",
        "no counters",
        "timed out",
        "never during the day",
    ],
)
def test_what_rules_say_counts_as_far_as_it_is_delivered(server, chain, ends) -> None:
    found = down(chain=chain, **server)
    assert b.ends(found) == ends
    assert (found.reason is None) == (ends[0] == ends[1])


@pytest.mark.parametrize(
    ("answer", "ends"),
    [
        (known(1.0, 0.0), (1, 1)),
        (known(1.0, 0.0, own="localhost:9090"), (1, 1)),
        (known(1.0, 0.0, own="mon1:9090"), (0, 1)),
        (known(1.0, 1.0, own="mon1:9090"), (1, 1)),
    ],
    ids=["own address", "own loopback", "two strangers disagree", "two strangers agree"],
)
def test_only_the_server_itself_tells_whom_it_knows(answer, ends) -> None:
    server = b.monitoring(answer, *channels(), alertmanagers=MANAGER)
    found = delivery(server).value
    assert (found.low, found.high) == ends


def test_the_worst_channel_counts() -> None:
    queries = (
        b.query("notifications.sent", ({"integration": "email"}, 100.0), ({"integration": "webhook"}, 4.0)),
        b.query("notifications.failed", ({"integration": "webhook"}, 3.0)),
    )
    found = delivery(b.monitoring(known(1.0), *queries, alertmanagers=MANAGER))
    assert found.value.high == Fraction(1, 4)
    assert ("failed webhook", 0.75) in {(each.key, each.value) for each in found.evidence}


def test_unhealthy_rules_are_told_from_rules_that_nobody_hears() -> None:
    found = population(rule(), rule("Broken", health="err"), queries=counted(), alertmanagers=())
    assert unhealthy(found) == ("Broken",)


def test_recording_rules_count_as_well() -> None:
    record = rule("job:up", kind="recording")
    found = b.by_name(population(record, queries=counted()))["job:up"]
    assert (b.ends(found), found.kind) == ((1, 1), "series")


@pytest.mark.parametrize(
    ("server", "missing"),
    [
        (None, "no_monitoring_source"),
        (b.monitoring(endpoints=(b.endpoint("/api/v1/rules", "timed_out"),)), "timed_out"),
        (b.monitoring(rules=(), kind="victoria-metrics"), "no_source"),
    ],
)
def test_without_rules_to_read_nothing_is_known(server, missing) -> None:
    found = of_rules(b.estate(monitoring=server))
    assert (found.members, found.missing, found.complete) == ((), missing, False)


def test_a_server_without_rules_lacks_them() -> None:
    assert b.ends(b.by_name(population())["estate"]) == (0, 0)
