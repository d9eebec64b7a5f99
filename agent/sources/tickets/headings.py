"""Which column of an export holds what: mapped by the context file, or known from common tools."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analyzers.model.message import N_, Message, message
from analyzers.model.tickets import Column

KNOWN: dict[Column, tuple[str, ...]] = {
    "id": (
        *("ticket id", "id du ticket", "numero de ticket", "numero du ticket", "ticket number", "issue key"),
        *("cle de ticket", "cle du ticket", "key", "cle", "number", "numero", "ref", "reference", "ticket", "id"),
    ),
    "opened": (
        *("date d ouverture", "date ouverture", "opened at", "opened", "open date", "ouvert le", "ouvert"),
        *("created at", "created on", "created", "date created", "creation date", "date de creation", "cree le"),
        *("creation", "cree", "sys created on", "start date", "date de debut", "date"),
    ),
    "closed": (
        *("date de resolution", "date resolution", "resolved at", "resolved on", "resolved", "resolution date"),
        *("resolu le", "resolue le", "resolu", "resolue", "date de cloture", "date cloture", "closed at"),
        *("closed on", "closed", "close date", "closing date", "cloture le", "cloture", "ferme le", "ferme"),
        *("date de fermeture", "end date", "date de fin"),
    ),
    "resolver": (
        *("resolved by", "resolu par", "technicien", "technicien en charge", "attribue a technicien", "technician"),
        *("assigned to", "attribue a", "assignee", "personne assignee", "attribution", "responsable", "agent"),
        *("agent name", "nom de l agent", "intervenant"),
    ),
    "level": (
        *("niveau", "niveau de support", "niveau de resolution", "niveau support", "level", "support level"),
        *("support tier", "tier", "resolution level", "groupe de support niveau"),
    ),
    "service": (
        *("service", "business service", "service metier", "service concerne", "service affecte"),
        *("affected service", "configuration item", "cmdb ci", "element de configuration", "elements associes"),
        *("element associe", "application", "composants", "composant", "component s", "components", "component"),
    ),
    "cause": (
        *("cause", "root cause", "cause racine", "cause premiere", "cause code", "code cause", "cause de l incident"),
        *("resolution code", "code de resolution", "close code", "code de cloture", "probleme", "problem"),
        *("problem id", "probleme lie", "related problem"),
    ),
    "kind": (
        *("type", "type de ticket", "ticket type", "issue type", "type de demande", "kind", "nature", "classe"),
        *("class", "task type", "sys class name", "record type"),
    ),
    "spent": (
        *(
            "temps passe",
            "duree totale",
            "time spent",
            "time worked",
            "temps de travail",
            "work time",
            "duree de travail",
        ),
        *("sigma time spent", "actiontime", "temps consacre"),
    ),
}
"""Headings of GLPI, Jira, ServiceNow and iTop in French and English, plain (see `plain`), the most telling first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where each word of ours stands: columns from 0, the most telling first; `faults` says what is not there."""

    columns: Mapping[Column, tuple[int, ...]]
    width: int
    faults: tuple[Message, ...] = ()


def plain(heading: str) -> str:
    """Return a heading in lower case, without accents, marks and doubled spaces: "Résolu le" is "resolu le"."""
    spelt = unicodedata.normalize("NFKD", heading.casefold())
    return " ".join(
        "".join(each if each.isalnum() else " " for each in spelt if not unicodedata.combining(each)).split()
    )


def known(headings: Sequence[str]) -> int:
    """Return how many of our words a row of headings gives."""
    return len(_recognised([plain(each) for each in headings], {}))


def places(headings: Sequence[str], mapping: Mapping[Column, str]) -> Places:
    """Return where each word stands; what the mapping names is not looked for anywhere else.

    A heading that the mapping names and that is not there is a fault; `id` and `opened` take one column each, while a
    ticket may have been closed under several headings (resolved, closed): the first that holds a date counts.
    """
    plains = [plain(each) for each in headings]
    chosen: dict[Column, tuple[int, ...]] = {}
    faults = []
    for word, heading in mapping.items():
        if plain(heading) in plains:
            chosen[word] = (plains.index(plain(heading)),)
        else:
            shown = ", ".join(each for each in headings if each.strip())
            faults.append(message(_NO_HEADING, heading=heading, word=word, headings=shown[:_SHOWN]))
            chosen[word] = ()
    found = chosen | _recognised(plains, chosen)
    return Places(
        columns={word: where for word, where in found.items() if where}, width=len(headings), faults=tuple(faults)
    )


_SHOWN = 300
_NO_HEADING = N_("no heading is '{heading}', which sources.tickets gives for {word}; there are: {headings}")


def _recognised(plains: Sequence[str], chosen: Mapping[Column, tuple[int, ...]]) -> dict[Column, tuple[int, ...]]:
    taken = {place for where in chosen.values() for place in where}
    found: dict[Column, tuple[int, ...]] = {}
    for word, names in KNOWN.items():
        if word in chosen:
            continue
        where = [place for name in names for place, each in enumerate(plains) if each == name and place not in taken]
        where = where if word in {"closed", "service", "cause"} else where[:1]
        if where:
            found[word] = tuple(dict.fromkeys(where))
            taken.update(where)
    return found
