"""Reading a verdict back from the file, or the folder, that a scan wrote."""

from __future__ import annotations

import re
from pathlib import Path

from agent.errors import UsageError
from agent.input_file import read_bounded
from analyzers.model.message import N_, message
from exporters.document import read_document
from exporters.parts import Document

MOST_BYTES = 64 << 20


def read_verdict(path: Path) -> Document:
    """Return the verdict that a file holds, or the folder of ``scan --out``.

    Raises
    ------
    UsageError
        When it is not a verdict that can be read: says where in the file.
    """
    file = path / "verdict.json" if path.is_dir() else path
    try:
        return read_document(read_bounded(file, MOST_BYTES))
    except ValueError as error:
        remedy = message(N_("give a verdict.json that `pasencore scan --out` wrote"))
        raise UsageError(message(N_("not a verdict that can be read")), _place(file, str(error)), remedy) from error


def _place(file: Path, fault: str) -> str:
    """Return the file, and the path in it that a fault names."""
    found = re.search(r" - at `\$\.([^`]+)`$", fault)
    return f"{file}: {found[1]}" if found else str(file)
