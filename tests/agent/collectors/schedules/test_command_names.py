from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors.schedules.commands import command_name


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("/opt/facturation/export.sh --all", "export"),
        ("cd /srv/boutique && php artisan schedule:run >> /dev/null 2>&1", "boutique"),
        ("(cd /srv/boutique && ./run.sh)", "boutique"),
        ("/usr/bin/flock -n /tmp/lock nice -n 19 ionice -c3 /opt/export.sh > /x 2>&1", "export"),
        ("timeout -k 5 60 /opt/export.sh", "export"),
        ("sudo -u postgres pg_dump boutique | gzip > /x", "pg_dump"),
        ("PGPASSWORD=*** LANG=C pg_dump boutique", "pg_dump"),
        ("env A=b /usr/local/bin/relance", "relance"),
        ("sh -c 'cd /x; python3 /opt/relance.py'", "relance"),
        ('su - a.martin -c "/home/a.martin/tri.sh"', "tri"),
        ("bash -lc 'bash -c /opt/x.sh'", "x"),
        ("test -x /usr/bin/certbot -a \\! -d /run/x && perl -e 'sleep int(rand(9)); a' && certbot -q renew", "certbot"),
        ("[ -x /usr/lib/php/sessionclean ] && if [ ! -d /run/x ]; then /usr/lib/php/sessionclean; fi", "sessionclean"),
        ("command -v debian-sa1 > /dev/null && debian-sa1 1 1", "debian-sa1"),
        ("for i in 1 2; do /opt/x.sh; done", "x"),
        ("echo *** | mail -s x y", "mail"),
        ("2>/dev/null /opt/z.sh", "z"),
        ("test -e /x || SERVICE_MODE=1 /sbin/e2scrub_all -A", "e2scrub_all"),
        ("find /var/backups -mtime +7 -delete", "find"),
        ("/usr/bin/python3 -c 'x'", "python"),
        ("'quote that does not close", "quote"),
        ("true", ""),
        ("", ""),
        ("cd /tmp", ""),
    ],
)
def test_a_job_is_named_after_the_program_that_matters(command: str, name: str) -> None:
    assert command_name(command) == name


words = st.sampled_from(
    [
        "cd",
        "/srv/x",
        "&&",
        "||",
        ";",
        "|",
        ">",
        "2>&1",
        "sh",
        "-c",
        "'",
        '"',
        "if",
        "then",
        "nice",
        "-n",
        "5",
        "sudo",
        "x",
        "(",
        "{",
    ]
)


@given(st.lists(words, max_size=12).map(" ".join))
def test_any_line_of_shell_has_a_name_or_none(command: str) -> None:
    name = command_name(command)
    assert name == name.strip()
    assert "\n" not in name


@given(st.text(max_size=80))
def test_any_text_is_no_obstacle(command: str) -> None:
    assert command_name(command).isprintable()


def test_shells_within_shells_end() -> None:
    nested = "x"
    for _ in range(12):
        nested = f"sh -c {nested!r}"
    assert command_name(nested)
