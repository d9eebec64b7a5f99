"""Where the context file names a scheduled job: as the job of a service, in an automatable decision, in a runbook."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from analyzers.measures.members import stale, statement_evidence
from analyzers.model.context import Automatable, Context, Runbook, Service
from analyzers.model.estate import Estate
from analyzers.model.evidence import Evidence
from analyzers.model.facts import Job


@dataclass(frozen=True, slots=True)
class Mention:
    """A fresh statement that names a job; `owner` answers for the service that the job belongs to."""

    evidence: Evidence
    owner: str | None = None


def mention(job: Job, estate: Estate) -> Mention | None:
    """Return a place of the context file that names a job, one with an owner first; None when nothing does."""
    found = _all(job, estate.context, estate) if estate.context is not None else ()
    return next(iter(sorted(found, key=lambda each: each.owner is None)), None)


def could_be_named(estate: Estate) -> bool:
    """Tell whether the context file has a block in which a job could be named."""
    context = estate.context
    blocks = (context.services, context.automatable, context.runbooks) if context is not None else ()
    return any(each is not None for each in blocks)


def _all(job: Job, context: Context, estate: Estate) -> Iterable[Mention]:
    for index, service in enumerate(context.services or ()):
        if _serves(job, service) and not stale(estate, service.date):
            yield Mention(_said(estate, f"services[{index}]", service), service.owner)
    for index, entry in enumerate(context.automatable or ()):
        words = f"{entry.name} {entry.action or ''} {entry.runbook or ''}"
        if _names(words, job) and not stale(estate, entry.date):
            yield Mention(_said(estate, f"automatable[{index}]", entry))
    for index, runbook in enumerate(context.runbooks or ()):
        if _names(runbook.name, job) and not stale(estate, runbook.date):
            yield Mention(_said(estate, f"runbooks[{index}]", runbook))


def _said(estate: Estate, path: str, entry: Service | Automatable | Runbook) -> Evidence:
    return statement_evidence(estate, path, "names_job", entry.name, entry.date, entry.author, "reconciled")


def _serves(job: Job, service: Service) -> bool:
    """Tell whether a job is the timer of a declared unit, or is named after a declared service."""
    units = service.match.units if service.match is not None else ()
    return _stem(job) == service.name or any(fnmatchcase(f"{_stem(job)}.service", each) for each in units)


def _names(words: str, job: Job) -> bool:
    """Tell whether a text names a job, as a word of its own."""
    names = {job.name, _stem(job)} - {""}
    return any(re.search(rf"(?<![\w-]){re.escape(each)}(?![\w-])", words) is not None for each in names)


def _stem(job: Job) -> str:
    return job.name.removesuffix(".timer").removesuffix(".service")
