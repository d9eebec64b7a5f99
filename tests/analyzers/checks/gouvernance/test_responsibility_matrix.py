from __future__ import annotations

from analyzers.checks.gouvernance.responsibility_matrix import CHECK
from analyzers.model.context import Responsibilities
from tests import builders as b

WEB1 = b.host("web1", listeners=(b.listener(), b.listener("redis", 6379)))
DOMAINS = Responsibilities.__struct_fields__
FULL = Responsibilities(**dict.fromkeys(DOMAINS, "InfoServ"))
HALF = Responsibilities(patching="InfoServ", backup="a.martin")


def test_grey_zones_are_counted_cell_by_cell_and_shadows_have_no_row() -> None:
    context = b.context(
        services=(b.service("nginx"), b.service("erp"), b.service("wiki")),
        responsibilities={"nginx": FULL, "erp": HALF},
    )
    found = b.answer(CHECK, WEB1, context=context)
    assert str(found.message) == "1 of 4 services have somebody accountable for each of the seven domains."
    assert found.subjects == ("redis", "wiki", "erp")
    members = b.by_name(found.population)
    assert members["erp"].declared == b.Fraction(2, 7)
    assert members["erp"].evidence[-1].value == "nobody for access, incident, recovery, monitoring, compliance"


def test_without_a_matrix() -> None:
    services = (b.service("nginx"),)
    assert b.finding(CHECK, WEB1).reason == "not_declared"
    assert b.finding(CHECK, WEB1, context=b.context(services=services)).reason == "not_declared"
    alone = b.context(services=services, providers=())
    assert b.finding(CHECK, WEB1, context=alone).outcome == "not_applicable"
