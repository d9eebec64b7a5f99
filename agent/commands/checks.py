"""``pasencore checks``: the questions of the grid."""

from __future__ import annotations

import click

from agent.commands.options import _, speaking
from analyzers.checks import ALL_CHECKS
from analyzers.model.message import N_
from analyzers.model.verdict import AXES
from analyzers.planned import QUESTIONS
from analyzers.rubric import published
from exporters.i18n import term, translator


@click.command("checks", help=_("List the questions of the grid, by axis: id, gates, question."))
@speaking
def command(lang: str) -> None:
    """Print one line a question; one that is not built yet says so."""
    translate = translator(lang)
    rubric = published()
    built = {check.id: check.question for check in ALL_CHECKS}
    unanswered = translate(N_("not answered by this version"))
    width = max(map(len, rubric.checks))
    lines = []
    for axis in AXES:
        lines.append(f"\n{term('axis', axis, lang)}")
        for check_id, rule in rubric.checks.items():
            if rule.axis != axis:
                continue
            question = translate(built.get(check_id) or QUESTIONS[check_id])
            missing = "" if check_id in built else f" ({unanswered})"
            lines.append(f"  {check_id:<{width}}  {question}{missing}")
    click.echo("\n".join(lines))
