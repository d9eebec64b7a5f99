"""Whole small hosts, as files and as answers of commands: Debian 12, Rocky 9, Alpine, and nothing at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests import builders as b
from tests.agent.collectors.access.logins import BOOT, LOGIN, LOGOUT, record
from tests.agent.collectors.access.test_authorized_keys import ED25519, RSA

HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeHost:
    """A host: its files, the days ago at which some were written, what its commands answer."""

    files: Mapping[str, str | bytes] = field(default_factory=dict)
    written: Mapping[str, float] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)


def processes(*lines: str) -> dict[str, str]:
    """Return the files of processes from their command lines, numbered from 1."""
    found = {}
    for number, line in enumerate(lines, start=1):
        words = line.split()
        found[f"/proc/{number}/comm"] = words[0].rpartition("/")[2][:15] + "\n"
        found[f"/proc/{number}/cmdline"] = "\0".join((*words, ""))
    return found


def enabled(timer: str, folder: str = "/usr/lib/systemd/system") -> dict[str, str]:
    """Return the files of a timer that is enabled."""
    file = f"{folder}/{timer}"
    return {file: "[Timer]\nOnCalendar=daily\n", f"/etc/systemd/system/timers.target.wants/{timer}": f"-> {file}"}


PROC = {
    "/proc/uptime": "864000.00 3400000.00\n",
    "/proc/loadavg": "1.00 0.80 0.50 1/300 4242\n",
    "/proc/stat": "cpu  100 0 100 700 100 0 0 0 0 0\ncpu0 50 0 50 350 50 0 0 0 0 0\ncpu1 50 0 50 350 50 0 0 0 0 0\n",
    "/proc/meminfo": "MemTotal: 8000000 kB\nMemAvailable: 6000000 kB\nSwapTotal: 1000000 kB\nSwapFree: 1000000 kB\n",
    "/proc/vmstat": "oom_kill 0\n",
    "/proc/sys/fs/file-nr": "2000\t0\t800000\n",
    "/proc/mounts": "/dev/sda1 / ext4 rw 0 0\nnas:/export /mnt/nas nfs4 rw 0 0\n",
}
STALLS = {
    f"/proc/pressure/{name}": "some avg10=0.00 avg60=0.00 avg300=0.00 total=8640000000\n"
    for name in ("cpu", "memory", "io")
}
WTMP = b"".join(
    (
        record(BOOT, "~", "reboot", b.days_ago(10), "6.1.0-30-amd64"),
        record(LOGIN, "pts/0", "amartin", b.days_ago(4), "10.0.0.5"),
        record(LOGOUT, "pts/0", "", b.days_ago(4) + HOUR),
        record(LOGIN, "pts/0", "infoserv", b.days_ago(2), "198.51.100.3"),
        record(LOGIN, "pts/1", "infoserv", b.days_ago(2) + HOUR / 2, "198.51.100.4"),
        record(LOGOUT, "pts/0", "", b.days_ago(2) + HOUR),
        record(LOGOUT, "pts/1", "", b.days_ago(2) + HOUR),
    )
)
ACCOUNTS = """\
root:x:0:0:root:/root:/bin/bash
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
postgres:x:113:120::/var/lib/postgresql:/bin/bash
amartin:x:1000:1000:A. Martin,,,:/home/amartin:/bin/bash
infoserv:x:1001:1001:InfoServ:/home/infoserv:/bin/bash
"""

TRACKING = """\
Reference ID    : 0A000001 (10.0.0.1)
Stratum         : 3
System time     : 0.000120000 seconds slow of NTP time
Leap status     : Normal
"""
SOURCES = (
    "MS Name/IP address Stratum Poll Reach LastRx Last sample\n^* 10.0.0.1   2   6   377    12   +1us[ +1us] +/- 20ms\n"
)

LISTS = "/var/lib/apt/lists/deb.debian.org_debian-security_dists_bookworm-security"
JOURNAL = "/var/log/journal/3d1219c7c4c5404aaa1f6d2a48adfda4"


def journal_since(days: float) -> str:
    """Return the name of a journal file that was closed, by the days ago of its first entry."""
    micro = int(b.days_ago(days).timestamp() * 1e6)
    return f"{JOURNAL}/system@5cf489dcadf14f3084feb5bc03f90b82-{1:016x}-{micro:016x}.journal"


DEBIAN = WholeHost(
    files={
        **PROC,
        **STALLS,
        **processes(
            "/lib/systemd/systemd --system",
            "/lib/systemd/systemd-journald",
            "/usr/sbin/chronyd -F 1",
            "/usr/sbin/sshd -D",
            "/usr/bin/prometheus-node-exporter",
            "/usr/bin/promtail -config.file=/etc/promtail.yml",
            "/usr/sbin/zabbix_agentd -c /etc/zabbix/zabbix_agentd.conf",
        ),
        "/etc/localtime": "-> /usr/share/zoneinfo/Etc/UTC",
        "/etc/hostname": "db1\n",
        "/etc/debian_version": "12.8\n",
        "/var/lib/dpkg/status": "Package: a\nStatus: install ok installed\n\nPackage: b\nStatus: hold ok installed\n",
        "/var/log/dpkg.log": "2026-11-20 06:12:03 upgrade openssl:amd64 3.0.14-1 3.0.15-1~deb12u1\n",
        f"{LISTS}_InRelease": "",
        f"{LISTS}_main_binary-amd64_Packages": "Package: openssl\nVersion: 3.0.15-1~deb12u1\n",
        "/etc/apt/apt.conf.d/20auto-upgrades": 'APT::Periodic::Unattended-Upgrade "1";\n',
        "/usr/bin/unattended-upgrade!": "#!/usr/bin/python3\n",
        "/etc/kernel/postinst.d/unattended-upgrades!": "#!/bin/sh\n",
        **enabled("apt-daily-upgrade.timer"),
        "/etc/passwd": ACCOUNTS,
        "/etc/group": "sudo:x:27:amartin\ninfoserv:x:1001:\n",
        "/etc/shadow": "-> shadow",
        "/etc/sudoers": "root ALL=(ALL:ALL) ALL\n%sudo ALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n",
        "/etc/sudoers.d/infoserv": "infoserv ALL=(ALL) NOPASSWD: ALL\n",
        "/usr/sbin/sshd!": "\x7fELF",
        "/etc/ssh/sshd_config": "Include /etc/ssh/sshd_config.d/*.conf\nUsePAM yes\n",
        "/etc/ssh/sshd_config.d/1.conf": "PermitRootLogin no\nPasswordAuthentication no\nAllowGroups sudo infoserv\n",
        "/home/amartin/.ssh/authorized_keys": f"ssh-ed25519 {ED25519} laptop\n",
        "/home/infoserv/.ssh/authorized_keys": f'from="198.51.100.0/28" ssh-rsa {RSA} x\nssh-ed25519 {ED25519} y\n',
        "/var/log/wtmp": WTMP,
        "/usr/bin/teamviewer!": "\x7fELF",
        "/usr/bin/pgbackrest!": "\x7fELF",
        "/etc/pgbackrest.conf": "[global]\nrepo1-type=s3\nrepo1-s3-key-secret=Zq7x\n",
        "/etc/cron.d/pgbackrest": "30 1 * * * postgres pgbackrest --stanza=main backup\n",
        "/var/log/pgbackrest/main-backup.log": "2026-11-23 01:30:09.001 backup command end: completed successfully\n",
        "/etc/nginx/nginx.conf": "http { include /etc/nginx/sites-enabled/*; }\n",
        "/etc/nginx/sites-enabled/shop": "server { ssl_certificate /etc/letsencrypt/live/shop/fullchain.pem; }\n",
        "/etc/letsencrypt/live/shop/fullchain.pem": "",
        **enabled("certbot.timer"),
        "/usr/lib/systemd/system/certbot.service": "[Service]\nExecStart=/usr/bin/certbot -q renew\n",
        journal_since(45): "",
        "/var/lib/logrotate/status": "logrotate state -- version 2\n",
    },
    written={f"{LISTS}_InRelease": 0.5, "/var/lib/logrotate/status": 0.3, journal_since(45): 6},
    answers={
        "apt list --upgradable": "Listing...\nlibc6/stable-security 2.36-10 amd64 [upgradable from: 2.36-9]\n",
        "chronyc tracking": TRACKING,
        "chronyc sources": SOURCES,
        "openssl x509": "notAfter=Jan 10 05:12:18 2027 GMT\nsubject=CN=shop.example.lan\nissuer=CN=R11\n",
    },
)

CACHE = "/var/cache/dnf/baseos-0123/repodata"

ROCKY = WholeHost(
    files={
        **PROC,
        **processes(
            "/usr/lib/systemd/systemd --system",
            "/usr/lib/systemd/systemd-journald",
            "/usr/sbin/chronyd",
            "/usr/sbin/rsyslogd -n",
            "/usr/sbin/auditd",
            "/usr/bin/telegraf",
        ),
        "/etc/localtime": "-> ../usr/share/zoneinfo/Etc/UTC",
        "/etc/hostname": "web1.example.lan\n",
        "/var/lib/rpm/rpmdb.sqlite": "",
        f"{CACHE}/repomd.xml": "",
        f"{CACHE}/1-primary.xml.gz": "",
        f"{CACHE}/1-updateinfo.xml.gz": "",
        "/var/log/dnf.rpm.log": "2026-11-15T10:00:05+0100 SUBDEBUG Upgrade: openssl-libs-1:3.0.7-27.el9.x86_64\n",
        **enabled("dnf-automatic.timer"),
        "/etc/dnf/automatic.conf": "[commands]\napply_updates = no\n",
        "/proc/sys/kernel/osrelease": "5.14.0-362.el9.x86_64\n",
        "/boot/vmlinuz-5.14.0-362.el9.x86_64": "",
        "/boot/vmlinuz-5.14.0-427.el9.x86_64": "",
        "/etc/passwd": ACCOUNTS.replace("www-data", "apache"),
        "/etc/group": "wheel:x:10:amartin\n",
        "/etc/sudoers": "root\tALL=(ALL) \tALL\n%wheel\tALL=(ALL)\tALL\n#includedir /etc/sudoers.d\n",
        "/usr/sbin/sshd!": "\x7fELF",
        "/etc/ssh/sshd_config": "Include /etc/ssh/sshd_config.d/*.conf\nSubsystem sftp internal-sftp\n",
        "/etc/ssh/sshd_config.d/01-permitrootlogin.conf": "PermitRootLogin yes\n",
        "/var/log/wtmp": b"",
        "/usr/bin/borgmatic!": "#!/usr/bin/python3\n",
        "/etc/borgmatic/config.yaml": (
            "source_directories:\n    - /var/lib/mysql\nrepositories:\n    - path: /mnt/nas/borg\n"
            "encryption_passphrase: Zq7x\n"
        ),
        "/var/log/borgmatic.log": "[2026-11-22 23:00:00,001] INFO: Successfully ran configuration file\n",
        "/var/spool/cron/root": "0 23 * * * /usr/bin/borgmatic --verbosity 1 >> /var/log/borgmatic.log\n",
        "/etc/httpd/conf/httpd.conf": 'ServerRoot "/etc/httpd"\nInclude conf.d/*.conf\n',
        "/etc/httpd/conf.d/ssl.conf": "SSLCertificateFile /etc/pki/tls/certs/localhost.crt\n",
        "/etc/pki/tls/certs/localhost.crt": "",
        "/etc/pki/tls/certs/ca-bundle.crt": "",
        "/etc/rsyslog.conf": "*.* @@logs.example.lan:514\n",
        "/var/log/messages": "Nov 15 03:00:01 web1 rsyslogd: start\n",
        "/var/log/messages-20261115": "Nov  8 03:00:01 web1 rsyslogd: start\n",
        "/var/lib/logrotate/logrotate.status": "",
    },
    written={
        f"{CACHE}/repomd.xml": 2,
        f"{CACHE}/1-primary.xml.gz": 2,
        "/var/log/messages": 0,
        "/var/log/messages-20261115": 8,
        "/var/lib/logrotate/logrotate.status": 1,
    },
    answers={
        "rpm -qa": "bash 5.1.8-6.el9\nopenssl-libs 1:3.0.7-27.el9\ngpg-pubkey a-b\ncurl 7.76.1-8.el9\n",
        "dnf -C updateinfo": (
            "i RLSA-2026:1 Important/Sec. openssl-libs-1:3.0.7-27.el9.x86_64\n"
            "  RLSA-2026:2 Moderate/Sec.  curl-7.76.1-9.el9_4.x86_64\n"
        ),
        "chronyc tracking": TRACKING.replace("Normal", "Not synchronised"),
        "chronyc sources": "MS Name/IP address\n",
        "openssl x509": "notAfter=Nov 30 05:12:18 2026 GMT\nsubject=CN=web1\nissuer=CN=web1\n    CA:TRUE\n",
    },
)

ALPINE = WholeHost(
    files={
        **PROC,
        **STALLS,
        **processes(
            "/sbin/init",
            "/sbin/syslogd -t",
            "/usr/sbin/ntpd -N -p pool.ntp.org",
            "/usr/sbin/crond",
            "/usr/sbin/dropbear",
        ),
        "/etc/timezone": "UTC\n",
        "/etc/hostname": "edge1\n",
        "/lib/apk/db/installed": "P:musl\nV:1.2.5-r0\n\nP:busybox\nV:1.36.1-r29\n",
        "/etc/passwd": "root:x:0:0:root:/root:/bin/ash\nbleroy:x:1000:1000::/home/bleroy:/bin/ash\n",
        "/etc/group": "wheel:x:10:root,bleroy\n",
        "/etc/doas.conf": "permit persist :wheel\n",
        "/usr/sbin/dropbear!": "\x7fELF",
        "/etc/crontabs/root": "0 2 * * * /usr/local/bin/save.sh\n",
        "/usr/local/bin/save.sh!": "#!/bin/sh\nrsync -a /srv/ backup@bkp1:/srv/backup/edge1/\n",
        "/var/log/messages": "Nov 20 03:00:01 edge1 syslog.info syslogd started\n",
    },
    written={"/var/log/messages": 0},
)

EMPTY = WholeHost()
