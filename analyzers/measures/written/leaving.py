"""Could we leave each provider?"""

from __future__ import annotations

from fractions import Fraction

from analyzers.measures.written.statements import contracts, statement, without_contracts
from analyzers.model.context import Contract
from analyzers.model.estate import Estate
from analyzers.model.evidence import Population

KEY = "contracts.reversibility"
DRILL_WITHIN_DAYS = 730
"""An exit that was rehearsed more than two years ago is a memory (catalogue: 24 months)."""

PARTS = 6


def reversibility(estate: Estate) -> Population:
    """Return contracts, each declared the share of six: clause, notice, formats, data ownership, documentation, drill.

    Data are ours unless the contract names the provider as their owner; a drill counts for two years.
    """
    nothing = without_contracts(KEY, estate)
    if nothing is not None:
        return nothing
    members = []
    for rank, contract in contracts(estate):
        lacking = lacks(contract, estate)
        said = f"without {', '.join(lacking)}" if lacking else "complete"
        members.append(
            statement(
                estate,
                f"contracts[{rank}] {contract.provider}",
                f"contracts[{rank}].reversibility",
                said,
                Fraction(PARTS - len(lacking), PARTS),
                date=contract.date,
                author=contract.author,
                services=contract.assets.services if contract.assets else (),
            )
        )
    return Population(key=KEY, members=tuple(members))


def lacks(contract: Contract, estate: Estate) -> tuple[str, ...]:
    """Return which of the six conditions of an exit a contract does not meet."""
    terms = contract.reversibility
    if terms is None:
        return ("clause", "notice", "open formats", "data ownership", "documentation", "drill")
    drilled = terms.last_drill is not None and (estate.today - terms.last_drill).days <= DRILL_WITHIN_DAYS
    present = {
        "clause": terms.clause is True,
        "notice": terms.notice_months is not None,
        "open formats": bool(terms.formats),
        "data ownership": terms.data_owner is not None
        and terms.data_owner.casefold() not in {contract.provider.casefold(), "provider"},
        "documentation": terms.documentation is True,
        "drill": drilled,
    }
    return tuple(name for name, there in present.items() if not there)
