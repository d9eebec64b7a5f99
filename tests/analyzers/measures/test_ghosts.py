from __future__ import annotations

from fractions import Fraction

import pytest

from analyzers.assess import assess
from analyzers.checks.gouvernance.owners_named import CHECK
from analyzers.measures.backups import present
from analyzers.measures.ghosts import MOST_HOSTS, nowhere
from analyzers.measures.ownership import owners, values
from analyzers.measures.restores import ladder
from analyzers.model.context import Backup, RestoreTest
from analyzers.model.facts import BackupTool
from analyzers.model.finding import Statement
from analyzers.model.interval import Interval
from analyzers.rubric import published
from tests import builders as b

NAMED = {"owner": "a.martin", "deputy": "b.leroy", "business_value": 4, "criticality": 4}


def read(name="web1", *listeners, units=(), **fields):
    return b.host(name, listeners=listeners, units=units, **fields)


def estate(*hosts, others=(), monitoring=None, restore_tests=None, **entry):
    services = (b.service("boutique", **(NAMED | entry)), *others)
    context = b.context(services=services, restore_tests=restore_tests)
    return b.estate(*hosts, context=context, monitoring=monitoring)


def searched(*hosts, **fields):
    """Look for an entry that lives on any known host, unless it says where."""
    given = (
        {}
        if fields.get("external")
        else {"match": {"hosts": ("*",)} | (fields.pop("match", None) or {"ports": (8080,)})}
    )
    known = estate(*hosts, **(fields | given))
    service = known.service_named("boutique")
    assert service is not None
    return tuple(each.name for each in nowhere(service, known))


ON_WEB1 = {"hosts": ("web1",), "ports": (8080,)}


@pytest.mark.parametrize("measure", [owners, values])
def test_what_is_said_of_a_service_that_is_nowhere_is_contradicted(measure) -> None:
    member = b.by_name(measure(estate(read(), match=ON_WEB1)))["boutique"]
    assert (member.measured, member.declared, member.reason) == (Interval.point(0), 1, None)
    assert member.contradicted(Fraction(3, 10))
    looked = member.evidence[0]
    assert (looked.key, looked.value, looked.kind, looked.provenance.source) == (
        "listeners of boutique",
        0,
        "measured",
        "host:web1",
    )
    assert member.evidence[1].kind == "declared"


def test_backups_and_restores_of_a_service_that_is_nowhere_are_contradicted() -> None:
    drill = RestoreTest(service="boutique", date=b.days_ago(9).date(), by="b.leroy", minutes=5)
    known = estate(read(), match=ON_WEB1, backup=Backup(tool="restic"), restore_tests=(drill,))
    for measure in (present, ladder):
        (member,) = measure(known).members
        assert (member.measured, member.declared) == (Interval.point(0), 1)


def test_a_trace_of_its_backup_shows_that_the_service_exists() -> None:
    tool = BackupTool(name="restic", covers=("boutique",), last_success=b.days_ago(0.5))
    (member,) = present(estate(read(backups=(tool,)), match=ON_WEB1, backup=Backup(tool="restic"))).members
    assert member.measured == Interval.point(1)


@pytest.mark.parametrize("tool", ["none", None])
def test_a_clean_no_and_silence_are_not_confronted(tool) -> None:
    known = estate(read(), match=ON_WEB1, data_class="personal", backup=tool and Backup(tool=tool))
    (member,) = present(known).members
    assert member.measured is None
    nobody = estate(read(), match=ON_WEB1, owner=None, deputy=None)
    assert b.by_name(owners(nobody))["boutique"].measured is None


def test_an_old_statement_is_not_confronted() -> None:
    known = estate(read(), match=ON_WEB1, date=b.days_ago(400).date())
    assert b.by_name(owners(known))["boutique"].measured is None


def test_scoring_withdraws_the_statement() -> None:
    context = b.context(services=(b.service("boutique", match=ON_WEB1, **NAMED),))
    verdict = assess(b.snapshot(read(), context=context), published(), checks=(CHECK,))
    assert Statement(check="owners-named", member="boutique") in verdict.confrontation.withdrawn


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"match": {}},
        {"match": ON_WEB1},
        {"match": {"hosts": ("web*",), "ports": (8080,)}},
        {"match": {"ports": (8080,)}},
        {"match": {"units": ("boutique.service",)}},
        {"match": {"ports": (8080,), "processes": ("gunicorn",), "containers": ("shop",)}},
        {"addresses": ("web1",)},
    ],
)
def test_a_service_is_nowhere_when_each_of_its_places_was_read(entry) -> None:
    assert searched(read("web1", b.listener("nginx", 80)), **entry) == ("web1",)


@pytest.mark.parametrize("entry", [{}, {"match": {"ports": (8080,)}}, {"match": {"units": ("boutique.service",)}}])
def test_an_entry_that_names_no_host_may_live_on_one_that_nobody_scanned(entry) -> None:
    known = estate(read("web1", b.listener("nginx", 80)), **entry)
    service = known.service_named("boutique")
    assert service is not None
    assert nowhere(service, known) == ()


