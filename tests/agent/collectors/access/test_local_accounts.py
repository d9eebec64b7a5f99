from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors.access import accounts
from agent.collectors.access.accounts import Entry
from tests.agent.collectors.fake_hosts import machine

PASSWD = """\
root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
sync:x:4:65534:sync:/bin:/bin/sync
postgres:x:113:120::/var/lib/postgresql:/bin/bash
amartin:x:1000:1000:A. Martin,,,:/home/amartin:/usr/bin/zsh
infoserv:x:1001:1001::/home/infoserv:
git:x:1002:1002::/srv/git:/usr/bin/git-shell
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
+nis::::::
"""
GROUP = """\
root:x:0:
sudo:x:27:amartin,infoserv
amartin:x:1000:
docker:x:998:amartin
broken
postgres:x:120:
"""


def test_accounts_their_prompts_and_their_groups() -> None:
    found = {each.name: each for each in accounts.parse(PASSWD, GROUP)}
    assert list(found) == ["root", "daemon", "sync", "postgres", "amartin", "infoserv", "git", "nobody"]
    assert {name for name, each in found.items() if each.interactive} == {"root", "postgres", "amartin", "infoserv"}
    assert {name for name, each in found.items() if each.system} == {"root", "daemon", "sync", "postgres"}
    assert found["amartin"] == Entry(
        name="amartin", uid=1000, home="/home/amartin", shell="/usr/bin/zsh", groups=("amartin", "docker", "sudo")
    )
    assert found["infoserv"].groups == ("sudo",)
    assert found["postgres"].groups == ("postgres",)


@pytest.mark.parametrize(
    "line", ["", "x", "a:b:c", "a:x:-1:0::/:/bin/sh", "a:x:uid:0::/:/bin/sh", ":x:5:5::/:/bin/sh", "#a:x:5:5::/:/b"]
)
def test_lines_that_are_no_account_are_left_out(line: str) -> None:
    assert accounts.parse(f"{line}\n", "") == ()


@given(st.text(max_size=300), st.text(max_size=100))
def test_no_file_breaks_the_reader(passwd: str, group: str) -> None:
    assert all(each.name and each.uid >= 0 for each in accounts.parse(passwd, group))


@given(st.lists(st.sampled_from(["root", "amartin", ":", "x", "0", "1000", "/home", "/bin/sh", "\n"]), max_size=40))
def test_no_shuffle_of_its_words_breaks_the_reader(words: list[str]) -> None:
    accounts.parse("".join(words), "".join(reversed(words)))


def test_passwords_are_never_opened(tmp_path: Path) -> None:
    host = machine(tmp_path, {"/etc/passwd": PASSWD, "/etc/group": GROUP, "/etc/shadow": "-> shadow"})
    assert accounts.read(host) is not None
    assert host.could_not_see == []


def test_no_passwd_is_no_accounts(tmp_path: Path) -> None:
    assert accounts.read(machine(tmp_path)) is None
