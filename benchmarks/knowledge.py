"""Key people at size: worst losses and key sets of 10 000 assets and 200 people, a git history of 100 000 commits."""

from __future__ import annotations

import datetime as dt
import random
import resource
import subprocess
import tempfile
import time
from collections.abc import Iterator

from agent.sources.git_history import read_history
from analyzers.measures.knowledge.key_set import key_set
from analyzers.measures.knowledge.loss import worst_loss
from analyzers.measures.knowledge.truck_factor import Knowledge, truck_factor
from analyzers.model.context import GitSource

COMMITS = 100_000
FILES = 20_000
AUTHORS = 200
CHANGES = 3


def main() -> None:
    for name, known in (("in teams", in_teams(10_000, 200)), ("scattered", scattered(10_000, 200))):
        _losses(name, known)
    _history()


def in_teams(assets: int, people: int, seed: int = 1) -> Knowledge:
    """Return assets of teams of ten: four in ten are known by one person alone, the others by two to four."""
    drawn = random.Random(seed)
    teams = [[f"p{team * 10 + rank:03d}" for rank in range(10)] for team in range(people // 10)]
    made = {}
    for number in range(assets):
        team = teams[min(int(drawn.paretovariate(1.2)) - 1, len(teams) - 1)]
        size = 1 if drawn.random() < 0.4 else drawn.randint(2, 4)
        made[f"s{number}"] = frozenset(drawn.sample(team, size))
    return made


def scattered(assets: int, people: int, seed: int = 2) -> Knowledge:
    """Return assets known by two to four persons drawn from all: the hardest for a proof."""
    drawn = random.Random(seed)
    names = [f"p{number:03d}" for number in range(people)]
    return {f"s{number}": frozenset(drawn.sample(names, drawn.randint(2, 4))) for number in range(assets)}


def _losses(name: str, known: Knowledge) -> None:
    total = 0.0
    for leavers in (1, 2, 3):
        start = time.process_time()
        loss = worst_loss(known, leavers)
        spent = time.process_time() - start
        total += spent
        print(f"{name:10} worst loss {leavers} leavers: {loss.orphans} assets, exact {loss.exact}, {spent:.2f} CPU-s")
    print(f"{name:10} worst losses together: {total:.2f} CPU-s (aim 2)")
    for limit in (0.0, 10.0):
        start = time.process_time()
        found = key_set(known, limit=limit)
        spent = time.process_time() - start
        print(f"{name:10} key set, program {limit:g} s: {len(found.people)} [{found.proved}], {spent:.2f} CPU-s")
    print(f"{name:10} greedy, as published: {len(truck_factor(known))}")


def _history() -> None:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "init", "-q", "-b", "main", folder], check=True)
        stream = b"".join(_commits())
        subprocess.run(["git", "-C", folder, "fast-import", "--quiet"], input=stream, check=True)
        del stream
        before = _cpu()
        start = time.monotonic()
        read = read_history(GitSource(path=folder, assets={"f0*/**": "one", "**": "rest"}), clock=_clock)
        seconds, wall = _cpu() - before, time.monotonic() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    files = sum(each.files for each in read.assets)
    print(f"git history of {read.commits} commits, {files} files, {len(read.people)} people:")
    print(f"  {seconds:.1f} CPU-s with git's own (aim 30), {wall:.1f} s, {memory:.0f} MB at most in this process")


def _clock() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _cpu() -> float:
    own, git = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + git.ru_utime + git.ru_stime


def _commits() -> Iterator[bytes]:
    """Yield a history for git fast-import: files of two hundred folders, each mostly changed by few authors."""
    drawn = random.Random(3)
    for number in range(COMMITS):
        author = int(drawn.paretovariate(0.8)) % AUTHORS
        who = b"Author %d <author%d@dupont.example> %d +0000\n" % (author, author, 1_400_000_000 + 3_000 * number)
        yield b"commit refs/heads/main\nauthor %scommitter %sdata 1\nx\n" % (who, who)
        for _ in range(CHANGES):
            file = (author * 97 + drawn.randrange(300)) % FILES
            text = b"%d %d\n" % (number, drawn.randrange(10**9))
            yield b"M 100644 inline f%02d/d%d/f%d.py\ndata %d\n%s\n" % (file % 50, file % 200, file, len(text), text)


if __name__ == "__main__":
    main()