@pytest.mark.parametrize(
    "entry",
    [
        {"external": True},
        {"addresses": ("10.9.9.9",)},
        {"match": {"hosts": ("db*",)}},
        {"match": {"hosts": ("web1", "db*")}},
        {"match": {"hosts": ("WEB1",)}},
        {"match": {"hosts": ("db1",)}},
        {"match": {"processes": ("worker",)}},
        {"match": {"containers": ("worker",)}},
        {"match": {"ports": (80,)}},
    ],
)
def test_a_service_may_be_elsewhere_or_silent(entry) -> None:
    assert searched(read("web1", b.listener("nginx", 80)), **entry) == ()


@pytest.mark.parametrize(
    "other",
    [
        b.refused("db1"),
        b.host("db1"),
        read("db1", runs=(b.run("flows", "partial", "no_permission"),)),
        read("db1", runs=(b.run("flows", "not_applicable"),)),
    ],
)
def test_a_host_that_was_not_read_in_full_may_hold_it(other) -> None:
    assert searched(read(), other) == ()
    assert searched(read(), other, match={"hosts": ("*1",)}) == ()
    assert searched(read(), other, match=ON_WEB1) == ("web1",)


def test_a_host_that_only_the_monitoring_knows_may_hold_it() -> None:
    assert searched(read(), monitoring=b.monitoring(b.uname("db1"))) == ()
    assert searched(read(), monitoring=b.monitoring(b.uname("db1")), match={"hosts": ("*1",)}) == ()


def test_no_known_host_was_searched() -> None:
    assert searched() == ()


@pytest.mark.parametrize(
    ("unit", "found"),
    [
        (b.unit("boutique.service"), ()),
        (b.unit("Boutique.service"), ()),
        (b.unit("boutique@eu.service"), ()),
        (b.unit("boutique.timer"), ()),
        (b.unit("boutique.service", active="failed"), ()),
        (b.unit("boutique.service", active="inactive"), ("web1",)),
        (b.unit("nginx.service"), ("web1",)),
    ],
)
def test_a_unit_that_does_not_listen_is_a_service(unit, found) -> None:
    assert searched(read(units=(unit,)), match={"units": ("boutique.service",)}) == found


@pytest.mark.parametrize(
    ("pattern", "found"), [("shop-*.service", ()), ("shop-worker.service", ()), ("mail.service", ("web1",))]
)
def test_a_unit_is_found_by_the_match(pattern, found) -> None:
    assert searched(read(units=(b.unit("shop-worker.service"),)), match={"units": (pattern,)}) == found


@pytest.mark.parametrize(
    "fields",
    [{"units": None}, {"runs": (b.run("units", "partial", "no_permission"),)}],
)
@pytest.mark.parametrize(("match", "found"), [({"units": ("x.service",)}, ()), (ON_WEB1, ("web1",))])
def test_without_units_only_a_port_tells(fields, match, found) -> None:
    assert searched(read(**fields), match=match) == found


@pytest.mark.parametrize(
    ("socket", "found"),
    [
        (b.listener("tcp/8080", 8080, process="", unit=""), ()),
        (b.listener("tcp/9090", 9090, process="", unit=""), ("web1",)),
        (b.listener("java", 8080), ("web1",)),
    ],
)
def test_a_socket_whose_owner_is_hidden_may_be_it(socket, found) -> None:
    match = {"ports": (8080,), "processes": ("gunicorn",)}
    assert searched(read("web1", socket), match=match) == found


def test_a_hidden_socket_that_another_entry_names_is_not_it() -> None:
    socket = b.listener("tcp/9090", 9090, process="", unit="")
    erp = b.service("erp", match={"ports": (9090,)})
    unit = {"units": ("boutique.service",)}
    assert searched(read("web1", socket), others=(erp,), match=unit) == ("web1",)
    assert searched(read("web1", socket), match=unit) == ()


def test_a_socket_that_an_earlier_entry_takes_may_be_its_own() -> None:
    context = b.context(
        services=(b.service("all", match={"ports": (80,)}), b.service("boutique", match={"ports": (80,)}))
    )
    known = b.estate(read("web1", b.listener()), context=context)
    service = known.service_named("boutique")
    assert service is not None
    assert nowhere(service, known) == ()


def test_a_name_in_other_letters_may_be_the_same() -> None:
    assert searched(read("web1", b.listener("Boutique", 80))) == ()


def test_a_service_that_listens_or_has_no_entry_is_no_ghost() -> None:
    assert searched(read("web1", b.listener("boutique", 80))) == ()
    known = estate(read("web1", b.listener()))
    shadow = known.service_named("nginx")
    assert shadow is not None
    assert nowhere(shadow, known) == ()


def test_many_hosts_show_a_few() -> None:
    hosts = [read(f"web{index}") for index in range(MOST_HOSTS + 3)]
    member = b.by_name(owners(estate(*hosts, match={"hosts": ("web*",), "ports": (8080,)})))["boutique"]
    assert sum(1 for each in member.evidence if each.key == "listeners of boutique") == MOST_HOSTS
