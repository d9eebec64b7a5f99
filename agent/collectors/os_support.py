"""Until when a release of an operating system gets security updates: it says so, or a dated table does."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

TABLE_FILE = Path(__file__).parent / "data" / "os_support.toml"

GOOD_FOR = dt.timedelta(days=365)
"""A table older than this says nothing: dates move, and releases it never heard of come out (signal H03)."""


@dataclass(frozen=True, slots=True)
class SupportTable:
    """Ends of support by os-release ID and version, and the day they were read."""

    as_of: dt.date
    ends: Mapping[str, Mapping[str, dt.date]]

    def end(self, system: str, version: str) -> dt.date | None:
        """Return the last day of updates, looking up 3.20.1, then 3.20, then 3; None for what is not in the table."""
        releases = self.ends.get(system, {})
        parts = version.split(".")
        names = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
        return next((releases[name] for name in names if name in releases), None)


def load_table(file: Path = TABLE_FILE) -> SupportTable:
    """Return the bundled table."""
    with file.open("rb") as stream:
        data = tomllib.load(stream)
    return SupportTable(data.pop("as_of"), data)


def system_key(release: Mapping[str, str]) -> str:
    """Return the name of a system in the table; CentOS and CentOS Stream share an ID."""
    stream = release.get("ID") == "centos" and "Stream" in release.get("NAME", "")
    return "centos-stream" if stream else release.get("ID", "")


def stated_end(release: Mapping[str, str]) -> dt.date | None:
    """Return SUPPORT_END of os-release(5), None when it is absent or no date."""
    try:
        return dt.date.fromisoformat(release.get("SUPPORT_END", ""))
    except ValueError:
        return None
