from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors.backups.folders import folders
from agent.collectors.backups.places import off_site
from agent.collectors.backups.tools import TOOLS
from tests.agent.collectors.fake_hosts import machine

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
nas:/export /mnt/nas nfs4 rw 0 0
//nas/share /mnt/share cifs rw 0 0
/dev/sdb1 /mnt/usb ext4 rw 0 0
"""


@pytest.mark.parametrize(
    ("text", "remote"),
    [
        ("restic -r s3:https://s3.example.lan/bucket backup /srv", True),
        ("restic -r sftp:backup@bkp1:/srv/restic backup /srv", True),
        ("restic -r rest:https://bkp1:8000/ backup /srv", True),
        ("RESTIC_REPOSITORY=b2:bucket:path", True),
        ('export RESTIC_REPOSITORY="azure:container:/"', True),
        ("borg create ssh://borg@bkp1:22/./repo::{now} /etc", True),
        ("borg create borg@bkp1:repo::{now} /etc", True),
        ("repositories:\n    - path: ssh://borg@bkp1/./repo\n", True),
        ("duplicity /srv scp://u@bkp1//srv", True),
        ("rsync -a /srv/ backup@bkp1:/srv/", True),
        ("rsync -a /srv/ bkp1::module/", True),
        ("rsync -a /srv/ rsync://bkp1/module", True),
        ("aws s3 sync /srv s3://bucket", True),
        ("rclone sync /srv remote:srv", True),
        ("repo1-type=s3\nrepo1-path=/pgbackrest", True),
        ("repo1-host=bkp1\nrepo1-path=/var/lib/pgbackrest", True),
        ("repo1-path=/var/lib/pgbackrest", False),
        ("restic -r /srv/restic backup /home", False),
        ("restic --repo=/srv/restic backup /home", False),
        ("RESTIC_REPOSITORY=/mnt/usb/restic", False),
        ("repositories:\n    - path: /mnt/usb/borg\n", False),
        ("restic -r /mnt/nas/restic backup /home", True),
        ("RESTIC_REPOSITORY=/mnt/share", True),
        ("restic -r /mnt/nasty backup /home", False),
        ("duplicity /srv file:///mnt/usb/x", False),
        ("restic backup /home", None),
        ("pg_dump -Fc boutique > /srv/x.dump", None),
        ("curl -fsS https://hc.example.lan/ping/1", None),
        ("echo done | mail -s done a.martin@dupont.example", None),
        ("", None),
    ],
)
def test_does_a_backup_leave_the_host(text: str, remote: bool | None) -> None:
    assert off_site([text], MOUNTS) is remote


def test_one_copy_elsewhere_is_enough() -> None:
    assert off_site(["restic -r /mnt/usb/x backup /", "rclone copy /mnt/usb/x far:x"], "") is True


@given(st.lists(st.text(max_size=100), max_size=3), st.text(max_size=100))
def test_no_text_breaks_the_search(texts: list[str], mounts: str) -> None:
    off_site(texts, mounts)


BY_NAME = {each.name: each for each in TOOLS}


@pytest.mark.parametrize(
    ("tool", "command", "expected"),
    [
        ("restic", "restic -r /srv/repo backup /home /etc", ("/home", "/etc")),
        ("restic", "restic backup --exclude /home/x --exclude-file /etc/ex /home/", ("/home",)),
        ("restic", "restic backup /", ("/",)),
        ("restic", "restic backup --files-from /etc/list", ()),
        ("restic", 'restic backup "/srv/my files" > /var/log/restic.log', ("/srv/my files",)),
        ("restic", "restic backup $SOURCE /srv", ("/srv",)),
        ("restic", "restic backup /srv; restic backup /home", ("/srv", "/home")),
        ("restic", "restic backup /srv \\\n  /home", ("/srv", "/home")),
        (
            "borg",
            "borg create --stats -C zstd /srv/repo::{now} /etc /var/lib/postgresql",
            ("/etc", "/var/lib/postgresql"),
        ),
        ("kopia", "kopia snapshot create /home", ("/home",)),
        ("rsync", "rsync -a --delete /srv/ /home/ /mnt/usb/backup/", ("/srv", "/home")),
        ("rsync", "rsync -a -e 'ssh -p 22' /srv/ b@bkp1:/backup/", ("/srv",)),
        ("duplicity", "duplicity full /srv sftp://b@bkp1//x", ("/srv",)),
        ("proxmox-backup-client", "proxmox-backup-client backup etc.pxar:/etc root.pxar:/", ("/etc", "/")),
        ("mysqldump", "mysqldump x > /srv/x.sql", ()),
    ],
)
def test_folders_of_commands(tool: str, command: str, expected: tuple[str, ...]) -> None:
    assert folders(BY_NAME[tool], [command], []) == expected


@pytest.mark.parametrize(
    ("tool", "settings", "expected"),
    [
        (
            "borgmatic",
            "source_directories:\n    - /home\n    - /etc\nrepositories:\n    - path: /srv/x\n",
            ("/home", "/etc"),
        ),
        ("borgmatic", 'source_directories: ["/home", "/var/lib/mysql"]\n', ("/home", "/var/lib/mysql")),
        ("borgmatic", "repositories:\n    - path: /srv/x\n", ()),
        ("restic", 'source = ["/home", "/etc"]\n', ("/home", "/etc")),
        ("rsnapshot", "snapshot_root\t/srv/\nbackup\t/home/\tlocalhost/\nbackup\troot@web1:/etc/\tweb1/\n", ("/home",)),
        ("borgmatic", "", ()),
    ],
)
def test_folders_of_configurations(tool: str, settings: str, expected: tuple[str, ...]) -> None:
    assert folders(BY_NAME[tool], [], [settings]) == expected


@given(st.sampled_from(TOOLS).map(lambda tool: tool.name), st.text(max_size=200))
def test_no_text_breaks_the_reader(name: str, text: str) -> None:
    found = folders(BY_NAME[name], [f"restic backup {text}", f"borg create {text}"], [f"source_directories: {text}"])
    assert all(each.startswith("/") for each in found)


@pytest.mark.parametrize("hostile", ["source:" * 5000, "- /a\n" * 5000, '"' * 20_001, "a@" * 10_000, "-r " * 10_000])
def test_hostile_texts_take_no_time(tmp_path: Path, hostile: str) -> None:
    assert machine(tmp_path)
    started = time.process_time()
    for tool in TOOLS:
        folders(tool, [f"{tool.name} backup create {hostile}"], [hostile])
    off_site([hostile], hostile)
    assert time.process_time() - started < 5
