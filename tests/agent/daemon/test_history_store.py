from __future__ import annotations

import resource
import signal
from pathlib import Path

import pytest

from agent.daemon.history_store import KEPT_MILLISECONDS, ROWS_IN_A_SEGMENT, HistoryStore
from analyzers.measures.decode.agent_frames import Damage, Series
from analyzers.measures.decode.agent_store import read_series

LOAD = Series("node_load1")
MINUTE = 60_000
DAY = 86_400_000


def times(store: HistoryStore, damage: Damage | None = None) -> list[int]:
    found = read_series(store.path.read_bytes(), damage=damage)
    return [int(each) for each in found[LOAD][0]] if found else []


def test_a_file_of_something_else_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "history.store").write_text("mine")
    store = HistoryStore(tmp_path)
    assert store.append(1, {LOAD: 1.0})
    assert (tmp_path / "history.unreadable").read_text() == "mine"
    assert times(store) == [1]


def test_only_its_owner_reads_it_and_no_link_is_followed(tmp_path: Path) -> None:
    store = HistoryStore(tmp_path)
    store.append(1, {LOAD: 1.0})
    assert store.path.stat().st_mode & 0o777 == 0o600
    other = tmp_path / "other"
    other.mkdir()
    (other / "history.store").symlink_to(tmp_path / "precious")
    assert not HistoryStore(other).append(1, {LOAD: 1.0})
    assert not (tmp_path / "precious").exists()


def test_after_a_kill_in_mid_write_the_next_run_goes_on(tmp_path: Path) -> None:
    store = HistoryStore(tmp_path)
    for at in range(5):
        store.append(at, {LOAD: float(at)})
    store.close()
    store.path.write_bytes(store.path.read_bytes()[:-3])
    again = HistoryStore(tmp_path)
    assert again.append(7, {LOAD: 7.0})
    damage = Damage()
    assert times(again, damage) == [0, 1, 2, 3, 7]
    assert damage.bytes > 0


def test_what_is_older_than_28_days_goes(tmp_path: Path) -> None:
    store = HistoryStore(tmp_path)
    for day in range(40):
        for hour in range(24):
            store.append(day * DAY + hour * 3_600_000, {LOAD: float(hour)})
    found = times(store)
    last = 39 * DAY + 23 * 3_600_000
    assert found[-1] == last
    assert KEPT_MILLISECONDS <= last - found[0] <= KEPT_MILLISECONDS + 14 * DAY
    assert sorted(found) == found


def test_a_clock_that_jumps_ahead_for_a_while_deletes_nothing(tmp_path: Path) -> None:
    store = HistoryStore(tmp_path)
    for at in range(20):
        store.append(at * MINUTE, {LOAD: 1.0})
    for at in range(50):
        store.append(400 * DAY + at * MINUTE, {LOAD: 1.0})
    store.append(20 * MINUTE, {LOAD: 1.0})
    assert times(store)[:21] == [at * MINUTE for at in range(21)]


def test_it_never_outgrows_its_bound(tmp_path: Path) -> None:
    bound = 60_000
    store = HistoryStore(tmp_path, most_bytes=bound)
    noise = {Series(f"s{at:02}"): 0.0 for at in range(40)} | {LOAD: 0.0}
    largest = 0
    for at in range(ROWS_IN_A_SEGMENT * 4):
        store.append(at * MINUTE, {each: hash((each.name, at)) / 7 for each in noise})
        largest = max(largest, store.path.stat().st_size)
    assert largest <= bound + 2000
    assert times(store)[-1] == (ROWS_IN_A_SEGMENT * 4 - 1) * MINUTE
    assert sorted(path.name for path in tmp_path.iterdir()) == ["history.store"]


@pytest.fixture
def full_disk():
    """Let no file grow beyond a size, as a full disk does: the kernel refuses in the middle of a write."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def limit(size: int) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))

    yield limit
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_loses_rows_and_nothing_that_was_there(tmp_path: Path, full_disk) -> None:
    store = HistoryStore(tmp_path)
    for at in range(10):
        store.append(at, {LOAD: at / 3})
    full_disk(store.path.stat().st_size + 20)
    assert [store.append(at, {LOAD: at / 3}) for at in range(10, 14)][-1] is False
    assert store.lost >= 3
    full_disk(1 << 30)
    assert store.append(20, {LOAD: 2.0})
    damage = Damage()
    found = times(store, damage)
    assert found[:10] == list(range(10))
    assert found[-1] == 20
    assert damage.bytes == 0


def test_a_folder_that_is_gone_loses_rows_and_raises_nothing(tmp_path: Path) -> None:
    store = HistoryStore(tmp_path / "nowhere")
    assert not store.append(1, {LOAD: 1.0})
    assert store.lost == 1


def test_a_file_that_is_removed_while_it_is_written_ends_nothing(tmp_path: Path) -> None:
    store = HistoryStore(tmp_path)
    store.append(1, {LOAD: 1.0})
    store.path.unlink()
    assert store.append(2, {LOAD: 2.0})
