"""How the template is written: prose after ``# ``, settings left to answer after ``#``, the rest is YAML."""

from __future__ import annotations

import datetime as dt
import json
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from agent.init_template.section import Section, days
from agent.untrusted import clean_text
from agent.yaml_dialect import BOOLEANS
from analyzers.model.message import N_

Translate = Callable[[str], str]

WIDTH = 110
_BARE = re.compile(r"[A-Za-z_][\w./@-]*\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes comments in the reader's language, and examples with today's dates."""

    translate: Translate
    today: dt.date

    def say(self, template: str, **parameters: str | int) -> str:
        """Return a sentence in the reader's language."""
        return self.translate(template).format(**parameters)

    def chapter(self, title: str) -> list[str]:
        """Return the lines that open a chapter."""
        return ["", "", f"# ----- {self.say(title)} -----"]

    def comment(self, section: Section, **parameters: str | int) -> Iterator[str]:
        """Yield what a block is for, what its keys mean, which questions it answers."""
        yield ""
        yield from prose(self.say(section.why, **parameters))
        yield from legend([(key, self.say(meaning)) for key, meaning in section.keys])
        if section.questions:
            yield from prose(self.say(N_("Questions: {questions}"), questions=", ".join(section.questions)))

    def example(self, section: Section) -> list[str]:
        """Return the YAML of an example."""
        text = section.example
        for number, sentence in enumerate(section.texts, 1):
            text = text.replace(f"<{number}>", scalar(self.say(sentence)))
        for name, day in days(self.today).items():
            text = text.replace(f"<{name}>", day)
        return text.splitlines()

    def unanswered(self, *sections: Section) -> Iterator[str]:
        """Yield blocks of which nothing can be observed."""
        for section in sections:
            yield from self.comment(section)
            yield from left_to_answer(self.example(section))


def prose(text: str) -> list[str]:
    """Return a comment for people, wrapped."""
    return _wrapped(text, "# ", "# ")


def legend(entries: Iterable[tuple[str, str]]) -> list[str]:
    """Return what each key means, aligned."""
    rows = list(entries)
    width = max((len(key) for key, _ in rows), default=0)
    return [
        line for key, meaning in rows for line in _wrapped(meaning, f"#   {key:<{width}}  ", f"#   {'':<{width}}  ")
    ]


def left_to_answer(lines: Iterable[str]) -> list[str]:
    """Return YAML lines as settings that nobody answered yet: remove the mark, and they count."""
    return [re.sub(r"^( *)", r"\1#", each) for each in lines]


def scalar(text: str) -> str:
    """Return a text as YAML reads it back, also inside brackets and braces."""
    bare = _BARE.match(text) and text.lower() not in {*BOOLEANS, "null"}
    return text if bare else json.dumps(clean_text(text), ensure_ascii=False)


def listed(items: Iterable[str | int]) -> str:
    """Return a list on one line."""
    return f"[{', '.join(str(each) if isinstance(each, int) else scalar(each) for each in items)}]"


def remark(text: str) -> str:
    """Return the end of a line that says where a value comes from."""
    return f"  # {' '.join(clean_text(text).split())}"


def few(items: Sequence[str], most: int = 4) -> str:
    """Return the first of many."""
    return ", ".join((*items[:most], "...") if len(items) > most else items)


def _wrapped(text: str, first: str, following: str) -> list[str]:
    return textwrap.wrap(
        clean_text(text),
        WIDTH,
        initial_indent=first,
        subsequent_indent=following,
        break_long_words=False,
        break_on_hyphens=False,
    )
