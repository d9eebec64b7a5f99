"""Authors of commits to persons: the same address, then the same name once normalised, is the same person."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

SHARED_NAMES = frozenset({"", "admin", "administrator", "developer", "noauthor", "root", "unknown", "user", "yourname"})
"""Normalised names that several persons leave in their settings: they merge nobody."""

SHARED_ADDRESSES = frozenset({"", "none", "noreply@github.com", "root@localhost", "unknown", "you@example.com"})
"""Addresses that several persons share: they merge nobody."""

BOT_SUFFIX = "[bot]"

Author = tuple[str, str]
"""A name and an address, as a commit gives them."""


def is_bot(author: Author) -> bool:
    """Tell whether an author is a program by its own account: it cannot know, and it cannot leave."""
    return author[0].strip().casefold().endswith(BOT_SUFFIX)


def persons(authors: Iterable[Author]) -> dict[Author, str]:
    """Return for each author the name that stands for the person, distinct for distinct persons.

    Parameters
    ----------
    authors
        Names and addresses, each as often as wanted; the result does not depend on their order.

    Returns
    -------
    dict
        The smallest address of the person, or the smallest name where there is no address. People who share an
        address that is not a person's (`SHARED_ADDRESSES`) and a name that is not one's are told apart by both.
    """
    known = sorted(set(authors))
    groups = Joined()
    for author in known:
        groups.add(author)
        for key in _keys(author):
            groups.join(author, key)
    members: dict[object, list[Author]] = {}
    for author in known:
        members.setdefault(groups.root(author), []).append(author)
    return {author: _standing(group) for group in members.values() for author in group}


def normalised_name(name: str) -> str:
    """Return the letters and digits of a name, without accents and case."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(each for each in plain if each.isalnum())


def _keys(author: Author) -> Iterable[tuple[str, str]]:
    name, address = normalised_name(author[0]), author[1].strip().casefold()
    if address not in SHARED_ADDRESSES:
        yield ("address", address)
    if name not in SHARED_NAMES:
        yield ("name", name)


def _standing(group: list[Author]) -> str:
    own = sorted(address.strip().casefold() for _, address in group)
    of_one = [each for each in own if each not in SHARED_ADDRESSES]
    if of_one:
        return of_one[0]
    name, address = min(group)
    return name.strip() if normalised_name(name) not in SHARED_NAMES else f"{name.strip()} <{address.strip()}>"


class Joined:
    """Things that are one, joined pair by pair (union-find over anything hashable)."""

    def __init__(self) -> None:
        self._parent: dict[object, object] = {}

    def add(self, item: object) -> None:
        """Let `item` stand for itself, unless it is known."""
        self._parent.setdefault(item, item)

    def root(self, item: object) -> object:
        """Return what stands for everything that was joined to `item`."""
        self.add(item)
        while self._parent[item] != item:
            self._parent[item] = self._parent[self._parent[item]]
            item = self._parent[item]
        return item

    def join(self, one: object, other: object) -> None:
        """Make two things, and all that is joined to them, one."""
        self._parent[self.root(other)] = self.root(one)
