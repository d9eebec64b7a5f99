from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors.access import sudo
from analyzers.model.facts import SudoRule
from tests.agent.collectors.fake_hosts import machine


def rules(text: str, host: str = "db1") -> list[tuple[str, str, bool]]:
    sudoers = sudo.Sudoers()
    for line in sudo.logical_lines(text):
        sudo.take(sudoers, line)
    return [(each.who, each.commands, each.no_password) for each in sudo.resolve(sudoers, host)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("root ALL=(ALL:ALL) ALL", [("root", "ALL", False)]),
        ("%sudo   ALL=(ALL:ALL) ALL", [("%sudo", "ALL", False)]),
        ("amartin ALL=ALL", [("amartin", "ALL", False)]),
        ("infoserv ALL=(ALL) NOPASSWD: ALL", [("infoserv", "ALL", True)]),
        ("infoserv ALL=(ALL) NOPASSWD:ALL", [("infoserv", "ALL", True)]),
        ("a, b,%c ALL = /bin/ls", [("a", "/bin/ls", False), ("b", "/bin/ls", False), ("%c", "/bin/ls", False)]),
        ("a ALL=NOPASSWD: /bin/ls, PASSWD: /bin/cat", [("a", "/bin/ls", True), ("a", "/bin/cat", False)]),
        ("a ALL=/bin/cat, NOPASSWD: /bin/ls, /bin/id", [("a", "/bin/cat", False), ("a", "/bin/ls, /bin/id", True)]),
        ("a ALL=NOPASSWD:SETENV: /bin/ls -l /root", [("a", "/bin/ls", True)]),
        ("a ALL=NOEXEC: /usr/bin/vi", [("a", "/usr/bin/vi", False)]),
        ("a ALL=(root) CWD=/srv TIMEOUT=5m NOPASSWD: /bin/ls", [("a", "/bin/ls", True)]),
        ("a ALL=ALL, !/bin/su", [("a", "ALL, !/bin/su", False)]),
        ("a ALL=sudoedit /etc/hosts", [("a", "sudoedit", False)]),
        ("a ALL=/bin/mail -s a\\, b root", [("a", "/bin/mail", False)]),
        ("a ALL=sha256:abcDEF= /bin/ls", [("a", "/bin/ls", False)]),
        ("#1001 ALL=ALL", [("#1001", "ALL", False)]),
        ("%#27 ALL=ALL", [("%#27", "ALL", False)]),
        ('"DOM admins" ALL=ALL', [("DOM admins", "ALL", False)]),
        ("a ALL=ALL # everything", [("a", "ALL", False)]),
        ("a ALL= \\\n  /bin/ls, \\\n  /bin/id", [("a", "/bin/ls, /bin/id", False)]),
        ("!a, b ALL=ALL", [("b", "ALL", False)]),
        ("ALL ALL=ALL", [("ALL", "ALL", False)]),
        ("+netgroup ALL=ALL", [("+netgroup", "ALL", False)]),
        ("# a ALL=ALL", []),
        ("Defaults env_reset", []),
        ("Defaults:a !requiretty", []),
        ("nonsense", []),
        ("", []),
    ],
)
def test_rules(text: str, expected: list[tuple[str, str, bool]]) -> None:
    assert rules(text) == expected


@pytest.mark.parametrize(
    ("run_as", "prefix"),
    [
        ("(ALL)", ""),
        ("(ALL:ALL)", ""),
        ("(root)", ""),
        ("(#0)", ""),
        ("()", ""),
        ("(postgres, root)", ""),
        ("(postgres)", "(postgres) "),
        ("(ALL, !root)", "(ALL !root) "),
        ("(:docker)", "(:docker) "),
        ("(DBA)", "(postgres mysql) "),
    ],
)
def test_who_cannot_become_root_says_whom(run_as: str, prefix: str) -> None:
    assert rules(f"Runas_Alias DBA = postgres, mysql\na ALL={run_as} NOPASSWD: ALL") == [("a", f"{prefix}ALL", True)]


def test_a_run_as_list_holds_for_the_commands_that_follow() -> None:
    text = "a ALL=(postgres) /bin/psql, /bin/pg_dump, (root) /bin/ls"
    assert rules(text) == [("a", "(postgres) /bin/psql, (postgres) /bin/pg_dump, /bin/ls", False)]


ALIASES = """\
User_Alias ADMINS = amartin, %ops : PROVIDERS = infoserv
Host_Alias WEB = www1, www2.example.lan
Cmnd_Alias SERVICES = /bin/systemctl restart nginx, /bin/systemctl reload nginx
Cmnd_Alias EVERYTHING = SERVICES, /sbin/reboot
ADMINS, PROVIDERS ALL = EVERYTHING
"""


def test_aliases_are_resolved_even_inside_each_other() -> None:
    commands = "/bin/systemctl, /sbin/reboot"
    assert rules(ALIASES) == [("amartin", commands, False), ("%ops", commands, False), ("infoserv", commands, False)]


def test_an_alias_of_itself_ends() -> None:
    assert rules("Cmnd_Alias A = B, /bin/ls\nCmnd_Alias B = A, /bin/id\nx ALL = A") == [
        ("x", "/bin/id, /bin/ls", False)
    ]


def test_a_negated_alias_negates_its_members() -> None:
    assert rules("Cmnd_Alias SHELLS = /bin/sh, /bin/bash\nx ALL = ALL, !SHELLS") == [
        ("x", "ALL, !/bin/sh, !/bin/bash", False)
    ]


