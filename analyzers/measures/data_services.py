"""Services that hold data which would be lost: what is declared to, and what software is known to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from analyzers.model.context import Service
from analyzers.model.estate import Estate, EstateService
from analyzers.model.facts import Listener


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A family of software that keeps data.

    Attributes
    ----------
    words
        Words by which its service, unit, process, container or package is named, digits at their end aside.
    ports
        Where it listens by custom: believed only of a socket whose owner nobody could name.
    folders
        Where it keeps its data by default.
    tools
        Backup tools that know nothing else.
    """

    name: str
    words: frozenset[str]
    ports: frozenset[int] = frozenset()
    folders: tuple[str, ...] = ()
    tools: frozenset[str] = frozenset()


def _kind(name: str, words: str, *ports: int, folders: tuple[str, ...] = (), tools: str = "") -> Kind:
    return Kind(
        name=name,
        words=frozenset(words.split()),
        ports=frozenset(ports),
        folders=folders,
        tools=frozenset(tools.split()),
    )


KINDS = (
    _kind(
        "postgresql",
        "postgresql postgres postmaster patroni timescaledb postgis",
        5432,
        folders=("/var/lib/postgresql", "/var/lib/pgsql"),
        tools="pgbackrest barman wal-g wal-e pg_dump pg_dumpall pg_basebackup pg_probackup autopostgresqlbackup",
    ),
    _kind(
        "mysql",
        "mysql mysqld mariadb mariadbd percona",
        3306,
        folders=("/var/lib/mysql",),
        tools="mysqldump mariadb-dump mariabackup mariadb-backup xtrabackup mydumper automysqlbackup holland",
    ),
    _kind("mongodb", "mongodb mongod mongo", 27017, folders=("/var/lib/mongodb", "/var/lib/mongo"), tools="mongodump"),
    _kind(
        "elasticsearch",
        "elasticsearch opensearch",
        9200,
        folders=("/var/lib/elasticsearch", "/var/lib/opensearch"),
    ),
    _kind("influxdb", "influxdb influxd", 8086, folders=("/var/lib/influxdb",)),
    _kind("couchdb", "couchdb couchbase", 5984, folders=("/var/lib/couchdb", "/opt/couchdb")),
    _kind("clickhouse", "clickhouse", folders=("/var/lib/clickhouse",), tools="clickhouse-backup"),
    _kind("cassandra", "cassandra scylla scylladb", 9042, folders=("/var/lib/cassandra",), tools="medusa"),
    _kind("neo4j", "neo4j", 7687, folders=("/var/lib/neo4j",)),
    _kind("mssql", "mssql sqlservr", 1433, folders=("/var/opt/mssql",)),
    _kind("oracle", "oracle tnslsnr", 1521, tools="rman"),
    _kind("firebird", "firebird", 3050, folders=("/var/lib/firebird",)),
    _kind("etcd", "etcd", 2379, folders=("/var/lib/etcd",), tools="etcd-snapshot"),
    _kind("minio", "minio", folders=("/srv/minio",)),
    _kind("ldap", "slapd openldap ldap dirsrv", 389, 636, folders=("/var/lib/ldap", "/etc/ldap"), tools="slapcat"),
    _kind("gitlab", "gitlab", folders=("/var/opt/gitlab",), tools="gitlab-backup"),
    _kind("gitea", "gitea forgejo", folders=("/var/lib/gitea", "/var/lib/forgejo")),
    _kind("nextcloud", "nextcloud owncloud", folders=("/var/www/nextcloud",)),
    _kind("files", "samba smbd nfs nfsd mountd netatalk vsftpd proftpd", 445, 2049, folders=("/srv",)),
    _kind("mail", "dovecot cyrus imapd zimbra", 143, 993, folders=("/var/mail", "/var/vmail", "/var/spool/cyrus")),
)
"""Software that keeps what nobody could compute again. Queues, and stores of metrics and logs, are left out: they are
seldom worth a restore."""

CACHES = (
    _kind("redis", "redis valkey keydb", 6379, folders=("/var/lib/redis", "/var/lib/valkey"), tools="redis-dump"),
)
"""Software that keeps nothing of its own, until an entry of the catalogue says that it does."""

_SERVING = """
exporter proxy router bouncer pooler client cli ui admin express agent runner backup operator sidecar monitor
init migrate migration web console dashboard registry kas workhorse
"""

COMPANIONS = frozenset(_SERVING.split())
"""Words of what only serves a store, and keeps nothing: ``postgres_exporter``, ``gitlab-runner``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataService:
    """A service that keeps data, where, and the software that was recognised.

    An entry of the catalogue is one, on however many hosts; software without an entry is one on each host, for nobody
    said that its data are the same.
    """

    name: str
    service: EstateService
    hosts: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()

    @property
    def words(self) -> frozenset[str]:
        """Names under which a backup may speak of it on its own hosts, lower case."""
        return frozenset({self.service.name.lower()}).union(*(each.words for each in self.kinds))


def of_estate(estate: Estate) -> tuple[DataService, ...]:
    """Return the services that keep data: known software that listens, and entries that say so.

    An entry says so by a backup, an objective of data loss, or a class of data; what others run, only by a backup.
    """
    return tuple(each for service in estate.services for each in _of_service(service))


def _of_service(service: EstateService) -> Iterator[DataService]:
    if service.declared is None:
        for host in service.hosts:
            kinds = _kinds((each.listener for each in service.instances if each.host == host), KINDS)
            if kinds:
                yield DataService(name=f"{host} {service.name}", service=service, hosts=(host,), kinds=kinds)
        return
    declared = _declared(service.declared)
    kinds = _kinds((each.listener for each in service.instances), (*KINDS, *CACHES) if declared else KINDS)
    if declared or (kinds and not service.external):
        yield DataService(name=service.name, service=service, hosts=service.hosts, kinds=kinds)


def _kinds(listeners: Iterable[Listener], known: Iterable[Kind]) -> tuple[Kind, ...]:
    seen = tuple(listeners)
    return tuple(kind for kind in known if any(_is(kind, each) for each in seen))


def _declared(entry: Service) -> bool:
    if entry.external:
        return entry.backup is not None
    lossless = entry.objectives is not None and entry.objectives.rpo_hours is not None
    return entry.backup is not None or lossless or entry.data_class not in {None, "none"}


def _is(kind: Kind, listener: Listener) -> bool:
    names = (listener.unit, listener.process, listener.container, listener.package)
    if not any(names):
        return listener.port in kind.ports
    return any(_names(kind, each) for each in (*names, listener.service))


def _names(kind: Kind, text: str) -> bool:
    words = _words(text)
    return bool(words & kind.words) and not words & COMPANIONS


@lru_cache(maxsize=1 << 14)
def _words(text: str) -> frozenset[str]:
    """Return the words of a name: ``postgresql@15-main.service`` gives postgresql, main, service.

    Remembered: a fleet bears the same few names on every host, and each is asked for every kind.
    """
    every = re.split(r"[^a-z0-9]+", text.lower())
    bare = (word if word == "neo4j" else word.rstrip("0123456789") for word in every)
    return frozenset(word for word in bare if word)


def mentions(words: Iterable[str], text: str) -> bool:
    """Tell whether a text names one of these words, whole: ``base-clients`` names itself, not ``base``."""
    flat = text.lower()
    return any(re.search(rf"(?<![\w-]){re.escape(each)}(?![\w-])", flat) for each in words)
