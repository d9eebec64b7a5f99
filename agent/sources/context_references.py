"""Names of a context file that nothing in it explains: said, never refused."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain, islice

from agent.sources.circles import circles
from agent.sources.context_values import Path, written
from analyzers.model.context import Context
from analyzers.model.message import N_, Message, message

MOST_DOUBTS = 50


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something worth a look: where it stands in the file, and the sentence, which names it as ``{path}``."""

    path: Path
    what: Message


def doubts(context: Context, known_checks: Collection[str] = ()) -> list[Doubt]:
    """Return what looks wrong and may be right: names without an entry, circles, identities of two people.

    Parameters
    ----------
    known_checks
        Ids of the questions that a waiver may name; empty: waivers are not looked at.

    Returns
    -------
    list
        At most `MOST_DOUBTS` of them: a reader gives up before.
    """
    found = chain(_unknown_names(context, known_checks), _cycles(context), _shared_identities(context))
    return list(islice(found, MOST_DOUBTS))


def _unknown_names(context: Context, known_checks: Collection[str]) -> Iterator[Doubt]:
    books = [
        ("services", _service_names(context), _services_named(context)),
        ("providers", [each.name for each in context.providers or ()], _providers_named(context)),
        ("people", _people_names(context), _people_named(context)),
        ("runbooks", [each.name for each in context.runbooks or ()], _runbooks_named(context)),
    ]
    for block, known, named in books:
        for path, name in named if known else ():
            if name not in known:
                yield _doubt(path, name, known, N_("{path}: {block} has no entry named '{name}'"), block)
    for index, waiver in enumerate(context.waivers or ()):
        if known_checks and waiver.check not in known_checks:
            template = N_("{path}: no question is called '{name}'")
            yield _doubt(("waivers", index, "check"), waiver.check, known_checks, template)


def _doubt(path: Path, name: str, known: Collection[str], template: str, block: str = "") -> Doubt:
    nearest = get_close_matches(name, list(known), 1)
    parameters = {"path": written(path), "name": name} | ({"block": block} if block else {})
    if not nearest:
        return Doubt(path, message(template, **parameters))
    if block:
        template = N_("{path}: {block} has no entry named '{name}'; did you mean '{nearest}'?")
    else:
        template = N_("{path}: no question is called '{name}'; did you mean '{nearest}'?")
    return Doubt(path, message(template, **parameters, nearest=nearest[0]))


def _service_names(context: Context) -> list[str]:
    return [each.name for each in context.services or ()]


def _people_names(context: Context) -> list[str]:
    """Return who may own something: people, teams and companies; nobody when no person is declared."""
    if not context.people:
        return []
    teams = {each.team for each in context.people if each.team} | {each.team for each in context.on_call or ()}
    companies = {each.name for each in context.providers or ()}
    return [*(each.id for each in context.people), *sorted(teams), *sorted(companies)]


def _services_named(context: Context) -> Iterator[tuple[Path, str]]:
    for index, service in enumerate(context.services or ()):
        yield from _listed(("services", index, "depends_on"), service.depends_on or ())
    for index, contract in enumerate(context.contracts or ()):
        yield from _listed(
            ("contracts", index, "assets", "services"), contract.assets.services if contract.assets else ()
        )
    for name in context.responsibilities or {}:
        yield ("responsibilities", name), name
    for index, test in enumerate(context.restore_tests or ()):
        yield ("restore_tests", index, "service"), test.service
    for block in ("recovery_drills", "incidents", "changes", "perimeters"):
        for index, each in enumerate(getattr(context, block) or ()):
            yield from _listed((block, index, "services"), each.services)


def _providers_named(context: Context) -> Iterator[tuple[Path, str]]:
    for block in ("services", "contracts", "rituals"):
        for index, each in enumerate(getattr(context, block) or ()):
            if each.provider:
                yield (block, index, "provider"), each.provider


def _people_named(context: Context) -> Iterator[tuple[Path, str]]:
    for block, keys in (("services", ("owner", "deputy")), ("risks", ("owner",)), ("waivers", ("owner",))):
        for index, each in enumerate(getattr(context, block) or ()):
            for key in keys:
                if name := getattr(each, key):
                    yield (block, index, key), name
    for index, duty in enumerate(context.on_call or ()):
        yield from _listed(("on_call", index, "people"), duty.people)
    for index, runbook in enumerate(context.runbooks or ()):
        for rank, rehearsal in enumerate(runbook.rehearsed):
            yield ("runbooks", index, "rehearsed", rank, "by"), rehearsal.by


def _runbooks_named(context: Context) -> Iterator[tuple[Path, str]]:
    for index, entry in enumerate(context.automatable or ()):
        if entry.runbook:
            yield ("automatable", index, "runbook"), entry.runbook


def _listed(path: Path, names: Iterable[str]) -> Iterator[tuple[Path, str]]:
    for index, name in enumerate(names):
        yield (*path, index), name


def _cycles(context: Context) -> Iterator[Doubt]:
    """Yield one circle of dependencies for each entry that closes one."""
    needs = {each.name: tuple(each.depends_on or ()) for each in context.services or ()}
    rank = {name: index for index, name in enumerate(needs)}
    for name, circle in circles(needs):
        path: Path = ("services", rank[name], "depends_on")
        yield Doubt(path, message(N_("{path}: circular: {circle}"), path=written(path), circle=circle))


def _shared_identities(context: Context) -> Iterator[Doubt]:
    owner: dict[tuple[str, str], str] = {}
    for index, person in enumerate(context.people or ()):
        for kind in ("login", "git", "key", "ticket"):
            for name in getattr(person.identities, kind):
                first = owner.setdefault((kind, name.casefold()), person.id)
                if first != person.id:
                    path: Path = ("people", index, "identities", kind)
                    template = N_("{path}: '{name}' is also {person}: what it does counts for the first of the two")
                    yield Doubt(path, message(template, path=written(path), name=name, person=first))
