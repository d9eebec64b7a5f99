from __future__ import annotations

from analyzers.checks.decision.decisions_under_pressure import CHECK
from tests import builders as b


def test_changes_after_incidents_are_said_beside_chance() -> None:
    tickets = []
    for month in range(12):
        start = 10 + month * 28
        tickets += [b.ticket(f"i{month}", start), b.ticket(f"c{month}", start - 1, kind="change")]
    found = b.answer(CHECK, tickets=[b.ticket_file(*tickets)])
    assert str(found.message) == ("12/12 changes came within 48 hours after an incident; chance alone would give 8 %.")
    assert b.finding(CHECK, tickets=[b.ticket_file(*tickets)]).interval.high == 0


def test_silence_is_unknown() -> None:
    assert (b.finding(CHECK).outcome, b.finding(CHECK).reason) == ("unknown", "not_declared")
