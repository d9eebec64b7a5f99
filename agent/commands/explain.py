"""``pasencore explain CHECK-ID``: why a question is asked, how it is answered, what it weighs."""

from __future__ import annotations

import math

import click

from agent.commands.options import _, speaking
from agent.rubrics import known_checks
from analyzers.checks import ALL_CHECKS
from analyzers.model.check import Check
from analyzers.model.message import N_
from analyzers.planned import QUESTIONS
from analyzers.rubric import CheckRule, Rubric, published
from exporters.formats import number
from exporters.i18n import Translate, term, translator


@click.command("explain", help=_("Tell why a question is asked and how it is answered."))
@click.argument("check_id", metavar="CHECK-ID")
@speaking
def command(check_id: str, lang: str) -> None:
    """Print everything that is to be known of one question."""
    rubric = published()
    known_checks([check_id], rubric)
    translate = translator(lang)
    check = next((each for each in ALL_CHECKS if each.id == check_id), None)
    question = check.question if check is not None else QUESTIONS[check_id]
    paragraphs = [f"{check_id}: {translate(question)}"]
    if check is None:
        paragraphs.append(translate(N_("This version does not answer it yet: it counts as unknown.")))
    paragraphs += [f"{label}\n    {text}" for label, text in _rows(check, rubric, check_id, lang, translate)]
    click.echo("\n\n".join(paragraphs))


def _rows(check: Check | None, rubric: Rubric, check_id: str, lang: str, translate: Translate) -> list[tuple[str, str]]:
    rule = rubric.checks[check_id]
    rows = []
    if check is not None:
        rows = [
            (translate(N_("Why")), translate(check.why)),
            (translate(N_("How it is measured")), translate(check.how_measured)),
            (translate(N_("What to do")), translate(check.remedy)),
            (translate(N_("Risk")), translate(check.risk)),
            (translate(N_("What answers it")), ", ".join(term("source", each, lang) for each in check.needs)),
        ]
        if check.command:
            rows.insert(3, (translate(N_("Command")), check.command))
    return [
        *rows,
        (translate(N_("In rubric {version}")).format(version=rubric.version), _policy(rule, lang, translate)),
    ]


def _policy(rule: CheckRule, lang: str, translate: Translate) -> str:
    gates = ", ".join(term("prerequisite", gate, lang) for gate in rule.gates) or translate(N_("none"))
    fixed, more = (number(float(each), lang, 1) for each in (rule.effort.fixed, rule.effort.per_subject))
    effort = N_("effort in days: {fixed}, and {more} a subject") if rule.effort.per_subject else N_("effort: {fixed} d")
    parts = [
        translate(N_("axis: {axis}")).format(axis=term("axis", rule.axis, lang)),
        translate(N_("weight: {weight}")).format(weight=number(float(rule.weight), lang, 1)),
        translate(N_("prerequisites: {gates}")).format(gates=gates),
        translate(N_("horizon: {horizon}")).format(horizon=rule.horizon),
        translate(effort).format(fixed=fixed, more=more),
    ]
    if rule.gates:
        parts.append(translate(N_("oui needs at least {bar} of 100")).format(bar=math.ceil(rule.fail_below * 100)))
    if rule.redhibitoire:
        parts.append(translate(N_("measured under it, the answer is non")))
    return "\n    ".join(parts)
