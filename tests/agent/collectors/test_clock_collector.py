from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors import clock
from agent.collectors.machine import Machine
from tests.agent.collectors.fake_hosts import machine, talking

TRACKING = """\
Reference ID    : 7F000001 (127.0.0.1)
Stratum         : 4
Ref time (UTC)  : Mon Nov 23 05:29:20 2026
System time     : 0.001852000 seconds {direction} of NTP time
Last offset     : +0.000000255 seconds
RMS offset      : 0.000000251 seconds
Frequency       : 0.061 ppm slow
Residual freq   : +0.008 ppm
Skew            : 0.428 ppm
Root delay      : 0.000008114 seconds
Root dispersion : 0.000002923 seconds
Update interval : 1.0 seconds
Leap status     : {leap}
"""
SOURCES = """\
MS Name/IP address         Stratum Poll Reach LastRx Last sample
===============================================================================
^* 10.0.0.1                      3   0   377     1   +482ns[ +737ns] +/- 4092ns
^- 10.0.0.2                      2   6    17    33   -482us[ -482us] +/-   20ms
^? 10.0.0.3                      0   6     0     -     +0ns[   +0ns] +/-    0ns
#- PPS0                          0   4   377    11   +482ns[ +737ns] +/- 4092ns
"""


@pytest.mark.parametrize(("direction", "sign"), [("fast", 1), ("slow", -1)])
def test_chrony_says_offset_and_servers_that_answer(direction: str, sign: int) -> None:
    said = clock.parse_tracking(TRACKING.format(direction=direction, leap="Normal"), SOURCES)
    assert said == clock.Sync(source="chrony", synchronized=True, offset=sign * 0.001852, servers=3)


def test_chrony_that_follows_nobody_has_no_offset() -> None:
    said = clock.parse_tracking(TRACKING.format(direction="fast", leap="Not synchronised"), "MS Name\n")
    assert said == clock.Sync(source="chrony", synchronized=False, servers=0)


@pytest.mark.parametrize("leap", ["Insert second", "Delete second"])
def test_a_leap_second_to_come_is_no_fault(leap: str) -> None:
    said = clock.parse_tracking(TRACKING.format(direction="fast", leap=leap), None)
    assert said is not None
    assert said.synchronized
    assert said.servers is None


PEERS = """\
     remote           refid      st t when poll reach   delay   offset  jitter
==============================================================================
*10.0.0.1        .GPS.            1 u   33   64  377    0.250    1.500   0.020
+10.0.0.2        10.0.0.9         2 u   12   64  377    0.410   -0.210   0.031
 10.0.0.3        .INIT.          16 u    -   64    0    0.000    0.000   0.000
"""


def test_ntpq_says_what_must_be_added_in_milliseconds() -> None:
    assert clock.parse_peers(PEERS) == clock.Sync(source="ntpd", synchronized=True, offset=-0.0015, servers=2)


def test_ntpq_without_a_peer_that_is_followed() -> None:
    said = clock.parse_peers(PEERS.replace("*", " "))
    assert said == clock.Sync(source="ntpd", synchronized=False, servers=2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4/4 peers valid, clock synced, stratum 3\n", clock.Sync("openntpd", synchronized=True, servers=4)),
        (
            "0/4 peers valid, constraint offset 1s, clock unsynced\n",
            clock.Sync("openntpd", synchronized=False, servers=0),
        ),
        ("ntpctl: connect: /run/ntpd.sock\n", None),
    ],
)
def test_openntpd(text: str, expected: clock.Sync | None) -> None:
    assert clock.parse_ntpctl(text) == expected


@pytest.mark.parametrize(
    ("span", "seconds"),
    [("-1.004ms", 0.001004), ("+53us", -0.000053), ("1min 2.5s", -62.5), ("-2h 1s", 7201.0), ("0", None)],
)
def test_timesyncd_says_spans(span: str, seconds: float | None) -> None:
    status = f"       Server: 10.0.0.1 (ntp.example.lan)\nPoll interval: 32s\n       Offset: {span}\n"
    said = clock.parse_timesync(status, "Timezone=Europe/Paris\nNTPSynchronized=yes\n")
    assert said is not None
    assert said.synchronized is True
    assert said.servers == 1
    assert said.offset == (None if seconds is None else pytest.approx(seconds))


def test_timesyncd_that_does_not_answer_says_nothing() -> None:
    assert clock.parse_timesync("", "") is None


