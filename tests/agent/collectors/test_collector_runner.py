from __future__ import annotations

import ctypes
import datetime as dt
import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agent.collectors import runner as runner_module
from agent.collectors.collected import Collected
from agent.collectors.machine import Collector, Machine, NotHereError, NotSeenError
from agent.collectors.runner import Runner
from analyzers.model.facts import Connection, Listener, Unit
from tests import builders as b
from tests.agent.collectors.fake_hosts import PROJECT

FREEZER = Path("/sys/fs/cgroup/freezer")


def collector(collect: Callable[[Machine], object], limit: float = 20.0, name: str = "units") -> Collector:
    return Collector(name=name, block="units", source="a test", collect=collect, limit_seconds=limit)


def only(collect: Callable[[Machine], object], limit: float = 20.0) -> Collected:
    (found,) = Runner().run([collector(collect, limit)])
    return found


def wait_for(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.01)
    return condition()


def alive(pid: int) -> bool:
    """Tell whether a process runs; one that only waits to be reaped does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def hang(_: Machine) -> object:
    while True:
        time.sleep(1)


def test_values_come_back_typed_and_in_order(tmp_path: Path) -> None:
    flow = Connection(
        direction="in",
        service="x",
        local_address="10.0.0.1",
        peer_address="10.0.0.2",
        port=1,
        protocol="tcp",
        first_seen=b.NOW,
        last_seen=b.NOW,
    )
    collectors = [
        Collector(name="slow", block="connections", source="one", collect=lambda _: time.sleep(0.3) or (flow,)),
        Collector(name="root", block="units", source="two", collect=lambda host: (Unit(name=str(host.root)),)),
    ]
    slow, root = Runner().run(collectors, root=tmp_path)
    assert slow.blocks == {"connections": (flow,)}
    assert root.blocks == {"units": (Unit(name=str(tmp_path)),)}
    assert (slow.run.name, slow.run.outcome, slow.run.source) == ("slow", "ok", "one")
    assert 0.3 <= slow.run.duration_seconds < 10
    assert root.run.duration_seconds < slow.run.duration_seconds


def test_one_reading_may_fill_two_fields() -> None:
    listener = Listener(address="::", port=1, protocol="tcp", service="x")
    both = Collector(
        name="flows",
        block="listeners",
        also=("connections",),
        source="x",
        collect=lambda _: {"listeners": (listener,), "connections": ()},
    )
    (found,) = Runner().run([both])
    assert found.blocks == {"listeners": (listener,), "connections": ()}


def test_the_clock_of_the_run_is_the_collectors_clock() -> None:
    moment = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    (found,) = Runner().run([collector(lambda host: (Unit(name=host.clock().isoformat()),))], clock=lambda: moment)
    assert found.blocks == {"units": (Unit(name=moment.isoformat()),)}


def abort(_: Machine) -> object:
    os.abort()


def crash(_: Machine) -> object:
    return ctypes.string_at(0)


def leave(_: Machine) -> object:
    os._exit(3)


def refuse(_: Machine) -> object:
    raise NotSeenError(reason="no_permission", detail="closed", grant="sudo x")


def absent(_: Machine) -> object:
    message = "no systemd"
    raise NotHereError(message)


@pytest.mark.parametrize(
    ("collect", "outcome", "reason", "detail"),
    [
        (abort, "unknown", "unreadable", "the collector was ended by SIGABRT"),
        (crash, "unknown", "unreadable", "the collector was ended by SIGSEGV"),
        (leave, "unknown", "unreadable", "the collector left early"),
        (refuse, "unknown", "no_permission", "closed"),
        (absent, "not_applicable", None, "no systemd"),
        (lambda _: 1 / 0, "unknown", "unreadable", "ZeroDivisionError: division by zero"),
    ],
)
def test_a_collector_that_fails_takes_nothing_else_with_it(
    collect: Callable[[Machine], object], outcome: str, reason: str | None, detail: str
) -> None:
    bad, good = Runner().run([collector(collect, name="bad"), collector(lambda _: (), name="good")])
    assert (bad.run.outcome, bad.run.reason, bad.run.detail) == (outcome, reason, detail)
    assert bad.blocks == {}
    assert (good.run.outcome, good.blocks) == ("ok", {"units": ()})


def test_a_value_of_the_wrong_shape_is_unreadable() -> None:
    found = only(lambda _: 12)
    assert (found.run.outcome, found.run.reason) == ("unknown", "unreadable")
    assert "int" in found.run.detail
    assert found.blocks == {}


def test_a_field_that_no_host_has_is_a_fault_of_the_program() -> None:
    with pytest.raises(ValueError, match="'weather'"):
        Runner().run([Collector(name="x", block="weather", source="", collect=lambda _: ())])


def ignoring(_: Machine) -> object:
    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
        signal.signal(each, signal.SIG_IGN)
    return hang(_)


@pytest.mark.parametrize("collect", [hang, ignoring])
def test_a_collector_that_hangs_is_cut_at_its_limit(collect: Callable[[Machine], object]) -> None:
    started = time.monotonic()
    found = only(collect, limit=0.4)
    assert time.monotonic() - started < 5
    assert (found.run.outcome, found.run.reason) == ("unknown", "timed_out")
    assert found.run.detail == "no answer within 0.4 s"
    assert found.run.duration_seconds >= 0.4


def test_one_that_hangs_does_not_hold_up_the_others() -> None:
    collectors = [collector(hang, 2.0, "hang"), *(collector(lambda _: (), name=f"c{each}") for each in range(20))]
    stuck, *others = Runner(workers=2).run(collectors)
    assert stuck.run.reason == "timed_out"
    assert all(each.run.outcome == "ok" for each in others)


def spans(workers: int, *seconds: float) -> list[tuple[float, float]]:
    """Return when each collector began and ended, for collectors that sleep."""

    def sleeping(duration: float, name: str) -> Collector:
        def collect(_: Machine) -> object:
            begun = time.monotonic()
            time.sleep(duration)
            return (Unit(name=f"{begun} {time.monotonic()}"),)

        return collector(collect, name=name)

    found = Runner(workers).run([sleeping(each, str(number)) for number, each in enumerate(seconds)])
    units = [each.blocks["units"] for each in found]
    return [tuple(map(float, unit[0].name.split())) for unit in units]  # type: ignore[index, misc]


def apart(times: list[tuple[float, float]]) -> bool:
    return all(end <= begin for (_, end), (begin, _) in itertools.pairwise(times))


def test_quick_collectors_run_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner_module, "SLOW_AFTER", 30.0)
    assert apart(spans(4, 0.01, 0.01, 0.01, 0.01))


def test_slow_collectors_run_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner_module, "SLOW_AFTER", 0.05)
    assert not apart(spans(2, 1.5, 1.5))


def test_never_more_children_than_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner_module, "SLOW_AFTER", 0.0)
    assert apart(spans(1, 0.2, 0.2, 0.2))


def test_an_answer_of_megabytes_comes_through() -> None:
    found = only(lambda _: tuple(Unit(name=f"{'x' * 200}{number}") for number in range(30000)))
    assert found.run.outcome == "ok"
    units = found.blocks["units"]
    assert isinstance(units, tuple)
    assert len(units) == 30000


def test_an_answer_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner_module, "MOST_REPLY_BYTES", 1 << 20)
    found = only(lambda _: (Unit(name="x" * (5 << 20)),))
    assert (found.run.reason, found.run.detail) == ("unreadable", "its answer is larger than 1 MiB")


def test_commands_end_before_the_limit_so_that_the_rest_is_said() -> None:
    def collect(host: Machine) -> object:
        host.run(["sleep", "60"], limit=60)
        return (Unit(name="rest"),)

    found = only(collect, limit=1.0)
    assert (found.run.outcome, found.run.reason) == ("partial", "timed_out")
    assert found.run.could_not_see == ("sleep 60",)
    assert found.blocks == {"units": (Unit(name="rest"),)}


def test_commands_die_with_their_collector(tmp_path: Path) -> None:
    note = tmp_path / "pid"

    def collect(_: Machine) -> object:
        with subprocess.Popen(["sleep", "300"]) as process:
            note.write_text(str(process.pid))
        return ()

    assert only(collect, limit=1.0).run.reason == "timed_out"
    assert wait_for(lambda: not alive(int(note.read_text())))


def test_no_child_is_left_behind() -> None:
    Runner().run([collector(lambda _: (), name="a"), collector(abort, name="b"), collector(hang, 0.3, "c")])
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_what_a_collector_prints_does_not_mix_with_the_report(capfd: pytest.CaptureFixture[str]) -> None:
    def collect(_: Machine) -> object:
        sys.stdout.write("noise\n")
        sys.stdout.flush()
        os.system("echo noise; echo noise >&2")
        return ()

    assert only(collect).run.outcome == "ok"
    assert capfd.readouterr() == ("", "")


def test_a_child_holds_no_file_of_its_parent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        inode = os.fstat(server.fileno()).st_ino

        def collect(_: Machine) -> object:
            files = list(Path("/proc/self/fd").iterdir())
            return tuple(Unit(name=str(each.readlink())) for each in files if each.is_symlink())

        found = only(collect)
    names = [each.name for each in found.blocks["units"]]  # type: ignore[attr-defined]
    assert f"socket:[{inode}]" not in names
    assert [each for each in names if each.startswith("pipe:")]


def test_a_child_has_the_signals_of_a_new_process() -> None:
    def collect(_: Machine) -> object:
        handled = [each for each in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(each) != signal.SIG_DFL]
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, [])
        return tuple(Unit(name=str(each)) for each in (*handled, *blocked))

    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        assert only(collect).blocks == {"units": ()}
    finally:
        signal.signal(signal.SIGTERM, before)


@pytest.fixture
def threads() -> Iterator[None]:
    over = threading.Event()
    running = [threading.Thread(target=over.wait) for _ in range(4)]
    for each in running:
        each.start()
    yield
    over.set()
    for each in running:
        each.join()


@pytest.mark.usefixtures("threads")
def test_it_works_beside_threads_and_inside_one() -> None:
    assert only(lambda _: ()).run.outcome == "ok"
    found: list[Collected] = []
    inside = threading.Thread(target=lambda: found.append(only(lambda _: ())))
    inside.start()
    inside.join()
    assert found[0].run.outcome == "ok"


HANGING = """\
import sys, time
from pathlib import Path
from agent.collectors.machine import Collector
from agent.collectors.runner import Runner
def hang(machine):
    import os
    Path(sys.argv[1], str(os.getpid())).touch()
    while True: time.sleep(1)
