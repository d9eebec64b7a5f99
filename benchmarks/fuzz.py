"""Fuzz what reads bytes of strangers: ``python -m benchmarks fuzz [--inputs N] [TARGET...]``.

Coverage-guided with atheris (``pip install atheris``); without it, plain mutations of valid seeds, and it says so.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

HANG_SECONDS = 1.0
_LONGEST = 4096
_COVERED = re.compile(r"cov: (\d+)")
_TARGETS = "benchmarks.fuzz_targets"


class HangError(BaseException):
    """An input took longer than `HANG_SECONDS`; no `except Exception` of a parser may swallow it."""


class Run:
    """Feeds one target, keeps the first input of each different fault, and goes on."""

    def __init__(self, name: str, inputs: int, told: Path) -> None:
        from benchmarks.fuzz_targets import TARGETS  # noqa: PLC0415 - after the imports are instrumented

        self.target = TARGETS[name]
        self.inputs = inputs
        self.told = told
        self.done = 0
        self.slowest = 0.0
        self.faults: dict[str, str] = {}
        signal.signal(signal.SIGALRM, self._hangs)

    def one(self, data: bytes) -> None:
        """Read one input; a fault is kept, never raised."""
        begun = time.thread_time()
        signal.setitimer(signal.ITIMER_REAL, 10 * HANG_SECONDS)
        try:
            self.target.read(data)
        except self.target.documented:
            pass
        except (Exception, HangError) as error:  # noqa: BLE001 - whatever it is, it is what we look for
            at = traceback.extract_tb(error.__traceback__)[-1]
            self.faults.setdefault(f"{type(error).__name__} {Path(at.filename).name}:{at.lineno}", data[:400].hex())
        signal.setitimer(signal.ITIMER_REAL, 0)
        spent = time.thread_time() - begun
        self.slowest = max(self.slowest, spent)
        if spent > HANG_SECONDS:
            self.faults.setdefault("hang", data[:400].hex())
        self.done += 1
        if self.done >= self.inputs:
            self.finish()

    def finish(self) -> NoReturn:
        """Tell what was found and end the process."""
        said = {"inputs": self.done, "slowest": self.slowest, "faults": self.faults, "cpu": time.process_time()}
        self.told.write_text(json.dumps(said))
        sys.stderr.flush()
        os._exit(0)  # libFuzzer would end the process without coming back

    def _hangs(self, *_: object) -> None:
        raise HangError


def mutated(seed: bytes, chance: random.Random) -> bytes:
    """Return a seed with up to eight bytes flipped, cut, doubled or put in."""
    data = bytearray(seed)
    for _ in range(chance.randint(1, 8)):
        at = chance.randint(0, len(data))
        end = min(len(data), at + chance.randint(0, 16))
        piece = (b"", bytes([chance.randrange(256)]), data[at:end] * 2, b"\xff" * 4, b"-1", b"\0")[chance.randrange(6)]
        data[at:end] = piece
    return bytes(data[:_LONGEST])


def child(name: str, inputs: int, told: Path) -> None:
    if importlib.util.find_spec("atheris") is None:
        run = Run(name, inputs, told)
        chance = random.Random(2026)
        while True:
            run.one(mutated(chance.choice(run.target.seeds), chance))
    import atheris  # noqa: PLC0415 - a tool of developers alone

    with atheris.instrument_imports(include=["agent", "analyzers"], enable_loader_override=False):
        importlib.import_module(_TARGETS)
    run = Run(name, inputs, told)
    with tempfile.TemporaryDirectory() as corpus:
        for at, seed in enumerate(run.target.seeds):
            (Path(corpus) / str(at)).write_bytes(seed)
        # Its time limit is SIGALRM, too: ours counts. The seed of its chance is fixed, for runs that can be had again.
        options = ["-timeout=0", "-seed=2026", f"-max_len={_LONGEST}", "-rss_limit_mb=2048", corpus]
        one: Callable[[bytes], None] = run.one
        atheris.Setup([sys.argv[0], *options], one)
        atheris.Fuzz()


def main(words: list[str]) -> None:
    from benchmarks.fuzz_targets import TARGETS  # noqa: PLC0415 - a child instruments them first

    parser = argparse.ArgumentParser(prog="python -m benchmarks fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=1_000_000, help="over all targets (1000000)")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    asked = parser.parse_args(words)
    names = asked.targets or list(TARGETS)
    if unknown := [each for each in names if each not in TARGETS]:
        parser.error(f"no target is called {unknown[0]}: {', '.join(TARGETS)}")
    guided = importlib.util.find_spec("atheris") is not None
    print("fuzz: guided by coverage (atheris)" if guided else "fuzz: plain mutations; for coverage pip install atheris")
    print(f"  {'target':14} {'inputs':>9} {'edges':>6} {'new':>6} {'faults':>6} {'slowest ms':>11} {'CPU s':>7}")
    shares = sum(TARGETS[each].share for each in names)
    total, faults = 0, 0
    for name in names:
        done, wrong = _told(name, -(-asked.inputs * TARGETS[name].share // shares))
        total += done
        faults += wrong
    print(f"  {'all':14} {total:9} {'':6} {'':6} {faults:6}", flush=True)
    if faults:
        sys.exit(1)


def _told(name: str, inputs: int) -> tuple[int, int]:
    """Run one target in a process of its own and print its line; return inputs and faults."""
    with tempfile.TemporaryDirectory() as folder:
        told, log = Path(folder) / "told.json", Path(folder) / "log"
        argv = [sys.executable, "-m", "benchmarks.fuzz", name, str(inputs), str(told)]
        with log.open("wb") as stream:
            code = subprocess.run(argv, check=False, stdout=stream, stderr=stream, cwd=Path.cwd()).returncode
        written = log.read_text("utf-8", "replace")
        if not told.exists():
            print(f"  {name:14} ended with {code} before its inputs were read:\n{written[-2000:]}", flush=True)
            return 0, 1
        said = json.loads(told.read_text())
    covered = [int(each) for each in _COVERED.findall(written)] or [0]
    line = f"  {name:14} {said['inputs']:9} {covered[-1]:6} {covered[-1] - covered[0]:6} {len(said['faults']):6}"
    print(f"{line} {said['slowest'] * 1000:11.1f} {said['cpu']:7.1f}", flush=True)
    for fault, example in said["faults"].items():
        print(f"    {fault}: {example}", flush=True)
    return said["inputs"], len(said["faults"])


if __name__ == "__main__":
    child(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
