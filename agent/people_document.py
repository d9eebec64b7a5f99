"""What ``pasencore people`` answers, as a document: the form of its JSON, and what its text is written from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from agent.knowing import Knowing
from analyzers.measures.knowledge.key_set import key_set
from analyzers.measures.knowledge.loss import EXACT_LEAVERS, worst_loss
from analyzers.measures.knowledge.truck_factor import Knowledge, truck_factor

SCHEMA = "pasencore.people/1"

Document = dict[str, Any]


def people_document(knowing: Knowing, shown: Callable[[str], str], *, decay_days: float | None = None) -> Document:
    """Return the document.

    Parameters
    ----------
    shown
        How a person is named: a pseudonym, or the name itself.

    Returns
    -------
    dict
        ``truck_factor`` is the published greedy figure, None where no file counts; ``key_set`` the smallest set found,
        and no set smaller than ``proved_lower_bound`` does as much; ``outside_share`` is None, since git does not say
        who employs whom.
    """
    files = knowing.together()
    smallest = key_set(files)
    factor = truck_factor(files)
    return {
        "schema": SCHEMA,
        "truck_factor": len(factor) if files else None,
        "proved_lower_bound": smallest.proved if files else None,
        "key_set": sorted(map(shown, smallest.people)),
        "scope": "git",
        "files": len(files),
        "commits": sum(each.commits for each in knowing.repositories),
        "persons": knowing.persons(),
        "decay_days": decay_days,
        "known_by_one": sum(len(knowers) == 1 for knowers in files.values()),
        "known_by_nobody": sum(not knowers for knowers in files.values()),
        "services": [_service(each.name, each.knowledge, shown) for each in knowing.repositories],
        "worst_loss": {str(leavers): _loss(files, leavers, shown) for leavers in range(1, EXACT_LEAVERS + 1)},
        "outside_share": None,
    }


def _service(name: str, knowledge: Knowledge, shown: Callable[[str], str]) -> Document:
    known = Counter(person for knowers in knowledge.values() for person in knowers)
    factor = truck_factor(knowledge)
    return {
        "service": name,
        "truck_factor": len(factor) if knowledge else None,
        "knowers": [shown(person) for person in sorted(known, key=lambda person: (-known[person], person))],
        "orphan_if": [shown(person) for person in factor],
        "files": len(knowledge),
    }


def _loss(knowledge: Knowledge, leavers: int, shown: Callable[[str], str]) -> Document:
    loss = worst_loss(knowledge, leavers)
    return {"people": sorted(map(shown, loss.people)), "orphans": loss.orphans, "exact": loss.exact}
