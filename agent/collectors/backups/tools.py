"""Backup tools: how each is recognised, and the lines by which it says that it succeeded."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One tool.

    Attributes
    ----------
    backup, check, restore
        Patterns of commands that back up, verify, restore.
    programs
        Executables that are there for backups only: installed, they are evidence.
    processes
        Daemons by which a server that is elsewhere drives the tool: its schedule is there too.
    configs
        Patterns of its configuration files.
    logs
        Patterns of its logs.
    succeeded, checked, restored
        Patterns of the lines by which its logs say so; None when it has no such line.
    covers
        Data services that it is made for.
    """

    name: str
    backup: str
    check: str = ""
    restore: str = ""
    programs: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()
    configs: tuple[str, ...] = ()
    logs: tuple[str, ...] = ()
    succeeded: str = ""
    checked: str = ""
    restored: str = ""
    covers: tuple[str, ...] = ()


TOOLS = (
    Tool(
        name="restic",
        backup=r"\b(?:restic\b[^\n|;&]*\bbackup|autorestic\b[^\n|;&]*\bbackup|resticprofile\b)",
        check=r"\b(?:auto)?restic\b[^\n|;&]*\bcheck\b",
        restore=r"\b(?:auto)?restic\b[^\n|;&]*\brestore\b",
        programs=("restic", "autorestic", "resticprofile"),
        configs=("/etc/resticprofile/*", "/etc/autorestic/*.yml", "/etc/autorestic.yml"),
        logs=("/var/log/*restic*.log", "/var/log/restic/*.log"),
        succeeded=r"\bsnapshot [0-9a-f]{8,} saved\b",
        checked=r"\bno errors were found\b",
        restored=r"Summary: Restored \d",
    ),
    Tool(
        name="borg",
        backup=r"\bborg\b[^\n|;&]*\bcreate\b",
        check=r"\bborg\b[^\n|;&]*\bcheck\b",
        restore=r"\bborg\b[^\n|;&]*\bextract\b",
        programs=("borg",),
        logs=("/var/log/*borg[!m]*.log", "/var/log/*borg.log", "/var/log/borg/*.log"),
        succeeded=r"^Time \(end\):",
        checked=r"Archive consistency check complete, no problems found",
    ),
    Tool(
        name="borgmatic",
        backup=r"\bborgmatic\b(?![^\n|;&]*\b(?:list|info|extract|restore|mount)\b)",
        check=r"\bborgmatic\b[^\n|;&]*\bcheck\b",
        restore=r"\bborgmatic\b[^\n|;&]*\b(?:extract|restore)\b",
        programs=("borgmatic",),
        configs=("/etc/borgmatic/*.yaml", "/etc/borgmatic.d/*.yaml"),
        logs=("/var/log/*borgmatic*.log", "/var/log/borgmatic/*.log"),
        succeeded=r"Successfully ran configuration file",
        checked=r"Archive consistency check complete, no problems found",
    ),
    Tool(
        name="kopia",
        backup=r"\bkopia\b[^\n|;&]*\bsnapshot create\b",
        check=r"\bkopia\b[^\n|;&]*\bsnapshot verify\b",
        restore=r"\bkopia\b[^\n|;&]*\brestore\b",
        programs=("kopia",),
        logs=("/var/log/*kopia*.log",),
        succeeded=r"Created snapshot with root",
        checked=r"Finished verifying",
        restored=r"Restored \d+ files",
    ),
    Tool(
        name="duplicity",
        backup=r"\b(?:duplicity|duply)\b(?![^\n|;&]*\b(?:restore|verify|collection-status|remove)\b)",
        check=r"\b(?:duplicity|duply)\b[^\n|;&]*\bverify\b",
        restore=r"\b(?:duplicity|duply)\b[^\n|;&]*\brestore\b",
        programs=("duplicity", "duply"),
        logs=("/var/log/*duplicity*.log", "/var/log/duplicity/*.log", "/var/log/*duply*.log"),
        succeeded=r"^Errors 0$",
    ),
    Tool(
        name="duplicati",
        backup=r"\bduplicati-cli\b[^\n|;&]*\bbackup\b",
        check=r"\bduplicati-cli\b[^\n|;&]*\b(?:test|verify)\b",
        restore=r"\bduplicati-cli\b[^\n|;&]*\brestore\b",
        programs=("duplicati-cli", "duplicati-server"),
        processes=("duplicati-server",),
    ),
    Tool(
        name="rsnapshot",
        backup=r"\brsnapshot\b(?![^\n|;&]*\bconfigtest\b)",
        programs=("rsnapshot",),
        configs=("/etc/rsnapshot.conf",),
        logs=("/var/log/rsnapshot*.log", "/var/log/rsnapshot"),
        succeeded=r"completed successfully",
    ),
    Tool(
        name="bareos",
        backup=r"\bbareos\b",
        programs=("bareos-fd", "bareos-dir"),
        processes=("bareos-fd", "bareos-dir"),
        logs=("/var/log/bareos/bareos.log",),
        succeeded=r"Termination:\s+Backup OK",
        checked=r"Termination:\s+Verify OK",
        restored=r"Termination:\s+Restore OK",
    ),
    Tool(
        name="bacula",
        backup=r"\bbacula\b",
        programs=("bacula-fd", "bacula-dir"),
        processes=("bacula-fd", "bacula-dir"),
        logs=("/var/log/bacula/bacula.log", "/var/log/bacula/log"),
        succeeded=r"Termination:\s+Backup OK",
        checked=r"Termination:\s+Verify OK",
        restored=r"Termination:\s+Restore OK",
    ),
    Tool(
        name="veeam",
        backup=r"\bveeamconfig\b[^\n|;&]*\bjob start\b",
        programs=("veeamconfig",),
        processes=("veeamservice", "veeamagent", "veeamdeployment"),
    ),
    Tool(
        name="urbackup",
        backup=r"\burbackupclientctl start\b",
        programs=("urbackupclientbackend", "urbackupclientctl"),
        processes=("urbackupclientbackend",),
    ),
    Tool(
        name="proxmox-backup-client",
        backup=r"\bproxmox-backup-client\b[^\n|;&]*\bbackup\b",
        restore=r"\bproxmox-backup-client\b[^\n|;&]*\brestore\b",
        programs=("proxmox-backup-client",),
        logs=("/var/log/*proxmox-backup*.log",),
        succeeded=r"^End Time:",
    ),
    Tool(
        name="vzdump",
        backup=r"\bvzdump\b",
        configs=("/etc/pve/jobs.cfg",),
        logs=("/var/log/vzdump/*.log",),
        succeeded=r"Finished Backup of VM",
    ),
    Tool(
        name="pgbackrest",
        backup=r"\bpgbackrest\b[^\n|;&]*\bbackup\b",
        check=r"\bpgbackrest\b[^\n|;&]*\bverify\b",
        restore=r"\bpgbackrest\b[^\n|;&]*\brestore\b",
        programs=("pgbackrest",),
        configs=("/etc/pgbackrest.conf", "/etc/pgbackrest/pgbackrest.conf", "/etc/pgbackrest/conf.d/*.conf"),
        logs=("/var/log/pgbackrest/*.log",),
        succeeded=r"backup command end: completed successfully",
        checked=r"verify command end: completed successfully",
        restored=r"restore command end: completed successfully",
        covers=("postgresql",),
    ),
    Tool(
        name="barman",
        backup=r"\bbarman\b[^\n|;&]*\bbackup\b",
        check=r"\bbarman\b[^\n|;&]*\bverify-backup\b",
        restore=r"\bbarman\b[^\n|;&]*\b(?:recover|restore)\b",
        programs=("barman",),
        configs=("/etc/barman.conf", "/etc/barman.d/*.conf"),
        logs=("/var/log/barman/barman.log",),
        succeeded=r"Backup completed \(",
        restored=r"successfully prepared for recovery",
        covers=("postgresql",),
    ),
    Tool(
        name="wal-g",
        backup=r"\bwal-g\b[^\n|;&]*\bbackup-push\b",
        check=r"\bwal-g\b[^\n|;&]*\bwal-verify\b",
        restore=r"\bwal-g\b[^\n|;&]*\bbackup-fetch\b",
        programs=("wal-g",),
        logs=("/var/log/*wal-g*.log", "/var/log/wal-g/*.log"),
        succeeded=r"Wrote backup with name",
        covers=("postgresql",),
    ),
    Tool(
        name="xtrabackup",
        backup=r"\b(?:xtrabackup|mariabackup|mariadb-backup|innobackupex)\b[^\n|;&]*--backup\b",
        restore=r"\b(?:xtrabackup|mariabackup|mariadb-backup)\b[^\n|;&]*--(?:copy|move)-back\b",
        programs=("xtrabackup", "mariabackup", "mariadb-backup"),
        logs=("/var/log/*xtrabackup*.log", "/var/log/*mariabackup*.log"),
        succeeded=r"completed OK!",
        covers=("mariadb", "mysql"),
    ),
    Tool(
        name="backupninja",
        backup=r"\bbackupninja\b",
        programs=("backupninja",),
        configs=("/etc/backup.d/*",),
        logs=("/var/log/backupninja.log",),
        succeeded=r"FINISHED: \d+ actions run\. 0 fatal\. 0 error",
    ),
    Tool(name="mysqldump", backup=r"\b(?:mysqldump|mariadb-dump|mysqlpump|mydumper|automysqlbackup)\b"),
    Tool(
        name="pg_dump",
        backup=r"\b(?:pg_dump(?:all)?|pg_basebackup|autopostgresqlbackup|pg_backupcluster)\b",
        restore=r"\bpg_restore\b",
    ),
    Tool(name="mongodump", backup=r"\bmongodump\b", restore=r"\bmongorestore\b"),
    Tool(name="redis-dump", backup=r"\bredis-cli\b[^\n|;&]*(?:--rdb|\bbgsave\b)|/dump\.rdb\b"),
    Tool(name="slapcat", backup=r"\bslapcat\b"),
    Tool(name="etcd-snapshot", backup=r"\betcdctl\b[^\n|;&]*\bsnapshot save\b"),
    Tool(name="rclone", backup=r"\brclone\b[^\n|;&]*\b(?:sync|copy|move)\b"),
    Tool(name="zfs-send", backup=r"\b(?:syncoid|zfs send|zrepl)\b"),
    Tool(name="rsync", backup=r"\brsync\b(?=(?s:.*)(?i:backup|sauvegarde|/save|/bak))"),
)
"""In the order in which they are reported. A dump or a copy is evidence only as a scheduled job."""

