"""Key people of an estate: how many may leave before it is known by nobody, and what goes with whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from analyzers.measures.knowledge.key_set import KeySet, key_set_of_groups
from analyzers.measures.knowledge.loss import EXACT_LEAVERS, cut_sets, worst_loss_of_cuts
from analyzers.measures.knowledge.traces import EstateKnowledge, Known, known
from analyzers.measures.knowledge.truck_factor import Groups
from analyzers.model.estate import Estate
from analyzers.model.interval import ONE, ZERO, Interval
from analyzers.model.verdict import KeyPeopleSummary, TruckFactor

PARTS = 2520
"""Equal parts that each asset weighs in the estate, shared among its files; divisible by all numbers up to ten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """What goes when some persons leave together.

    Attributes
    ----------
    name
        Of the provider or team that they are; empty for persons chosen one by one.
    assets
        Those of which less than half stays known, by name.
    exact
        False when others might take more along.
    """

    name: str = ""
    people: tuple[str, ...]
    assets: tuple[str, ...]
    exact: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPeople:
    """Everything that is told about key people, persons under the names that stand for them.

    Attributes
    ----------
    estate
        The smallest group without which less than half of the estate is known, every asset weighing the same; None
        when nothing tells who knows anything.
    services
        The same of each asset that something is known of.
    teams
        The same of what a team knows, among its members.
    worst
        By number of departures, the persons who take most assets along.
    alone
        Each person without whom at least one asset is orphaned, the most missed first.
    providers, whole_teams
        What goes when all persons of one leave.
    outside, unsaid
        Shares of the knowledge held by persons of providers, and by persons whose employer nobody says.
    """

    estate: KeySet | None
    services: Mapping[str, KeySet]
    teams: Mapping[str, KeySet]
    worst: Mapping[int, Departure]
    alone: tuple[Departure, ...]
    providers: tuple[Departure, ...]
    whole_teams: tuple[Departure, ...]
    outside: Fraction | None
    unsaid: Fraction


def key_people(found: EstateKnowledge) -> KeyPeople:
    """Return who would be missed, from who knows what."""
    told = {name: asset for name, asset in sorted(found.assets.items()) if asset.groups}
    cuts = {name: cut_sets(asset.groups) for name, asset in told.items()}
    people = sorted({person for asset in told.values() for group in asset.groups for person in group})
    employers = {each: found.identities.somebody(each).employer for each in people}
    teams = {each: found.identities.somebody(each).team for each in people}
    alone = [_departure(told, (person,)) for person in people]
    return KeyPeople(
        estate=key_set_of_groups(_pooled(told.values())) if told else None,
        services={name: key_set_of_groups(asset.groups) for name, asset in told.items()},
        teams={name: _of_team(told.values(), members) for name, members in _together(teams).items()},
        worst={count: _worst(told, cuts, count) for count in range(1, EXACT_LEAVERS + 1)},
        alone=tuple(sorted((each for each in alone if each.assets), key=lambda each: (-len(each.assets), each.people))),
        providers=tuple(_departure(told, members, name) for name, members in _together(employers).items()),
        whole_teams=tuple(_departure(told, members, name) for name, members in _together(teams).items()),
        outside=_held(found, inside=False),
        unsaid=_held(found, inside=None) or ZERO,
    )


def inside_share(asset: Known, found: EstateKnowledge) -> Interval | None:
    """Return the share of an asset's knowledge that employees hold, None when nothing tells whose it is."""
    total = sum(asset.weights.values(), ZERO)
    if not total:
        return None
    held, outside = _of(asset, found, inside=True), _of(asset, found, inside=False)
    return Interval(held / total, ONE - outside / total)


def _of(asset: Known, found: EstateKnowledge, *, inside: bool | None) -> Fraction:
    own = (weight for person, weight in asset.weights.items() if found.identities.somebody(person).inside is inside)
    return sum(own, ZERO)


def _held(found: EstateKnowledge, *, inside: bool | None) -> Fraction | None:
    """Return the share of all knowledge held by those inside, outside or unsaid; every asset weighs the same."""
    told = [each for each in found.assets.values() if each.weights]
    if not told:
        return None
    shares = (_of(each, found, inside=inside) / sum(each.weights.values(), ZERO) for each in told)
    return sum(shares, ZERO) / len(told)


def _pooled(assets: Iterable[Known]) -> Groups:
    """Return the parts of all assets by who knows them; what rounding leaves goes to an asset's largest group."""
    pooled: Groups = Counter()
    for asset in assets:
        total = asset.groups.total()
        parts = {group: files * PARTS // total for group, files in asset.groups.items()}
        largest = max(asset.groups, key=lambda group: (asset.groups[group], sorted(group)))
        parts[largest] += PARTS - sum(parts.values())
        pooled.update(parts)
    return pooled


def _of_team(assets: Iterable[Known], members: tuple[str, ...]) -> KeySet:
    """Return the smallest group of a team without which less than half of what the team knows is known in it."""
    own: Groups = Counter()
    for group, parts in _pooled(assets).items():
        own[group & frozenset(members)] += parts
    del own[frozenset()]
    return key_set_of_groups(own)


def _worst(told: Mapping[str, Known], cuts: Mapping[str, tuple[frozenset[str], ...]], leavers: int) -> Departure:
    loss = worst_loss_of_cuts(cuts, leavers)
    gone = frozenset(loss.people)
    taken = tuple(name for name in told if any(cut <= gone for cut in cuts[name]))
    return Departure(people=loss.people, assets=taken, exact=loss.exact)


def _departure(told: Mapping[str, Known], people: tuple[str, ...], name: str = "") -> Departure:
    gone = frozenset(people)
    return Departure(name=name, people=people, assets=tuple(key for key, asset in told.items() if _falls(asset, gone)))


def _falls(asset: Known, gone: frozenset[str]) -> bool:
    """Tell whether a departure leaves less than half of an asset known that was."""
    if not any(group & gone for group in asset.groups):
        return False
    known = sum(files for group, files in asset.groups.items() if group)
    left = sum(files for group, files in asset.groups.items() if group - gone)
    return 2 * left < asset.groups.total() <= 2 * known


def _together(names: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for person, name in names.items():
        if name:
            found.setdefault(name, []).append(person)
    return {name: tuple(found[name]) for name in sorted(found)}


def of_estate(estate: Estate) -> KeyPeopleSummary | None:
    """Return what a verdict tells of key people, naming nobody; None when nothing tells who knows anything."""
    people = key_people(known(estate))
    if people.estate is None:
        return None
    scopes = {
        "estate": people.estate,
        **{f"service:{name}": own for name, own in people.services.items()},
        **{f"team:{name}": own for name, own in people.teams.items()},
    }
    return KeyPeopleSummary(
        factors=tuple(
            TruckFactor(scope=scope, value=len(own.people), proved=own.proved) for scope, own in scopes.items()
        ),
        orphans=tuple(len(loss.assets) for _, loss in sorted(people.worst.items())),
        outside=people.outside,
        unsaid=people.unsaid,
    )
