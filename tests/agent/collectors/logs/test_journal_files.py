from __future__ import annotations

import datetime as dt
import os
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.collectors.logs import journal
from tests import builders as b
from tests.agent.collectors.fake_hosts import machine

FOLDER = "/var/log/journal/3d1219c7c4c5404aaa1f6d2a48adfda4"


def archived(moment: dt.datetime, name: str = "system", number: int = 1, end: str = "") -> str:
    micro = int(moment.timestamp() * 1e6)
    return f"{FOLDER}/{name}@5cf489dcadf14f3084feb5bc03f90b82-{number:016x}-{micro:016x}.journal{end}"


def header(moment: dt.datetime | None) -> bytes:
    seconds = 0 if moment is None else int(moment.timestamp() * 1e6)
    return b"LPKSHHRH" + bytes(176) + struct.pack("<QQ", seconds, seconds) + bytes(64)


def test_the_name_of_a_closed_file_says_its_first_entry(tmp_path: Path) -> None:
    files = {
        archived(b.days_ago(40), number=1): b"",
        archived(b.days_ago(10), number=900): b"",
        f"{FOLDER}/system.journal": header(b.days_ago(3)),
    }
    found = journal.read(machine(tmp_path, files))
    assert (found.persistent, found.oldest) == (True, b.days_ago(40))


@pytest.mark.parametrize("name", ["user-1000", "system"])
def test_files_of_users_and_damaged_ones_count_too(tmp_path: Path, name: str) -> None:
    assert journal.read(machine(tmp_path, {archived(b.days_ago(5), name, end="~"): b""})).oldest == b.days_ago(5)


def test_a_file_that_is_open_says_it_in_its_header(tmp_path: Path) -> None:
    assert journal.read(machine(tmp_path, {f"{FOLDER}/system.journal": header(b.days_ago(3))})).oldest == b.days_ago(3)


@pytest.mark.parametrize("content", [b"", b"LPKSHHRH", b"x" * 300, header(None)])
def test_an_open_file_that_says_nothing(tmp_path: Path, content: bytes) -> None:
    assert journal.read(machine(tmp_path, {f"{FOLDER}/system.journal": content})).oldest is None


@settings(deadline=None, max_examples=40)
@given(st.binary(max_size=300), st.text(alphabet="@-0123456789abcdefsystemjournal.~", max_size=60))
def test_no_file_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str) -> None:
    files = {f"{FOLDER}/system.journal": b"LPKSHHRH" + content, f"{FOLDER}/x{name}": b""}
    found = journal.read(machine(tmp_path_factory.mktemp("host"), files)).oldest
    assert found is None or found.tzinfo is dt.UTC


def test_rotation_is_when_the_last_file_was_closed(tmp_path: Path) -> None:
    first, last = archived(b.days_ago(40), number=1), archived(b.days_ago(10), number=2)
    host = machine(tmp_path, {first: b"", last: b"", f"{FOLDER}/system.journal": b""})
    for name, days in ((first, 10), (last, 2), (f"{FOLDER}/system.journal", 0)):
        os.utime(tmp_path / name.lstrip("/"), (b.days_ago(days).timestamp(),) * 2)
    assert journal.read(host).rotated_at == b.days_ago(2)


CONF = "/etc/systemd/journald.conf"
DROPPED = "/etc/systemd/journald.conf.d"
KEPT = {f"{FOLDER}/": ""}


@pytest.mark.parametrize(
    ("files", "persistent"),
    [
        ({}, False),
        (KEPT, True),
        ({CONF: "[Journal]\n#Storage=auto\n"}, False),
        ({CONF: "[Journal]\nStorage=persistent\n"}, True),
        ({CONF: "[Journal]\nStorage=volatile\n", **KEPT}, False),
        ({CONF: "[Journal]\nStorage=none\n", **KEPT}, False),
        ({CONF: "[Journal]\nstorage = Persistent\n"}, True),
        ({CONF: "Storage=volatile\n", f"{DROPPED}/10.conf": "[Journal]\nStorage=persistent\n"}, True),
        ({f"{DROPPED}/10.conf": "Storage=persistent\n", f"{DROPPED}/20.conf": "Storage=volatile\n", **KEPT}, False),
        ({f"{DROPPED}/10.conf~": "Storage=volatile\n", **KEPT}, True),
        ({"/usr/lib/systemd/journald.conf.d/10.conf": "Storage=volatile\n", f"{DROPPED}/10.conf": "", **KEPT}, True),
        ({"/usr/lib/systemd/journald.conf": "Storage=volatile\n", **KEPT}, False),
        ({"/usr/lib/systemd/journald.conf": "Storage=volatile\n", CONF: "", **KEPT}, True),
    ],
)
def test_where_the_journal_is_kept(tmp_path: Path, files: dict[str, str], persistent: bool) -> None:
    assert journal.read(machine(tmp_path, files)).persistent is persistent


def test_a_volatile_journal_is_read_where_it_is(tmp_path: Path) -> None:
    volatile = archived(b.days_ago(1)).replace("/var/log", "/run/log")
    found = journal.read(machine(tmp_path, {volatile: b""}))
    assert (found.persistent, found.oldest) == (False, b.days_ago(1))
