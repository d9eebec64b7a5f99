from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors.schedules.crontab import Entry, parse_anacrontab, parse_crontab, runs_a_folder


@pytest.mark.parametrize(
    ("line", "entry"),
    [
        ("5 4 * * * /opt/x.sh", Entry(schedule="5 4 * * *", command="/opt/x.sh")),
        ("*/5 8-18/2 1,15 jan-mar mon,fri run", Entry(schedule="*/5 8-18/2 1,15 jan-mar mon,fri", command="run")),
        ("\t5\t4  * * 0  run  it ", Entry(schedule="5 4 * * 0", command="run  it")),
        ("@daily run", Entry(schedule="@daily", command="run")),
        ("@reboot sleep 5 && run", Entry(schedule="@reboot", command="sleep 5 && run")),
        ("-*/15 * * * * test -x /x && run", Entry(schedule="*/15 * * * *", command="test -x /x && run")),
        ("0~59 4 * * * run", Entry(schedule="0~59 4 * * *", command="run")),
        ("0 4 * * * mail -s x a%body with a secret", Entry(schedule="0 4 * * *", command="mail -s x a")),
        (r"0 4 * * * date +\%F", Entry(schedule="0 4 * * *", command="date +%F")),
    ],
)
def test_a_line_of_a_personal_crontab(line: str, entry: Entry) -> None:
    assert parse_crontab(line, with_user=False) == (entry,)


@pytest.mark.parametrize(
    ("line", "user", "command"),
    [
        (
            "17 * * * * root cd / && run-parts --report /etc/cron.hourly",
            "root",
            "cd / && run-parts --report /etc/cron.hourly",
        ),
        ("17 *\t* * *\twww-data\tphp /srv/x.php", "www-data", "php /srv/x.php"),
        ("@weekly root run it", "root", "run it"),
    ],
)
def test_a_line_of_a_system_crontab_says_who_runs_it(line: str, user: str, command: str) -> None:
    (entry,) = parse_crontab(line, with_user=True)
    assert (entry.user, entry.command) == (user, command)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "# 5 4 * * * run",
        "  # x",
        "MAILTO=root",
        "PATH = /usr/bin:/bin",
        '"HOME"=/x',
        "5 4 * * run",
        "nonsense",
        "@daily",
    ],
)
def test_settings_comments_and_nonsense_start_nothing(line: str) -> None:
    assert parse_crontab(line, with_user=False) == ()


def test_a_system_line_without_a_command_starts_nothing() -> None:
    assert parse_crontab("@daily root", with_user=True) == ()


def test_settings_that_hold_secrets_are_not_kept() -> None:
    entries = parse_crontab("PGPASSWORD=Zq7x\n0 1 * * * pg_dump x\n", with_user=False)
    assert "Zq7x" not in repr(entries)
    assert len(entries) == 1


def test_an_anacrontab_names_its_jobs() -> None:
    text = "SHELL=/bin/sh\n# x\n1 5 cron.daily run-parts /etc/cron.daily\n"
    text += "7 10 relance /opt/relance.sh -v\n@monthly 15 m run\n"
    daily, relance, monthly = parse_anacrontab(text)
    assert runs_a_folder(daily)
    assert relance == Entry(schedule="every 7 days", user="root", name="relance", command="/opt/relance.sh -v")
    assert (monthly.schedule, monthly.name) == ("@monthly", "m")


@pytest.mark.parametrize(
    ("command", "folder"),
    [
        ("cd / && run-parts --report /etc/cron.hourly", True),
        ("test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.daily; }", True),
        ("run-parts /etc/cron.monthly", True),
        ("run-parts /opt/jobs", False),
        ("/opt/x.sh", False),
    ],
)
def test_lines_that_start_the_known_folders_are_told_apart(command: str, *, folder: bool) -> None:
    assert runs_a_folder(Entry(schedule="@daily", command=command)) is folder


@given(st.text(), st.booleans())
def test_any_text_is_a_crontab(text: str, with_user: bool) -> None:
    for entry in parse_crontab(text, with_user=with_user):
        assert entry.schedule
        assert parse_anacrontab(text) is not None


fields = st.sampled_from(["*", "*/5", "0", "1-5", "1,2", "10-20/3"])
schedules = st.lists(fields, min_size=5, max_size=5).map(" ".join)


@given(schedule=schedules, command=st.sampled_from(["run", "/opt/x.sh -v", "a && b", "x > /dev/null 2>&1"]))
def test_what_is_written_is_read_back(schedule: str, command: str) -> None:
    entry = Entry(schedule=schedule, command=command, user="root")
    assert parse_crontab(f"{schedule} root {command}", with_user=True) == (entry,)
