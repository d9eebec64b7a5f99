from __future__ import annotations

from analyzers.checks.gouvernance.reversibility import CHECK
from analyzers.model import context as ctx
from tests import builders as b


def test_contracts_that_cannot_be_left_are_named() -> None:
    found = b.answer(CHECK, context=b.context(contracts=(ctx.Contract(provider="InfoServ"),)))
    assert str(found.message).startswith("0 of 1 contracts can be left")
    assert found.subjects == ("contracts[0] InfoServ",)


def test_no_provider_is_not_applicable_and_silence_unknown() -> None:
    assert b.finding(CHECK, context=b.context(providers=())).outcome == "not_applicable"
    assert b.finding(CHECK).reason == "not_declared"
