from __future__ import annotations

from analyzers.checks.gouvernance.sla_realistic import CHECK
from analyzers.model.context import Objectives, Organisation
from tests import builders as b


def promising(*pairs):
    services = tuple(
        b.service(name, objectives=Objectives(availability=share), depends_on=needs) for name, share, needs in pairs
    )
    return b.context(services=services, organisation=Organisation(people=15))


CHAIN = promising(("boutique", 99.9, ("api",)), ("api", 99.5, ("db",)), ("db", 99.9, ()))


def test_promises_that_cannot_be_kept_are_named() -> None:
    found = b.answer(CHECK, context=CHAIN)
    assert str(found.message).startswith("2 of 3 promised availabilities can be kept")
    assert found.subjects == ("boutique",)


def test_the_evidence_shows_the_arithmetic() -> None:
    finding = b.finding(CHECK, context=CHAIN)
    assert next(str(each.value) for each in finding.evidence if each.key == "reachable") == "99.4005 %"
    assert {each.kind for each in finding.evidence} == {"declared"}
    assert finding.coverage == 0


def test_without_a_promise_nobody_said_anything() -> None:
    finding = b.finding(CHECK, context=b.context(services=(b.service("boutique"),)))
    assert (finding.outcome, finding.reason) == ("unknown", "not_declared")
