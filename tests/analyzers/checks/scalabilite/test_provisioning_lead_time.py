from __future__ import annotations

from analyzers.checks.scalabilite.provisioning_lead_time import CHECK
from analyzers.model import context as ctx
from tests import builders as b

FIVE = b.context(capacity=ctx.Capacity(provisioning_days=5))


def test_days_are_said_as_declared_or_as_counted() -> None:
    assert str(b.answer(CHECK, context=FIVE).message) == "Adding capacity is declared to take 5.0 days."
    asked = [b.ticket(each, 60 + each, 48, kind="request", cause="capacity") for each in range(3)]
    found = b.answer(CHECK, tickets=[b.ticket_file(*asked)], context=FIVE)
    assert str(found.message) == "Adding capacity takes 2.0 days: median of 3 deliveries."


def test_silence_is_unknown() -> None:
    assert (b.finding(CHECK).outcome, b.finding(CHECK).reason) == ("unknown", "not_declared")
