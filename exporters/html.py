"""A verdict as one self-contained HTML page: opens offline, prints on A4, works without JavaScript."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from exporters import episodes, formats
from exporters.board.page import Page
from exporters.charts import HEIGHT, WIDTH, curve
from exporters.graph.chart import chart
from exporters.parts import Document
from exporters.reading import Reader, Reading
from exporters.sayings import Sayings
from exporters.view import MARKS, STATES, View
from exporters.visible import visible

FIRST_REASONS = 6
FIRST_CONDITIONS = 8
MOST_SUBJECTS = 40
MOST_EVIDENCE = 20
MOST_LISTED = 50


def html(document: Document, *, lang: str, reader: Reader = "operations") -> str:
    """Return the report; every string of the document is escaped, no link leads outside, no script may run."""
    view = View(reading=Reading(document=document, lang=lang, reader=reader))
    if reader == "direction":
        return _board(view.reading)
    style = _environment().get_template("report.css").render()
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            _=view.reading.say,
            view=view,
            reading=view.reading,
            document=document,
            chart=chart(document.annexes.graph),
            said=Sayings(reading=view.reading),
            episodes=episodes.chart(view.reading),
            episodes_told=episodes.told(view.reading),
            formats=formats,
            curves=[curve(each) for each in document.annexes.forecasts],
            chart_width=WIDTH,
            chart_height=HEIGHT,
            marks=MARKS,
            states=STATES,
            **_styled(style),
            first_reasons=FIRST_REASONS,
            first_conditions=FIRST_CONDITIONS,
            most_subjects=MOST_SUBJECTS,
            most_evidence=MOST_EVIDENCE,
            most_listed=MOST_LISTED,
        )
    )


def _board(reading: Reading) -> str:
    """Return the board's page: one sheet of A4."""
    style = _environment().get_template("board.css").render()
    template = _environment().get_template("board.html.j2")
    return template.render(_=reading.say, reading=reading, page=Page(reading=reading), **_styled(style))


def _styled(style: str) -> dict[str, str]:
    """Return a style sheet of ours, and the hash by which the page allows it and no other."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return {"style": Markup(style), "style_hash": digest}  # noqa: S704 - our own file, without a variable


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("exporters"),
        autoescape=True,
        finalize=_finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(anchor=anchor)
    return environment


def anchor(name: str) -> str:
    """Return a fragment that is safe as an id, whatever the name."""
    safe = re.sub(r"[^a-z0-9-]", "", name.lower())
    if safe == name:
        return f"q-{safe}"
    return f"q-{safe}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _finalize(value: object) -> object:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
