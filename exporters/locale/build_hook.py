"""Compile catalogues (.po to .mo): a hatchling build hook, and ``python exporters/locale/build_hook.py``.

Babel is needed here and in `update` only; what runs afterwards is the standard library's gettext.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LOCALE = Path(__file__).resolve().parent


class CatalogueHook(BuildHookInterface[Any]):
    """Compiles every catalogue before a wheel, an sdist or an editable install is made."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Compile; hatchling's ``artifacts`` then takes the .mo in."""
        compile_catalogues()


def compile_catalogues(folder: Path = LOCALE) -> list[Path]:
    """Compile each ``<lang>/LC_MESSAGES/*.po`` under `folder` that is newer than its .mo; return the .mo written.

    Raises
    ------
    ValueError
        When a catalogue cannot be read; the message names the file.
    """
    return [_compile(source) for source in sorted(folder.glob("*/LC_MESSAGES/*.po")) if _stale(source)]


def _stale(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime_ns <= source.stat().st_mtime_ns


def _compile(source: Path) -> Path:
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - a fresh catalogue needs no Babel
    from babel.messages.pofile import PoFileError, read_po  # noqa: PLC0415

    try:
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError) as error:
        message = f"{source}: {error}"
        raise ValueError(message) from error
    compiled = source.with_suffix(".mo")
    scratch = compiled.with_suffix(f".mo.{os.getpid()}")
    with scratch.open("wb") as file:
        write_mo(file, catalogue)
    scratch.replace(compiled)
    return compiled


if __name__ == "__main__":
    compile_catalogues()
