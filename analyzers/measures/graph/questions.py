"""Populations of the questions about the graph; networkx is loaded when one is asked, not when checks are listed."""

from __future__ import annotations

from fractions import Fraction

from analyzers.model.estate import Estate
from analyzers.model.evidence import Population


def foreseeable(estate: Estate) -> Population:
    """Return `impact.foreseeable`."""
    from analyzers.measures.graph import impact  # noqa: PLC0415 - heavy

    return impact.foreseeable(estate)


def single_points(estate: Estate) -> Population:
    """Return `replicas.single_points`."""
    from analyzers.measures.graph import replicas  # noqa: PLC0415 - heavy

    return replicas.single_points(estate)


def redundancy(estate: Estate) -> Population:
    """Return `replicas.redundancy`."""
    from analyzers.measures.graph import replicas  # noqa: PLC0415 - heavy

    return replicas.redundancy(estate)


def services_in_circles(estate: Estate) -> Population:
    """Return `turning.services_in_circles`."""
    from analyzers.measures.graph import turning  # noqa: PLC0415 - heavy

    return turning.services_in_circles(estate)


def realistic(estate: Estate) -> Population:
    """Return `promises.realistic`."""
    from analyzers.measures.graph import promises  # noqa: PLC0415 - heavy

    return promises.realistic(estate)


def needed(people: int | None) -> Fraction | None:
    """Return `promises.needed`."""
    from analyzers.measures.graph import promises  # noqa: PLC0415 - heavy

    return promises.needed(people)