@pytest.mark.parametrize(
    ("state", "status", "offset", "expected"),
    [
        (5, 0x0040, 0, clock.Sync("kernel", synchronized=False)),
        (5, 0, 0, clock.Sync("kernel", synchronized=False)),
        (0, 0x0040, 0, clock.Sync("kernel", synchronized=False)),
        (0, 0x0001, 1500, clock.Sync("kernel", synchronized=True, offset=-0.0015)),
        (0, 0x2001, 1_500_000, clock.Sync("kernel", synchronized=True, offset=-0.0015)),
        (0, 0x2000, 0, clock.Sync("kernel", synchronized=True)),
    ],
)
def test_the_kernel(state: int, status: int, offset: int, expected: clock.Sync) -> None:
    said = clock.parse_timex(state, status, offset)
    assert (said.source, said.synchronized) == (expected.source, expected.synchronized)
    assert said.offset == (None if expected.offset is None else pytest.approx(expected.offset))


@given(st.text(), st.text())
def test_garbage_is_no_answer(text: str, other: str) -> None:
    assert clock.parse_tracking(text, other) is None or "Leap status" in text
    assert clock.parse_peers(text) is None or "remote" in text
    assert clock.parse_ntpctl(text) is None or "peers valid" in text
    assert clock.parse_timesync(text, other) is None or "Offset" in text or "NTPSynchronized" in other


CHRONYD = {
    "/proc/1/comm": "systemd\n",
    "/proc/9/comm": "chronyd\n",
    "/etc/localtime": "-> /usr/share/zoneinfo/Europe/Paris",
}


def test_the_daemon_that_runs_is_asked(tmp_path: Path) -> None:
    answers = {"chronyc tracking": TRACKING.format(direction="fast", leap="Normal"), "chronyc sources": SOURCES}
    host = talking(tmp_path, answers, CHRONYD)
    found = clock.collect(host)
    assert (found.synchronized, found.source, found.servers, found.timezone) == (True, "chrony", 3, "Europe/Paris")
    assert found.offset_seconds == pytest.approx(0.001852)
    assert host.could_not_see == []


def test_a_daemon_that_does_not_answer_is_named_and_its_state_unknown(tmp_path: Path) -> None:
    host = talking(tmp_path, {"chronyc tracking": ""}, CHRONYD)
    found = clock.collect(host)
    assert (found.synchronized, found.offset_seconds, found.source) == (None, None, "chronyd")
    assert any("chronyc" in each for each in host.could_not_see)


def test_ntpd_of_two_kinds(tmp_path: Path) -> None:
    files = {"/proc/1/comm": "init\n", "/proc/9/comm": "ntpd\n"}
    assert clock.collect(talking(tmp_path / "a", {"ntpq -p": PEERS}, files)).source == "ntpd"
    open_files = {**files, "/usr/sbin/ntpctl!": ""}
    answers = {"ntpctl status": "4/4 peers valid, clock synced, stratum 3\n"}
    assert clock.collect(talking(tmp_path / "b", answers, open_files)).source == "openntpd"


def test_a_host_of_which_nothing_is_known(tmp_path: Path) -> None:
    host = machine(tmp_path, {"/etc/timezone": "Europe/Paris\n"})
    found = clock.collect(host)
    assert (found.synchronized, found.offset_seconds, found.source) == (None, None, "")
    assert found.timezone == "Europe/Paris"
    assert host.could_not_see


def test_the_real_kernel_answers_without_any_right() -> None:
    found = clock.collect(Machine())
    assert found.synchronized is not None
    assert found.source


TIMESYNCD = {
    "/proc/1/comm": "systemd\n",
    "/proc/9/comm": "systemd-timesyn\n",
    "/proc/9/cmdline": "/lib/systemd/systemd-timesyncd\0",
}


def test_timesyncd_is_asked_where_systemd_runs(tmp_path: Path) -> None:
    answers = {
        "timedatectl timesync-status": "       Server: 10.0.0.1 (ntp)\n       Offset: -1.004ms\n",
        "timedatectl show": "NTPSynchronized=yes\n",
        "systemctl": "",
    }
    found = clock.collect(talking(tmp_path, answers, {**TIMESYNCD, "/run/systemd/system/": ""}))
    assert (found.synchronized, found.source, found.servers) == (True, "systemd-timesyncd", 1)
    assert found.offset_seconds == pytest.approx(0.001004)
    quiet = clock.collect(talking(tmp_path / "x", answers, TIMESYNCD))
    assert (quiet.synchronized, quiet.source) == (None, "systemd-timesyncd")
