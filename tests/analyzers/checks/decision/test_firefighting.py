from __future__ import annotations

from analyzers.checks.decision.firefighting import CHECK
from tests import builders as b


def test_the_share_of_time_that_incidents_take_is_said() -> None:
    fires = [b.ticket(each, 2 + each, 4) for each in range(10)]
    rest = [b.ticket(f"r{each}", 2 + each, 6, kind="request") for each in range(10)]
    found = b.answer(CHECK, tickets=[b.ticket_file(*fires, *rest)])
    assert str(found.message) == "Incidents take 40 % of the handled time."
    finding = b.finding(CHECK, tickets=[b.ticket_file(*fires, *rest)])
    assert finding.interval == finding.measured_only
    assert finding.interval.low == b.Fraction(2, 3)


def test_without_an_export_it_is_unknown() -> None:
    finding = b.finding(CHECK)
    assert (finding.outcome, finding.reason) == ("unknown", "no_source")
