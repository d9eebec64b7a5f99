from __future__ import annotations

from pathlib import Path

import pytest

from agent.collectors.traces import ask, attempt, first_of, peek, processes, program, units
from tests.agent.collectors.fake_hosts import machine, talking


def process(number: int, comm: str, *words: str) -> dict[str, str]:
    return {f"/proc/{number}/comm": f"{comm}\n", f"/proc/{number}/cmdline": "\0".join((*words, ""))}


@pytest.mark.parametrize(
    ("comm", "words", "names"),
    [
        ("sshd", ("/usr/sbin/sshd", "-D"), {"sshd"}),
        ("nginx", ("nginx: master process /usr/sbin/nginx",), {"nginx"}),
        ("kthreadd", (), {"kthreadd"}),
        ("systemd-timesyn", ("/lib/systemd/systemd-timesyncd",), {"systemd-timesyncd"}),
        ("barman", ("/usr/bin/python3", "/usr/bin/barman", "cron"), {"python3", "barman"}),
        ("python3", ("/usr/bin/python3", "-m", "http.server"), {"python3"}),
        ("td-agent", ("/opt/td-agent/bin/ruby", "/usr/sbin/td-agent", "--daemon"), {"ruby", "td-agent"}),
        ("restic", ("restic", "-r", "s3:secret@x"), {"restic"}),
    ],
)
def test_a_process_goes_by_its_program_its_script_and_its_kernel_name(
    tmp_path: Path, comm: str, words: tuple[str, ...], names: set[str]
) -> None:
    host = machine(tmp_path, process(1, comm, *words))
    assert processes(host) == names
    assert host.could_not_see == []


def test_nothing_of_a_command_line_past_its_program_is_kept(tmp_path: Path) -> None:
    host = machine(tmp_path, process(1, "mysqldump", "/usr/bin/mysqldump", "-pZq7x", "--password=Zq7x"))
    assert processes(host) == {"mysqldump"}


def test_hidden_processes_are_a_blind_spot(tmp_path: Path) -> None:
    host = machine(tmp_path, process(4242, "bash", "bash"))
    assert processes(host) == {"bash"}
    assert host.reason == "no_permission"
    assert host.grant


def test_without_proc_nothing_runs_that_could_be_seen(tmp_path: Path) -> None:
    host = machine(tmp_path)
    assert processes(host) == frozenset()
    assert host.reason == "no_source"


def test_a_process_that_ends_meanwhile_is_nothing_missed(tmp_path: Path) -> None:
    host = machine(tmp_path, {"/proc/1/comm": "init\n", "/proc/77/": ""})
    assert processes(host) == {"init"}
    assert host.could_not_see == []


UNIT_FILES = {
    "/usr/lib/systemd/system/nginx.service": "[Service]\n",
    "/usr/lib/systemd/system/pg_dump@.timer": "[Timer]\n",
    "/usr/lib/systemd/system/apt-daily.timer": "[Timer]\n",
    "/etc/systemd/system/backup.timer": "[Timer]\n",
    "/etc/systemd/system/backup.timer.d/": "",
    "/run/systemd/transient/run-u1.timer": "[Timer]\n",
    "/etc/systemd/system/timers.target.wants/backup.timer": "-> /etc/systemd/system/backup.timer",
    "/etc/systemd/system/timers.target.wants/pg_dump@15-main.timer": "-> /usr/lib/systemd/system/pg_dump@.timer",
    "/etc/systemd/system/timers.target.wants/apt-daily.timer": "-> /usr/lib/systemd/system/apt-daily.timer",
    "/etc/systemd/system/apt-daily.timer": "-> /dev/null",
}


def test_units_are_known_by_their_files_even_where_systemd_does_not_run(tmp_path: Path) -> None:
    known = units(machine(tmp_path, UNIT_FILES))
    assert known.enabled == {"backup.timer", "pg_dump@15-main.timer", "run-u1.timer"}
    assert known.file("nginx.service") == "/usr/lib/systemd/system/nginx.service"
    assert known.file("pg_dump@15-main.timer") == "/usr/lib/systemd/system/pg_dump@.timer"
    assert known.file("absent.service") is None
    assert known.named(r"(backup|pg_dump@.*|apt-daily)\.timer") == (
        "backup.timer",
        "pg_dump@.timer",
        "pg_dump@15-main.timer",
    )


def test_a_masked_unit_is_not_there(tmp_path: Path) -> None:
    known = units(machine(tmp_path, UNIT_FILES))
    assert "apt-daily.timer" not in known.files
    assert "apt-daily.timer" not in known.enabled


@pytest.mark.parametrize("folder", ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/snap/bin"])
def test_programs_are_looked_for_where_they_are_installed(tmp_path: Path, folder: str) -> None:
    host = machine(tmp_path, {f"{folder}/restic!": ""})
    assert program(host, "restic") == f"{folder}/restic"
    assert program(host, "borg") is None


def test_an_attempt_records_nothing(tmp_path: Path) -> None:
    host = talking(tmp_path, {"nft list": ""})
    assert attempt(host, ["nft", "list", "ruleset"]) is None
    assert ask(host, ["nft", "list", "ruleset"]) == (None, "unreadable")
    assert ask(host, ["absent"]) == (None, None)
    assert host.could_not_see == []
    assert host.reason is None


def test_peeking_misses_nothing(tmp_path: Path) -> None:
    host = machine(tmp_path, {"/a": "x" * 10_000, "/folder/": ""})
    assert len(peek(host, "/a")) == 4096
    assert peek(host, "/absent") == peek(host, "/folder") == ""
    assert host.could_not_see == []


def test_the_first_that_is_present_wins() -> None:
    assert first_of(("a", "b", "c"), frozenset("cb")) == "b"
    assert first_of(("a",), frozenset()) is None
