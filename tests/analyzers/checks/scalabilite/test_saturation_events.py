from __future__ import annotations

from analyzers.checks.scalabilite.saturation_events import CHECK
from tests import builders as b


def host(name: str, **pressure):
    return b.host(name, inventory=b.inventory(), pressure=b.pressure(**pressure))


def test_hosts_under_pressure_are_named_the_worst_first() -> None:
    found = b.answer(CHECK, host("web1"), host("db1", io_stalled_share=0.25), host("bkp1", memory_stalled_share=0.5))
    assert str(found.message) == "1 of 3 hosts are known to spend no time at the ceiling of a resource."
    assert found.subjects == ("bkp1", "db1")


def test_the_value_is_what_is_left_of_time() -> None:
    finding = b.finding(CHECK, host("db1", io_stalled_share=0.25))
    assert (finding.interval.low, finding.interval.high) == (b.Fraction(3, 4), b.Fraction(3, 4))


def test_a_host_that_just_started_says_too_little() -> None:
    finding = b.finding(CHECK, host("web1", since_boot_seconds=600.0))
    assert (finding.reason, finding.interval.low) == ("too_few", 0)
