"""From git repositories to who knows their files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.errors import UsageError
from agent.sources.git import LIMIT_SECONDS, Repository, files, open_repository
from agent.sources.git_ledger import read_ledger
from analyzers.measures.knowledge.aliases import is_bot, persons
from analyzers.measures.knowledge.files import counted
from analyzers.measures.knowledge.truck_factor import Knowledge
from analyzers.model.message import N_, Message, message


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Who knows the files of one repository.

    Attributes
    ----------
    name
        Of the repository, distinct among those read together.
    knowledge
        For each file that counts, who knows it.
    commits
        How many were read, merges left out.
    """

    name: str
    knowledge: Knowledge
    commits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowing:
    """Who knows the files of all repositories, a person being the same in each of them."""

    repositories: tuple[Known, ...]
    warnings: tuple[Message, ...]

    def together(self) -> Knowledge:
        """Return who knows each file, whatever its repository."""
        return {
            f"{each.name}/{path}": knowers for each in self.repositories for path, knowers in each.knowledge.items()
        }

    def persons(self) -> int:
        """Return how many persons know at least one file."""
        return len({person for knowers in self.together().values() for person in knowers})


def know(folders: Sequence[Path], *, decay_days: float | None = None, limit: float = LIMIT_SECONDS) -> Knowing:
    """Return who knows what in git repositories.

    Parameters
    ----------
    decay_days
        The age at which a change counts 1/e, seen from the last commit of its repository; None: nothing is forgotten,
        as in the published method.
    limit
        Seconds that reading one repository may take.

    Raises
    ------
    UsageError
        When a folder is no repository, or is given twice.
    FailedError
        When a history cannot be read whole.
    """
    repositories = [open_repository(each) for each in folders]
    names = _distinct(repositories)
    readings = [read_ledger(each, decay_days=decay_days, limit=limit) for each in repositories]
    everybody = {author for each in readings for author in each.activity}
    standing = persons(each for each in everybody if not is_bot(each))
    known = tuple(
        Known(
            name=name,
            knowledge={path: reading.ledger.knowers(path, standing) for path in counted(files(repository))},
            commits=reading.commits,
        )
        for name, repository, reading in zip(names, repositories, readings, strict=True)
    )
    return Knowing(repositories=known, warnings=tuple(_warnings(repositories, known)))


def _distinct(repositories: Sequence[Repository]) -> list[str]:
    """Return a name for each repository; those of the same name are told apart by their folder."""
    seen: dict[Path, Repository] = {}
    for each in repositories:
        if seen.setdefault(each.store, each) is not each:
            raise UsageError(message(N_("given twice")), str(each.folder))
    names = [each.name for each in repositories]
    return [
        each.name if names.count(each.name) == 1 else str(each.folder.resolve()).lstrip("/") for each in repositories
    ]


def _warnings(repositories: Sequence[Repository], known: Sequence[Known]) -> list[Message]:
    warnings = []
    for repository, result in zip(repositories, known, strict=True):
        if repository.shallow:
            template = N_("{path}: a shallow clone: who wrote the first versions is missing - git fetch --unshallow")
            warnings.append(message(template, path=str(repository.folder)))
        if not result.knowledge:
            template = N_("{path}: no file that counts: all is vendored, generated, documentation or media")
            warnings.append(message(template, path=str(repository.folder)))
    return warnings
