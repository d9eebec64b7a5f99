"""Laws of the measures of governance and of decisions, over random small estates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.measures import (
    acceptances,
    accounts,
    backups,
    certificates,
    decisions,
    exposure,
    ownership,
    privileges,
    restores,
    rituals,
    updates,
)
from analyzers.model import context as ctx
from analyzers.model import facts
from analyzers.model.estate import Estate, build
from analyzers.model.evidence import Population
from analyzers.model.interval import Interval
from analyzers.model.snapshot import Declared, Snapshot
from tests import builders as b
from tests import strategies as s

DISCOUNT = Fraction(3, 10)

few = settings(max_examples=80, deadline=None)

QUERIES: dict[str, s.Labels] = {
    "certificates.expiry": {"instance": ("https://boutique.dupont.example", "10.0.0.2:443", "web1:443")},
    "backup.age_seconds": {
        "instance": ("10.0.0.2:9854", "bkp1:9100"),
        "tool": ("pgbackrest", "restic"),
        "stanza": ("postgres", "other", ""),
    },
}

saved = st.builds(ctx.Backup, tool=s.maybe(st.sampled_from(("pgbackrest", "none"))), schedule=s.maybe(st.just("daily")))
entries = st.builds(lambda entry, backup: msgspec.structs.replace(entry, backup=backup), s.services, s.maybe(saved))
persons = st.builds(
    ctx.Person,
    id=st.sampled_from(s.PEOPLE),
    date=s.maybe(s.dates),
    identities=st.builds(
        ctx.Identities, login=s.some(st.sampled_from(("admin", "amartin"))), key=s.some(st.just("SHA256:aaaa"))
    ),
)
restored = st.builds(
    ctx.RestoreTest,
    service=st.sampled_from(s.SERVICES),
    date=s.dates,
    minutes=s.maybe(st.sampled_from((30.0, 6000.0))),
    by=s.maybe(st.sampled_from(s.PEOPLE)),
)
waivers = st.builds(
    ctx.WaiverEntry,
    check=st.just("patching"),
    scope=st.sampled_from(("estate", "host web1", "nginx")),
    owner=st.sampled_from(s.PEOPLE),
    reason=st.just("vendor"),
    expires=s.dates,
    date=s.maybe(s.dates),
)
risks = st.builds(
    ctx.Risk,
    title=st.just("single ERP server"),
    owner=s.maybe(st.sampled_from(s.PEOPLE)),
    accepted=s.maybe(s.dates),
    expires=s.maybe(s.dates | st.just(b.TODAY + dt.timedelta(days=90))),
    subjects=s.some(st.sampled_from(("web1", "nginx", "erp1"))),
)
BLOCKS: dict[str, st.SearchStrategy[Any]] = {
    "services": st.tuples(s.unique(entries, "name"), s.some(s.externals, 1)).map(lambda two: two[0] + two[1]),
    "people": s.unique(persons, "id"),
    "restore_tests": s.some(restored),
    "waivers": s.some(waivers, 2),
    "risks": s.some(risks, 2),
    "decisions": s.some(s.decisions),
    "rituals": s.some(s.rituals),
}


@dataclass(frozen=True, kw_only=True)
class Case:
    """A measure, what it reads, a change for the better, and the statements that say "we have none"."""

    measure: Callable[[Estate], Population]
    blocks: Sequence[str] = ()
    queries: Sequence[str] = ()
    said: Sequence[str] = ()
    better: Callable[[Snapshot], Snapshot]
    nothing: Sequence[str] = ()
    hosts_only: bool = False

    @property
    def reads_hosts(self) -> bool:
        return bool(self.blocks)


def context_of(snapshot: Snapshot) -> ctx.Context:
    return snapshot.declared.context if snapshot.declared is not None else b.context()


def declaring(snapshot: Snapshot, **blocks: Any) -> Snapshot:
    said = Declared(file="pasencore.yaml", context=msgspec.structs.replace(context_of(snapshot), **blocks))
    return msgspec.structs.replace(snapshot, declared=said)


@st.composite
def snapshots(draw: st.DrawFn, case: Case, always: Sequence[str] = ("web1",), said: Sequence[str] | None = None):
    queries = {name: QUERIES[name] for name in case.queries}
    drawn = draw(s.snapshots(blocks=case.blocks, queries=queries, context_blocks=(), always=always))
    if drawn.declared is None:
        return drawn
    stated = case.said if said is None else said
    return declaring(drawn, **{block: draw(s.maybe(BLOCKS[block])) for block in stated})


def first_entry(**fields: Any) -> Callable[[Snapshot], Snapshot]:
    """Replace fields of the entries that are there: none is added, and nobody else runs what it speaks of."""

    def change(snapshot: Snapshot) -> Snapshot:
        services = context_of(snapshot).services
        if not services or services[0].external:
            return snapshot
        return declaring(snapshot, services=(msgspec.structs.replace(services[0], **fields), *services[1:]))

    return change


def on_web1(**blocks: Any) -> Callable[[Snapshot], Snapshot]:
    return lambda snapshot: s.improved(snapshot, "web1", **blocks)


def one_backed_up_now(snapshot: Snapshot) -> Snapshot:
    (web1,) = (each for each in snapshot.hosts if each.name == "web1")
    tool = facts.BackupTool(name="restic", scheduled=True, last_success=b.NOW, last_restore=b.NOW, covers=("/",))
    return s.improved(snapshot, "web1", backups=(*(web1.backups or ()), tool))


def restored_again(snapshot: Snapshot) -> Snapshot:
    tests = context_of(snapshot).restore_tests
    if not tests:
        return snapshot
    fresh = ctx.RestoreTest(service=tests[0].service, date=b.TODAY, minutes=1.0, by="b.leroy")
    return declaring(snapshot, restore_tests=(*tests, fresh))


def firmer(snapshot: Snapshot) -> Snapshot:
    return s.improved(snapshot, "web1", firewall=facts.Firewall(kind="nftables", active=True, default_drop=True))


def renewed(snapshot: Snapshot) -> Snapshot:
    (web1,) = (each for each in snapshot.hosts if each.name == "web1")
    if web1.certificates is None:
        return snapshot
    held = tuple(msgspec.structs.replace(each, not_after=b.days_ago(-80)) for each in web1.certificates)
    return s.improved(snapshot, "web1", certificates=held)


def prolonged(snapshot: Snapshot) -> Snapshot:
    far = b.TODAY + dt.timedelta(days=300)
    waivers = tuple(msgspec.structs.replace(each, expires=far) for each in context_of(snapshot).waivers or ())
    return declaring(snapshot, waivers=waivers) if waivers else snapshot


def reframed(snapshot: Snapshot) -> Snapshot:
    four = ctx.Criteria(value=3, criticality=3, effort=3, risk=3)
    framed = {"options": 3, "criteria": four, "hypotheses": ("volume doubles",), "decider": "board"}
    log = tuple(msgspec.structs.replace(each, **framed) for each in context_of(snapshot).decisions or ())
    return declaring(snapshot, decisions=log) if log else snapshot


def met_today(snapshot: Snapshot) -> Snapshot:
    calendar = tuple(
        msgspec.structs.replace(each, held=(*each.held, b.TODAY)) for each in context_of(snapshot).rituals or ()
    )
    return declaring(snapshot, rituals=calendar) if calendar else snapshot


STRONG = facts.Access(
    accounts=(facts.Account(name="amartin", uid=1000, interactive=True, groups=("sudo",), keys=1),),
    sudo_rules=(facts.SudoRule(who="%sudo"),),
    sshd=facts.SshPolicy(permit_root_login="no", password_authentication=False, allow_groups=("ssh",), effective=True),
    sshd_present=True,
    authorized_keys=(facts.AuthorizedKey(account="amartin", type="ssh-ed25519", fingerprint="SHA256:aaaa"),),
    sessions=(),
)

CASES = {
    "owners": Case(
        measure=ownership.owners,
        blocks=("listeners",),
        said=("services",),
        better=first_entry(owner="a.martin", deputy="b.leroy"),
        nothing=("services",),
    ),
    "values": Case(
        measure=ownership.values,
        blocks=("listeners",),
        said=("services",),
        better=first_entry(business_value=3),
        nothing=("services",),
    ),
    "accounts": Case(
        measure=accounts.shared, blocks=("access",), said=("people",), better=on_web1(access=STRONG), hosts_only=True
    ),
    "privileges": Case(
        measure=privileges.privileged,
        blocks=("access",),
        said=("people",),
        better=on_web1(access=STRONG, runs=(b.run("access"),)),
        hosts_only=True,
    ),
    "updates": Case(
        measure=updates.security_updates,
        blocks=("inventory", "packages"),
        better=on_web1(
            inventory=b.inventory(),
            packages=facts.Packages(manager="dpkg", installed=400, last_security_upgrade_at=b.days_ago(3)),
        ),
        hosts_only=True,
    ),
    "exposure": Case(measure=exposure.listeners, blocks=("listeners", "firewall"), said=("services",), better=firmer),
    "certificates": Case(
        measure=certificates.validity,
        blocks=("certificates",),
        queries=("certificates.expiry",),
        better=renewed,
    ),
    "backups": Case(
        measure=backups.present,
        blocks=("listeners", "backups"),
        queries=("backup.age_seconds",),
        said=("services",),
        better=one_backed_up_now,
    ),
    "restores": Case(
        measure=restores.ladder,
        blocks=("listeners", "backups"),
        queries=("backup.age_seconds",),
        said=("services", "restore_tests"),
        better=lambda snapshot: restored_again(one_backed_up_now(snapshot)),
        nothing=("restore_tests",),
    ),
    "decisions": Case(measure=decisions.log, said=("decisions",), better=reframed, nothing=("decisions",)),
    "acceptances": Case(measure=acceptances.register, said=("waivers", "risks"), better=prolonged),
    "rituals": Case(measure=rituals.held, said=("rituals",), better=met_today, nothing=("rituals",)),
}

every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def cases_where(wanted: Callable[[Case], bool]) -> pytest.MarkDecorator:
    kept = {name: each for name, each in CASES.items() if wanted(each)}
    return pytest.mark.parametrize("case", kept.values(), ids=kept)


def interval_of(case: Case, snapshot: Snapshot) -> Interval:
    return case.measure(build(snapshot)).interval(DISCOUNT)


def not_applicable(population: Population) -> bool:
    return population.declared_empty is not None or (population.complete and not population.members)


@every_case
@few
@given(st.data())
def test_members_have_one_name_each_and_values_have_evidence(case: Case, data: st.DataObject) -> None:
    population = case.measure(build(data.draw(snapshots(case))))
    names = [each.name for each in population.members]
    assert len(names) == len(set(names))
    for member in population.members:
        assert (member.measured is None and member.declared is None) or member.evidence
        assert all(each.provenance.source and each.provenance.query for each in member.evidence)
        assert member.coverage == 1 or member.reason is not None or member.declared is not None


@every_case
@few
@given(st.data())
def test_nobody_is_named(case: Case, data: st.DataObject) -> None:
    population = case.measure(build(data.draw(snapshots(case))))
    shown = [each.name for each in population.members]
    shown += [f"{piece.key} {piece.value} {piece.provenance.query}" for m in population.members for piece in m.evidence]
    for text in shown:
        assert not any(person in text for person in (*s.PEOPLE, "amartin", "infoserv")), text


@every_case
@pytest.mark.parametrize(
    "snapshot",
    [b.snapshot(), b.snapshot(b.refused("web1", "timed_out")), b.snapshot(monitoring=b.monitoring(b.uname("web1")))],
    ids=["nothing", "refused", "named"],
)
def test_seeing_nothing_is_unknown_never_not_applicable(case: Case, snapshot: Snapshot) -> None:
    population = case.measure(build(snapshot))
    assert not not_applicable(population)
    assert population.interval(DISCOUNT) == Interval(Fraction(0), Fraction(1))
    assert population.missing is not None or all(each.reason is not None for each in population.members)


@cases_where(lambda case: case.reads_hosts)
@few
@given(st.data())
def test_a_host_that_goes_dark_makes_nothing_not_applicable(case: Case, data: st.DataObject) -> None:
    assert not not_applicable(case.measure(build(s.unreadable(data.draw(snapshots(case)), "web1"))))


@cases_where(lambda case: case.reads_hosts)
@few
@given(st.data())
def test_a_host_that_goes_dark_never_raises_low(case: Case, data: st.DataObject) -> None:
    """Hosts keep their weight: what they weigh is the criticality of services, which no entry values here."""
    drawn = data.draw(snapshots(case))
    services = tuple(msgspec.structs.replace(each, criticality=None) for each in context_of(drawn).services or ())
    even = declaring(drawn, services=services) if services else drawn
    assert interval_of(case, s.unreadable(even, "web1")).low <= interval_of(case, even).low


@every_case
@few
@given(st.data())
def test_what_gets_better_lowers_nothing(case: Case, data: st.DataObject) -> None:
    snapshot = data.draw(snapshots(case))
    before, after = interval_of(case, snapshot), interval_of(case, case.better(snapshot))
    assert after.low >= before.low
    assert after.high >= before.high


@cases_where(lambda case: bool(case.nothing))
@few
@given(st.data())
def test_saying_none_is_never_worse_than_saying_nothing(case: Case, data: st.DataObject) -> None:
    snapshot = declaring(data.draw(snapshots(case)), **dict.fromkeys(case.nothing))
    silent = case.measure(build(snapshot))
    honest = case.measure(build(declaring(snapshot, **dict.fromkeys(case.nothing, ()))))
    assert honest.interval(DISCOUNT).low >= silent.interval(DISCOUNT).low
    assert honest.measured_only == silent.measured_only


@every_case
@few
@given(st.data())
def test_the_order_of_hosts_says_nothing(case: Case, data: st.DataObject) -> None:
    snapshot = data.draw(snapshots(case))
    turned = msgspec.structs.replace(snapshot, hosts=tuple(reversed(snapshot.hosts)))
    assert interval_of(case, turned) == interval_of(case, snapshot)


@every_case
@few
@given(st.data())
def test_time_alone_makes_no_statement_believed(case: Case, data: st.DataObject) -> None:
    snapshot = data.draw(snapshots(case))
    later = msgspec.structs.replace(snapshot, taken_at=snapshot.taken_at + dt.timedelta(days=4000))
    believed = {each.name for each in case.measure(build(snapshot)).members if each.declared}
    assert {each.name for each in case.measure(build(later)).members if each.declared} <= believed
