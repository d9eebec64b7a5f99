"""How many replicas of each workload fit on what hosts leave free: vector bin packing as an integer programme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from analyzers.measures.capacity.loads import Load, Placement
from analyzers.measures.capacity.room import DIMENSIONS

MOST_NODES = 2000
"""Nodes of the search: a bound that does not depend on the machine, as no clock may act inside a verdict."""

TOLERANCE = 1e-6


def place(loads: Sequence[Load], hosts: Sequence[Mapping[str, float]], *, unknown_is_ample: bool) -> Placement:
    """Return the placement with the highest mean share of replicas placed.

    Parameters
    ----------
    hosts
        What each host leaves free, by dimension; one that is not known is absent.
    unknown_is_ample
        False: a host takes nothing that needs what is not known of it. True: it takes any amount of it.
    """
    pairs = [
        (load, host)
        for load in range(len(loads))
        for host in range(len(hosts))
        if _fits(loads[load], hosts[host], unknown_is_ample=unknown_is_ample)
    ]
    if not pairs:
        return Placement(placed=tuple(0 for _ in loads), best=True)
    gains = np.array([1.0 / loads[load].replicas for load, _ in pairs])
    most = np.array([float(loads[load].replicas) for load, _ in pairs])
    found = milp(
        -gains,
        constraints=_constraints(pairs, loads, hosts),
        integrality=np.ones(len(pairs)),
        bounds=Bounds(np.zeros(len(pairs)), most),
        options={"node_limit": MOST_NODES, "mip_rel_gap": 0.0},
    )
    taken = [round(each) for each in found.x] if found.x is not None else [0] * len(pairs)
    placed = [0] * len(loads)
    for (load, _), count in zip(pairs, taken, strict=True):
        placed[load] += count
    return Placement(placed=tuple(placed), best=found.status == 0)


def _fits(load: Load, free: Mapping[str, float], *, unknown_is_ample: bool) -> bool:
    return all(
        free[name] >= needed - TOLERANCE if name in free else unknown_is_ample for name, needed in load.needs.items()
    )


def _constraints(
    pairs: Sequence[tuple[int, int]], loads: Sequence[Load], hosts: Sequence[Mapping[str, float]]
) -> list[LinearConstraint]:
    """Return one line a host and dimension that is known, and one a workload: no more replicas than asked for."""
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    limits: list[float] = []
    for host, free in enumerate(hosts):
        here = [(column, load) for column, (load, place_) in enumerate(pairs) if place_ == host]
        for name in DIMENSIONS:
            needing = [(column, loads[load].needs[name]) for column, load in here if name in loads[load].needs]
            if name in free and needing:
                rows += [len(limits)] * len(needing)
                columns += [column for column, _ in needing]
                values += [needed for _, needed in needing]
                limits.append(free[name] + TOLERANCE)
    for load in range(len(loads)):
        mine = [column for column, (load_, _) in enumerate(pairs) if load_ == load]
        rows += [len(limits)] * len(mine)
        columns += mine
        values += [1.0] * len(mine)
        limits.append(float(loads[load].replicas))
    matrix = csr_array((values, (rows, columns)), shape=(len(limits), len(pairs)))
    return [LinearConstraint(matrix, -np.inf, np.array(limits))]
