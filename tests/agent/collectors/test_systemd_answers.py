from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors.systemd import booted, first, packaged_file, parse_show, show
from tests.agent.collectors.fake_hosts import machine, talking


def test_blocks_are_units_and_a_property_may_come_twice() -> None:
    assert parse_show("Id=a\nExecStart=1\nExecStart=2=3\n\n\nId=b\nnonsense\n") == (
        {"Id": ("a",), "ExecStart": ("1", "2=3")},
        {"Id": ("b",)},
    )
    assert parse_show("\n\n") == ()


def test_a_property_that_was_not_given_is_empty() -> None:
    assert first({"Id": ("a", "b")}, "Id") == "a"
    assert first({}, "Id") == ""


@given(st.text())
def test_any_text_is_some_units(text: str) -> None:
    assert all(parse_show(text))


def test_nothing_is_asked_for_no_unit(tmp_path: Path) -> None:
    host = talking(tmp_path, {"systemctl show": "Id=a\n"})
    assert show(host, [], ["Id"]) == ()
    assert host.asked == []
    assert show(host, ["a"], ["Id"]) == ({"Id": ("a",)},)


def test_a_manager_that_fails_is_none_and_missed(tmp_path: Path) -> None:
    host = talking(tmp_path, {"systemctl show": ""})
    assert show(host, ["a"], ["Id"]) is None
    assert host.could_not_see


def test_systemd_runs_only_where_it_booted_and_has_its_tools(tmp_path: Path) -> None:
    assert booted(talking(tmp_path / "a", {"systemctl": ""}, {"/run/systemd/system/": ""}))
    assert not booted(talking(tmp_path / "b", {"systemctl": ""}))
    assert not booted(machine(tmp_path / "c", {"/run/systemd/system/": ""}))


@pytest.mark.parametrize(
    ("file", "packaged"),
    [
        ("/lib/systemd/system/nginx.service", True),
        ("/usr/lib/systemd/system/nginx.service", True),
        ("/etc/systemd/system/boutique.service", False),
        ("/usr/local/lib/systemd/system/boutique.service", False),
        ("/run/systemd/transient/run-u1.service", False),
        ("/run/systemd/generator.late/vieux.service", None),
        ("/proc/self/mountinfo", None),
        ("", None),
    ],
)
def test_the_place_of_a_unit_file_says_who_brought_it(file: str, *, packaged: bool | None) -> None:
    assert packaged_file(file) is packaged
