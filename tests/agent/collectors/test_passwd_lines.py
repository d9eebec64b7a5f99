from __future__ import annotations

from pathlib import Path

import pytest

from agent.collectors.passwd import LocalAccount, local_accounts
from tests.agent.collectors.fake_hosts import machine


def test_lines_that_are_no_accounts_are_left_out(tmp_path: Path) -> None:
    text = "root:x:0:0:root:/root:/bin/bash\n+::::::\n# x\nbad:x:one:1::/:/bin/sh\n"
    text += "a.martin:x:1000:1000::/home/a.martin:/bin/sh\n"
    assert local_accounts(machine(tmp_path, {"/etc/passwd": text})) == (
        LocalAccount(name="root", uid=0, home="/root"),
        LocalAccount(name="a.martin", uid=1000, home="/home/a.martin"),
    )
    assert local_accounts(machine(tmp_path / "none")) == ()


@pytest.mark.parametrize(("uid", "human"), [(0, False), (999, False), (1000, True), (60000, True), (65534, False)])
def test_people_have_numbers_from_a_thousand_on(uid: int, *, human: bool) -> None:
    assert LocalAccount(name="x", uid=uid, home="/").human is human
