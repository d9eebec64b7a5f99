"""The answer of ``pasencore people`` about a whole estate, for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from analyzers.model.message import N_, Parameter
from exporters.i18n import fill
from exporters.visible import visible

MOST = 40
"""Lines of one list; the JSON has all."""

Say = Callable[..., str]


def estate_text(document: Mapping[str, Any], lang: str) -> str:
    """Return the lines that people read."""

    def say(template: str, **parameters: Parameter) -> str:
        return fill(template, parameters, lang)

    return "".join(f"{line}\n" for line in _lines(document, say))


def _lines(document: Mapping[str, Any], say: Say) -> Iterator[str]:
    told = [each for each in document["services"] if each["truck_factor"] is not None]
    if document["truck_factor"] is None:
        yield say(N_("Truck factor: unknown, as nothing tells who knows these services."))
        yield say(N_("Give git repositories, tickets or hosts whose sessions can be read."))
    else:
        yield say(
            N_("Truck factor of the estate: {count} [{proved} proved] (services told about: {told} of {all})"),
            count=document["truck_factor"],
            proved=document["proved_lower_bound"],
            told=len(told),
            all=len(document["services"]),
        )
        yield f"  {_list(document['key_set'])}"
        yield from _services(told, say)
        yield from _losses(document, say)
        yield from _groups(document, say)
        yield from _outside(document, say)
    yield from _unknown(document, say)


def _services(told: Sequence[Mapping[str, Any]], say: Say) -> Iterator[str]:
    yield say(N_("By service, the frailest first: persons who must leave before less than half of it is known"))
    width = max(len(visible(each["service"])) for each in told)
    ordered = sorted(told, key=lambda each: (each["truck_factor"], each["service"]))
    for each in ordered[:MOST]:
        notes = []
        if each["best_known_by_declared"] is False:
            notes.append(say(N_("its declared owner does not know it best")))
        if each["not_attributable_days"]:
            notes.append(say(N_("days under shared accounts: {days}"), days=each["not_attributable_days"]))
        note = f"  ({'; '.join(notes)})" if notes else ""
        yield f"  {visible(each['service']):<{width}}  {each['truck_factor']}  {_list(each['orphan_if'])}{note}"
    if len(ordered) > MOST:
        yield say(N_("  others, in the JSON: {left}"), left=len(ordered) - MOST)


def _losses(document: Mapping[str, Any], say: Say) -> Iterator[str]:
    yield say(N_("Services that are orphaned when these persons leave, at worst:"))
    for leavers, loss in document["worst_loss"].items():
        cut = () if loss["exact"] else (say(N_("or more")),)
        taken = _list(loss["services"][:MOST])
        yield "  ".join((f"  {leavers}: {loss['orphans']}", *cut, _list(loss["people"]), taken))


def _groups(document: Mapping[str, Any], say: Say) -> Iterator[str]:
    factors = {each["team"]: each["truck_factor"] for each in document["teams"]}
    for each in document["if_leaves"]:
        if each["kind"] == "person":
            continue
        name, orphans = visible(each["name"]), _list(each["orphans"][:MOST])
        if each["kind"] == "team":
            template = N_("Team {name}: truck factor {factor} of {people}; if all of it leaves, orphaned: {orphans}")
            yield say(template, name=name, factor=factors[each["name"]], people=each["people"], orphans=orphans)
        else:
            template = N_("Provider {name} ({people}): if it leaves, orphaned: {orphans}")
            yield say(template, name=name, people=each["people"], orphans=orphans)


def _outside(document: Mapping[str, Any], say: Say) -> Iterator[str]:
    if document["outside_share"] is None:
        return
    yield say(
        N_("Knowledge held outside the company: {outside} %; by persons whose employer is not declared: {unsaid} %"),
        outside=round(100 * document["outside_share"]),
        unsaid=round(100 * document["outside_unknown_share"]),
    )


def _unknown(document: Mapping[str, Any], say: Say) -> Iterator[str]:
    silent = [each["service"] for each in document["services"] if each["truck_factor"] is None]
    if silent:
        yield say(N_("Nothing tells who knows: {services}"), services=_list(silent[:MOST]))


def _list(names: Sequence[str]) -> str:
    return ", ".join(map(visible, names)) or "-"
