"""Dependencies on what others run: has each an owner here, and a contract?"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from analyzers.measures.dependencies import Dependency, dependencies
from analyzers.measures.flows import Node
from analyzers.measures.members import host_evidence, stale, statement_evidence
from analyzers.measures.reach import is_public, long_read
from analyzers.model.context import Context
from analyzers.model.estate import Estate, EstateService
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.interval import ONE, ZERO, Interval
from analyzers.model.reasons import Reason

KEY = "dependencies.controlled"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What is known of one service."""

    measured: Interval | None = None
    declared: Fraction | None = None
    reason: Reason | None = None
    evidence: tuple[Evidence, ...] = ()


def controlled(estate: Estate) -> Population:
    """Return the critical services: 1 when all that they need from others has an owner and a contract, 0 when not.

    A flow to somebody without either is a measured 0. That there are an owner and a contract is only said. That nothing
    outside is needed is measured where the flows of all its hosts were read in full for a week, and else only said.
    """
    context = estate.context
    ours = [each for each in estate.services if each.declared is not None and not each.external]
    told = context is not None and context.services is not None
    complete = told and all(each.declared is not None and each.declared.criticality is not None for each in ours)
    needs: dict[str, list[Dependency]] = {}
    for each in dependencies(estate):
        if each.source.kind == "service" and each.counted:
            needs.setdefault(each.source.name, []).append(each)
    members = tuple(_member(each, needs.get(each.name, []), estate) for each in ours if each.critical)
    return Population(key=KEY, members=members, complete=complete, missing=None if complete else "not_declared")


def _member(service: EstateService, needs: list[Dependency], estate: Estate) -> Member:
    answer = _answer(service, needs, estate)
    return Member(
        name=service.name,
        kind="service",
        weight=service.weight,
        measured=answer.measured,
        declared=answer.declared,
        reason=answer.reason,
        evidence=answer.evidence,
        services=(service.name,),
        hosts=service.hosts,
    )


def _answer(service: EstateService, needs: list[Dependency], estate: Estate) -> _Answer:
    context, entry = estate.context, service.declared
    assert context is not None
    assert entry is not None
    outside = [each for each in needs if _outside(each, estate)]
    loose = [each for each in outside if not _answered(each.destination, context, estate)]
    if loose:
        return _uncontrolled(loose, estate)
    nameless = [each for each in needs if each.destination.kind == "endpoint" and not _outside(each, estate)]
    if nameless:
        return _Answer(reason="partial", evidence=_shown(nameless))
    hosts = [each for each in estate.hosts if each.name in service.hosts]
    if not outside and hosts and all(long_read(each) for each in hosts):
        nothing = f"flows of {service.name} to the outside"
        return _Answer(
            measured=Interval.point(1), evidence=tuple(host_evidence(each, "flows", nothing, 0) for each in hosts)
        )
    if not outside and entry.depends_on is None:
        return _Answer(reason="not_declared")
    if stale(estate, entry.date):
        return _Answer(reason="stale", evidence=_shown(outside))
    listed = ", ".join(entry.depends_on or ()) or "nothing"
    said = statement_evidence(
        estate, f"services[{service.name}].depends_on", "depends_on", listed, entry.date, entry.author
    )
    return _Answer(declared=ONE, evidence=(*_shown(outside), said))


def _uncontrolled(loose: list[Dependency], estate: Estate) -> _Answer:
    """Return what dependencies without an owner or a contract prove; without any list of contracts, nothing."""
    context = estate.context
    assert context is not None
    if context.contracts is None:
        return _Answer(reason="not_declared", evidence=_shown(loose))
    contracts = statement_evidence(estate, "contracts", "contracts", len(context.contracts), kind="reconciled")
    evidence = (*_shown(loose), contracts)
    if any("observed" in each.origin for each in loose):
        return _Answer(measured=Interval.point(0), evidence=evidence)
    return _Answer(declared=ZERO, evidence=evidence)


def _outside(dependency: Dependency, estate: Estate) -> bool:
    """Tell whether somebody else runs what is needed; a private address that nobody knows may be ours."""
    node = dependency.destination
    if node.kind == "service":
        service = estate.service_named(node.name)
        return service is not None and service.external
    if node.kind == "endpoint":
        return any(is_public(each.destination.address) for each in dependency.flows)
    return node.kind == "provider"


def _answered(node: Node, context: Context, estate: Estate) -> bool:
    """Tell whether somebody here answers for a dependency and a fresh contract covers its provider."""
    if node.kind == "endpoint":
        return False
    entries = [each for each in context.services or () if each.external]
    theirs = [
        each for each in entries if each.name == node.name or (node.kind == "provider" and each.provider == node.name)
    ]
    provider = node.name if node.kind == "provider" else next((each.provider for each in theirs), None)
    contract = any(each.provider == provider and not stale(estate, each.date) for each in context.contracts or ())
    return contract and any(each.owner is not None for each in theirs)


def _shown(found: list[Dependency]) -> tuple[Evidence, ...]:
    """Return one piece of evidence for each dependency: enough to find it."""
    return tuple(dict.fromkeys(each.provenance[0] for each in found))
