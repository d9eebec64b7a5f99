from __future__ import annotations

from fractions import Fraction

import pytest

from analyzers.measures.saturation import RESOURCES, time_at_ceiling
from analyzers.model.facts import Pressure
from tests import builders as b

HALF = Fraction(1, 2)


def member(*hosts, monitoring=None):
    return b.by_name(time_at_ceiling(b.estate(*hosts, monitoring=monitoring)))["web1"]


def read(mounts=None, runs=(), **pressure):
    mounts = (b.mount(inodes_total=100, inodes_free=60),) if mounts is None else mounts
    return b.host("web1", inventory=b.inventory(mounts=mounts), pressure=b.pressure(**pressure), runs=runs)


def server(**said):
    calm = {each.query_id.split(".")[1]: 0.0 for each in RESOURCES}
    queries = [
        b.query(f"saturation.{name}", ({"instance": "web1:9100"}, value))
        for name, value in (calm | said).items()
        if value is not None
    ]
    return b.monitoring(b.uname("web1"), *queries)


@pytest.mark.parametrize(
    ("pressure", "ends"),
    [
        ({}, (1, 1)),
        ({"memory_stalled_share": 0.25}, (0.75, 0.75)),
        ({"memory_stalled_share": 0.25, "io_stalled_share": 0.5, "cpu_stalled_share": 0.125}, (0.5, 0.5)),
        ({"oom_kills": 5}, (0.5, 0.5)),
        ({"oom_kills": 400}, (0, 0)),
        ({"file_handles_share": 0.7}, (1, 1)),
        ({"file_handles_share": 0.71}, (0, 0)),
        ({"conntrack_share": 0.76}, (0, 0)),
        ({"memory_stalled_share": None}, (0, 1)),
        ({"memory_stalled_share": None, "io_stalled_share": 0.5}, (0, 0.5)),
        ({"oom_kills": None}, (0, 1)),
    ],
)
def test_a_host_since_its_boot(pressure, ends) -> None:
    found = member(read(**pressure))
    assert b.ends(found) == ends
    assert found.reason == (None if ends[0] == ends[1] else "partial")


@pytest.mark.parametrize(("seconds", "ends"), [(86399.0, (0, 1)), (86400.0, (1, 1)), (None, (0, 1))])
def test_counters_since_boot_need_a_day(seconds, ends) -> None:
    found = member(read(since_boot_seconds=seconds))
    assert b.ends(found) == ends
    assert found.reason == ("too_few" if ends == (0, 1) else None)


@pytest.mark.parametrize(("free", "ends"), [(10, (1, 1)), (9, (0, 0)), (None, (1, 1))])
def test_file_systems_without_inodes_left(free, ends) -> None:
    full = b.mount("/srv", inodes_total=100, inodes_free=free)
    assert b.ends(member(read(mounts=(b.mount(inodes_total=100, inodes_free=99), full)))) == ends


def test_a_table_that_a_whole_reading_does_not_show_does_not_exist() -> None:
    assert b.ends(member(read(conntrack_share=None))) == (1, 1)


def test_a_table_that_a_partial_reading_does_not_show_may_be_full() -> None:
    found = member(read(conntrack_share=None, runs=[b.run("pressure", "partial", "no_permission")]))
    assert b.ends(found) == (0, 1)
    assert found.reason == "no_permission"


def test_without_an_inventory_inodes_may_be_gone() -> None:
    found = member(b.host("web1", pressure=b.pressure(), runs=[b.run("inventory", "unknown", "unreadable")]))
    assert b.ends(found) == (0, 1)
    assert found.reason == "unreadable"


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        ({}, (1, 1)),
        ({"memory_share": 0.25}, (0.75, 0.75)),
        ({"io_share": 0.25, "conntrack": 0.5}, (0.5, 0.5)),
        ({"oom": 3.5}, (0.5, 0.5)),
        ({"oom": 700.0}, (0, 0)),
        ({"conntrack": None}, (0, 1)),
        ({"cpu_share": None, "files": 1.0}, (0, 0)),
        ({"cpu_share": 1.5}, (0, 0)),
        ({"cpu_share": -0.5}, (1, 1)),
    ],
)
def test_a_server_over_seven_days(said, ends) -> None:
    assert b.ends(member(monitoring=server(**said))) == ends


def test_the_window_of_a_server_counts_before_what_the_host_counts_since_boot() -> None:
    found = member(read(memory_stalled_share=0.5), monitoring=server(memory_share=0.25))
    assert b.ends(found) == (0.75, 0.75)
    assert found.evidence[0].provenance.source == b.PROMETHEUS


def test_the_worst_file_system_of_a_server_counts() -> None:
    monitoring = server(inodes=None)
    answers = b.query(
        "saturation.inodes",
        ({"instance": "web1:9100", "mountpoint": "/"}, 0.0),
        ({"instance": "web1:9100", "mountpoint": "/srv"}, 0.5),
    )
    found = member(monitoring=b.monitoring(*monitoring.queries, answers))
    assert b.ends(found) == (HALF, HALF)
    assert found.evidence[-1].key == 'inodes{instance="web1:9100",mountpoint="/srv"}'


def test_a_host_of_which_nothing_was_read_keeps_its_reason() -> None:
    found = member(b.refused("web1", "timed_out"))
    assert found.measured is None
    assert found.reason == "timed_out"


def test_a_host_that_says_nothing_that_counts_yet_says_why() -> None:
    young = Pressure(memory_stalled_share=0.1, since_boot_seconds=60.0)
    found = member(b.host("web1", pressure=young, runs=[b.run("pressure", "partial", "unreadable")]))
    assert (found.measured, found.reason) == (None, "too_few")


def test_a_host_that_is_only_named_has_no_source() -> None:
    found = member(monitoring=b.monitoring(b.uname("web1")))
    assert found.measured is None
    assert found.reason == "no_source"
