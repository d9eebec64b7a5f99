"""What catalogue files add to an estate, beside the context file."""

from __future__ import annotations

import datetime as dt

import pytest
from msgspec.structs import replace

from analyzers.measures import catalogue, endpoints, flow_catalogue, ownership, sight
from analyzers.measures.dependencies import dependencies
from analyzers.measures.entries import ANOTHER, contradictions
from analyzers.model.catalogue import CatalogueEntry, CatalogueFile, KnownHost, Need
from analyzers.model.context import Identities, Person
from analyzers.model.estate import build
from analyzers.model.interval import Interval
from tests import builders as b
from tests.flow_worlds import WATCHED

YES, NO = Interval.point(1), Interval.point(0)


def entry(name="boutique", *needs, **fields):
    return CatalogueEntry(name=name, line=4, depends_on=tuple(Need(name=each, line=9) for each in needs), **fields)


def file(*entries, kind="backstage", name="catalog-info.yaml", days=10, **fields):
    return CatalogueFile(kind=kind, file=name, date=b.TODAY - dt.timedelta(days=days), entries=tuple(entries), **fields)


def estate(*files, context=None, hosts=None):
    app = b.host(
        "app1",
        addresses=("10.0.0.1",),
        listeners=(b.listener("boutique", 8080),),
        connections=(b.connection("10.0.0.2", 5432, service="boutique"),),
        flow_watch=WATCHED,
    )
    db = b.host(
        "db1",
        addresses=("10.0.0.2",),
        listeners=(b.listener("shop-db-1", 5432, unit="", process="", container="shop-db-1"),),
        connections=(),
        flow_watch=WATCHED,
    )
    return build(replace(b.snapshot(*(hosts or (app, db)), context=context), catalogues=files))


def member(population, name):
    return b.by_name(population)[name]


def test_an_entry_of_a_file_is_an_entry() -> None:
    found = catalogue.entries(estate(file(entry())))
    assert (member(found, "boutique").measured, member(found, "shop-db-1").measured) == (YES, NO)
    proof = member(found, "boutique").evidence[-1]
    assert (proof.provenance.source, proof.kind) == ("catalog-info.yaml:4", "reconciled")
    old = member(catalogue.entries(estate(file(entry(), days=400))), "boutique")
    assert (old.measured, old.reason) == (None, "stale")


def test_a_compose_file_names_its_containers() -> None:
    compose = file(entry("db", aliases=("shop-db-*",)), kind="compose", name="compose.yml")
    found = estate(compose)
    assert [each.name for each in found.services] == ["boutique", "db"]
    assert member(catalogue.entries(found), "db").measured == YES


def test_dependencies_of_files_confirm_flows_at_their_line() -> None:
    compose = file(entry("db", aliases=("shop-db-*",)), kind="compose", name="compose.yml")
    found = estate(file(entry("boutique", "db", "cache")), compose)
    states = {each.destination.name: each.state for each in dependencies(found)}
    assert states == {"db": "confirmed", "cache": "unverified"}
    said = member(flow_catalogue.observed(found), "boutique -> db").evidence[-1]
    assert said.provenance.source == "catalog-info.yaml:9"


def test_a_program_without_a_socket_is_found_by_its_container() -> None:
    worker = b.host("app2", connections=(b.connection("203.0.113.9", 443, service="shop-worker-3"),))
    found = estate(file(entry("worker", aliases=("shop-worker-*",)), kind="compose"), hosts=(worker,))
    assert [each.source.name for each in dependencies(found)] == ["worker"]


@pytest.mark.parametrize(
    ("owned", "files", "declared"),
    [
        ({}, (entry(owners=("shop",)),), "1/2"),
        ({}, (entry(owners=("shop", "infra")),), 1),
        ({}, (entry(owners=("shop", "@shop")), entry(kind="ownership", owners=("ops",))), "1/2"),
        ({"owner": "a.martin"}, (entry(owners=("shop", "infra")),), "1/2"),
        ({"owner": "a.martin", "deputy": "b.leroy"}, (entry(),), 1),
        ({}, (entry(),), 0),
    ],
)
def test_the_context_file_wins_then_files_say_who_owns(owned, files, declared) -> None:
    context = b.context(services=(b.service("boutique", **owned),))
    found = member(ownership.owners(estate(*(file(each) for each in files), context=context)), "boutique")
    assert found.declared == b.Fraction(declared)


def test_an_owner_of_the_code_owns_a_service_that_is_in_no_catalogue() -> None:
    rules = file(entry(kind="ownership", owners=("shop", "infra")), kind="codeowners", name="CODEOWNERS")
    found = estate(rules, context=b.context(services=()))
    assert member(ownership.owners(found), "boutique").declared == 1
    assert member(catalogue.entries(found), "boutique").measured == NO
    assert not estate(rules).catalogued


def test_owners_who_contradict_each_other_are_shown_by_their_line_and_not_by_their_name() -> None:
    context = b.context(
        services=(b.service("boutique", owner="a.martin"),),
        people=(Person(id="a.martin", team="infra", identities=Identities(login=("amartin",))),),
    )
    found = estate(
        file(entry(owners=("shop",))),
        file(entry(owners=("dupont/infra",)), name="b.yaml"),
        file(entry(owners=("amartin",)), name="c.yaml"),
        context=context,
    )
    (service,) = (each for each in found.services if each.name == "boutique")
    (doubt,) = contradictions(service, found)
    assert (doubt.key, doubt.provenance.source, "shop" in str(doubt.value)) == (ANOTHER, "catalog-info.yaml:4", False)
    assert doubt in member(ownership.owners(found), "boutique").evidence


def test_values_and_responsibilities_are_not_said_by_files() -> None:
    found = estate(file(entry()), context=b.context(services=(), responsibilities={}))
    assert member(ownership.values(found), "boutique").declared == 0
    assert member(ownership.responsibilities(found), "boutique").declared == 0


def test_hosts_of_an_inventory_are_known_by_every_name_and_address() -> None:
    hosts = (KnownHost(name="db9", line=2, aliases=("10.0.9.9",)), KnownHost(name="app1", line=3))
    inventory = CatalogueFile(kind="inventory", file="glpi.csv", date=b.TODAY, hosts=hosts)
    caller = b.host("app1", addresses=("10.0.0.1",), connections=(b.connection("10.0.9.9"),))
    found = estate(inventory, hosts=(caller,))
    assert {each.name: each.known_from for each in found.hosts} == {
        "app1": ("host", "catalogue"),
        "db9": ("catalogue",),
    }
    assert member(endpoints.identified(found), "10.0.9.9:5432").measured == YES
    unread = member(sight.of_known_hosts(found), "db9")
    assert (unread.measured, unread.evidence[0].provenance.source) == (NO, "glpi.csv:2")


def test_a_file_that_could_not_be_read_is_no_catalogue() -> None:
    broken = file(reason="unreadable")
    assert member(catalogue.entries(estate(broken)), "boutique").reason == "not_declared"
    assert member(catalogue.entries(estate(file())), "boutique").measured == NO
