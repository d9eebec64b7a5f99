"""The answer of ``pasencore whatif`` for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from analyzers.model.message import N_, Parameter
from exporters.i18n import fill
from exporters.parts import Document
from exporters.reading import Reading
from exporters.visible import visible

MOST_NAMED = 8
"""Names written on one line; the rest is counted."""

DONE = N_("after this action: {check}")
CONCERNED = N_("Newly concerned: {names}")
KINDS = {
    "person": N_("without the person {name}"),
    "host": N_("without the host {name}"),
    "service": N_("without the service {name}"),
    "provider": N_("without the provider {name}"),
    "network": N_("without the network {name}"),
}


def whatif_text(document: Mapping[str, Any], lang: str) -> str:
    """Return the lines that people read."""
    after = msgspec.convert(document["after"], Document)
    return "".join(f"{line}\n" for line in _lines(document, Reading(document=after, lang=lang), lang))


def _lines(document: Mapping[str, Any], reading: Reading, lang: str) -> Iterator[str]:
    def say(template: str, **parameters: Parameter) -> str:
        return fill(template, parameters, lang)

    yield say(N_("What if:"))
    yield from (f"  {say(KINDS[each['kind']], name=visible(each['name']))}" for each in document["removed"])
    yield from (f"  {say(DONE, check=reading.label(each))}" for each in document["applied"])
    yield ""
    before, after = (document[side]["verdict"]["answer"] for side in ("before", "after"))
    yield say(N_("The answer: {before} -> {after}"), before=before, after=after)
    for part in ("axes", "prerequisites"):
        for name, was in document["before"][part].items():
            now = document["after"][part][name]
            if (was["low"], was["high"]) != (now["low"], now["high"]):
                kind = "axis" if part == "axes" else "prerequisite"
                spans = (reading.span(each["low"], each["high"]) for each in (was, now))
                yield f"  {reading.term(kind, name)}: {' -> '.join(spans)}"
    yield from _consequences(document, say)
    if not document["changes"]:
        yield ""
        yield say(N_("No question is answered otherwise."))
        return
    yield ""
    yield say(N_("Questions answered otherwise ({count}):"), count=len(document["changes"]))
    for each in document["changes"]:
        spans = (reading.share_span(each[f"low{when}"], each[f"high{when}"]) for when in ("_before", ""))
        outcome = "" if each["outcome"] == "measured" else f"  ({reading.term('outcome', each['outcome'])})"
        yield f"  {reading.label(each['check'])}: {' -> '.join(spans)}{outcome}"
        yield f"    {visible(reading.sentence(each['why']))}"
        if each["subjects"]:
            yield f"    {say(CONCERNED, names=_named(each['subjects']))}"


def _consequences(document: Mapping[str, Any], say: Any) -> Iterator[str]:  # noqa: ANN401 - the translator of the caller
    for each in document["reached"]:
        if each["services"]:
            template = N_("A change on {name} reaches {services} services, {critical} of them critical: {names}")
            yield say(
                template,
                name=visible(each["name"]),
                services=len(each["services"]),
                critical=len(each["critical"]),
                names=_named(each["services"]),
            )
    if document["lost"]:
        yield say(N_("Services lost: {names}"), names=_named(document["lost"]))
    if document["orphans"]:
        yield say(N_("Left without anybody who answers for it or knows it: {names}"), names=_named(document["orphans"]))


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(map(visible, names[:MOST_NAMED]))
    return f"{shown} … (+{len(names) - MOST_NAMED})" if len(names) > MOST_NAMED else shown
