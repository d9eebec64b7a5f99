from __future__ import annotations

from pathlib import Path

import pytest

from agent.collectors.machine import NotHereError, NotSeenError
from agent.collectors.units import collect_units, parse_units
from analyzers.model.facts import Unit
from tests.agent.collectors.fake_hosts import Talking, machine, talking

JSON = """[
{"unit":"ssh.service","load":"loaded","active":"active","sub":"running","description":"OpenBSD Secure Shell server"},
{"unit":"dev-sda.device","load":"loaded","active":"active","sub":"plugged","description":"x"},
{"unit":"boutique.service","load":"loaded","active":"failed","sub":"failed","description":"x"},
{"unit":"auditd.service","load":"not-found","active":"inactive","sub":"dead","description":"x"},
{"unit":"disparu.service","load":"not-found","active":"active","sub":"running","description":"x"},
{"unit":"masque.service","load":"masked","active":"inactive","sub":"dead","description":"x"},
{"unit":"session-3.scope","load":"loaded","active":"active","sub":"running","description":"x"},
{"unit":"data.mount","load":"loaded","active":"active","sub":"mounted","description":"x"}]"""
COLUMNS = """\
  ssh.service       loaded    active   running OpenBSD Secure Shell server
● boutique.service  loaded    failed   failed  Boutique en ligne
* vieux.service     masked    inactive dead    Vieux

"""
DETAILS = """\
Restart=on-failure
NRestarts=0
Result=success
Id=ssh.service
FragmentPath=/lib/systemd/system/ssh.service
UnitFileState=enabled

Restart=always
NRestarts=17
Result=exit-code
Id=boutique.service
FragmentPath=/etc/systemd/system/boutique.service
UnitFileState=enabled

Id=masque.service
FragmentPath=/etc/systemd/system/masque.service

Id=data.mount
FragmentPath=/etc/fstab
"""


def host(root: Path, listing: str, details: str = DETAILS) -> Talking:
    answers = {"systemctl list-units --all": listing, "systemctl show ssh.service": details}
    return talking(root, answers, {"/run/systemd/system/": ""})


def test_units_come_sorted_with_restarts_and_origin(tmp_path: Path) -> None:
    boutique, data, disparu, masked, ssh = collect_units(host(tmp_path, JSON))
    assert boutique == Unit(
        name="boutique.service",
        active="failed",
        sub="failed",
        restarts=17,
        restart_policy="always",
        result="exit-code",
        enabled="enabled",
        packaged=False,
    )
    assert ssh == Unit(
        name="ssh.service",
        sub="running",
        restarts=0,
        restart_policy="on-failure",
        result="success",
        enabled="enabled",
        packaged=True,
    )
    assert (disparu.name, disparu.load, disparu.restarts, disparu.packaged) == (
        "disparu.service",
        "not-found",
        None,
        None,
    )
    assert (masked.load, masked.packaged) == ("masked", None)
    assert (data.name, data.sub) == ("data.mount", "mounted")


def test_an_old_systemd_answers_in_columns() -> None:
    assert [(each.unit, each.load, each.active, each.sub) for each in parse_units(COLUMNS)] == [
        ("ssh.service", "loaded", "active", "running"),
        ("boutique.service", "loaded", "failed", "failed"),
        ("vieux.service", "masked", "inactive", "dead"),
    ]


def test_details_are_asked_once_for_all_units(tmp_path: Path) -> None:
    machine = host(tmp_path, JSON)
    collect_units(machine)
    assert len(machine.asked) == 2
    assert "dev-sda.device" not in machine.asked[1]


def test_units_without_details_are_partly_known(tmp_path: Path) -> None:
    machine = host(tmp_path, JSON, details="")
    assert [each.restarts for each in collect_units(machine)] == [None] * 5
    assert machine.could_not_see


def test_a_host_that_systemd_does_not_run_has_no_units(tmp_path: Path) -> None:
    with pytest.raises(NotHereError):
        collect_units(machine(tmp_path))


def test_a_systemd_that_does_not_answer_is_unknown(tmp_path: Path) -> None:
    with pytest.raises(NotSeenError) as refusal:
        collect_units(host(tmp_path, ""))
    assert refusal.value.reason == "unreadable"
    assert "systemctl list-units" in refusal.value.detail


def test_a_host_without_any_unit_is_read_and_empty(tmp_path: Path) -> None:
    assert collect_units(host(tmp_path, "[]")) == ()