@pytest.mark.parametrize(
    ("hosts", "host", "counts"),
    [
        ("ALL", "db1", True),
        ("db1", "db1", True),
        ("db1", "db1.example.lan", True),
        ("db1.example.lan", "db1", True),
        ("www1", "db1", False),
        ("WEB", "db1", False),
        ("WEB", "www2", True),
        ("10.0.0.0/8", "db1", True),
        ("+servers", "db1", True),
        ("www*", "db1", True),
        ("www1", "", True),
    ],
)
def test_a_rule_for_other_hosts_does_not_count(hosts: str, host: str, counts: bool) -> None:
    assert bool(rules(f"Host_Alias WEB = www1, www2\na {hosts} = ALL", host)) is counts


def test_several_hosts_on_one_line() -> None:
    assert rules("a www1 = /bin/ls : ALL = (root) NOPASSWD: /bin/id") == [("a", "/bin/id", True)]


def test_arguments_that_may_hold_secrets_leave_with_them() -> None:
    assert "Zq7x" not in repr(rules("a ALL=NOPASSWD: /usr/bin/curl -u admin\\:Zq7x http\\://x, /bin/x --token=Zq7x"))


@pytest.mark.parametrize(
    ("line", "logs"),
    [
        ("Defaults log_output", True),
        ("Defaults log_input, log_output", True),
        ("Defaults:infoserv log_output", True),
        ("Defaults!/usr/bin/visudo !log_output", False),
        ("Defaults logfile=/var/log/sudo.log", False),
        ("Defaults env_reset", False),
    ],
)
def test_recorded_sessions(line: str, logs: bool) -> None:
    sudoers = sudo.Sudoers()
    sudo.take(sudoers, line)
    assert sudoers.logs_sessions is logs


FILES = {
    "/etc/hostname": "db1\n",
    "/etc/sudoers": "root ALL=(ALL) ALL\n@includedir /etc/sudoers.d\n#include /etc/sudoers.local\n",
    "/etc/sudoers.d/10-ops": "%ops ALL=(ALL) ALL\n",
    "/etc/sudoers.d/20.disabled": "x ALL=(ALL) ALL\n",
    "/etc/sudoers.d/30-old~": "y ALL=(ALL) ALL\n",
    "/etc/sudoers.local": "amartin ALL=(ALL) NOPASSWD: ALL\n",
}


def test_included_files_are_read_as_sudo_reads_them(tmp_path: Path) -> None:
    assert sudo.rules(machine(tmp_path, FILES)) == (
        SudoRule(who="root"),
        SudoRule(who="%ops"),
        SudoRule(who="amartin", no_password=True),
    )


def test_a_file_that_includes_itself_ends(tmp_path: Path) -> None:
    files = {"/etc/sudoers": "a ALL=ALL\n@include sudoers\n@include sudoers\n"}
    found = sudo.rules(machine(tmp_path, files))
    assert found
    assert {each.who for each in found} == {"a"}


@pytest.mark.parametrize("refused", ["/etc/sudoers", "/etc/sudoers.local", "/etc/sudoers.d", "/etc/doas.conf"])
def test_half_of_the_rules_is_none_of_them(tmp_path: Path, refused: str) -> None:
    kept = {name: text for name, text in FILES.items() if not name.startswith(refused)}
    host = machine(tmp_path, {**kept, refused: f"-> {refused.rpartition('/')[2]}"})
    assert sudo.rules(host) is None
    assert any(refused in each for each in host.could_not_see)


def test_a_host_without_sudo_has_no_rule(tmp_path: Path) -> None:
    assert sudo.rules(machine(tmp_path)) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("permit persist :wheel", [SudoRule(who="%wheel")]),
        (
            "permit nopass amartin as root cmd /sbin/reboot",
            [SudoRule(who="amartin", commands="/sbin/reboot", no_password=True)],
        ),
        ("permit nopass keepenv setenv { PATH } infoserv", [SudoRule(who="infoserv", no_password=True)]),
        ("permit amartin as postgres", [SudoRule(who="amartin", commands="(postgres) ALL")]),
        ("deny infoserv", []),
        ("# permit infoserv", []),
        ("permit", []),
        ("permit nopass", []),
    ],
)
def test_doas(text: str, expected: list[SudoRule]) -> None:
    assert list(sudo.parse_doas(f"{text}\n")) == expected


@given(st.text(max_size=300))
def test_no_file_breaks_the_reader(text: str) -> None:
    rules(text)
    list(sudo.parse_doas(text))


WORDS = [
    "a",
    "%b",
    "ALL",
    "=",
    "(",
    ")",
    ":",
    ",",
    "!",
    "NOPASSWD:",
    "/bin/ls",
    "\\",
    "\n",
    " ",
    '"',
    "#",
    "X",
    "Cmnd_Alias ",
    "@include ",
]


@given(st.lists(st.sampled_from(WORDS), max_size=60))
def test_no_shuffle_of_its_words_breaks_the_reader(words: list[str]) -> None:
    assert all(who and commands for who, commands, _ in rules("".join(words)))


@pytest.mark.parametrize(
    "hostile", ["!" * 5000, "a," * 5000 + "=", "(" * 5000 + "=", "\\" * 5001, '"' * 5001 + "=", "a " * 5000]
)
def test_hostile_lines_take_no_time(hostile: str) -> None:
    started = time.process_time()
    rules(f"{hostile}\nx ALL = {hostile}")
    assert time.process_time() - started < 1
