"""One entry of what the context file and other files say of a service: the context file wins."""

from __future__ import annotations

from msgspec.structs import replace

from analyzers.measures.members import listed_evidence
from analyzers.model.context import Context, Service
from analyzers.model.estate import Estate, EstateService
from analyzers.model.evidence import Evidence
from analyzers.model.listing import Listed

ANOTHER = "another owner"
"""Key of the evidence that two files do not name the same owner."""


def merged(service: EstateService, estate: Estate) -> tuple[Service, tuple[Listed, ...]]:
    """Return what is said of a service, and the files that its owner comes from when the context file names none.

    The first owner that a file names is the owner, the next one who is somebody else the deputy.
    """
    entry = service.declared or Service(name=service.name)
    if entry.owner is not None:
        return entry, ()
    owners = [(name, each) for each in service.listed for name in each.entry.owners]
    if not owners:
        return entry, ()
    first = owners[0][0]
    deputy = next(
        (name for name, each in owners if each == owners[0][1] and not _same(name, first, estate.context)), None
    )
    files = tuple(dict.fromkeys(each for _, each in owners))
    return replace(entry, owner=first, deputy=entry.deputy or deputy), files


def contradictions(service: EstateService, estate: Estate) -> tuple[Evidence, ...]:
    """Return where another owner is named than the one that counts: nobody is named, the line is."""
    entry, _ = merged(service, estate)
    named = [each for each in (entry.owner, entry.deputy) if each is not None]
    return tuple(
        listed_evidence(each, ANOTHER, f"{each.kind} names another owner")
        for each in service.listed
        if each.entry.owners
        and named
        and not any(_same(owner, known, estate.context) for owner in each.entry.owners for known in named)
    )


def _same(one: str, other: str, context: Context | None) -> bool:
    """Tell whether two names may mean the same person, or a person and its team."""
    return bool(_forms(one, context) & _forms(other, context))


def _forms(name: str, context: Context | None) -> set[str]:
    bare = name.removeprefix("@").casefold()
    known = {bare, bare.rpartition("/")[2]}
    for person in (context.people or ()) if context is not None else ():
        identities = person.identities
        names = {person.id, *identities.login, *identities.git, *identities.ticket}
        if known & {each.casefold() for each in names}:
            return known | {person.id.casefold(), (person.team or person.id).casefold()}
    return known
