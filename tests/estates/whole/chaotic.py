"""A company that lets everything slide: nothing is in order, and what it says of itself is wrong."""

from __future__ import annotations

from msgspec.structs import replace

from analyzers.model import context as ctx
from analyzers.model.snapshot import Snapshot
from analyzers.model.tickets import TicketFile
from tests import builders as b
from tests.estates import four
from tests.estates.whole import half_way, mature

WEEKS = 50


def snapshot() -> Snapshot:
    """Return the chaotic estate, with a contract of another time and a year of fires."""
    left = four.chaotic()
    assert left.declared is not None
    declared = replace(left.declared, context=context(left.declared.context))
    return replace(left, declared=declared, tickets=tickets())


def context(written: ctx.Context) -> ctx.Context:
    """Return little, most of it untrue: a contract that forgets a host, and promises that nobody keeps."""
    return replace(
        written,
        organisation=ctx.Organisation(name="Atelier Dupont", people=60),
        providers=(ctx.Provider(name=mature.PROVIDER, ranges=(mature.RANGE,)),),
        contracts=(
            ctx.Contract(
                provider=mature.PROVIDER,
                model="partial",
                signed=half_way.LONG_AGO,
                assets=ctx.ContractAssets(hosts=("db1",), services=("postgresql",)),
                sla=ctx.Sla(availability=99.99, measured_by=mature.PROVIDER),
            ),
        ),
        responsibilities={"postgresql": ctx.Responsibilities(backup=mature.PROVIDER)},
        people=(ctx.Person(id="j.doe", employer=mature.PROVIDER),),
        ai_policy=ctx.AiPolicy(approver="board", data_allowed=(), kill_switch=False),
    )


def tickets() -> tuple[TicketFile, ...]:
    """Return a year of the same fires, slower to put out each month, and hardly any planned work."""
    fires = [
        b.ticket(
            f"I{number}", number * 7 * WEEKS / 150 + 1, 4 + (150 - number) / 4, cause=f"cause {number % 3}", level=2
        )
        for number in range(150)
    ]
    return (b.ticket_file(*fires),)
