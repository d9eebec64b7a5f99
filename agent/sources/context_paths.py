"""Paths of a context file: they hold from its folder, whatever the working folder."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from agent.sources.context_file import ContextFile
from analyzers.model.context import Sources


def anchored(file: ContextFile) -> Sources:
    """Return the sources that a context file names, with paths that hold from the working folder."""
    sources = file.context.sources or Sources()
    names = {
        block: tuple(_from(file.folder, each) for each in getattr(sources, block))
        for block in ("backstage", "compose", "codeowners", "ansible")
    }
    return replace(
        sources,
        inventory=tuple(replace(each, file=_from(file.folder, each.file)) for each in sources.inventory),
        git=tuple(replace(each, path=_from(file.folder, each.path)) for each in sources.git),
        tickets=tuple(replace(each, file=_from(file.folder, each.file)) for each in sources.tickets),
        **names,
    )


def _from(folder: Path, name: str) -> str:
    return str(folder / name)
