"""JSON Schemas of the files that users write and keep, made from the types that read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from analyzers.model.context import Context
from analyzers.model.snapshot import Snapshot
from exporters.graph.parts import GraphDocument

FOLDER = Path(__file__).parent
DIALECT = "https://json-schema.org/draft/2020-12/schema"
SCHEMAS: dict[str, type[msgspec.Struct]] = {"context": Context, "snapshot": Snapshot, "graph": GraphDocument}


def schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema of a file, "context", "snapshot" or "graph"."""
    made = msgspec.json.schema(SCHEMAS[name])
    title = f"pasencore.{name}/1"
    return {"$schema": DIALECT, "$id": f"urn:pasencore:{name}:1", "title": title, **made}


def text(name: str) -> str:
    """Return the JSON Schema as the shipped file holds it."""
    ordered = msgspec.json.encode(schema(name), order="sorted")
    return msgspec.json.format(ordered, indent=2).decode() + "\n"


def path(name: str) -> Path:
    """Return the shipped file."""
    return FOLDER / f"{name}.schema.json"
