"""The English sentences of a document, with what each was made from."""

from __future__ import annotations

from collections.abc import Iterable

from analyzers.model.message import Message
from exporters.parts import Sentence


class Texts:
    """Collects sentences while a document is built. A sentence that is its own template needs no entry."""

    def __init__(self) -> None:
        self._known: dict[str, Sentence] = {}

    def say(self, message: Message) -> str:
        """Return the English sentence, and remember what it was made from."""
        english = str(message)
        if english != message.template and english not in self._known:
            self._known[english] = Sentence(template=message.template, parameters=dict(message.parameters))
        return english

    def say_all(self, messages: Iterable[Message]) -> tuple[str, ...]:
        """Return the English sentences of several messages."""
        return tuple(self.say(each) for each in messages)

    def table(self) -> dict[str, Sentence]:
        """Return what was remembered, sorted by sentence."""
        return {english: self._known[english] for english in sorted(self._known)}
