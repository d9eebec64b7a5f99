from typing import Any

import pytest

from agent.init_template.observed import MOST_HOSTS, Observed, SeenService
from analyzers.model import facts
from analyzers.model.context import Match
from tests import builders as b


def seen(*hosts: facts.Host) -> Observed:
    return Observed.of(b.snapshot(*hosts))


def service(*listeners: facts.Listener, name: str = "boutique", **host: Any) -> SeenService:
    found = seen(b.host("app1", listeners=listeners, **host)).services
    return next(each for each in found if each.name == name)


@pytest.mark.parametrize(
    ("listeners", "match"),
    [
        ([{"unit": "boutique.service"}], Match(units=("boutique.service",), hosts=("app1",))),
        ([{"container": "shop", "unit": ""}], Match(containers=("shop",), hosts=("app1",))),
        ([{"process": "gunicorn", "unit": ""}], Match(processes=("gunicorn",), hosts=("app1",))),
        ([{"unit": "", "process": ""}], Match(ports=(8080,), hosts=("app1",))),
        (
            [{"unit": "a.service"}, {"unit": "b.service", "port": 8081}],
            Match(units=("a.service", "b.service"), hosts=("app1",)),
        ),
        (
            [{"unit": "a.service"}, {"unit": "", "port": 8081, "process": "x"}],
            Match(processes=("boutique", "x"), hosts=("app1",)),
        ),
    ],
)
def test_the_first_rule_that_takes_every_socket_is_chosen(listeners: list[dict[str, Any]], match: Match) -> None:
    given = [b.listener("boutique", **({"port": 8080, "process": "boutique"} | each)) for each in listeners]
    assert service(*given).match == match


def test_what_comes_to_listen_later_is_not_taken_by_a_rule_of_today() -> None:
    entry = service(b.listener("boutique", 8080, unit="", process=""))
    declared = b.context(services=(b.service("boutique", match=entry.match),))
    later = b.host("app1", listeners=(b.listener("boutique", 8080, unit="", process=""), b.listener("intruder", 4444)))
    services = b.estate(later, context=declared).services
    assert {each.name: each.declared is not None for each in services} == {"boutique": True, "intruder": False}


def test_a_rule_that_would_take_a_neighbour_is_not_chosen() -> None:
    shared = [
        b.listener("boutique", 8080, unit="apache2.service", process="apache2"),
        b.listener("intranet", 8081, unit="apache2.service", process="apache2"),
    ]
    assert service(*shared).match == Match(ports=(8080,), hosts=("app1",))
    same_port = [
        b.listener("boutique", 8080, unit="", process="x", address="10.0.0.1"),
        b.listener("intranet", 8080, unit="", process="x", address="10.0.0.2"),
    ]
    assert service(*same_port).match is None


def test_a_service_that_is_everywhere_names_no_host() -> None:
    hosts = [b.host(f"h{n}", listeners=(b.listener("sshd", 22, unit="ssh.service"),)) for n in range(MOST_HOSTS + 1)]
    assert seen(*hosts).services[0].match == Match(units=("ssh.service",))
    assert seen(*hosts[1:]).services[0].match == Match(
        units=("ssh.service",), hosts=tuple(sorted(each.name for each in hosts[1:]))
    )


def test_sockets_of_the_file_system_are_no_service_of_the_network() -> None:
    assert seen(b.host(listeners=(b.listener("dbus", 0, protocol="unix", path="/run/dbus"),))).services == ()


def test_addresses_are_written_with_brackets_when_they_hold_colons() -> None:
    both = [b.listener("boutique", 80, address="::"), b.listener("boutique", 80, address="0.0.0.0")]
    assert service(*both).sockets == ("[::]:80/tcp", "0.0.0.0:80/tcp")


@pytest.mark.parametrize(
    ("peer", "needs"),
    [
        ("127.0.0.1", ("redis",)),
        ("::1", ("redis",)),
        ("10.0.0.1", ("redis",)),
        ("10.0.0.2", ("base",)),
        ("10.0.0.3", ()),
    ],
)
def test_what_a_service_calls_is_found_on_its_host_and_on_others(peer: str, needs: tuple[str, ...]) -> None:
    app = b.host(
        "app1",
        addresses=("10.0.0.1",),
        listeners=(b.listener("boutique", 8080), b.listener("redis", 6379)),
        connections=(
            b.connection(peer, 6379, service="boutique"),
            b.connection("10.0.0.2", 80, "in", service="boutique"),
        ),
    )
    db = b.host("db1", addresses=("10.0.0.2",), listeners=(b.listener("base", 6379), b.listener("www", 80)))
    found = {each.name: each.needs for each in seen(app, db).services}
    assert found["boutique"] == needs


def test_a_service_that_calls_itself_needs_nobody() -> None:
    listener = b.listener("boutique", 8080)
    assert service(listener, connections=(b.connection("127.0.0.1", 8080, service="boutique"),)).needs == ()


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("203.0.113.7", False),
        ("8.8.8.8", False),
        ("2001:db8::1", False),
        ("10.1.2.3", True),
        ("172.31.0.1", True),
        ("192.168.1.1", True),
        ("100.64.0.1", True),
        ("fd12::1", True),
    ],
)
def test_private_ranges_are_ours_and_the_rest_is_somebody_else(address: str, *, own: bool) -> None:
    peers = seen(b.host(connections=(b.connection(address, 443, service="boutique"),))).peers
    assert [(each.address, each.own) for each in peers] == [(address, own)]


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "169.254.1.1", "fe80::1", "224.0.0.1", "0.0.0.0", "not an address"]
)
def test_what_is_no_other_end_is_left_out(address: str) -> None:
    assert seen(b.host(connections=(b.connection(address, 443),))).peers == ()


def test_calls_to_one_address_are_gathered_and_sorted() -> None:
    calls = (
        b.connection("203.0.113.10", 443, service="boutique"),
        b.connection("203.0.113.9", 443, service="boutique"),
        b.connection("203.0.113.9", 25, service="postfix"),
        b.connection("203.0.113.9", 9, "in", service="boutique"),
    )
    assert [(each.address, each.ports, each.callers) for each in seen(b.host(connections=calls)).peers] == [
        ("203.0.113.9", ("25/tcp", "443/tcp"), ("boutique", "postfix")),
        ("203.0.113.10", ("443/tcp",), ("boutique",)),
    ]


def test_releases_are_named_as_standards_name_them() -> None:
    hosts = [
        b.host("a", inventory=b.inventory()),
        b.host("b", inventory=b.inventory(os=b.system(id="rocky", version_id="9.4"))),
        b.host("c", inventory=b.inventory(os=b.system(id="arch", version_id=""))),
        b.host("d"),
    ]
    assert seen(*hosts).systems == ("arch", "debian 12", "rocky 9")


def test_tools_of_backup_are_those_of_the_hosts_of_the_data() -> None:
    restic, borg = facts.BackupTool(name="restic"), facts.BackupTool(name="borg")
    db = b.host("db1", listeners=(b.listener("postgresql", 5432, unit="postgresql.service"),), backups=(restic,))
    web = b.host("web1", listeners=(b.listener("nginx", 80, unit="nginx.service"),), backups=(borg,))
    found = {each.name: (each.keeps_data, each.tools) for each in seen(db, web).services}
    assert found == {"postgresql": (True, ("restic",)), "nginx": (False, ())}
