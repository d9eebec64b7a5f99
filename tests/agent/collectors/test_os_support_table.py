from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest

from agent.collectors.machine import Machine
from agent.collectors.operating_system import family, parse_release, read_operating_system
from agent.collectors.os_support import GOOD_FOR, SupportTable, load_table, stated_end, system_key
from tests import builders as b
from tests.agent.collectors.fake_hosts import machine

BOOKWORM = """\
PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION_CODENAME=bookworm
ID=debian
"""
TABLE = SupportTable(b.TODAY, {"debian": {"12": dt.date(2028, 6, 30)}})


def host(root: Path, release: str, days: int = 0) -> Machine:
    return machine(root, {"/etc/os-release": release}, b.NOW + dt.timedelta(days=days))


@pytest.mark.parametrize(
    ("system", "version", "end"),
    [
        ("debian", "10", dt.date(2024, 6, 30)),
        ("debian", "12", dt.date(2028, 6, 30)),
        ("ubuntu", "22.04", dt.date(2027, 6, 1)),
        ("ubuntu", "26.04", dt.date(2031, 5, 29)),
        ("rhel", "7.9", dt.date(2024, 6, 30)),
        ("rocky", "9.4", dt.date(2032, 5, 31)),
        ("almalinux", "10.0", dt.date(2035, 5, 31)),
        ("centos", "8", dt.date(2021, 12, 31)),
        ("centos-stream", "9", dt.date(2027, 5, 31)),
        ("sles", "15.6", dt.date(2025, 12, 31)),
        ("opensuse-leap", "15.6", dt.date(2026, 4, 30)),
        ("alpine", "3.21.3", dt.date(2026, 11, 1)),
        ("amzn", "2", dt.date(2026, 6, 30)),
        ("fedora", "44", dt.date(2027, 6, 2)),
        ("sles", "15", None),
        ("debian", "99", None),
        ("arch", "", None),
    ],
)
def test_the_bundled_table_knows_the_releases_that_people_run(system: str, version: str, end: dt.date | None) -> None:
    assert load_table().end(system, version) == end


def test_the_bundled_table_is_dated_and_holds_dates_alone() -> None:
    table = load_table()
    assert table.as_of >= dt.date(2026, 8, 22)
    assert all(type(end) is dt.date for releases in table.ends.values() for end in releases.values())


DISTRO_INFO = Path("/usr/share/distro-info")


@pytest.mark.parametrize(("system", "column"), [("debian", "eol-lts"), ("ubuntu", "eol")])
def test_the_bundled_table_says_what_the_distributions_say(system: str, column: str) -> None:
    with (DISTRO_INFO / f"{system}.csv").open() as rows:
        stated = {row["version"].removesuffix(" LTS"): row[column] for row in csv.DictReader(rows) if row[column]}
    ours = load_table().ends[system]
    assert len(ours) >= 5
    assert {version: end.isoformat() for version, end in ours.items()}.items() <= stated.items()


def test_a_system_is_read_with_its_end_of_support(tmp_path: Path) -> None:
    debian = host(tmp_path, BOOKWORM)
    found = read_operating_system(debian, TABLE)
    assert (found.id, found.version_id, found.codename, found.family) == ("debian", "12", "bookworm", "debian")
    assert found.pretty_name == "Debian GNU/Linux 12 (bookworm)"
    assert found.support_end == dt.date(2028, 6, 30)
    assert debian.could_not_see == []


@pytest.mark.parametrize(("days", "known"), [(GOOD_FOR.days, True), (GOOD_FOR.days + 1, False)])
def test_a_table_older_than_a_year_says_nothing(tmp_path: Path, days: int, *, known: bool) -> None:
    debian = host(tmp_path, BOOKWORM, days)
    assert (read_operating_system(debian, TABLE).support_end is not None) is known
    assert debian.reason == (None if known else "stale")
    assert bool(debian.grant) is not known


def test_a_system_that_states_its_own_end_needs_no_table(tmp_path: Path) -> None:
    stated = host(tmp_path, 'ID="rocky"\nVERSION_ID="9.4"\nSUPPORT_END="2032-05-31"\n', GOOD_FOR.days * 3)
    assert read_operating_system(stated, TABLE).support_end == dt.date(2032, 5, 31)
    assert stated.could_not_see == []


def test_a_release_that_the_table_does_not_know_is_unknown(tmp_path: Path) -> None:
    newer = host(tmp_path, "ID=debian\nVERSION_ID=99\n")
    assert read_operating_system(newer, TABLE).support_end is None
    assert newer.could_not_see == ["end of support of debian 99: not in the table"]


def test_a_system_without_versions_has_no_end_and_hides_none(tmp_path: Path) -> None:
    rolling = host(tmp_path, "ID=arch\n")
    assert read_operating_system(rolling, TABLE).support_end is None
    assert rolling.could_not_see == []


def test_os_release_has_a_second_place(tmp_path: Path) -> None:
    host = machine(tmp_path, {"/usr/lib/os-release": BOOKWORM})
    assert read_operating_system(host, TABLE).id == "debian"
    assert read_operating_system(machine(tmp_path / "none"), TABLE).id == "linux"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('NAME="a b"', "a b"),
        ("NAME='a'", "a"),
        ("NAME=a", "a"),
        ('NAME="a \\"b\\""', 'a "b"'),
        ('NAME="a', "a"),
        ("# NAME=b", None),
    ],
)
def test_os_release_is_shell(text: str, name: str | None) -> None:
    assert parse_release(text).get("NAME") == name


@pytest.mark.parametrize(
    ("release", "kind"),
    [
        ({"ID": "ubuntu", "ID_LIKE": "debian"}, "debian"),
        ({"ID": "rocky", "ID_LIKE": "rhel centos fedora"}, "rhel"),
        ({"ID": "fedora"}, "rhel"),
        ({"ID": "opensuse-leap", "ID_LIKE": "suse opensuse"}, "suse"),
        ({"ID": "alpine"}, "alpine"),
    ],
)
def test_systems_come_in_families(release: dict[str, str], kind: str) -> None:
    assert family(release) == kind


def test_centos_stream_is_not_centos() -> None:
    assert system_key({"ID": "centos", "NAME": "CentOS Stream"}) == "centos-stream"
    assert system_key({"ID": "centos", "NAME": "CentOS Linux"}) == "centos"


@pytest.mark.parametrize("text", ["", "soon", "2032-13-01"])
def test_an_end_that_is_no_date_is_none(text: str) -> None:
    assert stated_end({"SUPPORT_END": text}) is None
