"""A verdict as a document, and a document read back from verdict.json.

Same verdict in, same document out: no clock, no locale. Sentences are English; `Document.texts` keeps what each
was made from, so that it can be said again in the reader's language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from analyzers.model.check import Check
from analyzers.model.finding import Finding
from analyzers.model.history import History
from analyzers.model.snapshot import BlindSpot, Cost, Origin
from analyzers.model.verdict import Condition, Confrontation, Forecasted, Judgement, Priority, Verdict
from analyzers.rubric import Rubric
from exporters import parts
from exporters.findings import evidence, finding, would_answer
from exporters.parts import SCHEMA, Document
from exporters.rounding import days, down, points, range_of, scores
from exporters.texts import Texts

MOST_TRUCK_FACTORS = 1000
MOST_EPISODES = 200
"""Episodes that a report carries, the loudest."""

__all__ = ["Document", "document", "read_document", "schema", "scrubbed"]


def document(  # noqa: PLR0913 - what a verdict was made from, each by its name
    verdict: Verdict,
    *,
    rubric: Rubric,
    tool: str,
    taken_at: datetime,
    snapshot_sha256: str,
    blind_spots: Sequence[BlindSpot] = (),
    origins: Sequence[Origin] = (),
    cost: Cost,
    questions: Iterable[Check] = (),
    history: History | None = None,
) -> Document:
    """Return the document of a verdict.

    Parameters
    ----------
    tool, taken_at, blind_spots, origins, cost
        As the snapshot says.
    snapshot_sha256
        Of the snapshot's canonical JSON.
    questions
        The checks that were asked; a finding without one keeps its texts empty.
    history
        What was learnt from metric history, whose episodes the charts draw.
    """
    asked = {each.id: each for each in questions}
    texts = Texts()
    return Document(
        rubric=_rubric(rubric),
        tool=tool,
        taken_at=taken_at,
        snapshot_sha256=snapshot_sha256,
        verdict=_answered(verdict.judgement, verdict.conditions, texts),
        axes=parts.Axes(**scores(verdict.axes)),
        prerequisites=parts.Prerequisites(**scores(verdict.prerequisites)),
        findings=tuple(finding(each, rubric, asked.get(each.check_id), texts) for each in verdict.findings),
        confrontation=_confrontation(verdict.confrontation),
        declared_empty=_declared_empty(verdict),
        blind_spots=tuple(
            parts.BlindSpotPart(what=each.what, where=each.where, reason=each.reason, grant=each.grant)
            for each in blind_spots
        ),
        origins=tuple(
            parts.OriginPart(kind=each.kind, where=each.where, reason=each.reason, detail=each.detail)
            for each in origins
        ),
        cost=parts.CostPart(
            queries=cost.queries,
            samples=cost.samples,
            bytes=cost.bytes,
            seconds=round(cost.seconds, 3),
            cpu_seconds=round(cost.cpu_seconds, 3),
        ),
        perimeters=tuple(
            parts.PerimeterPart(
                name=each.name,
                verdict=_answered(each.judgement, (), texts),
                axes=parts.Axes(**scores(each.axes)),
                prerequisites=parts.Prerequisites(**scores(each.prerequisites)),
            )
            for each in verdict.perimeters
        ),
        use_cases=tuple(
            parts.UseCasePart(name=each.name, answer=each.answer, missing=texts.say_all(each.missing))
            for each in verdict.use_cases
        ),
        robustness=_robustness(verdict),
        price_of_ignorance=_ignorance(verdict, asked),
        priority=tuple(_priority(each) for each in verdict.priorities),
        lenses=tuple(
            parts.LensPart(
                name=lens.name,
                lines=tuple(
                    parts.LensLinePart(topic=each.topic, text=texts.say(each.text), state=each.state)
                    for each in lens.lines
                ),
            )
            for lens in verdict.lenses
        ),
        annexes=parts.Annexes(
            graph=verdict.graph,
            episodes=_episodes(history),
            forecasts=tuple(_forecast(each) for each in verdict.forecasts),
        ),
        truck_factors=_truck_factors(verdict),
        key_people=_key_people(verdict),
        texts=texts.table(),
    )


def _episodes(history: History | None) -> tuple[parts.EpisodePart, ...]:
    found = sorted(history.episodes if history is not None else (), key=lambda each: (-each.score, each.start))
    return tuple(
        parts.EpisodePart(
            host=each.host,
            kind=each.kind,
            start=each.start,
            end=each.end,
            score=each.score,
            services=each.services,
            series=tuple(
                parts.ExplainingPart(series=one.series, usual=one.usual, seen=one.seen) for one in each.series
            ),
        )
        for each in sorted(found[:MOST_EPISODES], key=lambda each: (each.start, each.host, each.kind))
    )


def read_document(content: bytes) -> Document:
    """Return the document that a verdict.json holds; keys of a newer minor version are left aside.

    Raises
    ------
    ValueError
        When the content is not such a document; the message names the path in it.
    """
    try:
        named = msgspec.json.decode(content, type=_Named)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        message = f"not a verdict of pasencore: {error}"
        raise ValueError(message) from error
    if named.schema != SCHEMA:
        message = f"expected the schema {SCHEMA}, found {named.schema[:60]!r} - at `$.schema`"
        raise ValueError(message)
    try:
        return msgspec.json.decode(content, type=Document)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(_placed(str(error))) from error


def scrubbed(document: Document, scrub: Callable[[object], object]) -> Document:
    """Return the document after `scrub` went over its plain form (mappings, lists, strings, numbers)."""
    return msgspec.convert(scrub(msgspec.to_builtins(document)), Document)


def schema() -> dict[str, Any]:
    """Return the JSON Schema of verdict.json, which ``exporters/schemas/verdict.schema.json`` ships."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:pasencore:verdict:1",
        "title": SCHEMA,
        **msgspec.json.schema(Document),
    }


