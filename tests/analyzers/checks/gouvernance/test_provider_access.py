from __future__ import annotations

from analyzers.checks.gouvernance.provider_access import CHECK
from analyzers.model import context as ctx
from analyzers.model import facts
from tests import builders as b

CONTEXT = b.context(
    providers=(ctx.Provider(name="InfoServ", ranges=("198.51.100.0/28",)),),
    contracts=(
        ctx.Contract(
            provider="InfoServ",
            access=ctx.ContractAccess(
                windows=("Mon-Fri 08:00-19:00",), ranges=("198.51.100.0/28",), last_review=b.days_ago(30).date()
            ),
        ),
    ),
)


def entered(hour: int) -> facts.Host:
    session = facts.Session(account="infoserv", day=b.TODAY, source="198.51.100.7", hours=(hour,))
    return b.host("db1", access=facts.Access(sessions=(session,)))


def test_a_session_at_night_is_named_and_disproves_the_contract() -> None:
    found = b.answer(CHECK, entered(3), context=CONTEXT)
    assert str(found.message) == "Sessions of providers outside the agreed hours or addresses were seen: days 1."
    assert found.subjects == ("db1 2026-11-23 03h 198.51.100.7",)
    finding = b.finding(CHECK, entered(3), context=CONTEXT)
    assert (finding.interval.low, finding.interval.high) == (0, 0)


def test_sessions_as_agreed_are_said() -> None:
    found = b.answer(CHECK, entered(10), context=CONTEXT)
    assert str(found.message).startswith("Every session of a provider that could be judged was inside")
    assert found.subjects == ()


def test_without_a_word_of_providers_it_is_unknown() -> None:
    assert b.finding(CHECK, entered(3)).reason == "not_declared"
    assert b.finding(CHECK, entered(3), context=b.context(providers=())).outcome == "not_applicable"
