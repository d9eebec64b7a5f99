"""The answer of ``pasencore people`` for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analyzers.model.message import N_, Parameter
from exporters.i18n import fill
from exporters.visible import visible


def people_text(document: Mapping[str, Any], lang: str) -> str:
    """Return the lines that people read."""
    return "".join(f"{line}\n" for line in _lines(document, lang))


def _lines(document: Mapping[str, Any], lang: str) -> Iterator[str]:
    def say(template: str, **parameters: Parameter) -> str:
        return fill(template, parameters, lang)

    if document["truck_factor"] is None:
        yield say(N_("Truck factor: unknown, as no file of these repositories counts."))
        return
    yield say(
        N_("Truck factor: {count} (files that count: {files}, persons who know some: {persons}, commits: {commits})"),
        count=document["truck_factor"],
        files=document["files"],
        persons=document["persons"],
        commits=document["commits"],
    )
    yield say(
        N_("Smallest group found without which less than half of the files are known: {size} [{proved} proved]"),
        size=len(document["key_set"]),
        proved=document["proved_lower_bound"],
    )
    yield f"  {_list(document['key_set'])}"
    yield say(
        N_("Files known by one person only: {one}; by nobody: {none}"),
        one=document["known_by_one"],
        none=document["known_by_nobody"],
    )
    yield say(N_("Files that nobody knows any more when these persons leave, at worst:"))
    for leavers, loss in document["worst_loss"].items():
        cut = () if loss["exact"] else (say(N_("or more")),)
        yield "  ".join((f"  {leavers}: {loss['orphans']}", *cut, _list(loss["people"])))
    if document["decay_days"] is not None:
        yield say(N_("Knowledge fades: a change {days} days old counts for a third."), days=document["decay_days"])
    if len(document["services"]) > 1:
        yield say(N_("By repository:"))
        for each in document["services"]:
            yield f"  {visible(each['service'])}: {_factor(each)}  {_list(each['orphan_if'])}"


def _factor(service: Mapping[str, Any]) -> str:
    return "-" if service["truck_factor"] is None else str(service["truck_factor"])


def _list(people: Sequence[str]) -> str:
    return ", ".join(map(visible, people)) or "-"
