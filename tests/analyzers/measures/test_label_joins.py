from __future__ import annotations

import datetime as dt

import pytest

from analyzers.measures.correlation import missing_keys, of_targets
from analyzers.model.interval import UNKNOWN
from tests import builders as b

WHOLE = {"instance": "web1:9100", "service": "boutique", "team": "infra"}
MARKED = (b.query("changes.process", ({"job": "node"}, 3.0)), b.query("changes.build"))
WEB1 = b.host("web1", addresses=("10.0.0.1",))


def member(labels, queries=MARKED, job="node", context=None, **server):
    target = b.target(labels.get("instance", ""), job, labels={"job": job} | labels)
    estate = b.estate(WEB1, monitoring=b.monitoring(*queries, targets=(target,), **server), context=context)
    population = of_targets(estate)
    (found,) = population.members
    return found, list(missing_keys(population))


@pytest.mark.parametrize(
    ("labels", "missing"),
    [
        (WHOLE, []),
        (WHOLE | {"instance": "web1.dupont.example:9100"}, []),
        (WHOLE | {"instance": "10.0.0.1:9100"}, ["host"]),
        (WHOLE | {"instance": "localhost:9100"}, ["host"]),
        (WHOLE | {"instance": "elsewhere:9100"}, ["host"]),
        (WHOLE | {"instance": "10.0.0.1:9100", "host": "web1"}, []),
        (WHOLE | {"service": ""}, ["service"]),
        (WHOLE | {"team": ""}, ["owner"]),
        (WHOLE | {"team": "", "owner": "infra"}, []),
        ({"instance": ""}, ["host", "service", "owner"]),
    ],
)
def test_a_target_joins_on_all_four_keys_or_not_at_all(labels, missing) -> None:
    found, said = member(labels)
    assert b.ends(found) == (0 if missing else 1, 0 if set(missing) - {"owner"} else 1)
    assert said == missing
    assert found.reason == ("not_declared" if missing == ["owner"] else None)
    assert found.evidence[0].provenance.query == "GET /api/v1/targets"


@pytest.mark.parametrize(
    ("queries", "ends", "reason"),
    [
        (MARKED, (1, 1), None),
        ((b.query("changes.process"), b.query("changes.build", ({"job": "node"}, 1.0))), (1, 1), None),
        (
            (b.query("changes.process", reason="timed_out"), b.query("changes.build", ({"job": "node"}, 1.0))),
            (1, 1),
            None,
        ),
        ((b.query("changes.process", ({"job": "other"}, 1.0)), b.query("changes.build")), (0, 0), None),
        ((b.query("changes.process", reason="timed_out"), b.query("changes.build")), (0, 1), "timed_out"),
        ((), (0, 1), "partial"),
    ],
)
def test_changes_of_a_job_are_visible_or_not(queries, ends, reason) -> None:
    found, _ = member(WHOLE, queries)
    assert (b.ends(found), found.reason) == (ends, reason)


def test_a_missing_change_is_shown_with_its_own_query() -> None:
    found, said = member(WHOLE, (b.query("changes.process"), b.query("changes.build")))
    assert said == ["change"]
    assert found.evidence[0].provenance.query == "promql of changes.process"


def test_what_misses_a_key_is_ill_whatever_is_unknown() -> None:
    found, said = member(WHOLE | {"service": ""}, ())
    assert (b.ends(found), said) == ((0, 0), ["service"])


@pytest.mark.parametrize("label", ["job", "service", "app"])
def test_the_catalogue_gives_the_owner_of_a_service_that_a_label_names(label: str) -> None:
    declared = b.context(services=(b.service("Boutique", owner="a.martin"),))
    labels = {"instance": "web1:9100", label: "boutique"}
    marked = (b.query("changes.process", ({"job": labels.get("job", "node")}, 1.0)), b.query("changes.build"))
    found, said = member(labels, marked, labels.get("job", "node"), declared)
    assert (found.measured, found.declared, found.reason, said) == (UNKNOWN, 1, "partial", [])
    assert {each.kind for each in found.evidence} == {"measured", "declared"}
    assert "a.martin" not in {each.value for each in found.evidence}


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (b.service("boutique"), "not_declared"),
        (b.service("boutique", owner="a.martin", date=b.TODAY - dt.timedelta(days=400)), "stale"),
        (b.service("other", owner="a.martin"), "not_declared"),
    ],
    ids=["no owner", "stale", "another service"],
)
def test_a_service_without_a_fresh_owner_leaves_it_open(entry, reason) -> None:
    found, said = member({"instance": "web1:9100", "service": "boutique"}, context=b.context(services=(entry,)))
    assert (b.ends(found), found.reason, said) == ((0, 1), reason, ["owner"])


def test_external_labels_count_for_every_series() -> None:
    """They are not visible in queries (signal P18)."""
    found, said = member({"instance": "web1:9100"}, external_labels={"team": "infra", "service": "boutique"})
    assert (b.ends(found), said) == ((1, 1), [])
    assert [each.value for each in found.evidence if each.key == "external_labels"] == ["service, team"]
    _, said = member({"instance": "10.0.0.1:9100"}, external_labels={"team": "infra", "host": "web1"})
    assert said == ["host", "service"]


def test_where_targets_are_not_listed_the_labels_of_up_are_read() -> None:
    up = b.query("targets.up", ({"job": "node"} | WHOLE, 1.0), promql="up")
    population = of_targets(b.estate(WEB1, monitoring=b.monitoring(up, *MARKED, kind="victoria-metrics", targets=())))
    (found,) = population.members
    assert b.ends(found) == (1, 1)
    assert found.evidence[0].provenance.query == "up"


@pytest.mark.parametrize(
    ("server", "missing"),
    [
        (None, "no_monitoring_source"),
        (b.monitoring(endpoints=(b.endpoint("/api/v1/targets", "no_permission"),)), "no_permission"),
    ],
)
def test_without_targets_nothing_is_known(server, missing) -> None:
    found = of_targets(b.estate(WEB1, monitoring=server))
    assert (found.members, found.missing, found.complete) == ((), missing, False)


def test_a_server_without_targets_has_nothing_to_join() -> None:
    assert b.ends(b.by_name(of_targets(b.estate(WEB1, monitoring=b.monitoring(targets=()))))["estate"]) == (0, 0)