print("ready", flush=True)
try:
    limit = float(sys.argv[2])
    names = ("a", "b")
    Runner(workers=2).run(
        [Collector(name=each, block="units", source="", collect=hang, limit_seconds=limit) for each in names]
    )
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.parametrize(("signal_sent", "limit"), [(signal.SIGINT, 60), (signal.SIGKILL, 2)])
def test_children_do_not_outlive_their_parent(tmp_path: Path, signal_sent: int, limit: float) -> None:
    argv = [sys.executable, "-c", HANGING, str(tmp_path), str(limit)]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, env=environment) as parent:
        assert wait_for(lambda: len(list(tmp_path.iterdir())) == 2)
        parent.send_signal(signal_sent)
        said, _ = parent.communicate(timeout=20)
    assert said == ("ready\ninterrupted\n" if signal_sent == signal.SIGINT else "ready\n")
    assert wait_for(lambda: not any(alive(int(each.name)) for each in tmp_path.iterdir()))


@pytest.mark.lab
@pytest.mark.skipif(
    os.geteuid() != 0 or not FREEZER.is_dir(), reason="only a frozen process outlives SIGKILL, and only root freezes"
)
def test_a_child_that_even_sigkill_does_not_end_is_given_up_and_not_started_again() -> None:
    group = FREEZER / f"pasencore-test-{os.getpid()}"
    group.mkdir()

    def freeze(_: Machine) -> object:
        (group / "tasks").write_text(str(os.getpid()))
        (group / "freezer.state").write_text("FROZEN")
        return ()

    runner = Runner()
    frozen = collector(freeze, 0.5, "frozen")
    try:
        first, other = runner.run([frozen, collector(lambda _: (), name="other")])
        assert (first.run.reason, other.run.outcome) == ("timed_out", "ok")
        started = time.monotonic()
        (again,) = runner.run([frozen])
        assert time.monotonic() - started < 0.3
        assert again.run.detail == "its last run still hangs in the kernel"
        (group / "freezer.state").write_text("THAWED")
        assert wait_for(lambda: (group / "tasks").read_text() == "")
        (thawed,) = runner.run([collector(lambda _: (), name="frozen")])
        assert thawed.run.outcome == "ok"
    finally:
        (group / "freezer.state").write_text("THAWED")
        wait_for(lambda: (group / "tasks").read_text() == "")
        group.rmdir()


def test_a_refusal_keeps_its_grant_and_the_source() -> None:
    run = only(refuse).run
    assert (run.grant, run.source) == ("sudo x", "a test")
