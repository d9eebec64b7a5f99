from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from agent.collectors import strict
from agent.collectors.logfiles import tail
from tests.agent.collectors.fake_hosts import machine

FILES = {
    "/etc/ssh/a.d/2.conf": "two",
    "/etc/ssh/a.d/1.conf": "one",
    "/etc/ssh/a.d/.hidden.conf": "no",
    "/etc/ssh/a.d/note.txt": "no",
    "/etc/sites/x/site.conf": "x",
    "/etc/sites/y/site.conf": "y",
}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("/etc/ssh/a.d/*.conf", ("/etc/ssh/a.d/1.conf", "/etc/ssh/a.d/2.conf")),
        ("/etc/ssh/a.d/[1].conf", ("/etc/ssh/a.d/1.conf",)),
        ("/etc/sites/*/site.conf", ("/etc/sites/x/site.conf", "/etc/sites/y/site.conf")),
        ("/etc/absent/*.conf", ()),
        ("/etc/ssh/plain", ("/etc/ssh/plain",)),
    ],
)
def test_patterns_of_includes(tmp_path: Path, pattern: str, expected: tuple[str, ...]) -> None:
    assert strict.expand(machine(tmp_path, FILES), pattern) == expected


def test_an_absent_file_is_no_refusal(tmp_path: Path) -> None:
    host = machine(tmp_path, FILES)
    assert strict.read(host, "/etc/absent") is None
    assert strict.read(host, "/etc/ssh/a.d/1.conf") == "one"
    assert strict.names(host, "/etc/absent") == ()


def test_what_is_there_and_cannot_be_read_is_a_refusal(tmp_path: Path) -> None:
    host = machine(tmp_path, {"/etc/loop": "-> loop"})
    with pytest.raises(strict.RefusedError):
        strict.read(host, "/etc/loop")
    with pytest.raises(strict.RefusedError):
        strict.names(host, "/etc/loop")
    with pytest.raises(strict.RefusedError):
        strict.expand(host, "/etc/loop/*.conf")
    assert host.reason == "unreadable"


def test_the_end_of_a_log_starts_with_a_whole_line(tmp_path: Path) -> None:
    host = machine(tmp_path, {"/var/log/a.log": "first line\nsecond\nthird\n"})
    assert tail(host, "/var/log/a.log", 12) == "third\n"
    assert tail(host, "/var/log/a.log", 1000) == "first line\nsecond\nthird\n"
    assert tail(host, "/var/log/absent.log") is None
    assert tail(host, "/var/log") is None


def test_the_end_of_a_packed_log(tmp_path: Path) -> None:
    text = "".join(f"line {number}\n" for number in range(1000))
    host = machine(tmp_path, {"/a.gz": gzip.compress(text.encode())})
    assert tail(host, "/a.gz", 20) == "line 998\nline 999\n"
    assert tail(host, "/a.gz") == text


@pytest.mark.parametrize("content", [b"\x1f\x8b damaged", b"not packed at all", b""])
def test_a_damaged_packed_log_is_recorded_and_never_fatal(tmp_path: Path, content: bytes) -> None:
    host = machine(tmp_path, {"/a.gz": content})
    assert not tail(host, "/a.gz")
    assert bool(host.could_not_see) is bool(content)
