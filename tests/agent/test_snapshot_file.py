import gzip
import hashlib
import json
import stat
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from agent.errors import FailedError, UsageError
from agent.snapshot_file import (
    NAME,
    canonical,
    compressed,
    read_snapshot,
    settled,
    snapshot_sha256,
    write_snapshot,
)
from agent.untrusted import MOST_CHARACTERS, REPLACEMENT
from analyzers.model import facts
from analyzers.model.snapshot import Snapshot
from tests import builders as b
from tests import strategies

SNAPSHOT = b.snapshot(
    b.host("web1", pressure=b.pressure(), inventory=b.inventory(), listeners=(b.listener(),)),
    context=b.context(services=(b.service(),)),
)


def document() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(canonical(SNAPSHOT))
    return read


def refusal(path: Path, content: bytes, most_bytes: int = 1 << 20) -> str:
    path.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        read_snapshot(path, most_bytes)
    line = str(caught.value)
    assert "\n" not in line
    assert line.startswith(f"{path}: ")
    assert " - " in line, "an error says what to do"
    return line


def test_a_snapshot_reads_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "web1.json.gz"
    write_snapshot(path, SNAPSHOT)
    assert read_snapshot(path) == SNAPSHOT
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path], "no temporary file is left"


def test_the_same_snapshot_is_the_same_bytes_whatever_the_day(tmp_path: Path) -> None:
    assert compressed(SNAPSHOT) == compressed(msgspec.structs.replace(SNAPSHOT))
    assert compressed(SNAPSHOT)[4:8] == b"\0\0\0\0", "gzip holds no time"


def test_the_text_is_canonical() -> None:
    text = canonical(SNAPSHOT).decode()
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert json.loads(text)["schema"] == "pasencore.snapshot/1"


def test_the_hash_is_of_the_text_and_not_of_its_compression(tmp_path: Path) -> None:
    write_snapshot(tmp_path / "a", SNAPSHOT)
    expected = hashlib.sha256(gzip.decompress((tmp_path / "a").read_bytes())).hexdigest()
    assert snapshot_sha256(SNAPSHOT) == expected
    (tmp_path / "b").write_bytes(gzip.compress(canonical(SNAPSHOT), compresslevel=1))
    assert snapshot_sha256(read_snapshot(tmp_path / "b")) == expected


@given(strategies.snapshots())
@settings(max_examples=30)
def test_any_snapshot_settles_once_and_keeps_its_hash_through_a_file(snapshot: Snapshot) -> None:
    read = msgspec.json.decode(canonical(snapshot), type=Snapshot)
    assert read == settled(snapshot)
    assert canonical(read) == canonical(snapshot)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1])
def test_numbers_that_json_has_not_do_not_move_the_hash(value: float) -> None:
    odd = b.snapshot(b.host(pressure=facts.Pressure(cpu_used_share=value)))
    assert b"NaN" not in canonical(odd)
    assert snapshot_sha256(settled(odd)) == snapshot_sha256(odd)


