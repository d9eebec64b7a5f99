from __future__ import annotations

import datetime as dt
from pathlib import Path

from agent.collectors import access
from agent.collectors.machine import Machine
from analyzers.model.facts import Account, SshPolicy, SudoRule
from tests import builders as b
from tests.agent.collectors.access.logins import BOOT, LOGIN, LOGOUT, record
from tests.agent.collectors.access.test_authorized_keys import ED25519, FINGERPRINT
from tests.agent.collectors.fake_hosts import machine

HOUR = dt.timedelta(hours=1)
PASSWD = """\
root:x:0:0:root:/root:/bin/bash
www-data:x:33:33::/var/www:/usr/sbin/nologin
amartin:x:1000:1000::/home/amartin:/bin/bash
infoserv:x:1001:1001::/home/infoserv:/bin/bash
"""
WTMP = b"".join(
    (
        record(BOOT, "~", "reboot", b.days_ago(20)),
        record(LOGIN, "pts/0", "infoserv", b.days_ago(5), "198.51.100.3"),
        record(LOGIN, "pts/1", "infoserv", b.days_ago(5) + HOUR, "198.51.100.9"),
        record(LOGOUT, "pts/0", "", b.days_ago(5) + 2 * HOUR),
        record(LOGOUT, "pts/1", "", b.days_ago(5) + 2 * HOUR),
        record(LOGIN, "tty1", "amartin", b.days_ago(3)),
        record(LOGOUT, "tty1", "", b.days_ago(3) + HOUR),
        record(LOGIN, "pts/0", "amartin", b.days_ago(1), "10.0.0.5"),
        record(LOGOUT, "pts/0", "", b.days_ago(1) + HOUR),
    )
)
FILES: dict[str, str | bytes] = {
    "/proc/1/comm": "systemd\n",
    "/etc/passwd": PASSWD,
    "/etc/group": "sudo:x:27:amartin\n",
    "/etc/sudoers": "%sudo ALL=(ALL) ALL\n",
    "/usr/sbin/sshd!": "",
    "/etc/ssh/sshd_config": "PermitRootLogin no\nPasswordAuthentication no\nAuthorizedKeysFile /etc/ssh/keys/%u\n",
    "/etc/ssh/keys/amartin": f"ssh-ed25519 {ED25519} a\n",
    "/var/log/wtmp": WTMP,
    "/usr/bin/anydesk!": "",
}


def test_a_whole_host(tmp_path: Path) -> None:
    host = machine(tmp_path, FILES)
    found = access.collect(host)
    assert host.could_not_see == []
    assert found.sudo_rules == (SudoRule(who="%sudo"),)
    assert found.sshd == SshPolicy(permit_root_login="no", password_authentication=False)
    assert found.sshd_present is True
    assert found.authorized_keys is not None
    assert [(each.account, each.fingerprint) for each in found.authorized_keys] == [("amartin", FINGERPRINT)]
    assert found.remote_access_tools == ("anydesk",)
    assert found.sessions is not None
    assert [(each.account, each.source, each.count) for each in found.sessions] == [
        ("amartin", "", 1),
        ("amartin", "10.0.0.5", 1),
        ("infoserv", "198.51.100.3", 1),
        ("infoserv", "198.51.100.9", 1),
    ]


def test_accounts_carry_their_groups_keys_and_logins(tmp_path: Path) -> None:
    accounts = {each.name: each for each in access.collect(machine(tmp_path, FILES)).accounts or ()}
    assert accounts["amartin"] == Account(
        name="amartin",
        uid=1000,
        interactive=True,
        groups=("sudo",),
        home="/home/amartin",
        last_login=b.days_ago(1).date(),
        login_days_90d=2,
        distinct_sources_90d=1,
        keys=1,
    )
    infoserv = accounts["infoserv"]
    assert (infoserv.concurrent_sources, infoserv.distinct_sources_90d, infoserv.login_days_90d) == (True, 2, 1)
    assert (accounts["root"].last_login, accounts["root"].login_days_90d, accounts["root"].keys) == (None, 0, 0)
    assert (accounts["www-data"].interactive, accounts["www-data"].keys) == (False, None)


def test_an_empty_root(tmp_path: Path) -> None:
    host = machine(tmp_path)
    found = access.collect(host)
    assert (found.accounts, found.sessions, found.sshd) == (None, None, None)
    assert (found.sudo_rules, found.sshd_present, found.authorized_keys) == ((), False, None)
    assert host.reason is not None


def test_each_refused_part_is_unknown_and_the_others_known(tmp_path: Path) -> None:
    files = {
        **FILES,
        "/etc/sudoers": "-> sudoers",
        "/etc/ssh/keys/amartin": "-> amartin",
        "/etc/ssh/keys/infoserv": f"ssh-ed25519 {ED25519} i\n",
    }
    host = machine(tmp_path, files)
    found = access.collect(host)
    assert found.sudo_rules is None
    assert {each.name: each.keys for each in found.accounts or () if each.interactive} == {
        "root": 0,
        "amartin": None,
        "infoserv": 1,
    }
    assert [each.account for each in found.authorized_keys or ()] == ["infoserv"]
    assert "authorized_keys, accounts refused: 1" in host.could_not_see
    assert any("/etc/sudoers" in each for each in host.could_not_see)
    assert not any("amartin" in each for each in host.could_not_see)


def test_keys_that_a_command_gives_are_a_blind_spot(tmp_path: Path) -> None:
    config = "AuthorizedKeysCommand /usr/bin/sss_ssh_authorizedkeys\n"
    host = machine(tmp_path, {**FILES, "/etc/ssh/sshd_config": config})
    access.collect(host)
    assert any("AuthorizedKeysCommand" in each for each in host.could_not_see)
    quiet = machine(tmp_path / "other", {**FILES, "/etc/ssh/sshd_config": "AuthorizedKeysCommand none\n"})
    access.collect(quiet)
    assert quiet.could_not_see == []


def test_no_key_that_may_be_read_is_no_list_of_keys(tmp_path: Path) -> None:
    loops = {f"/etc/ssh/keys/{name}": f"-> {name}" for name in ("root", "amartin", "infoserv")}
    assert access.collect(machine(tmp_path, {**FILES, **loops})).authorized_keys is None


def test_the_real_host() -> None:
    found = access.collect(Machine())
    assert found.accounts
    assert any(each.uid == 0 for each in found.accounts)
