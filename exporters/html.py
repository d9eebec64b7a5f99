"""A verdict as one self-contained HTML page: opens offline, prints on A4, works without JavaScript."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from exporters import formats
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
    style = _environment().get_template("report.css").render()
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            _=view.reading.say,
            view=view,
            reading=view.reading,
            document=document,
            said=Sayings(reading=view.reading),
            formats=formats,
            marks=MARKS,
            states=STATES,
            operations=reader == "operations",
            style=Markup(style),  # noqa: S704 - our own file, without a variable
            style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
            first_reasons=FIRST_REASONS,
            first_conditions=FIRST_CONDITIONS,
            most_subjects=MOST_SUBJECTS,
            most_evidence=MOST_EVIDENCE,
            most_listed=MOST_LISTED,
        )
    )


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
