from __future__ import annotations

from analyzers.checks.scalabilite.saturation_horizon import CHECK
from tests import builders as b
from tests.analyzers.measures.capacity.days import by_day, calm, points, rising


def test_the_hosts_that_fill_are_named() -> None:
    filling = [
        by_day(each.id, *each.points, *other.points) for each, other in zip(calm("web1"), calm("web2"), strict=True)
    ]
    filling[2] = by_day(
        "capacity.disk",
        points(rising(0.6, 0.01), "web1", mountpoint="/"),
        *calm("web2")[2].points,
    )
    found = b.answer(CHECK, b.host("web1"), b.host("web2"), monitoring=b.monitoring(*filling))
    assert str(found.message) == "1 of 2 hosts run out of a resource within 180 days, or cannot be told not to."
    assert found.subjects == ("web1",)


def test_without_days_it_is_unknown() -> None:
    finding = b.finding(CHECK, b.host())
    assert (finding.outcome, finding.reason) == ("unknown", "no_monitoring_source")
