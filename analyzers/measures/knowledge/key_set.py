"""The smallest set of persons without whom half of the assets are known by nobody: found, and how far it is proved.

Finding it is NP-hard (C. Hannebauer, V. Gruhn, "Algorithmic complexity of the truck factor calculation", PROFES 2014):
reverse peeling finds one, cheap bounds and an integer program with a time limit say how small it could be.
"""

from __future__ import annotations

import heapq
import importlib.util
import math
from collections import Counter
from dataclasses import dataclass

from analyzers.measures.knowledge.loss import EXACT_LEAVERS, worst_loss_of_groups
from analyzers.measures.knowledge.truck_factor import Groups, Knowledge, needed, truck_factor_of_groups

CERTIFICATE_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySet:
    """Persons whose departure leaves less than half of the assets known.

    Attributes
    ----------
    people
        A set that does it; sorted.
    proved
        No set of fewer persons than this does it. Below ``len(people)``, smaller sets are not excluded.
    """

    people: tuple[str, ...]
    proved: int


def key_set(knowledge: Knowledge, *, limit: float = CERTIFICATE_SECONDS) -> KeySet:
    """Return the smallest key set found, and the proved lower bound of its size.

    Parameters
    ----------
    limit
        Seconds that the integer program may take; 0 does without it, as does an installation without scipy.
    """
    return key_set_of_groups(Counter(knowledge.values()), limit=limit)


def key_set_of_groups(groups: Groups, *, limit: float = 0.0) -> KeySet:
    """Return the same from files counted by who knows them, by default without the integer program.

    Up to three persons the answer is exact, as the worst loss is.
    """
    need = needed(groups)
    known: Groups = Counter({knowers: files for knowers, files in groups.items() if knowers})
    if need <= 0 or not groups:
        return KeySet(people=(), proved=0)
    greedy = frozenset(truck_factor_of_groups(groups))
    proved, enough = _loss_bound(known, need)
    candidates = [peeled(known, need), greedy, *([enough] if enough else [])]
    found = min(candidates, key=lambda each: (len(each), sorted(each)))
    proved = max(_share_bound(known, need), proved)
    if proved < len(found) and limit > 0 and importlib.util.find_spec("scipy") is not None:
        better, bound = _certificate(known, need, limit)
        found = better if better and len(better) < len(found) else found
        proved = max(proved, bound)
    return KeySet(people=tuple(sorted(found)), proved=min(proved, len(found)))


def peeled(groups: Groups, need: int) -> frozenset[str]:
    """Return a key set by reverse peeling: all leave, then whoever brings back least may stay, while enough is lost."""
    known_by: dict[str, list[frozenset[str]]] = {}
    for knowers in groups:
        for person in knowers:
            known_by.setdefault(person, []).append(knowers)
    brings = {person: sum(groups[each] for each in theirs) for person, theirs in known_by.items()}
    heap = [(assets, person) for person, assets in brings.items()]
    heapq.heapify(heap)
    gone, lost, back = set(brings), groups.total(), set[frozenset[str]]()
    while heap:
        assets, person = heapq.heappop(heap)
        if person not in gone or assets != brings[person]:
            continue
        if lost - assets < need:
            break
        gone.remove(person)
        lost -= assets
        for knowers in known_by[person]:
            if knowers in back:
                continue
            back.add(knowers)
            for other in knowers & gone:
                brings[other] -= groups[knowers]
                heapq.heappush(heap, (brings[other], other))
    return frozenset(gone)


def _share_bound(groups: Groups, need: int) -> int:
    """Return how many persons are needed at least, were each asset lost in part with each of its knowers."""
    shares: dict[str, float] = {}
    for knowers, assets in groups.items():
        for person in knowers:
            shares[person] = shares.get(person, 0.0) + assets / len(knowers)
    lost = 0.0
    for count, share in enumerate(sorted(shares.values(), reverse=True), start=1):
        lost += share
        if lost >= need - 1e-6:
            return count
    return len(shares)


def _loss_bound(groups: Groups, need: int) -> tuple[int, frozenset[str]]:
    """Return one more than the number of leavers whose worst loss, exactly known, is not enough, and a group that is.

    The group is empty when more than three must leave, or when the search was cut.
    """
    for leavers in range(1, EXACT_LEAVERS + 1):
        loss = worst_loss_of_groups(groups, leavers)
        if loss.orphans >= need:
            return leavers, frozenset(loss.people)
        if not loss.exact:
            return leavers, frozenset()
    return EXACT_LEAVERS + 1, frozenset()


def _certificate(groups: Groups, need: int, limit: float) -> tuple[frozenset[str], int]:
    """Return the best set of an integer program (none: empty) and its proved lower bound.

    min sum x_p, with y_g <= x_p for each knower p of group g, and sum w_g y_g >= need.
    """
    import numpy as np  # noqa: PLC0415 - heavy, and only where cheap bounds leave a gap
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - the same
    from scipy.sparse import coo_array  # noqa: PLC0415 - the same

    people = sorted({person for knowers in groups for person in knowers})
    place = {person: index for index, person in enumerate(people)}
    sets = list(groups)
    pairs = [(len(people) + index, place[person]) for index, knowers in enumerate(sets) for person in sorted(knowers)]
    size = len(people) + len(sets)
    rows = np.arange(len(pairs))
    ones = np.ones(len(pairs))
    columns = np.array(pairs)
    order = coo_array(
        (np.concatenate([ones, -ones]), (np.concatenate([rows, rows]), np.concatenate([columns[:, 0], columns[:, 1]]))),
        shape=(len(pairs), size),
    ).tocsr()
    weights = np.concatenate([np.zeros(len(people)), [float(groups[each]) for each in sets]])
    result = milp(
        np.concatenate([np.ones(len(people)), np.zeros(len(sets))]),
        constraints=[LinearConstraint(order, ub=0.0), LinearConstraint(weights.reshape(1, -1), lb=float(need))],
        integrality=np.concatenate([np.ones(len(people)), np.zeros(len(sets))]),
        bounds=Bounds(0.0, 1.0),
        options={"time_limit": limit},
    )
    bound = result.mip_dual_bound
    proved = math.ceil(bound - 1e-6) if bound is not None and math.isfinite(bound) else 0
    if result.x is None:
        return frozenset(), proved
    chosen = frozenset(person for person, value in zip(people, result.x[: len(people)], strict=True) if value > 1 / 2)
    lost = sum(assets for knowers, assets in groups.items() if knowers <= chosen)
    return (chosen if lost >= need else frozenset()), proved
