from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors.backups.tools import TOOLS, covered

BY_NAME = {each.name: each for each in TOOLS}


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ("restic -r s3:x backup /srv", {"restic"}),
        ("/usr/bin/restic backup --exclude x /srv && restic forget --prune", {"restic"}),
        ("restic check", set()),
        ("restic snapshots; echo backup", set()),
        ("resticprofile -n daily backup", {"restic"}),
        ("borg create ssh://b@bkp1/./repo::{now} /etc", {"borg"}),
        ("borg check /srv/repo", set()),
        ("borgmatic --verbosity 1", {"borgmatic"}),
        ("borgmatic list", set()),
        ("kopia snapshot create /srv", {"kopia"}),
        ("duplicity /srv sftp://b@bkp1//srv", {"duplicity"}),
        ("duplicity restore sftp://b@bkp1//srv /tmp/x", set()),
        ("duply main backup", {"duplicity"}),
        ("/usr/bin/rsnapshot daily", {"rsnapshot"}),
        ("pgbackrest --stanza=main --type=full backup", {"pgbackrest"}),
        ("pgbackrest --stanza=main verify", set()),
        ("barman backup all", {"barman"}),
        ("barman -q cron", set()),
        ("wal-g backup-push /var/lib/postgresql/15/main", {"wal-g"}),
        ("mariabackup --backup --target-dir=/srv", {"xtrabackup"}),
        ("mysqldump --all-databases | gzip > /srv/all.sql.gz", {"mysqldump"}),
        ("mariadb-dump boutique > /srv/x.sql", {"mysqldump"}),
        ("pg_dumpall | gzip > /srv/all.sql.gz", {"pg_dump"}),
        ("pg_dump -Fc boutique > /srv/x", {"pg_dump"}),
        ("pg_restore -d x /srv/x", set()),
        ("mongodump --out /srv", {"mongodump"}),
        ("redis-cli --rdb /srv/dump.rdb", {"redis-dump"}),
        ("redis-cli ping", set()),
        ("slapcat -l /srv/x.ldif", {"slapcat"}),
        ("etcdctl snapshot save /srv/x.db", {"etcd-snapshot"}),
        ("proxmox-backup-client backup etc.pxar:/etc --repository x", {"proxmox-backup-client"}),
        ("vzdump 100 --mode snapshot", {"vzdump"}),
        ("rsync -a /srv/ bkp1:/backup/srv/", {"rsync"}),
        ("rsync -a /srv/www/ web2:/srv/www/", set()),
        ("rclone sync /srv remote:srv", {"rclone"}),
        ("syncoid tank/data bkp1:tank/data", {"zfs-send"}),
        ("logrotate /etc/logrotate.conf", set()),
        ("", set()),
    ],
)
def test_commands_that_back_up(command: str, names: set[str]) -> None:
    assert {each.name for each in TOOLS if re.search(each.backup, command)} == names


@pytest.mark.parametrize(
    ("tool", "line"),
    [
        ("restic", "snapshot 40dc1520 saved"),
        ("borg", "Time (end):   Fri, 2026-11-20 02:00:21"),
        ("borgmatic", "local: /etc/borgmatic/config.yaml: Successfully ran configuration file"),
        ("duplicity", "Errors 0"),
        ("rsnapshot", "[2026-11-20T03:30:01] /usr/bin/rsnapshot daily: completed successfully"),
        ("bareos", "  Termination:            Backup OK"),
        ("pgbackrest", "2026-11-20 03:00:05.123 P00   INFO: backup command end: completed successfully (5123ms)"),
        (
            "barman",
            "2026-11-20 04:00:01,123 [12] barman.backup INFO: Backup completed (start time: x, elapsed time: 5s)",
        ),
        ("xtrabackup", "2026-11-20T03:00:05 0 [Note] [MY-011825] [Xtrabackup] completed OK!"),
        ("backupninja", "Nov 20 01:00:33 Info: FINISHED: 3 actions run. 0 fatal. 0 error. 0 warning."),
    ],
)
def test_lines_that_say_success(tool: str, line: str) -> None:
    assert re.search(BY_NAME[tool].succeeded, line)


@pytest.mark.parametrize(
    ("tool", "line"),
    [
        ("restic", "Fatal: unable to save snapshot"),
        ("duplicity", "Errors 2"),
        ("rsnapshot", "/usr/bin/rsnapshot daily: ERROR: could not complete"),
        ("bareos", "  Termination:            *** Backup Error ***"),
        ("pgbackrest", "P00   INFO: backup command end: aborted with exception [055]"),
        ("pgbackrest", "P00   INFO: archive-push command end: completed successfully"),
        ("barman", "Backup failed issuing start backup command"),
        ("backupninja", "Info: FINISHED: 3 actions run. 0 fatal. 1 error. 0 warning."),
    ],
)
def test_lines_that_do_not(tool: str, line: str) -> None:
    assert not re.search(BY_NAME[tool].succeeded, line)


@pytest.mark.parametrize(
    ("text", "services"),
    [
        ("pg_dump -Fc x", ("postgresql",)),
        ("source_directories:\n - /var/lib/postgresql", ("postgresql",)),
        ("postgresql_databases:\n - name: all\nmysql_databases:\n - name: x", ("postgresql", "mysql")),
        ("mysqldump x", ("mysql", "mariadb")),
        ("mariadb-dump x", ("mariadb",)),
        ("mongodump --out x", ("mongodb",)),
        ("redis-cli --rdb x", ("redis",)),
        ("etcdctl snapshot save x", ("etcd",)),
        ("slapcat", ("openldap",)),
        ("gitlab-backup create", ("gitlab",)),
        ("restic backup /srv/www", ()),
        ("", ()),
    ],
)
def test_what_a_text_mentions(text: str, services: tuple[str, ...]) -> None:
    assert covered(text) == services


def test_each_tool_has_one_name_and_patterns_that_compile() -> None:
    assert len(BY_NAME) == len(TOOLS)
    for tool in TOOLS:
        for pattern in (tool.backup, tool.check, tool.restore, tool.succeeded, tool.checked, tool.restored):
            re.compile(pattern)


@given(st.text(max_size=200))
def test_no_text_breaks_the_patterns(text: str) -> None:
    for tool in TOOLS:
        re.search(tool.backup, text)
    covered(text)
