from __future__ import annotations

from analyzers.checks.decision.automatable_decisions import CHECK
from analyzers.model import context as ctx
from tests import builders as b


def test_entries_that_a_machine_could_not_take_are_named() -> None:
    entry = ctx.Automatable(name="restart boutique", trigger="BoutiqueStuck")
    found = b.answer(CHECK, context=b.context(automatable=(entry,)))
    assert str(found.message) == (
        "0 of 1 recurring or declared decisions are ready for a machine: trigger, guard-rails, known target."
    )
    assert found.subjects == ("restart boutique",)


def test_silence_is_unknown_and_an_empty_list_counts_nought() -> None:
    silent = b.finding(CHECK)
    assert (silent.outcome, silent.reason) == ("unknown", "not_declared")
    assert str(silent.message).startswith("No decision is declared as automatable")
    empty = b.finding(CHECK, context=b.context(automatable=()))
    assert (empty.interval.high, empty.measured_only.high) == (0, 1)
