"""The lens on managed services: what contracts say beside what is seen, and the ways out."""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.measures.availability import probed
from analyzers.measures.contract_scope import whole
from analyzers.measures.graph import questions
from analyzers.measures.service_desk import levels
from analyzers.measures.written import costs, kpis, leaving, sessions
from analyzers.measures.written.statements import contracts
from analyzers.model.context import Contract, Responsibilities
from analyzers.model.estate import Estate, EstateService
from analyzers.model.lens import LensLine, State
from analyzers.model.message import N_, message

MODEL = N_("{provider}: model {model}, services: {services}.")
GONE = N_("{provider}: in the contract and seen by nobody: {names}.")
KEPT = N_("{provider}: every host of the contract was seen.")
UNCOVERED = N_("Seen and in no contract: {names}.")
GREY = N_("{service}: nobody is accountable for {domains}.")
PROMISED_SEEN = N_("{service}: promised {promised} %, measured {measured} %.")
PROMISED_UNSEEN = N_("{service}: promised {promised} %, and no probe of ours measures it.")
POSSIBLE = N_("{service}: at most {possible} % is possible with what it rests on.")
NEEDED = N_("{service}: a company of this size needs {needed} %.")
OUTSIDE = N_("{provider}: sessions outside the agreed hours or addresses: {sessions}.")
INSIDE = N_("{provider}: no session outside the agreed hours and addresses.")
FOLLOWED = N_("{provider}: {indicator} at {value} %, target {target} %.")
COUNTED = N_("{provider}: {indicator} at {value} % as tickets tell, target {target} %.")
UNFOLLOWED = N_("{provider}: nobody follows {indicator}; target {target} %.")
BILLED = N_("{provider}: the bill is {percent} % off the hosts seen.")
HELD = N_("{ritual}: last held on {day}, due every {days} days.")
NEVER = N_("{ritual}: never held, due every {days} days.")
FREE = N_("{provider}: the six conditions of leaving are met.")
LACKING = {
    "clause": N_("{provider}: no clause says how one leaves."),
    "notice": N_("{provider}: no notice is agreed."),
    "open formats": N_("{provider}: no open format of handing over is agreed."),
    "data ownership": N_("{provider}: nothing says that the data are ours."),
    "documentation": N_("{provider}: no documentation is handed over."),
    "drill": N_("{provider}: leaving was not rehearsed within two years."),
}
RENEGOTIATE = N_(
    "Renegotiate with {provider}: the availability is ours to measure, and figures and perimeter are written."
)
UNMEASURED = N_("To renegotiate with {provider}: measure its availability ourselves.")
UNCOUNTED = N_("To renegotiate with {provider}: follow the five indicators.")
UNBOUNDED = N_("To renegotiate with {provider}: list what the contract covers.")
CHANGE = N_("Change from {provider}: nothing is missing to leave.")
BOUND = N_("To change from {provider}: {missing} of the six conditions of leaving first.")
BRING_BACK = N_("Bring back from {provider}: people of ours with skills: {people}.")
NOBODY = N_("To bring back from {provider}: hire or train first, nobody of ours has a declared skill.")

FIRST_LEVEL = "first_level"
MOST_NAMED = 8
_EVERYTHING = 100.0
LATE_AFTER = 1.5
"""Periods after which a ritual is late (grid)."""


def outsourcing(estate: Estate) -> tuple[LensLine, ...]:
    """Return what contracts say beside what is seen; nothing without a contract."""
    found = contracts(estate)
    if not found:
        return ()
    lines: list[LensLine] = []
    for _, contract in found:
        lines += [*_model(contract), *_perimeter(contract, estate)]
    lines += [*_uncovered(estate), *_grey(estate)]
    for _, contract in found:
        lines += [*_sla(contract, estate), *_indicators(contract, estate)]
    lines += [*_entered(estate), *_bills(estate), *_rituals(estate)]
    for _, contract in found:
        lines += [*_leaving(contract, estate), *_ways_out(contract, estate)]
    return tuple(lines)


def _line(topic: str, template: str, state: State = "note", **parameters: str | float) -> LensLine:
    return LensLine(topic=topic, text=message(template, **parameters), state=state)


def _model(contract: Contract) -> Iterator[LensLine]:
    services = contract.assets.services if contract.assets is not None else ()
    shown = ", ".join(services[:MOST_NAMED]) or "-"
    yield _line("model", MODEL, provider=contract.provider, model=contract.model or "?", services=shown)


def _perimeter(contract: Contract, estate: Estate) -> Iterator[LensLine]:
    hosts = contract.assets.hosts if contract.assets is not None else ()
    known = {name: estate.host_named(name) for name in hosts}
    gone = [name for name, host in known.items() if host is None or not set(host.known_from) - {"context"}]
    if gone:
        yield _line("perimeter", GONE, "bad", provider=contract.provider, names=", ".join(gone[:MOST_NAMED]))
    elif hosts:
        yield _line("perimeter", KEPT, "good", provider=contract.provider)


def _uncovered(estate: Estate) -> Iterator[LensLine]:
    covered = {
        host.name
        for _, contract in contracts(estate)
        for name in (contract.assets.hosts if contract.assets is not None else ())
        if (host := estate.host_named(name)) is not None
    }
    seen = [each.name for each in estate.hosts if set(each.known_from) - {"context"}]
    outside = [name for name in seen if name not in covered]
    if covered and outside:
        state: State = "open" if any(whole(contract, estate) for _, contract in contracts(estate)) else "note"
        yield _line("perimeter", UNCOVERED, state, names=", ".join(outside[:MOST_NAMED]))


