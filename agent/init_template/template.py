"""The template, chapter after chapter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from agent.init_template import estate_sections as estate
from agent.init_template import people, runs
from agent.init_template import practice_sections as practice
from agent.init_template.observed import Observed
from agent.init_template.writing import Translate, Writer, few, prose, remark, scalar
from analyzers.model.message import N_
from analyzers.model.snapshot import Snapshot

HOW_TO = (
    N_(
        "A line that begins with # and a space explains. One that begins with # alone is a setting left to answer:"
        " remove the #, and complete it."
    ),
    N_(
        "Every block is optional. An absent block says nothing, and what it would answer stays unknown. An empty list"
        " (`providers: []`) says that there are none."
    ),
    N_(
        "The date and the author hold for the whole file; an entry may have its own `date`, `author` and `evidence`"
        " (a link, a file, a ticket). What is older than a year no longer counts."
    ),
    N_("`pasencore explain QUESTION` tells why a question is asked and how it is answered."),
    N_("`pasencore scan` reads this file in the folder where it runs, when nobody but you or root may write it."),
)


def write_template(
    snapshot: Snapshot, translate: Translate, *, author: str, today: dt.date, names: bool = False
) -> str:
    """Return a commented context file, filled with what a snapshot shows; it loads as it is.

    Parameters
    ----------
    translate
        Puts an English sentence into the reader's language.
    author
        Who will answer for what the file says.
    today
        The date of the file.
    names
        Whether accounts that look like a person's are proposed.
    """
    return "\n".join(_lines(Observed.of(snapshot), Writer(translate, today), author, names=names)) + "\n"


def _lines(seen: Observed, writer: Writer, author: str, *, names: bool) -> Iterator[str]:
    yield from _head(seen, writer, author)
    yield from writer.chapter(N_("Where to look"))
    yield from runs.servers(seen, writer)
    yield from writer.unanswered(estate.AGENTS, estate.SOURCES)
    yield from writer.chapter(N_("What runs"))
    yield from writer.unanswered(estate.ORGANISATION)
    yield from runs.standards(seen, writer)
    yield from runs.services(seen, writer)
    yield from writer.unanswered(estate.PERIMETERS)
    yield from writer.chapter(N_("People and providers"))
    yield from people.people(seen, writer, names=names)
    yield from writer.unanswered(estate.ON_CALL)
    yield from people.providers(seen, writer)
    yield from writer.unanswered(estate.CONTRACTS)
    yield from people.responsibilities(seen, writer)
    yield from writer.chapter(N_("Decisions"))
    yield from writer.unanswered(
        practice.DECISIONS, practice.TENSIONS, practice.WAIVERS, practice.RISKS, practice.RITUALS
    )
    yield from writer.chapter(N_("Operations"))
    yield from writer.unanswered(practice.AUTOMATABLE, practice.RUNBOOKS)
    yield from runs.restore_tests(seen, writer)
    yield from writer.unanswered(practice.RECOVERY_DRILLS, practice.INCIDENTS, practice.CHANGES)
    yield from writer.unanswered(practice.DOCUMENTS, practice.CAPACITY)
    yield from writer.chapter(N_("AI"))
    yield from writer.unanswered(practice.AI_POLICY, practice.AI_WORKLOADS, practice.AI_USE_CASES)


def _head(seen: Observed, writer: Writer, author: str) -> Iterator[str]:
    yield from prose(
        writer.say(N_("What people know and machines do not say; pasencore confronts it with what it measures."))
    )
    yield from prose(writer.say(N_("Pre-filled from what was observed on {hosts}."), hosts=few(seen.hosts, 12) or "-"))
    yield "#"
    for each in HOW_TO:
        yield from prose(writer.say(each))
    yield ""
    yield "schema: pasencore.context/1"
    yield f"date: {writer.today.isoformat()}"
    note = writer.say(N_("who answers for this file"))
    yield f"author: {scalar(author)}{remark(note)}"
