"""The questions asked one after the other; each answer is in the file before the next question."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.atomic import replace_file
from agent.errors import UsageError
from agent.init_template.writing import Translate, scalar
from agent.input_file import read_bounded
from agent.questionnaire.asked import Question
from agent.questionnaire.choosing import Worth
from agent.sources.context_file import parse_context
from analyzers.model.message import N_, Message

MOST_BYTES = 4 << 20
"""A context file that people write stays far below."""

LEAVE = "q"


class LeftError(Exception):
    """The person left: what was answered before stays."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where one asks: what shows a line, what reads one (None at the end), and the language."""

    show: Callable[[str], None]
    read: Callable[[str], str | None]
    translate: Translate
    spoken: Callable[[Message], str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The context file that receives the answers."""

    path: Path
    author: str
    today: dt.date

    def add(self, block: str) -> None:
        """Append a block; what stands in the file stays, comments included.

        Raises
        ------
        UsageError
            When the file would not be valid with it: nothing is written.
        """
        old = read_bounded(self.path, MOST_BYTES).decode() if self.path.exists() else self._head()
        new = f"{old}{'' if old.endswith(chr(10)) else chr(10)}\n{block}\n".encode()
        parse_context(new, self.path, today=self.today)
        replace_file(self.path, new)

    def _head(self) -> str:
        return f"schema: pasencore.context/1\ndate: {self.today}\nauthor: {scalar(self.author)}\n"


def hold(worths: Sequence[Worth], sheet: Sheet, desk: Desk) -> int:
    """Ask, write as answers come, and return how many blocks were written."""
    done = 0
    say = desk.translate
    try:
        for number, each in enumerate(worths, 1):
            title = f"{number}/{len(worths)}  {say(each.question.about)}"
            worth = say(N_("worth up to {points} points towards oui")).format(points=f"{each.gain:.0f}")
            desk.show(f"\n{title}" + (f"  ({worth})" if each.gain >= 1 else ""))
            done += _settle(each.question, sheet, desk)
    except (LeftError, KeyboardInterrupt):
        desk.show("")
    return done


def _settle(question: Question, sheet: Sheet, desk: Desk) -> bool:
    """Ask one question until its answer is valid or skipped; tell whether it was written."""
    while True:
        answers = [_line(desk, desk.translate(each.words)) for each in question.fields]
        if not any(answers):
            return False
        try:
            sheet.add(question.written(answers, sheet.today))
        except UsageError as error:
            desk.show("  " + desk.translate(N_("Not kept: {why}")).format(why=error.line(desk.spoken)))
        else:
            return True


def _line(desk: Desk, words: str) -> str:
    text = desk.read(f"  {words}: ")
    if text is None or text.strip().lower() == LEAVE:
        raise LeftError
    return text.strip(" \t\r\n,")