_SERVICES: tuple[tuple[str, str], ...] = (
    ("postgresql", r"postgres|pgsql|\bpg_(?:dump|basebackup|dumpall|backupcluster)|pgbackrest|\bbarman\b|\bwal-g\b"),
    ("mysql", r"mysql|xtrabackup|mydumper"),
    ("mariadb", r"mariadb|mariabackup|/var/lib/mysql|mysqldump|automysqlbackup"),
    ("mongodb", r"mongo(?:db|dump)|/var/lib/mongo"),
    ("redis", r"redis"),
    ("valkey", r"valkey"),
    ("elasticsearch", r"elasticsearch"),
    ("opensearch", r"opensearch"),
    ("influxdb", r"influxd?b?\b[^\n]*backup|/var/lib/influxdb"),
    ("clickhouse", r"clickhouse"),
    ("cassandra", r"cassandra|nodetool snapshot"),
    ("etcd", r"etcdctl|/var/lib/etcd"),
    ("openldap", r"slapcat|/var/lib/ldap|/var/lib/openldap"),
    ("gitlab", r"gitlab-(?:backup|rake)|/var/opt/gitlab"),
    ("sqlite", r"sqlite3?\b[^\n]*\.backup|sqlite_databases"),
)


def covered(text: str) -> tuple[str, ...]:
    """Return the data services that a command, a script or a configuration mentions."""
    return tuple(name for name, pattern in _SERVICES if re.search(pattern, text, re.IGNORECASE))
