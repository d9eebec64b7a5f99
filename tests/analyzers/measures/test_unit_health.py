from __future__ import annotations

import pytest

from analyzers.measures.units import health
from tests import builders as b


def member(*hosts, monitoring=None):
    return b.by_name(health(b.estate(*hosts, monitoring=monitoring)))["web1"]


@pytest.mark.parametrize(
    ("units", "ends"),
    [
        ((), (1, 1)),
        ((b.unit(),), (1, 1)),
        ((b.unit(restarts=4),), (1, 1)),
        ((b.unit(restarts=5),), (0, 0)),
        ((b.unit(), b.unit("backup.service", active="failed")), (0, 0)),
        ((b.unit("data.mount", active="failed", restarts=None),), (0, 0)),
        ((b.unit("data.mount", restarts=None),), (1, 1)),
        ((b.unit(restarts=None),), (0, 1)),
        ((b.unit(active="inactive", restarts=None),), (1, 1)),
    ],
)
def test_units_as_their_host_tells_them(units, ends) -> None:
    found = member(b.host("web1", units=units))
    assert b.ends(found) == ends
    assert found.reason == ("partial" if ends == (0, 1) else None)


def test_evidence_names_what_failed_and_what_restarts() -> None:
    units = (b.unit("backup.service", active="failed"), b.unit("boutique.service", restarts=37))
    found = member(b.host("web1", units=units))
    assert [(each.key, each.value) for each in found.evidence] == [
        ("failed_unit", "backup.service"),
        ("restarts of boutique.service", 37),
    ]


@pytest.mark.parametrize(
    ("answers", "ends"),
    [
        ({"units.failed": 0.0, "units.restarts": 0.0}, (1, 1)),
        ({"units.failed": 0.0, "units.restarts": 5.0}, (1, 1)),
        ({"units.failed": 0.0, "units.restarts": 5.01}, (0, 0)),
        ({"units.failed": 2.0}, (0, 0)),
        ({"units.failed": 0.0}, (0, 1)),
        ({"units.restarts": 0.0}, (0, 1)),
    ],
)
def test_units_as_a_server_tells_them(answers, ends) -> None:
    queries = [b.query(each, ({"instance": "web1:9100"}, value)) for each, value in answers.items()]
    assert b.ends(member(monitoring=b.monitoring(b.uname("web1"), *queries))) == ends


def test_a_server_names_the_units() -> None:
    labels = {"instance": "web1:9100", "name": "backup.service"}
    queries = [
        b.query("units.failed", ({"instance": "web1:9100"}, 1.0)),
        b.query("units.failed_names", (labels, 1.0)),
        b.query("units.restarting_names", (labels | {"name": "boutique.service"}, 9.0)),
    ]
    found = member(monitoring=b.monitoring(b.uname("web1"), *queries))
    assert [each.key for each in found.evidence][1:] == [
        'failed_names{instance="web1:9100",name="backup.service"}',
        'restarting_names{instance="web1:9100",name="boutique.service"}',
    ]


def test_an_empty_answer_of_names_proves_nothing() -> None:
    queries = [b.uname("web1"), b.query("units.failed_names"), b.query("units.restarting_names")]
    assert member(monitoring=b.monitoring(*queries)).measured is None


def test_the_worst_source_counts() -> None:
    failed = b.query("units.failed", ({"instance": "web1:9100"}, 1.0))
    assert b.ends(member(b.host("web1", units=(b.unit(),)), monitoring=b.monitoring(failed))) == (0, 0)


def test_hosts_without_systemd_are_left_out_and_the_population_stays_whole() -> None:
    bare = b.host("web1", runs=[b.run("units", "not_applicable")])
    alone = health(b.estate(bare))
    assert alone.members == ()
    assert alone.complete
    other = health(b.estate(bare, b.host("db1", units=(b.unit(),))))
    assert [each.name for each in other.members] == ["db1"]


def test_an_unreadable_host_beside_one_without_systemd_makes_nothing_not_applicable() -> None:
    population = health(
        b.estate(b.host("web1", runs=[b.run("units", "not_applicable")]), b.refused("db1", "timed_out"))
    )
    assert [(each.name, each.reason) for each in population.members] == [("db1", "timed_out")]
    assert not population.complete
