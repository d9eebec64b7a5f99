"""Service discovery files, as Prometheus's ``file_sd_configs`` reads them: JSON or YAML.

Format: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#file_sd_config
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from agent.errors import UsageError
from agent.input_file import read_bounded
from agent.untrusted import clean_text
from agent.yaml_text import read_yaml
from analyzers.model.message import N_, message

MOST_FILE_BYTES = 16 << 20
METRICS = "/metrics"

_EXAMPLE = message(N_("write a list such as [{example}]"), example='{"targets": ["web1:9477"]}')
_PLACE = re.compile(r"[\w.-]+:\d+")


@dataclass(frozen=True, slots=True)
class Listed:
    """An address that a file lists, and where it stands there."""

    url: str
    where: str


class _Group(msgspec.Struct, frozen=True):
    targets: tuple[str, ...]
    labels: dict[str, Any] = {}


def read_file_sd(path: Path) -> Iterator[Listed]:
    """Yield the targets of a file; labels ``__scheme__`` and ``__metrics_path__`` count, the others are not read.

    Raises
    ------
    UsageError
        When it cannot be read, or is no such file.
    """
    try:
        content = read_bounded(path, MOST_FILE_BYTES)
    except UsageError as error:
        if _PLACE.fullmatch(str(path)):
            raise UsageError(error.what, error.where, message(N_("write http://{place}"), place=str(path))) from None
        raise
    try:
        groups = _groups(content, path)
    except msgspec.ValidationError as error:
        cause = clean_text(str(error).replace("`$", "`"))
        what = message(N_("not a list of targets: {cause}"), cause=cause)
        raise UsageError(what, str(path), _EXAMPLE) from None
    for rank, group in enumerate(groups):
        scheme = str(group.labels.get("__scheme__", "http"))
        prefix = str(group.labels.get("__metrics_path__", METRICS)).removesuffix(METRICS)
        for index, target in enumerate(group.targets):
            where = f"{path}: [{rank}].targets[{index}]"
            yield Listed(target if "://" in target else f"{scheme}://{target}{prefix}", where)


def _groups(content: bytes, path: Path) -> tuple[_Group, ...]:
    if not content.strip():
        return ()
    if path.suffix != ".json":
        return msgspec.convert(read_yaml(content, str(path)).plain(), tuple[_Group, ...])
    try:
        return msgspec.json.decode(content, type=tuple[_Group, ...])
    except msgspec.ValidationError:
        raise
    except (ValueError, RecursionError):
        raise UsageError(message(N_("not JSON")), str(path), _EXAMPLE) from None
