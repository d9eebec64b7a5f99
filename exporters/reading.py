"""A document with the language and the reader it is shown to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analyzers.model.message import N_
from exporters import formats, i18n
from exporters.parts import Document, Parameter

Reader = Literal["operations", "direction"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What every report needs to speak: words, sentences and numbers in one language."""

    document: Document
    lang: str
    reader: Reader = "operations"

    def say(self, template: str, **parameters: Parameter) -> str:
        """Return one of the exporters' own sentences; parameters are written as they are given."""
        return i18n.fill(template, parameters, self.lang)

    def sentence(self, text: str) -> str:
        """Return a sentence of the document."""
        return i18n.sentence(self.document, text, self.lang)

    def term(self, kind: str, word: str) -> str:
        """Return a word of a closed list."""
        return i18n.term(kind, word, self.lang)

    def label(self, check: str) -> str:
        """Return the short name of a question."""
        return i18n.check_label(check, self.lang)

    def span(self, low: float, high: float) -> str:
        """Return an interval of 0-100."""
        return formats.span(low, high, self.lang)

    def share_span(self, low: float, high: float) -> str:
        """Return an interval of [0, 1], on 0-100."""
        return self.span(round(low * 100, 2), round(high * 100, 2))

    def percent(self, share: float) -> str:
        """Return a share in [0, 1]."""
        return formats.percent(share, self.lang)

    def days(self, effort: float) -> str:
        """Return person-days."""
        return self.say(N_("{days} d"), days=formats.number(effort, self.lang, 1))

    def number(self, value: float, decimals: int = 0) -> str:
        """Return a quantity."""
        return formats.number(value, self.lang, decimals)
