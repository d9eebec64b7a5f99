"""What a git repository says of who knows its files: counts of the day of the scan, no commit and no hour is kept."""

from __future__ import annotations

from datetime import date, datetime

from analyzers.model.facts import Fact
from analyzers.model.reasons import Reason


class GitPerson(Fact, frozen=True, kw_only=True):
    """Somebody who knows files of a repository, under every name that its history gives.

    Attributes
    ----------
    commits
        How many are theirs, merges left out.
    last
        The day of the newest one.
    """

    names: tuple[str, ...]
    addresses: tuple[str, ...]
    commits: int = 0
    last: date | None = None


class KnownFiles(Fact, frozen=True, kw_only=True):
    """Files that the same persons know; `knowers` are places in the list of the repository's people."""

    knowers: tuple[int, ...] = ()
    files: int


class AssetFiles(Fact, frozen=True, kw_only=True):
    """The files of one asset, grouped by who knows them; an asset is a service, or the repository itself."""

    asset: str
    groups: tuple[KnownFiles, ...] = ()

    @property
    def files(self) -> int:
        """How many of its files count."""
        return sum(each.files for each in self.groups)


class GitHistory(Fact, frozen=True, kw_only=True):
    """One repository, read whole or not at all.

    Attributes
    ----------
    path
        As it was given.
    head
        The day of its last commit.
    left_out
        Files in groups beyond the most that a snapshot keeps.
    reason
        Why it was not read, or not in full: "partial" for a shallow clone. Its assets are then without groups, or
        their knowers are not all.
    """

    path: str
    name: str
    collected_at: datetime
    head: date | None = None
    commits: int = 0
    people: tuple[GitPerson, ...] = ()
    assets: tuple[AssetFiles, ...] = ()
    left_out: int = 0
    reason: Reason | None = None
    detail: str = ""