def _placed(fault: str) -> str:
    """Name the root when msgspec names no path."""
    return fault if " - at `" in fault else f"{fault} - at `$`"


class _Named(msgspec.Struct):
    schema: str


def _rubric(rubric: Rubric) -> parts.RubricRef:
    rule = rubric.verdict
    bars = parts.Bars(
        oui_axis=float(rule.oui_axis),
        oui_prerequisite=float(rule.oui_prerequisite),
        non_axis=float(rule.non_axis),
        non_prerequisite=float(rule.non_prerequisite),
        measured_share=down(rule.measured_share),
    )
    return parts.RubricRef(version=rubric.version, sha256=rubric.sha256, bars=bars)


def _answered(judgement: Judgement, conditions: Sequence[Condition], texts: Texts) -> parts.Answered:
    return parts.Answered(
        answer=judgement.answer,
        lack=judgement.lack,
        reasons=texts.say_all(judgement.reasons),
        conditions=tuple(
            parts.ConditionPart(
                check=each.check_id,
                action=texts.say(each.action),
                effort_days=days(each.effort_days),
                horizon=each.horizon,  # type: ignore[arg-type] # the rubric holds 1, 2 or 3
            )
            for each in conditions
        ),
    )


def _confrontation(found: Confrontation) -> parts.ConfrontationPart:
    return parts.ConfrontationPart(
        confronted=found.confronted,
        contradictions=tuple(
            parts.ContradictionPart(
                check=each.statement.check,
                member=each.statement.member,
                declared=down(each.declared),
                measured=range_of(each.measured),
                evidence=evidence(each.evidence),
            )
            for each in found.contradictions
        ),
        withdrawn=tuple(parts.StatementPart(check=each.check, member=each.member) for each in found.withdrawn),
        discount=down(found.discount),
        doubled=found.doubled,
    )


def _declared_empty(verdict: Verdict) -> tuple[parts.DeclaredEmptyPart, ...]:
    blocks: dict[str, list[str]] = {}
    for each in verdict.findings:
        if each.declared_empty is not None:
            blocks.setdefault(each.declared_empty, []).append(each.check_id)
    return tuple(parts.DeclaredEmptyPart(block=block, checks=tuple(blocks[block])) for block in sorted(blocks))


def _truck_factors(verdict: Verdict) -> tuple[parts.TruckFactorPart, ...]:
    """Return truck factors, the frailest services first: a file that is read each day stays readable."""
    found = verdict.key_people.factors if verdict.key_people is not None else ()
    ordered = sorted(found, key=lambda each: (each.scope.startswith("service:"), each.value, each.scope))
    return tuple(
        parts.TruckFactorPart(scope=each.scope, value=each.value, proved=each.proved)
        for each in ordered[:MOST_TRUCK_FACTORS]
    )


def _key_people(verdict: Verdict) -> parts.KeyPeoplePart | None:
    found = verdict.key_people
    if found is None:
        return None
    outside = None if found.outside is None else down(found.outside)
    return parts.KeyPeoplePart(orphans=found.orphans, outside=outside, unsaid=down(found.unsaid))


def _robustness(verdict: Verdict) -> parts.RobustnessPart:
    found = verdict.robustness
    return parts.RobustnessPart() if found is None else parts.RobustnessPart(draws=found.draws, share=down(found.share))


def _forecast(each: Forecasted) -> parts.ForecastPart:
    return parts.ForecastPart(
        host=each.host,
        resource=each.resource,
        start=each.start,
        step_seconds=each.step_seconds,
        values=each.values,
        level=each.level,
        slope=each.slope,
        days_until_full=each.days_until_full,
        error=each.error,
    )


def _priority(each: Priority) -> parts.PriorityPart:
    return parts.PriorityPart(
        check=each.check_id,
        value=down(each.value),
        criticality=down(each.criticality),
        effort=down(each.effort),
        risk=down(each.risk),
        score=down(each.score),
    )


def _ignorance(verdict: Verdict, asked: dict[str, Check]) -> tuple[parts.IgnorancePart, ...]:
    found = {each.check_id: each for each in verdict.findings}
    return tuple(
        parts.IgnorancePart(
            check=each.check_id,
            source=_source(found[each.check_id], asked.get(each.check_id)),
            gain=points(each.gain),
        )
        for each in verdict.ignorance
    )


def _source(found: Finding, check: Check | None) -> str:
    """Return the first source that would answer a question; empty when this version does not ask it."""
    if check is None:
        return ""
    return next(iter(would_answer(found, check) or check.needs), "")
