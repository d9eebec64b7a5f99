"""Exit codes that say the answer, for those who ask for them."""

from __future__ import annotations

from exporters.document import Document

CODES = {"oui": 0, "pas encore": 10, "non": 20}


def exit_code(document: Document, *, asked: bool) -> int:
    """Return 0, or with ``--exit-code`` the code of the answer: 0 oui, 10 pas encore, 20 non."""
    return CODES[document.verdict.answer] if asked else 0
