from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from analyzers.assess import acted, assess
from analyzers.measures.graph.replicas import redundancy
from analyzers.measures.without import Removal, identities, without
from analyzers.model.context import Identities, OnCall, Person, Provider, Responsibilities
from analyzers.model.estate import build
from analyzers.model.knowledge import AssetFiles, GitHistory, GitPerson, KnownFiles
from analyzers.model.monitoring import Points
from analyzers.model.tickets import Ticket, TicketFile
from analyzers.rubric import published
from tests import builders as b
from tests import strategies as s
from tests.analyzers.measures.graph.planted import catalogue, hosts
from tests.estates import company

RUNNING = {"app1": ("boutique",), "app2": ("boutique",), "db1": ("postgresql",)}
CALLS = [("boutique", "postgresql")]
SAID = catalogue(("boutique", ("postgresql",)), ("postgresql", ()))
SNAPSHOT = b.snapshot(*hosts(RUNNING, CALLS), context=SAID, monitoring=b.monitoring(b.uname("app1", "db1")))

MARTIN = Person(id="a.martin", employer="InfoServ", identities=Identities(login=("amartin",), git=("am@x.example",)))
PEOPLE = b.context(
    people=(MARTIN, Person(id="b.leroy", identities=Identities(git=("b@x",)))),
    services=(
        b.service("erp", owner="a.martin", deputy="b.leroy"),
        b.service("pay", external=True, provider="InfoServ"),
    ),
    providers=(Provider(name="InfoServ"),),
    on_call=(OnCall(team="infra", hours="24x7", people=("a.martin", "b.leroy")),),
    responsibilities={"erp": Responsibilities(backup="a.martin", access="b.leroy", recovery="InfoServ")},
)
HISTORY = GitHistory(
    path="infra",
    name="infra",
    collected_at=b.NOW,
    people=(GitPerson(names=("A Martin",), addresses=("am@x.example",)), GitPerson(names=("B",), addresses=("b@x",))),
    assets=(AssetFiles(asset="erp", groups=(KnownFiles(knowers=(0,), files=3), KnownFiles(knowers=(0, 1), files=2))),),
)
TICKETS = TicketFile(file="t.csv", tickets=(Ticket(id="1", opened=b.NOW, resolver="AMartin"),))
STAFFED = replace(
    b.snapshot(b.host("erp1", access=company.access()), context=PEOPLE), git=(HISTORY,), tickets=(TICKETS,)
)


def test_a_host_leaves_with_what_runs_on_it_and_what_called_it() -> None:
    after = without(SNAPSHOT, Removal(hosts=("db1",)))
    assert [each.name for each in after.hosts] == ["app1", "app2"]
    assert all(not each.connections for each in after.hosts)
    assert [each.labels["nodename"] for each in after.monitoring.query("hosts.uname").samples] == ["app1"]
    assert not build(after).service_named("postgresql").instances


def test_a_host_leaves_with_its_days_of_use() -> None:
    days = tuple(
        Points(labels={"instance": f"{each}:9100"}, start=b.NOW, step_seconds=86400, values=(0.5,))
        for each in ("app1", "db1")
    )
    monitoring = b.monitoring(replace(b.query("capacity.cpu"), points=days))
    after = without(replace(SNAPSHOT, monitoring=monitoring), Removal(hosts=("db1",)))
    assert [each.labels["instance"] for each in after.monitoring.query("capacity.cpu").points] == ["app1:9100"]


def test_losing_one_of_two_hosts_ends_redundancy() -> None:
    (before,) = redundancy(build(SNAPSHOT)).members
    (after,) = redundancy(build(without(SNAPSHOT, Removal(hosts=("app2",))))).members
    assert (before.measured.low, after.measured.high) == (1, 0)


def test_a_service_leaves_its_sockets_its_calls_and_its_entry() -> None:
    after = without(SNAPSHOT, Removal(services=("boutique",)))
    assert build(after).service_named("boutique") is None
    assert all(not each.connections for each in after.hosts)


def test_a_network_leaves_with_its_hosts() -> None:
    after = without(SNAPSHOT, Removal(networks=(ipaddress.ip_network("10.0.0.2/31"),)))
    assert [each.name for each in after.hosts] == ["app1"]


def test_a_person_leaves_every_role_and_everything_that_they_know() -> None:
    after = without(STAFFED, Removal(persons=("a.martin",)))
    context = after.declared.context
    assert [each.id for each in context.people] == ["b.leroy"]
    assert (context.services[0].owner, context.services[0].deputy) == (None, "b.leroy")
    assert context.on_call[0].people == ("b.leroy",)
    assert (context.responsibilities["erp"].backup, context.responsibilities["erp"].access) == (None, "b.leroy")
    assert [each.knowers for each in after.git[0].assets[0].groups] == [(), (1,)]
    assert after.tickets[0].tickets[0].resolver == ""
    (host,) = after.hosts
    assert [each.name for each in host.access.accounts] == ["root", "bleroy"]
    assert [each.account for each in host.access.sessions] == ["bleroy"]
    assert context.author == "a.martin", "who wrote the file wrote it"


def test_a_provider_leaves_with_its_people_and_the_services_that_it_runs() -> None:
    context = without(STAFFED, Removal(providers=("InfoServ",))).declared.context
    assert context.providers == ()
    assert [each.name for each in context.services] == ["erp"]
    assert [each.id for each in context.people] == ["b.leroy"]
    assert context.responsibilities["erp"].recovery is None


def test_all_names_of_a_person_are_theirs() -> None:
    for name in ("A.Martin", "amartin", "am@x.example"):
        assert identities(name, STAFFED) == {"a.martin", "amartin", "am@x.example"}
    assert identities("Nobody", STAFFED) == {"nobody"}


@settings(max_examples=40, deadline=None)
@given(snapshot=s.snapshots(blocks=("listeners", "connections", "access")), who=st.sampled_from(s.PEOPLE))
def test_leaving_twice_is_leaving_once_and_nobody_leaves_by_nothing(snapshot, who) -> None:
    removal = Removal(persons=(who,), hosts=("web1",), services=("nginx",), providers=("InfoServ",))
    once = without(snapshot, removal)
    assert without(once, removal) == once
    assert without(snapshot, Removal()) == snapshot


@pytest.mark.parametrize("name", ["db1", "mon1"])
def test_the_way_to_oui_walked_to_its_end_gives_oui(name: str) -> None:
    snapshot = b.snapshot(
        *(each for each in company.hosts() if each.name != name),
        context=company.context(decisions=(), rituals=None),
        monitoring=company.monitoring(),
    )
    rubric = published()
    verdict = assess(snapshot, rubric)
    assert verdict.judgement.answer == "pas encore"
    after = acted(verdict, snapshot, rubric, frozenset(each.check_id for each in verdict.conditions))
    assert (after.judgement.answer, after.conditions) == ("oui", ())


def test_doing_nothing_changes_nothing() -> None:
    verdict = assess(SNAPSHOT, published())
    assert acted(verdict, SNAPSHOT, published(), frozenset()).findings == verdict.findings
