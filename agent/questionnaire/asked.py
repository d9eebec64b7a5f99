"""The questions, and how their answers are written in the context file."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agent.init_template.writing import listed, scalar
from analyzers.model.message import N_

NONE = frozenset({"none", "aucun", "aucune", "0", "non", "no"})
_NUMBER = re.compile(r"-?[0-9]{1,9}([.,][0-9]{1,6})?")
YES = frozenset({"yes", "y", "oui", "o"})


@dataclass(frozen=True, slots=True)
class Field:
    """One line to answer: the key it fills, the words, and how the answer reads in YAML."""

    key: str
    words: str
    write: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Question:
    """One absent block of the context file: what it is about, the questions of the grid it answers, its fields."""

    block: str
    about: str
    checks: tuple[str, ...]
    fields: tuple[Field, ...]
    written: Callable[[Sequence[str], dt.date], str]


def items(text: str) -> list[str]:
    """Return the parts of a list that a person types with commas."""
    return [each.strip() for each in text.split(",") if each.strip()]


def _verbatim(text: str) -> str:
    """Leave a number as typed, with a point; anything else reads as a text, which the file's reader may refuse."""
    return text.replace(",", ".") if _NUMBER.fullmatch(text) else scalar(text)


def _listed(text: str) -> str:
    return listed(items(text))


def _truth(text: str) -> str:
    """Return a yes or a no; other words go quoted, and the file's reader refuses them."""
    said = text.lower()
    if said in YES:
        return "true"
    return "false" if said in NONE else scalar(text)


def _providers(answers: Sequence[str], today: dt.date) -> str:
    (names,) = answers
    if names.lower() in NONE:
        return "providers: []"
    return "\n".join(["providers:", *(f"- {{name: {scalar(each)}, date: {today}}}" for each in items(names))])


def _committee(answers: Sequence[str], today: dt.date) -> str:
    (held,) = answers
    if held.lower() in NONE:
        return "rituals: []"
    entry = f"kind: steering_committee, cadence_days: 90, held: {_listed(held)}, date: {today}"
    return f"rituals: [{{{entry}}}]"


def _mapping(block: str, fields: tuple[Field, ...], *, dated: bool = True) -> Callable[[Sequence[str], dt.date], str]:
    def written(answers: Sequence[str], today: dt.date) -> str:
        said = [f"  {each.key}: {each.write(text)}" for each, text in zip(fields, answers, strict=True) if text]
        return "\n".join([f"{block}:", *said, *([f"  date: {today}"] if dated else [])])

    return written


def _block(block: str, about: str, checks: tuple[str, ...], *fields: Field, dated: bool = True) -> Question:
    return Question(block, about, checks, fields, _mapping(block, fields, dated=dated))


PROVIDERS = Question(
    "providers",
    N_("Who, outside the company, works on your systems?"),
    ("knowledge-inside", "provider-access", "contract-perimeter", "sla-measured", "reversibility", "provider-kpis"),
    (Field("providers", N_("Names with commas between them, or none"), str),),
    _providers,
)

QUESTIONS = (
    PROVIDERS,
    _block(
        "organisation",
        N_("How large is the company?"),
        ("sla-realistic", "growth-absorbed"),
        Field("people", N_("How many people work there"), _verbatim),
        Field("growth_percent_per_year", N_("Growth expected, in percent a year"), _verbatim),
        dated=False,
    ),
    _block(
        "standards",
        N_("Which systems did you decide to run?"),
        ("stack-heterogeneity",),
        Field("os", N_("Systems with commas between them, for instance debian 12"), _listed),
    ),
    Question(
        "rituals",
        N_("When did a steering committee meet, in the last year?"),
        ("steering-committee",),
        (Field("held", N_("Days as 2026-01-31 with commas between them, or none"), str),),
        _committee,
    ),
    _block(
        "tensions",
        N_("What did you decide, once for all, when two good things conflict? One sentence each."),
        ("arbitration-criteria",),
        Field("speed_robustness", N_("Going fast, or being robust"), scalar),
        Field("innovation_security", N_("Innovating, or being safe"), scalar),
        Field("performance_cost", N_("Being quick, or being cheap"), scalar),
        Field("standard_flexibility", N_("One standard, or room for exceptions"), scalar),
    ),
    _block(
        "capacity",
        N_("How does one get more capacity?"),
        ("provisioning-lead-time", "elasticity-proven"),
        Field("provisioning_days", N_("Days until a new server works"), _verbatim),
        Field("drilled", N_("Day when it was last tried, as 2026-01-31"), _verbatim),
    ),
    _block(
        "ai_policy",
        N_("Which rules hold for AI?"),
        ("ai-policy",),
        Field("approver", N_("Who approves a use of it"), scalar),
        Field("data_allowed", N_("Data that it may see, among none, internal, personal, health, payment"), _listed),
        Field("kill_switch", N_("Can it be stopped at once: yes or no"), _truth),
        Field("review", N_("Day when these rules are looked at again, as 2027-01-31"), _verbatim),
    ),
)
