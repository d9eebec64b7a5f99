"""The names that people give to ``pasencore whatif``, matched with what a snapshot knows."""

from __future__ import annotations

import difflib
import ipaddress
from collections.abc import Callable, Iterable, Mapping

from agent.errors import UsageError
from analyzers.measures.without import Network, Removal
from analyzers.model.estate import Estate
from analyzers.model.message import N_, Message, message

UNKNOWN = {
    "person": N_("no person of this name is known here"),
    "host": N_("no host of this name is known here"),
    "service": N_("no service of this name is known here"),
    "provider": N_("no provider of this name is known here"),
}
NEAR = N_("near: {names}")
SHOW = N_("see the names with: pasencore graph")
MOST_NEAR = 3


def removal(estate: Estate, asked: Mapping[str, Iterable[str]], pseudonym: Callable[[str], str]) -> Removal:
    """Return what leaves.

    Parameters
    ----------
    asked
        Names by "person", "host", "service", "provider" and "network" (in CIDR).
    pseudonym
        How a report names a person: that name is understood too.

    Raises
    ------
    UsageError
        When a name is not known, with those that are near; people are never suggested.
    """
    people = _people(estate)
    persons = {each.casefold(): each for each in people} | {pseudonym(each): each for each in people}
    services = {each.name.casefold(): each.name for each in estate.services}
    providers = {each.casefold(): each for each in _providers(estate)}
    return Removal(
        persons=tuple(_known(each, persons, "person", near=False) for each in asked["person"]),
        hosts=tuple(_host(each, estate) for each in asked["host"]),
        services=tuple(_known(each, services, "service") for each in asked["service"]),
        providers=tuple(_known(each, providers, "provider") for each in asked["provider"]),
        networks=tuple(_network(each) for each in asked["network"]),
    )


def _host(name: str, estate: Estate) -> str:
    host = estate.host_named(name)
    return host.name if host is not None else _known(name, {each.name: each.name for each in estate.hosts}, "host")


def _known(name: str, known: Mapping[str, str], kind: str, *, near: bool = True) -> str:
    found = known.get(name.casefold())
    if found is None:
        raise UsageError(message(UNKNOWN[kind]), f"--without-{kind} {name}", _remedy(name, known if near else {}))
    return found


def _remedy(name: str, known: Mapping[str, str]) -> Message:
    near = difflib.get_close_matches(name.casefold(), list(known), MOST_NEAR)
    return message(NEAR, names=", ".join(known[each] for each in near)) if near else message(SHOW)


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        what = message(N_("not a network"))
        raise UsageError(what, f"--without-network {text}", message(N_("write it like 10.0.0.0/24"))) from None


def _people(estate: Estate) -> set[str]:
    context = estate.context
    found = set()
    for person in (context.people or ()) if context is not None else ():
        found |= {person.id, *person.identities.login, *person.identities.git, *person.identities.ticket}
    for service in (context.services or ()) if context is not None else ():
        found |= {each for each in (service.owner, service.deputy) if each is not None}
    for duty in (context.on_call or ()) if context is not None else ():
        found |= set(duty.people)
    for history in estate.snapshot.git or ():
        for known in history.people:
            found |= {*known.names, *known.addresses}
    return found


def _providers(estate: Estate) -> set[str]:
    context = estate.context
    if context is None:
        return set()
    found = {each.name for each in context.providers or ()} | {each.provider for each in context.contracts or ()}
    found |= {each.provider for each in context.services or () if each.provider is not None}
    return found | {each.employer for each in context.people or () if each.employer not in {None, "internal"}}
