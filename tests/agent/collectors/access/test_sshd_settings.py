from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as patient
from hypothesis import strategies as st

from agent.collectors.access import sshd
from analyzers.model.facts import SshPolicy
from tests.agent.collectors.fake_hosts import machine, talking

SSHD = {"/usr/sbin/sshd!": ""}
CONFIG = "/etc/ssh/sshd_config"


def policy(root: Path, text: str, files: dict[str, str] | None = None) -> SshPolicy:
    settings = sshd.read(machine(root, {**SSHD, CONFIG: text, **(files or {})}))
    assert settings is not None
    return sshd.policy(settings)


@pytest.mark.parametrize(
    ("text", "root", "password"),
    [
        ("", "prohibit-password", True),
        ("PermitRootLogin no\nPasswordAuthentication no\n", "no", False),
        ("permitrootlogin YES\n", "yes", True),
        ("PermitRootLogin=no\n", "no", True),
        ("PermitRootLogin = no\n", "no", True),
        ('PermitRootLogin "no"\n', "no", True),
        ("PermitRootLogin without-password\n", "prohibit-password", True),
        ("PermitRootLogin forced-commands-only # rsync\n", "forced-commands-only", True),
        ("#PermitRootLogin no\n", "prohibit-password", True),
        ("PermitRootLogin no\nPermitRootLogin yes\n", "no", True),
        ("  PasswordAuthentication\tno\n", "prohibit-password", False),
        ("PermitRootLogin\n", "prohibit-password", True),
    ],
)
def test_the_first_line_wins_and_defaults_are_those_of_openssh(
    tmp_path: Path, text: str, root: str, password: bool
) -> None:
    found = policy(tmp_path, text)
    assert (found.permit_root_login, found.password_authentication, found.effective) == (root, password, False)


def test_lists_of_who_may_enter_add_up(tmp_path: Path) -> None:
    found = policy(tmp_path, 'AllowGroups ssh-users "domain admins"\nAllowGroups ops\nAllowUsers amartin@10.0.0.0/8\n')
    assert found.allow_groups == ("ssh-users", "domain admins", "ops")
    assert found.allow_users == ("amartin@10.0.0.0/8",)


def test_included_files_come_where_they_are_included(tmp_path: Path) -> None:
    files = {
        "/etc/ssh/sshd_config.d/50-cloud-init.conf": "PasswordAuthentication yes\n",
        "/etc/ssh/sshd_config.d/10-hardening.conf": "PermitRootLogin no\nInclude extra.conf\n",
        "/etc/ssh/extra.conf": "AllowGroups ops\n",
    }
    text = "Include /etc/ssh/sshd_config.d/*.conf\nPasswordAuthentication no\nPermitRootLogin yes\n"
    found = policy(tmp_path, text, files)
    assert (found.permit_root_login, found.password_authentication, found.allow_groups) == ("no", True, ("ops",))


def test_a_match_block_holds_for_some_only(tmp_path: Path) -> None:
    text = """\
PermitRootLogin no
Match User deploy Address 10.0.0.0/8
    PasswordAuthentication yes
    X11Forwarding no
Match all
PasswordAuthentication no
"""
    found = policy(tmp_path, text)
    assert found.password_authentication is False
    assert found.conditional == ("passwordauthentication yes",)


def test_a_match_block_of_an_included_file_ends_with_it(tmp_path: Path) -> None:
    files = {"/etc/ssh/a.conf": "Match User deploy\nPermitRootLogin yes\n"}
    found = policy(tmp_path, "Include a.conf\nPermitRootLogin no\n", files)
    assert (found.permit_root_login, found.conditional) == ("no", ("permitrootlogin yes",))


def test_an_include_inside_a_match_block_holds_for_some_only(tmp_path: Path) -> None:
    files = {"/etc/ssh/a.conf": "PasswordAuthentication yes\n"}
    found = policy(tmp_path, "PasswordAuthentication no\nMatch User deploy\n  Include a.conf\n", files)
    assert (found.password_authentication, found.conditional) == (False, ("passwordauthentication yes",))


