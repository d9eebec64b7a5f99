"""Words alone: an estate of which everything is declared and nothing was looked at."""

from __future__ import annotations

import datetime as dt

import pytest

from analyzers.assess import assess
from analyzers.model import context as ctx
from analyzers.rubric import published
from tests import builders as b
from tests.estates import company
from tests.estates.test_four_estates import built_only

PROVIDER = ctx.Contract(
    provider="InfoServ",
    model="total",
    signed=b.TODAY - dt.timedelta(days=400),
    assets=ctx.ContractAssets(services=company.CRITICAL),
    sla=ctx.Sla(availability=99.9, measured_by="us"),
    access=ctx.ContractAccess(windows=("24x7",), ranges=("0.0.0.0/0",), last_review=b.TODAY),
    reversibility=ctx.Reversibility(
        clause=True, notice_months=3, formats=("sql",), data_owner="us", documentation=True, last_drill=b.TODAY
    ),
    kpis=ctx.Kpis(
        budget_deviation=0.0, first_level=1.0, satisfaction=1.0, security_incidents_change=-1.0, tco_change=-1.0,
        resolution_trend=-1.0,
    ),
)  # fmt: skip
EVERYTHING = company.context(
    providers=(ctx.Provider(name="InfoServ"),),
    contracts=(PROVIDER,),
    changes=(),
    incidents=(),
    responsibilities={
        name: ctx.Responsibilities(
            patching="us", backup="us", access="us", incident="us", recovery="us", monitoring="us", compliance="us"
        )
        for name in company.CRITICAL
    },
)


@pytest.mark.parametrize("rubric", [built_only(), published()], ids=["built", "published"])
@pytest.mark.parametrize("context", [EVERYTHING, company.context()], ids=["with a provider", "without"])
def test_declaring_everything_and_measuring_nothing_is_never_oui(context, rubric) -> None:
    verdict = assess(b.snapshot(context=context), rubric)
    assert verdict.judgement.answer == "pas encore"
    assert "evidence" in verdict.judgement.lack
    assert all(each.coverage == 0 for each in verdict.prerequisites)


def test_what_is_only_declared_never_counts_as_measured() -> None:
    for each in assess(b.snapshot(context=EVERYTHING), published()).findings:
        assert each.coverage == 0 or each.outcome == "not_applicable"
        assert each.measured_only.high == 1 or each.outcome == "not_applicable"
