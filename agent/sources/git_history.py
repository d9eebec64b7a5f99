"""Git repositories as facts of the snapshot: who knows the files of which asset."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from agent.errors import FailedError, PasencoreError, UsageError
from agent.sources.git import LIMIT_SECONDS, Repository, files, open_repository
from agent.sources.git_ledger import Reading, read_ledger
from agent.sources.git_process import TooSlowError
from analyzers.measures.knowledge.aliases import Author, is_bot, persons
from analyzers.measures.knowledge.assets import by_asset
from analyzers.model.context import GitSource
from analyzers.model.knowledge import AssetFiles, GitHistory, GitPerson, KnownFiles
from analyzers.model.message import N_
from analyzers.model.reasons import Reason
from analyzers.model.snapshot import Cost, Origin

MOST_GROUPS = 5_000
"""Groups of files known by the same persons that are kept of a repository, the largest first: some 200 kB."""

SHALLOW = N_("a shallow clone: who wrote the first versions is missing - git fetch --unshallow")
NOTHING_COUNTS = N_("no file that counts: all is vendored, generated, documentation or media")

Advance = Callable[[int, int], None]


def read_histories(
    sources: Sequence[GitSource], *, clock: Callable[[], dt.datetime], advance: Advance, limit: float = LIMIT_SECONDS
) -> tuple[tuple[GitHistory, ...], Cost, tuple[Origin, ...]]:
    """Return the histories of repositories, what they cost and how it went: one that cannot be read leaves its reason.

    Parameters
    ----------
    limit
        Seconds that one of them may take.
    """
    found: list[GitHistory] = []
    seen: set[Path] = set()
    for index, source in enumerate(sources):
        advance(index, len(sources))
        folder = Path(source.path).resolve()
        if folder not in seen:
            found.append(read_history(source, clock=clock, limit=limit))
        seen.add(folder)
    advance(len(sources), len(sources))
    origins = tuple(Origin(kind="git", where=each.path, reason=each.reason, detail=each.detail) for each in found)
    return tuple(found), Cost(samples=sum(each.commits for each in found)), origins


def read_history(source: GitSource, *, clock: Callable[[], dt.datetime], limit: float = LIMIT_SECONDS) -> GitHistory:
    """Return the history of one repository, or why there is none."""
    path = Path(source.path)
    try:
        repository = open_repository(path)
        reading = read_ledger(repository, limit=limit)
        assets = by_asset(files(repository), source.assets, repository.name)
        return _history(source, repository, reading, assets, clock())
    except PasencoreError as error:
        name = path.resolve().name
        named = tuple(AssetFiles(asset=each) for each in sorted(set(source.assets.values()) or {name}))
        detail = " - ".join(str(each) for each in (error.what, error.remedy if _helps(error) else "") if str(each))
        return GitHistory(
            path=source.path, name=name, collected_at=clock(), assets=named, reason=_reason(error, path), detail=detail
        )


def _helps(error: PasencoreError) -> bool:
    """Tell whether what the error advises can be done in a scan; the option of another command cannot."""
    return not isinstance(error, TooSlowError)


def _reason(error: PasencoreError, path: Path) -> Reason:
    if isinstance(error, TooSlowError):
        return "timed_out"
    if not path.is_dir():
        return "unreachable"
    if not os.access(path, os.R_OK | os.X_OK):
        return "no_permission"
    return "unreadable" if isinstance(error, UsageError | FailedError) else "partial"


def _history(
    source: GitSource, repository: Repository, reading: Reading, assets: dict[str, list[str]], now: dt.datetime
) -> GitHistory:
    standing = persons(each for each in reading.activity if not is_bot(each))
    groups = _groups(reading, assets, standing)
    kept = dict(sorted(groups.items(), key=lambda item: (-item[1], item[0]))[:MOST_GROUPS])
    who = sorted({person for _, knowers in kept for person in knowers})
    place = {person: index for index, person in enumerate(who)}
    inside: dict[str, list[KnownFiles]] = defaultdict(list)
    for (asset, knowers), count in kept.items():
        inside[asset].append(KnownFiles(knowers=tuple(sorted(place[each] for each in knowers)), files=count))
    left_out = sum(groups.values()) - sum(kept.values())
    reason, detail = _caveat(repository, empty=not groups, cut=bool(left_out))
    return GitHistory(
        path=source.path,
        name=repository.name,
        collected_at=now,
        head=repository.head.date(),
        commits=reading.commits,
        people=tuple(_people(who, standing, reading)),
        assets=tuple(AssetFiles(asset=each, groups=tuple(inside.get(each, ()))) for each in sorted(assets)),
        left_out=left_out,
        reason=reason,
        detail=detail,
    )


def _groups(
    reading: Reading, assets: dict[str, list[str]], standing: dict[Author, str]
) -> Counter[tuple[str, tuple[str, ...]]]:
    return Counter(
        (asset, tuple(sorted(reading.ledger.knowers(path, standing))))
        for asset, paths in assets.items()
        for path in paths
    )


def _caveat(repository: Repository, *, empty: bool, cut: bool) -> tuple[Reason | None, str]:
    if repository.shallow:
        return "partial", SHALLOW
    if empty:
        return "too_few", NOTHING_COUNTS
    return ("partial", N_("too many groups of persons: the smallest were left out")) if cut else (None, "")


def _people(who: Iterable[str], standing: dict[Author, str], reading: Reading) -> Iterable[GitPerson]:
    authors: dict[str, list[Author]] = defaultdict(list)
    for author, person in standing.items():
        authors[person].append(author)
    for person in who:
        own = sorted(authors[person])
        done = [reading.activity[each] for each in own]
        yield GitPerson(
            names=tuple(dict.fromkeys(name for name, _ in own)),
            addresses=tuple(dict.fromkeys(address for _, address in own)),
            commits=sum(each.commits for each in done),
            last=_day(max(each.last for each in done)),
        )


def _day(seconds: float) -> dt.date | None:
    """Return a day; a commit may claim any time."""
    try:
        return dt.datetime.fromtimestamp(seconds, dt.UTC).date()
    except (OverflowError, OSError, ValueError):
        return None
