"""The history of a git repository: read as it is stored, nothing written, nothing fetched, none of its programs run."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from agent.errors import UsageError
from agent.sources.git_process import ask, running
from analyzers.measures.knowledge.aliases import Author
from analyzers.measures.knowledge.authorship import Change
from analyzers.model.message import N_, message

LIMIT_SECONDS = 600.0
LAST_SECOND = 253_402_300_799
"""Of the year 9999: a commit may claim any time."""

MOST_CHANGES = 10_000
"""A commit of more files comes in several pieces, so that memory stays bounded."""

_LOG = (
    "log",
    *("--no-merges", "--no-show-signature", "--no-color", "--no-ext-diff", "--no-textconv", "--no-relative"),
    *("--ignore-submodules=none", "--encoding=UTF-8", "-M", "-z", "--name-status", "--format=%H%x00%at%x00%aN%x00%aE"),
    "HEAD",
    "--",
)
_STATUS = re.compile(rb"[A-Z][0-9]*\Z")
_COMMIT = re.compile(rb"[0-9a-f]{40,64}\Z")
_REGULAR = (b"100644 ", b"100755 ")
_TWO_PATHS = frozenset("RC")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A repository that can be read.

    Attributes
    ----------
    folder
        Where it was looked for.
    store
        Where git keeps it: the same for every folder of one repository.
    name
        The name of its folder.
    head
        When its last commit was made.
    shallow
        Whether older commits were left out when it was cloned.
    """

    folder: Path
    store: Path
    name: str
    head: dt.datetime
    shallow: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A commit that is no merge, or a piece of a very large one.

    Attributes
    ----------
    id
        Its hash.
    author
        Name and address, after the repository's mailmap.
    when
        When it was written, seconds of the epoch.
    changes
        What it did to files.
    """

    id: str
    author: Author
    when: float
    changes: tuple[Change, ...]


def open_repository(folder: Path) -> Repository:
    """Return the repository of a folder.

    Raises
    ------
    UsageError
        When there is none, or it has no commit.
    """
    if not folder.is_dir():
        raise UsageError(message(N_("not a folder")), str(folder))
    answer = ask(folder, "rev-parse", "--is-shallow-repository", "--absolute-git-dir")
    if answer is None:
        raise UsageError(message(N_("not a git repository")), str(folder))
    shallow, git_folder = os.fsdecode(answer).rstrip("\n").split("\n", 1)
    head = ask(folder, "log", "-1", "--no-show-signature", "--format=%ct", "HEAD", "--")
    if not head:
        raise UsageError(message(N_("a git repository without any commit that can be read")), str(folder))
    whole = Path(git_folder)
    return Repository(
        folder=folder,
        store=whole.resolve(),
        name=whole.parent.name if whole.name == ".git" else folder.resolve().name.removesuffix(".git"),
        head=dt.datetime.fromtimestamp(min(int(head), LAST_SECOND), dt.UTC),
        shallow=shallow == "true",
    )


def files(repository: Repository) -> list[str]:
    """Return the files of the last commit; neither links nor submodules.

    Raises
    ------
    FailedError
        When git cannot read them.
    """
    with running(repository.folder, LIMIT_SECONDS, "ls-tree", "-r", "-z", "--full-tree", "HEAD") as tokens:
        return [
            os.fsdecode(token.split(b"\t", 1)[1])
            for token in tokens.read()
            if token.startswith(_REGULAR) and b"\t" in token
        ]


def commits(repository: Repository, *, limit: float = LIMIT_SECONDS) -> Iterator[Commit]:
    """Yield the commits that lead to the last one, the newest first; merges are left out, as what they join is there.

    Parameters
    ----------
    limit
        Seconds that git may take.

    Raises
    ------
    FailedError
        When git fails or takes longer: half a history would name the wrong persons.
    """
    with running(repository.folder, limit, *_LOG) as tokens:
        yield from _parsed(tokens.read())


def _parsed(tokens: Iterator[bytes]) -> Iterator[Commit]:
    authors: dict[Author, Author] = {}
    identity, author, when = "", ("", ""), 0.0
    changes: list[Change] = []
    for token in tokens:
        word = token.lstrip(b"\n")
        if _COMMIT.match(word):
            if identity:
                yield Commit(id=identity, author=author, when=when, changes=tuple(changes))
            changes = []
            identity, when = word.decode(), _seconds(next(tokens, b""))
            author = (next(tokens, b"").decode("utf-8", "replace"), next(tokens, b"").decode("utf-8", "replace"))
            author = authors.setdefault(author, author)
        elif _STATUS.match(word):
            status = chr(word[0])
            old = os.fsdecode(next(tokens, b"")) if status in _TWO_PATHS else ""
            changes.append(Change(status=status, path=os.fsdecode(next(tokens, b"")), old=old))
            if len(changes) >= MOST_CHANGES:
                yield Commit(id=identity, author=author, when=when, changes=tuple(changes))
                changes = []
    if identity:
        yield Commit(id=identity, author=author, when=when, changes=tuple(changes))


def _seconds(text: bytes) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
