"""Every file that the context names as a catalogue or an inventory, read one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from agent.sources.catalogue.ansible import read_ansible
from agent.sources.catalogue.backstage import read_backstage
from agent.sources.catalogue.codeowners import read_codeowners
from agent.sources.catalogue.compose import read_compose
from agent.sources.catalogue.inventory import read_inventory
from agent.sources.catalogue.reading import Reading
from analyzers.model.context import Sources
from analyzers.model.reasons import Reason
from analyzers.model.snapshot import BlindSpot, Origin


def read_catalogues(sources: Sources) -> Iterator[tuple[str, Reading]]:
    """Yield what each named path gave: the path, and its reading."""
    for path in sources.backstage:
        yield path, read_backstage(Path(path))
    for path in sources.compose:
        yield path, read_compose(Path(path))
    for path in sources.codeowners:
        yield path, read_codeowners(Path(path), sources.git)
    for path in sources.ansible:
        yield path, read_ansible(Path(path))
    for each in sources.inventory:
        yield each.file, read_inventory(each)


def origin(path: str, reading: Reading) -> Origin:
    """Return how a path was read: in full, in part, or not."""
    reasons = [each.reason for each in reading.files if each.reason is not None]
    wholly = bool(reading.files) and len(reasons) == len(reading.files)
    reason: Reason | None = reasons[0] if wholly else "partial" if reasons or reading.said else None
    return Origin(kind=reading.kind, where=path, reason=reason)


def unseen(reading: Reading) -> tuple[BlindSpot, ...]:
    """Return the files that could not be read."""
    return tuple(
        BlindSpot(what=reading.kind, where=each.file, reason=each.reason)
        for each in reading.files
        if each.reason is not None
    )