def test_files_that_include_each_other_end(tmp_path: Path) -> None:
    found = policy(tmp_path, "Include a.conf\nPermitRootLogin no\n", {"/etc/ssh/a.conf": "Include sshd_config\n"})
    assert found.permit_root_login == "no"


def test_what_comes_after_a_refused_file_may_not_count(tmp_path: Path) -> None:
    text = "PermitRootLogin no\nInclude a.conf\nPasswordAuthentication no\nAllowGroups ops\n"
    host = machine(tmp_path, {**SSHD, CONFIG: text, "/etc/ssh/a.conf": "-> a.conf"})
    settings = sshd.read(host)
    assert settings is not None
    assert sshd.policy(settings) == SshPolicy(permit_root_login="no")
    assert any("/etc/ssh/a.conf" in each for each in host.could_not_see)


def test_a_refused_folder_is_as_bad(tmp_path: Path) -> None:
    host = machine(tmp_path, {**SSHD, CONFIG: "Include x.d/*.conf\nPermitRootLogin no\n", "/etc/ssh/x.d": "-> x.d"})
    assert sshd.read(host) is None


def test_nothing_readable_is_no_policy(tmp_path: Path) -> None:
    assert sshd.read(machine(tmp_path, {**SSHD, CONFIG: "-> sshd_config"})) is None


SAID = """\
port 22
permitrootlogin without-password
passwordauthentication no
kbdinteractiveauthentication no
authorizedkeysfile .ssh/authorized_keys /etc/ssh/keys/%u
allowgroups ops
allowgroups admins
"""


def test_what_the_server_says_itself_goes_before_its_files(tmp_path: Path) -> None:
    text = "PasswordAuthentication yes\nMatch User deploy\nPasswordAuthentication yes\n"
    host = talking(tmp_path, {"sshd -T": SAID}, {**SSHD, CONFIG: text})
    settings = sshd.read(host)
    assert settings is not None
    assert settings.get("authorizedkeysfile") == (".ssh/authorized_keys", "/etc/ssh/keys/%u")
    assert sshd.policy(settings) == SshPolicy(
        permit_root_login="prohibit-password",
        password_authentication=False,
        allow_groups=("ops", "admins"),
        effective=True,
        conditional=("passwordauthentication yes",),
    )


def test_a_server_that_does_not_answer_is_no_fault_of_its_files(tmp_path: Path) -> None:
    host = talking(tmp_path, {"sshd -T": ""}, {**SSHD, CONFIG: "PermitRootLogin no\n"})
    settings = sshd.read(host)
    assert settings is not None
    assert not settings.effective
    assert host.could_not_see == []


@pytest.mark.parametrize(
    ("files", "present", "missed"), [({}, False, False), ({"/usr/sbin/dropbear!": ""}, True, True), (SSHD, True, False)]
)
def test_which_servers_are_known(tmp_path: Path, files: dict[str, str], present: bool, missed: bool) -> None:
    host = machine(tmp_path, files)
    settings = sshd.read(host)
    assert sshd.present(host) is present
    assert (settings is not None) is ("sshd" in repr(files))
    assert bool(host.could_not_see) is missed


@given(st.text(max_size=300))
def test_no_file_breaks_the_reader(text: str) -> None:
    assert all(keyword and arguments for keyword, arguments in sshd.directives(text))


LINES = ["Match all\n", "Match User x\n", "PermitRootLogin no\n", "permitrootlogin yes\n", "Include *\n", "=", '"', " "]


@patient(deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=30))
def test_no_shuffle_of_its_lines_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    found = policy(tmp_path_factory.mktemp("host"), "".join(lines))
    assert found.permit_root_login.strip('="') in {"no", "yes", "prohibit-password"}
