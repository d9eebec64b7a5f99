from __future__ import annotations

import datetime as dt
from pathlib import Path

from agent.collectors.schedules.timers import systemd_timers
from analyzers.model.facts import Job
from tests.agent.collectors.fake_hosts import machine, talking

TIMERS = """\
Unit=apt-daily.service
TimersCalendar={ OnCalendar=*-*-* 06,18:00:00 ; next_elapse=Mon 2026-11-23 18:00:00 UTC }
NextElapseUSecRealtime=Mon 2026-11-23 18:22:17 UTC
LastTriggerUSec=Mon 2026-11-23 06:41:09 UTC
Id=apt-daily.timer
FragmentPath=/lib/systemd/system/apt-daily.timer

Unit=relance.service
TimersMonotonic={ OnBootUSec=15min ; next_elapse=15min }
TimersMonotonic={ OnUnitActiveUSec=1d ; next_elapse=1d 15min }
NextElapseUSecRealtime=
LastTriggerUSec=n/a
Id=relance.timer
FragmentPath=/etc/systemd/system/relance.timer

Unit=chauffe.service
TimersMonotonic={ OnBootUSec=5min ; next_elapse=5min }
LastTriggerUSec=
Id=chauffe.timer
FragmentPath=/run/systemd/generator/chauffe.timer
"""
SERVICES = """\
User=
ExecStart={ path=/usr/lib/apt/x ; argv[]=/usr/lib/apt/x update ; ignore_errors=no ; start_time=[n/a] ; status=0/0 }
Id=apt-daily.service

User=facturation
ExecStart={ path=/opt/a ; argv[]=/opt/a --password Zq7x ; ignore_errors=no ; start_time=[n/a] ; status=0/0 }
ExecStart={ path=/opt/b ; argv[]=/opt/b ; ignore_errors=no ; start_time=[n/a] ; status=0/0 }
Id=relance.service
"""


def utc(hour: int, minute: int, second: int) -> dt.datetime:
    return dt.datetime(2026, 11, 23, hour, minute, second, tzinfo=dt.UTC)


def test_timers_are_jobs_with_the_command_of_their_service(tmp_path: Path) -> None:
    host = talking(tmp_path, {"systemctl show *.timer": TIMERS, "systemctl show apt-daily.service": SERVICES})
    apt, relance, chauffe = systemd_timers(host)
    assert apt == Job(
        name="apt-daily",
        kind="timer",
        schedule="*-*-* 06,18:00:00",
        command="/usr/lib/apt/x update",
        user="root",
        file="/lib/systemd/system/apt-daily.timer",
        packaged=True,
        last_run=utc(6, 41, 9),
        next_run=utc(18, 22, 17),
    )
    assert relance == Job(
        name="relance",
        kind="timer",
        schedule="OnBootSec=15min, OnUnitActiveSec=1d",
        command="/opt/a --password ***; /opt/b",
        user="facturation",
        file="/etc/systemd/system/relance.timer",
        packaged=False,
    )
    assert (chauffe.reboot, chauffe.packaged, chauffe.command) == (True, None, "")


def test_times_are_asked_in_utc_and_services_once(tmp_path: Path) -> None:
    host = talking(tmp_path, {"systemctl show *.timer": TIMERS, "systemctl show apt-daily.service": SERVICES})
    systemd_timers(host)
    assert all(each[:3] == ("env", "TZ=UTC", "systemctl") for each in host.asked)
    assert host.asked[1][-3:] == ("apt-daily.service", "chauffe.service", "relance.service")
    assert len(host.asked) == 2


def test_no_timer_asks_for_no_service(tmp_path: Path) -> None:
    host = talking(tmp_path, {"systemctl show": "\n"})
    assert systemd_timers(host) == ()
    assert len(host.asked) == 1


def test_a_manager_that_does_not_answer_has_no_timers(tmp_path: Path) -> None:
    assert systemd_timers(machine(tmp_path)) == ()
