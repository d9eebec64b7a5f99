"""What ``pasencore people`` answers of a whole estate, as a document."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from agent.people_document import SCHEMA, Document
from analyzers.measures.knowledge.sharing import known_by_declared
from analyzers.measures.knowledge.summary import Departure, KeyPeople, inside_share, key_people
from analyzers.measures.knowledge.traces import EstateKnowledge, Known


def estate_document(found: EstateKnowledge, shown: Callable[[str], str]) -> Document:
    """Return the document.

    Parameters
    ----------
    shown
        How a person is named: a pseudonym, or the name itself.

    Returns
    -------
    dict
        ``truck_factor`` is the size of the smallest group found without which less than half of the estate is known,
        every service weighing the same, and no group smaller than ``proved_lower_bound`` does as much. Shares are in
        [0, 1] of what is attributable to persons.
    """
    people = key_people(found)
    told = people.estate
    return {
        "schema": SCHEMA,
        "truck_factor": len(told.people) if told is not None else None,
        "proved_lower_bound": told.proved if told is not None else None,
        "key_set": _shown(told.people if told is not None else (), shown),
        "scope": "estate",
        "persons": len({person for asset in found.assets.values() for person in asset.weights}),
        "services": [_service(asset, found, people, shown) for _, asset in sorted(found.assets.items())],
        "worst_loss": {str(count): _loss(each, shown) for count, each in people.worst.items()},
        "teams": [
            {
                "team": name,
                "truck_factor": len(own.people),
                "proved_lower_bound": own.proved,
                "key_set": _shown(own.people, shown),
            }
            for name, own in people.teams.items()
        ],
        "if_leaves": [
            *(_leaves("person", each, shown) for each in people.alone),
            *(_leaves("team", each, shown) for each in people.whole_teams),
            *(_leaves("provider", each, shown) for each in people.providers),
        ],
        "outside_share": _rounded(people.outside),
        "outside_unknown_share": _rounded(people.unsaid) if people.outside is not None else None,
    }


def _service(asset: Known, found: EstateKnowledge, people: KeyPeople, shown: Callable[[str], str]) -> Document:
    own = people.services.get(asset.name)
    held = inside_share(asset, found)
    entry = asset.service.declared if asset.service is not None else None
    owners = [found.identities.named(each) for each in (entry.owner, entry.deputy) if each] if entry is not None else []
    return {
        "service": asset.name,
        "truck_factor": len(own.people) if own is not None else None,
        "proved_lower_bound": own.proved if own is not None else None,
        "knowers": [shown(each) for each in asset.knowers()],
        "orphan_if": _shown(own.people if own is not None else (), shown),
        "declared": [shown(each) for each in owners],
        "best_known_by_declared": known_by_declared(asset, found.identities),
        "exposed": _shown(asset.exposed, shown),
        "not_attributable_days": asset.unattributed,
        "inside_share": [_rounded(held.low), _rounded(held.high)] if held is not None else None,
        "unread": dict(sorted(asset.gaps.items())),
    }


def _loss(loss: Departure, shown: Callable[[str], str]) -> Document:
    return {
        "people": _shown(loss.people, shown),
        "orphans": len(loss.assets),
        "services": list(loss.assets),
        "exact": loss.exact,
    }


def _leaves(kind: str, departure: Departure, shown: Callable[[str], str]) -> Document:
    name = departure.name or shown(departure.people[0])
    return {"kind": kind, "name": name, "people": len(departure.people), "orphans": list(departure.assets)}


def _shown(people: Iterable[str], shown: Callable[[str], str]) -> list[str]:
    return sorted(map(shown, people))


def _rounded(share: Any) -> float | None:  # noqa: ANN401 - an exact share, or none
    return None if share is None else round(float(share), 4)