def _grey(estate: Estate) -> Iterator[LensLine]:
    matrix = (estate.context.responsibilities or {}) if estate.context is not None else {}
    for service, cells in matrix.items():
        empty = [domain for domain in Responsibilities.__struct_fields__ if getattr(cells, domain) is None]
        if empty:
            yield _line("responsibilities", GREY, "bad", service=service, domains=", ".join(empty))


def _sla(contract: Contract, estate: Estate) -> Iterator[LensLine]:
    promised = contract.sla.availability if contract.sla is not None else None
    if promised is None or contract.assets is None:
        return
    reachable = {
        service: float(str(piece.value).removesuffix("%"))
        for member in questions.realistic(estate).members
        for service in member.services
        for piece in member.evidence
        if piece.key == "reachable"
    }
    organisation = estate.context.organisation if estate.context is not None else None
    needed = questions.needed(organisation.people if organisation is not None else None)
    for name in contract.assets.services:
        service = estate.service_named(name) or EstateService(name=name)
        seen, _, _ = probed(service, estate)
        if seen is None:
            yield _line("sla", PROMISED_UNSEEN, "open", service=name, promised=promised)
        else:
            state: State = "bad" if seen.high * 100 < promised else "good"
            measured = round(seen.share * 100, 3)
            yield _line("sla", PROMISED_SEEN, state, service=name, promised=promised, measured=measured)
        possible = reachable.get(name, _EVERYTHING)
        if possible < _EVERYTHING:
            state = "bad" if possible < promised else "good"
            yield _line("sla", POSSIBLE, state, service=name, possible=possible)
        if needed is not None:
            state = "bad" if promised < needed * 100 else "good"
            yield _line("sla", NEEDED, state, service=name, needed=float(needed * 100))


def _indicators(contract: Contract, estate: Estate) -> Iterator[LensLine]:
    late = kpis.settled(contract, estate)
    counted, _, _ = levels.measured(estate)
    for targets in kpis.TARGETS.values():
        for target in targets:
            value = getattr(contract.kpis, target.key) if contract.kpis is not None else None
            bar = target.late if late else target.early
            shown: dict[str, str | int] = {
                "provider": contract.provider,
                "indicator": target.key,
                "target": int(bar * 100),
            }
            if target.key == FIRST_LEVEL and counted is not None:
                state: State = "bad" if counted.high < bar else "good" if counted.low >= bar else "open"
                share = round(float(counted.low) * 100)
                yield _line("kpis", COUNTED, state, **shown, value=share)
            elif value is None:
                yield _line("kpis", UNFOLLOWED, "open", **shown)
            else:
                state = "good" if target.met(value, settled=late) else "bad"
                yield _line("kpis", FOLLOWED, state, **shown, value=round(value * 100))


def _entered(estate: Estate) -> Iterator[LensLine]:
    population = sessions.as_agreed(estate)
    providers = sorted({each.provider for _, each in contracts(estate)})
    for provider in providers:
        mine = [each for each in population.members if each.name.startswith(f"{provider} on ")]
        outside = [str(e.value) for each in mine for e in each.evidence if e.key == sessions.OUTSIDE]
        if outside:
            yield _line("access", OUTSIDE, "bad", provider=provider, sessions="; ".join(outside[:MOST_NAMED]))
        elif any(each.measured is not None for each in mine):
            yield _line("access", INSIDE, "good", provider=provider)


def _bills(estate: Estate) -> Iterator[LensLine]:
    for drift in costs.drifting(estate):
        state: State = "bad" if drift.share > costs.TOLERATED else "good"
        percent = round(float(drift.share) * 100)
        yield _line("bills", BILLED, state, provider=drift.contract.provider, percent=percent)


def _rituals(estate: Estate) -> Iterator[LensLine]:
    for ritual in (estate.context.rituals or ()) if estate.context is not None else ():
        name = f"{ritual.kind} {ritual.provider}" if ritual.provider else ritual.kind
        last = max((each for each in ritual.held if each <= estate.today), default=None)
        if last is None:
            yield _line("rituals", NEVER, "bad", ritual=name, days=ritual.cadence_days)
        else:
            late = (estate.today - last).days > LATE_AFTER * ritual.cadence_days
            state: State = "bad" if late else "good"
            yield _line("rituals", HELD, state, ritual=name, day=last.isoformat(), days=ritual.cadence_days)


def _leaving(contract: Contract, estate: Estate) -> Iterator[LensLine]:
    lacking = leaving.lacks(contract, estate)
    for each in lacking:
        yield _line("reversibility", LACKING[each], "bad", provider=contract.provider)
    if not lacking:
        yield _line("reversibility", FREE, "good", provider=contract.provider)


def _ways_out(contract: Contract, estate: Estate) -> Iterator[LensLine]:
    """Yield the three ways out of a contract, each with what it would need first."""
    provider = contract.provider
    measured = contract.sla is not None and contract.sla.measured_by == "us"
    wanting = [
        *(() if measured else (UNMEASURED,)),
        *(() if contract.kpis is not None else (UNCOUNTED,)),
        *(() if contract.assets is not None else (UNBOUNDED,)),
    ]
    for each in wanting:
        yield _line("renegotiate", each, "open", provider=provider)
    if not wanting:
        yield _line("renegotiate", RENEGOTIATE, "good", provider=provider)
    missing = len(leaving.lacks(contract, estate))
    if missing:
        yield _line("change", BOUND, "open", provider=provider, missing=missing)
    else:
        yield _line("change", CHANGE, "good", provider=provider)
    people = (estate.context.people or ()) if estate.context is not None else ()
    able = sum(1 for each in people if each.employer == "internal" and each.skills)
    if able:
        yield _line("bring back", BRING_BACK, "good", provider=provider, people=able)
    else:
        yield _line("bring back", NOBODY, "open", provider=provider)
