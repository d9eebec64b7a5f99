"""verdict.json: canonical, pretty, the same bytes for the same document."""

from __future__ import annotations

import msgspec

from exporters.parts import Document


def json(document: Document) -> str:
    """Return the document as JSON: keys in the order of the schema, two spaces, UTF-8, a final newline."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"
