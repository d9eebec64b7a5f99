"""Does the contract still describe the estate?"""

from __future__ import annotations

from analyzers.measures import contract_scope
from analyzers.measures.contract_scope import EXTRA
from analyzers.measures.members import passing
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Member, Population
from analyzers.model.interval import ONE
from analyzers.model.message import N_, message


def measure(population: Population) -> Measurement:
    """Return how many assets are both in a contract and seen, with extras and losses."""
    extras = [each.name for each in population.members if _is_extra(each)]
    losses = [each.name for each in population.members if not _is_extra(each) and each.measured_only.low < ONE]
    return Measurement(
        population=population,
        message=message(
            N_(
                "{both} of {total} assets are under contract and were seen; seen without a contract: {extras}; under "
                "contract and not seen: {losses}."
            ),
            both=passing(population),
            total=len(population.members),
            extras=_listed(extras),
            losses=_listed(losses),
        ),
        subjects=(*extras, *losses),
    )


MOST_NAMES = 6
"""Names in one sentence: the list of subjects holds them all."""


def _is_extra(member: Member) -> bool:
    return any(each.key == EXTRA for each in member.evidence)


def _listed(names: list[str]) -> str:
    if not names:
        return "0"
    return ", ".join(names[:MOST_NAMES]) + (", ..." if len(names) > MOST_NAMES else "")


CHECK = Check(
    id="contract-perimeter",
    question=N_("Does the contract still describe the estate?"),
    why=N_("What runs outside the contract is repaired by nobody; what is gone and still in it is paid for nothing."),
    how_measured=N_(
        "Hosts and services of contracts.assets, compared with those that were seen. Under a contract of the model "
        "total, or of none, whatever is seen should be in a contract; under the others, what the provider runs by "
        "the catalogue or the responsibilities, and the hosts of the services that it lists."
    ),
    remedy=N_("Take each drift to the next scope review: add what is missing, strike what is gone, adjust the price."),
    command="pasencore explain contract-perimeter",
    risk=N_("On the day of an incident, the provider may rightly answer that this was never part of the agreement."),
    needs=("context", "hosts", "prometheus"),
    evidence=contract_scope.assets,
    measure=measure,
)
