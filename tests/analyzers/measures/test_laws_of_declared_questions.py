"""Laws of the questions that contracts, tickets, exercises and configuration answer, over random small estates."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.measures import availability, changes, configuration, log_keeping, objectives
from analyzers.measures.service_desk import fires, lead_time, levels, recurrence, trend
from analyzers.measures.written import (
    automation,
    classes,
    cold,
    costs,
    debt,
    kpis,
    leaving,
    policies,
    rehearsals,
    sessions,
)
from analyzers.model.estate import Estate, build
from analyzers.model.evidence import Population
from analyzers.model.snapshot import Snapshot
from tests import builders as b
from tests import strategies as s

Measure = Callable[[Estate], Population]

MEASURES: tuple[Measure, ...] = (
    availability.met, changes.recorded, configuration.managed, log_keeping.available, objectives.recorded,
    fires.share, lead_time.lead_time, levels.first_level, recurrence.recurring, trend.time_to_resolve,
    automation.listed, classes.classified, cold.cold, costs.visible, debt.decided, kpis.on_target,
    leaving.reversibility, policies.ai_policy, policies.tensions, policies.shared_criteria, rehearsals.runbooks,
    rehearsals.drills, sessions.as_agreed,
)  # fmt: skip
OF_HOSTS: tuple[Measure, ...] = (changes.recorded, configuration.managed, log_keeping.available, classes.classified)
BLOCKS = ("inventory", "listeners", "packages", "access", "logs", "configuration")
DISCOUNT = Fraction(3, 10)
QUERIES: dict[str, s.Labels] = {
    "sla.availability": {"job": ("blackbox",), "instance": ("https://boutique/",), "service": ("boutique", "")},
    "sla.samples": {"job": ("blackbox",), "instance": ("https://boutique/",), "service": ("boutique", "")},
    "alerts.activations": {"alertname": ("BoutiqueStuck", "Down"), "severity": ("page",)},
}

few = settings(max_examples=10, deadline=None)
every_measure = pytest.mark.parametrize("measure", MEASURES, ids=lambda each: f"{each.__module__}.{each.__name__}")

tickets = st.lists(
    st.builds(
        b.ticket,
        number=st.integers(0, 40),
        opened=st.floats(1, 360),
        hours=st.none() | st.floats(0, 24),
        kind=st.sampled_from(("incident", "request", "change", "other")),
        level=st.sampled_from((None, 1, 2)),
        service=st.sampled_from(("", *s.SERVICES)),
        cause=st.sampled_from(("", "autre", "disque plein", "capacity")),
    ),
    max_size=40,
    unique_by=lambda each: each.id,
)
exports = st.builds(
    lambda listed, refused: b.ticket_file(*listed, refused_rows=refused, rows=len(listed) + refused),
    tickets,
    st.integers(0, 3),
)


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    """Return an estate with, maybe, an export of tickets and earlier verdicts."""
    found = draw(s.snapshots(blocks=BLOCKS, queries=QUERIES))
    past = draw(st.none() | st.lists(st.sampled_from((0.4, 1.0)), max_size=4))
    return msgspec.structs.replace(
        found,
        tickets=draw(st.none() | exports.map(lambda each: (each,))),
        past=None if past is None else tuple(b.past_verdict(9 - rank, patching=high) for rank, high in enumerate(past)),
    )


@every_measure
@few
@given(snapshots())
def test_members_are_named_proved_and_explained(measure: Measure, snapshot: Snapshot) -> None:
    population = measure(build(snapshot))
    names = [(each.kind, each.name) for each in population.members]
    assert len(names) == len(set(names))
    assert population.members or population.complete or population.missing is not None
    for member in population.members:
        assert member.measured is None or member.evidence
        assert member.declared is not None or member.coverage == 1 or member.reason is not None
        assert member.measured is None or 0 <= member.measured.low <= member.measured.high <= 1


@every_measure
def test_an_estate_of_which_nothing_is_known_passes_nothing(measure: Measure) -> None:
    population = measure(b.estate())
    assert population.interval(DISCOUNT).low == 0
    assert population.measured_only.high == 1
    assert not population.complete


@every_measure
@few
@given(snapshots())
def test_what_is_declared_alone_never_counts_as_measured(measure: Measure, snapshot: Snapshot) -> None:
    alone = b.snapshot(context=snapshot.declared.context if snapshot.declared else None)
    population = measure(build(alone))
    assert population.coverage == 0
    assert population.measured_only.low == 0


@pytest.mark.parametrize("measure", OF_HOSTS, ids=lambda each: f"{each.__module__}.{each.__name__}")
@few
@given(st.data())
def test_a_host_that_goes_dark_raises_no_low(measure: Measure, data: st.DataObject) -> None:
    snapshot = data.draw(s.snapshots(blocks=BLOCKS, queries={}, always=("web1",)))
    before, after = (measure(build(each)) for each in (snapshot, s.unreadable(snapshot, "web1")))
    seen = {each.name for each in before.members if "web1" in each.hosts}
    if all(each.hosts != ("web1",) or each.kind != "host" for each in before.members if each.name in seen):
        return
    assert after.interval(DISCOUNT).low <= before.interval(DISCOUNT).low or measure is changes.recorded


@few
@given(exports, st.integers(1, 5))
def test_rows_that_cannot_be_read_never_narrow_what_tickets_tell(export, more: int) -> None:
    worse = msgspec.structs.replace(export, refused_rows=export.refused_rows + more)
    for measure in (fires.share, levels.first_level, recurrence.recurring, trend.time_to_resolve):
        known, less = (measure(b.estate(tickets=[each])).measured_only for each in (export, worse))
        assert less.contains(known)
