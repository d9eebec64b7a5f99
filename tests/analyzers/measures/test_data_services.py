from __future__ import annotations

import pytest

from analyzers.measures.data_services import COMPANIONS, KINDS, mentions, of_estate
from analyzers.model import context as ctx
from tests import builders as b


def found(*sockets, entries=None, name="db1"):
    context = b.context(services=entries) if entries is not None else None
    return {each.name: each for each in of_estate(b.estate(b.host(name, listeners=sockets), context=context))}


def kinds(*sockets):
    return {kind.name for each in found(*sockets).values() for kind in each.kinds}


def named(service, **fields):
    return b.listener(service, 4242, **({"process": "", "unit": ""} | fields))


@pytest.mark.parametrize(
    ("socket", "kind"),
    [
        (named("postgresql", process="postgres"), "postgresql"),
        (named("postgresql@15-main", unit="postgresql@15-main.service"), "postgresql"),
        (named("shop", package="postgresql-15"), "postgresql"),
        (named("shop", container="boutique-postgres-1"), "postgresql"),
        (named("mariadb", process="mariadbd"), "mysql"),
        (named("db", process="mysqld"), "mysql"),
        (named("mongod", process="mongod"), "mongodb"),
        (named("elasticsearch", unit="elasticsearch.service"), "elasticsearch"),
        (named("opensearch", container="opensearch-node1"), "elasticsearch"),
        (named("influxd", process="influxd"), "influxdb"),
        (named("clickhouse-server", process="clickhouse-serv"), "clickhouse"),
        (named("neo4j", unit="neo4j.service"), "neo4j"),
        (named("slapd", process="slapd"), "ldap"),
        (named("gitea", process="gitea"), "gitea"),
        (named("smbd", process="smbd"), "files"),
        (named("rpc.mountd", process="rpc.mountd"), "files"),
        (named("dovecot", process="dovecot"), "mail"),
    ],
)
def test_software_that_keeps_data(socket, kind) -> None:
    assert kinds(socket) == {kind}


@pytest.mark.parametrize(
    "socket",
    [
        named("nginx", process="nginx"),
        named("redis", process="redis-server"),
        named("memcached", process="memcached"),
        named("prometheus", process="prometheus"),
        named("postgres_exporter", process="postgres_exporter"),
        named("prometheus-mysqld-exporter", process="mysqld_exporter"),
        named("pgbouncer", process="pgbouncer"),
        named("gitlab-runner", process="gitlab-runner"),
        named("mongo-express", container="mongo-express"),
        named("mysql-router", process="mysqlrouter", unit="mysql-router.service"),
        named("haproxy", process="haproxy", unit="haproxy.service"),
    ],
)
def test_software_that_keeps_nothing_worth_a_restore(socket) -> None:
    assert kinds(socket) == set()


@pytest.mark.parametrize(
    ("port", "kind"), [(5432, "postgresql"), (3306, "mysql"), (27017, "mongodb"), (2049, "files"), (389, "ldap")]
)
def test_a_port_is_believed_when_nobody_could_name_its_owner(port, kind) -> None:
    assert kinds(b.listener("hidden", port, process="", unit="")) == {kind}
    assert kinds(b.listener("haproxy", port)) == set()


def test_software_without_an_entry_keeps_other_data_on_each_host() -> None:
    hosts = [b.host(name, listeners=(b.listener("postgres", 5432),)) for name in ("db1", "db2")]
    assert [(each.name, each.hosts) for each in of_estate(b.estate(*hosts))] == [
        ("db1 postgres", ("db1",)),
        ("db2 postgres", ("db2",)),
    ]
    entry = b.service("base-clients", match={"units": ("postgres.service",)})
    (one,) = of_estate(b.estate(*hosts, context=b.context(services=(entry,))))
    assert (one.name, one.hosts) == ("base-clients", ("db1", "db2"))
    assert {"base-clients", "postgres"} <= one.words


@pytest.mark.parametrize(
    ("fields", "there"),
    [
        ({"backup": ctx.Backup(tool="restic")}, True),
        ({"objectives": ctx.Objectives(rpo_hours=24)}, True),
        ({"data_class": "personal"}, True),
        ({"data_class": "none"}, False),
        ({"objectives": ctx.Objectives(availability=99.9)}, False),
        ({}, False),
        ({"external": True, "data_class": "personal"}, False),
        ({"external": True, "backup": ctx.Backup(tool="restic")}, True),
    ],
)
def test_an_entry_says_that_it_keeps_data(fields, there) -> None:
    assert bool(found(entries=(b.service("erp", **fields),))) is there


def test_a_cache_that_is_declared_to_keep_data_keeps_data() -> None:
    entry = b.service("redis", data_class="internal")
    assert found(b.listener("redis", 6379), entries=(entry,)).keys() == {"redis"}


def test_saying_that_a_database_keeps_nothing_hides_nothing() -> None:
    entry = b.service("postgres", data_class="none")
    assert found(b.listener("postgres", 5432), entries=(entry,)).keys() == {"postgres"}


def test_words_of_a_kind_are_no_companions_and_no_other_kinds() -> None:
    words = [word for each in KINDS for word in each.words]
    assert len(words) == len(set(words))
    assert not COMPANIONS.intersection(words)


@pytest.mark.parametrize(
    ("word", "text", "there"),
    [
        ("postgres", "/var/backups/postgres.sql", True),
        ("postgres", "POSTGRES", True),
        ("postgres", "postgresql", False),
        ("base", "base-clients", False),
        ("base-clients", "dump of base-clients", True),
        ("a.b", "axb", False),
    ],
)
def test_a_text_names_a_whole_word(word, text, there) -> None:
    assert mentions([word], text) is there
