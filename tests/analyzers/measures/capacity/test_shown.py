from __future__ import annotations

from analyzers.measures.capacity.shown import MOST, filling_first
from tests import builders as b
from tests.analyzers.measures.capacity.days import by_day, calm, points, rising


def test_what_fills_first_is_shown_first_and_what_does_not_is_not() -> None:
    disks = by_day(
        "capacity.disk",
        points(rising(0.5, 0.01), mountpoint="/slow"),
        points(rising(0.9, 0.01), mountpoint="/fast"),
        points(rising(0.5, 0.0001), mountpoint="/never"),
    )
    found = filling_first(b.estate(b.host(), monitoring=b.monitoring(*calm()[:2], disks)))
    assert [(each.host, each.resource) for each in found] == [("web1", "disk /fast"), ("web1", "disk /slow")]
    assert round(found[0].days_until_full) == 10
    assert len(found[0].values) == 28


def test_the_list_is_bounded() -> None:
    disks = by_day("capacity.disk", *(points(rising(0.5, 0.01), mountpoint=f"/{n}") for n in range(40)))
    assert len(filling_first(b.estate(b.host(), monitoring=b.monitoring(disks)))) == MOST


def test_without_days_nothing_is_drawn() -> None:
    assert filling_first(b.estate(b.host())) == ()