@pytest.mark.parametrize("name", ["a.json.gz", "a.json", "a", "a.json.gz.txt"])
@pytest.mark.parametrize("content", [compressed(SNAPSHOT), canonical(SNAPSHOT)])
def test_the_content_tells_whether_it_is_compressed_and_the_name_does_not(
    tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    assert read_snapshot(tmp_path / name) == SNAPSHOT


def test_the_folder_of_a_scan_stands_for_its_snapshot(tmp_path: Path) -> None:
    write_snapshot(tmp_path / NAME, SNAPSHOT)
    assert read_snapshot(tmp_path) == SNAPSHOT
    with pytest.raises(UsageError, match=r"absent: no such file"):
        read_snapshot(tmp_path / "absent")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "truncated"),
        (compressed(SNAPSHOT)[:100], "truncated"),
        (compressed(SNAPSHOT)[:-4], "truncated"),
        (canonical(SNAPSHOT)[:-20], "truncated"),
        (compressed(SNAPSHOT)[:-8] + b"\0" * 8, "corrupt"),
        (compressed(SNAPSHOT)[:40] + b"\xff" * 40 + compressed(SNAPSHOT)[80:], "corrupt"),
        (b"\x1f\x8bnot really", "corrupt"),
        (b"hello", "not JSON"),
        (b"\x89PNG\r\n\x1a\n", "not JSON"),
        (b'{"schema": NaN}', "not JSON"),
        (b"[]", "not a snapshot of pasencore"),
        (b"3", "not a snapshot of pasencore"),
        (b"{}", "not a snapshot of pasencore"),
        (b'{"schema": 3}', "not a snapshot of pasencore"),
        (b'{"schema": "other/1"}', "not a snapshot of pasencore"),
        (b'{"schema": "pasencore.verdict/1"}', "this file is a verdict, not a snapshot"),
        (b'{"schema": "pasencore.snapshot/2"}', "written by a newer version of pasencore - upgrade"),
        (b'{"schema": "pasencore.snapshot/99999999999999999999"}', "written by a newer version"),
        (b'{"schema": "pasencore.snapshot/zero"}', "this file is a snapshot"),
        (b'{"schema": "pasencore.snapshot/1"}', "missing required field `taken_at`"),
        (b'{"schema": "pasencore.snapshot/1", "taken_at": "yesterday", "tool": "x"}', "`taken_at`"),
        (
            b'{"schema": "pasencore.snapshot/1", "taken_at": "2026-11-23T08:00:00", "tool": "x"}',
            "a time without its zone",
        ),
        (b"[" * 100_000, "nested too deep"),
        (b'{"schema": "pasencore.snapshot/1", "x": ' + b"[" * 700 + b"]" * 700 + b"}", "nested too deep"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_what_is_no_snapshot_is_one_clear_line(tmp_path: Path, content: bytes, says: str, *, packed: bool) -> None:
    if packed and not content.startswith(b"\x1f\x8b"):
        content = gzip.compress(content)
    assert says in refusal(tmp_path / "s.json.gz", content)


def test_a_bomb_is_refused_before_it_unfolds(tmp_path: Path) -> None:
    bomb = gzip.compress(b"\0" * (64 << 20), compresslevel=9)
    assert len(bomb) < 1 << 17
    assert "larger than 1 MiB once decompressed" in refusal(tmp_path / "bomb", bomb)
    assert "larger than 1 MiB once decompressed" in refusal(tmp_path / "plain", b" " * (2 << 20))


def test_several_compressed_members_count_together(tmp_path: Path) -> None:
    half = len(canonical(SNAPSHOT)) // 2
    two = gzip.compress(canonical(SNAPSHOT)[:half]) + gzip.compress(canonical(SNAPSHOT)[half:])
    (tmp_path / "two").write_bytes(two)
    assert read_snapshot(tmp_path / "two") == SNAPSHOT
    assert "larger than" in refusal(tmp_path / "bombs", gzip.compress(b" " * 600) * 3, 1024)


def test_a_wrong_type_inside_names_its_place(tmp_path: Path) -> None:
    raw = document()
    raw["hosts"][0]["listeners"][0]["port"] = "eighty"
    assert "`hosts[0].listeners[0].port`" in refusal(tmp_path / "s", json.dumps(raw).encode())


def test_a_time_without_zone_deep_inside_is_refused(tmp_path: Path) -> None:
    raw = document()
    raw["hosts"][0]["inventory"]["boot_time"] = "2026-11-01T08:00:00"
    assert "a time without its zone: 2026-11-01T08:00:00" in refusal(tmp_path / "s", json.dumps(raw).encode())


def test_unknown_keys_of_a_younger_collector_are_left_aside(tmp_path: Path) -> None:
    raw = document() | {"novelty": {"a": [1]}}
    raw["hosts"][0]["novelty"] = 3
    (tmp_path / "s").write_text(json.dumps(raw))
    assert read_snapshot(tmp_path / "s") == SNAPSHOT


def test_a_poisoned_snapshot_cannot_write_on_the_terminal_nor_fill_the_memory(tmp_path: Path) -> None:
    raw = document()
    raw["hosts"][0]["name"] = "web\x1b[31m\u202e1\x07"
    raw["hosts"][0]["listeners"][0]["process"] = "x" * (1 << 20)
    raw["tool"] = "\x9b31m"
    (tmp_path / "s").write_text(json.dumps(raw))
    read = read_snapshot(tmp_path / "s", 4 << 20)
    assert read.hosts[0].name == f"web{REPLACEMENT}[31m{REPLACEMENT}1{REPLACEMENT}"
    assert read.hosts[0].listeners is not None
    assert len(read.hosts[0].listeners[0].process) == MOST_CHARACTERS
    assert read.tool == f"{REPLACEMENT}31m"
    assert snapshot_sha256(read) == snapshot_sha256(settled(read))


def test_a_scan_and_the_replay_of_its_file_have_the_same_hash_even_with_strange_names(tmp_path: Path) -> None:
    scanned = b.snapshot(b.host("web\x1b1"))
    write_snapshot(tmp_path / "s", scanned)
    assert snapshot_sha256(read_snapshot(tmp_path / "s")) == snapshot_sha256(scanned)
    assert read_snapshot(tmp_path / "s") == settled(scanned)


def test_half_a_character_pair_is_no_trap(tmp_path: Path) -> None:
    text = json.dumps(document()).replace('"web1"', '"web\\ud8001"')
    assert "not JSON" in refusal(tmp_path / "s", text.encode())


def test_a_file_that_cannot_be_written_is_a_failure_and_not_a_misuse(tmp_path: Path) -> None:
    with pytest.raises(FailedError, match="its folder does not exist") as caught:
        write_snapshot(tmp_path / "absent" / "s", SNAPSHOT)
    assert caught.value.exit_code == 1
