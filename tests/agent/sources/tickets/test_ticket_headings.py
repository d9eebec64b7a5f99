"""Columns of exports: mapped, or known by the names that tools give them."""

from __future__ import annotations

import pytest

from agent.sources.tickets.headings import KNOWN, places, plain
from analyzers.model.tickets import Column

TOOLS: dict[str, tuple[list[str], dict[Column, str]]] = {
    "GLPI": (
        [
            "ID", "Titre", "Statut", "Type", "Date d'ouverture", "Date de résolution", "Priorité",
            "Attribué à - Technicien", "Catégorie", "Éléments associés", "Durée totale",
        ],
        {
            "id": "ID", "opened": "Date d'ouverture", "closed": "Date de résolution",
            "resolver": "Attribué à - Technicien", "kind": "Type", "service": "Éléments associés",
            "spent": "Durée totale",
        },
    ),
    "Jira": (
        [
            "Issue key", "Issue id", "Issue Type", "Summary", "Assignee", "Created", "Resolved", "Component/s",
            "Time Spent",
        ],
        {
            "id": "Issue key", "opened": "Created", "closed": "Resolved", "resolver": "Assignee", "kind": "Issue Type",
            "service": "Component/s", "spent": "Time Spent",
        },
    ),
    "Jira en français": (
        ["Clé de ticket", "Type de ticket", "Résumé", "Personne assignée", "Création", "Résolue", "Composants"],
        {
            "id": "Clé de ticket", "opened": "Création", "closed": "Résolue", "resolver": "Personne assignée",
            "kind": "Type de ticket", "service": "Composants",
        },
    ),
    "ServiceNow": (
        [
            "number", "short_description", "opened_at", "resolved_at", "closed_at", "assigned_to", "business_service",
            "close_code", "problem_id", "sys_class_name",
        ],
        {
            "id": "number", "opened": "opened_at", "closed": "resolved_at", "resolver": "assigned_to",
            "service": "business_service", "cause": "close_code", "kind": "sys_class_name",
        },
    ),
    "iTop": (
        ["Ref", "Title", "Start date", "Resolution date", "Close date", "Agent", "Service", "Cause", "Class"],
        {
            "id": "Ref", "opened": "Start date", "closed": "Resolution date", "resolver": "Agent", "service": "Service",
            "cause": "Cause", "kind": "Class",
        },
    ),
    "by hand": (
        ["ID", "Date", "Résolu le", "Technicien", "Niveau", "Service", "Cause", "Type"],
        {
            "id": "ID", "opened": "Date", "closed": "Résolu le", "resolver": "Technicien", "level": "Niveau",
            "service": "Service", "cause": "Cause", "kind": "Type",
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("tool", TOOLS)
def test_headings_of_common_tools_are_known(tool: str) -> None:
    headings, expected = TOOLS[tool]
    found = {word: headings[where[0]] for word, where in places(headings, {}).columns.items()}
    assert found == expected


def test_what_is_mapped_is_taken_from_there_and_from_nowhere_else() -> None:
    found = places(["ID", "Date", "Créé le", "Fin"], {"opened": "Créé le", "closed": "Fin"})
    assert dict(found.columns) == {"opened": (2,), "closed": (3,), "id": (0,)}
    assert found.faults == ()


def test_a_mapped_heading_is_found_whatever_its_case_and_accents() -> None:
    assert places(["RESOLU LE", "Date"], {"closed": "Résolu  le"}).columns["closed"] == (0,)


def test_a_mapped_heading_that_is_not_there_is_said_and_nothing_takes_its_place() -> None:
    found = places(["ID", "Created", "Resolved"], {"closed": "Résolu le"})
    assert "closed" not in found.columns
    assert [str(each) for each in found.faults] == [
        "no heading is 'Résolu le', which sources.tickets gives for closed; there are: ID, Created, Resolved"
    ]


def test_a_ticket_that_was_resolved_or_closed_may_say_so_in_either_column() -> None:
    assert places(["id", "opened", "closed", "resolved"], {}).columns["closed"] == (3, 2)


def test_every_known_heading_is_written_plain() -> None:
    names = [name for every in KNOWN.values() for name in every]
    assert [name for name in names if plain(name) != name] == []
    assert len(set(names)) == len(names)
