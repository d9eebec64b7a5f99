"""Documents to render: small estates judged by the real rule, from populations that tests name."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from functools import cache
from typing import Any

import msgspec

from analyzers.assess import assess
from analyzers.model import context as ctx
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Evidence, Member, Population, Provenance
from analyzers.model.interval import Interval
from analyzers.model.message import message
from analyzers.model.reasons import Reason
from analyzers.model.snapshot import BlindSpot, Cost, Origin
from analyzers.rubric import Rubric, published
from exporters import parts
from exporters.document import document
from exporters.parts import Document
from tests import builders as b

SHA = "0f" * 32

HOSTILE = (
    "<script>alert(1)</script>",
    "[click](javascript:alert(1))",
    "a|b|c",
    "`rm -rf`",
    "\x1b[31mred\x1b[0m",
    "[bold]rich[/bold]",
    "{axis.__class__}",
    "line\nbreak\ttab",
    "\u202egnp.exe",
    "' onmouseover='alert(1)",
    "![x](http://203.0.113.9/p.png)",
    "**bold** _it_ ~~s~~ # h",
    "<!-- c --> &amp; </style></details>",
    "\ue000\u200b",
)


def fact(key: str = "value", value: Any = 1, kind: Any = "measured", **where: Any) -> Evidence:
    given = {"source": "host:web1", "query": "/proc/meminfo", "collected_at": b.NOW}
    return Evidence(key=key, value=value, kind=kind, provenance=Provenance(**(given | where)))


def member(
    name: str,
    measured: float | None = None,
    declared: float | None = None,
    reason: Reason | None = None,
    evidence: tuple[Evidence, ...] = (),
    **fields: Any,
) -> Member:
    known = measured is not None or declared is not None
    return Member(
        name=name,
        kind="host",
        measured=None if measured is None else Interval.point(Fraction(str(measured))),
        declared=None if declared is None else Fraction(str(declared)),
        reason=None if known else reason or "no_source",
        evidence=evidence or ((fact(name, measured if measured is not None else declared),) if known else ()),
        **fields,
    )


def members(count: int, good: int, prefix: str = "web", **fields: Any) -> tuple[Member, ...]:
    return tuple(member(f"{prefix}{index}", float(index > count - good), **fields) for index in range(1, count + 1))


def population(*found: Member, **fields: Any) -> Population:
    return Population(key="test", members=found, **fields)


def check(check_id: str, found: Population, sentence: str = "", **texts: Any) -> Check:
    spelt = check_id.replace("-", " ")
    given = {
        "question": f"Is this true: {spelt}?",
        "why": f"Because {spelt} decides what an automaton may do.",
        "how_measured": "From the sockets that each host opens.",
        "remedy": f"Put right: {spelt}.",
        "command": f"pasencore explain {check_id}",
        "risk": "A stop that nobody saw coming, and clients who wait.",
        "needs": ("hosts", "context"),
    }

    def measure(seen: Population) -> Measurement:
        failing = tuple(each.name for each in seen.members if each.interval(Fraction(0)).low < 1)
        passing = len(seen.members) - len(failing)
        said = message(
            sentence or "{passing} of {settled} hosts meet this.", passing=passing, settled=len(seen.members)
        )
        return Measurement(population=seen, message=said, subjects=failing)

    return Check(id=check_id, evidence=lambda _estate: found, measure=measure, **(given | texts))


def judged(checks: list[Check], rubric: Rubric | None = None, **blocks: Any) -> Document:
    """Return the document of the real verdict on these checks; blocks are those of a context file."""
    rule = rubric or published()
    snapshot = b.snapshot(context=b.context(**blocks))
    verdict = assess(snapshot, rule, checks=checks)
    return document(
        verdict,
        rubric=rule,
        tool="0.1.0",
        taken_at=b.NOW,
        snapshot_sha256=SHA,
        cost=Cost(queries=41, samples=123456, bytes=7_340_032, seconds=8.25, cpu_seconds=1.5),
        questions=checks,
    )


def cut_rubric(*kept: str) -> Rubric:
    rubric = published()
    return msgspec.structs.replace(rubric, checks={name: rubric.checks[name] for name in rubric.checks if name in kept})


SMALL = (
    "flows-declared",
    "services-catalogued",
    "knowledge-shared",
    "headroom-now",
    "ai-stress-test",
    "owners-named",
    "patching",
    "backups-present",
    "restore-proven",
    "contract-perimeter",
    "ai-policy",
    "decision-log",
    "automatable-decisions",
    "telemetry-coverage",
    "history-depth",
    "alerts-actionable",
    "jobs-mastered",
)


@cache
def pas_encore() -> Document:
    """Return a mixed estate on a short rubric: every outcome, waivers, a contradiction, an empty block."""
    everything = population(*members(4, 4), complete=True)
    checks = [
        check(
            "flows-declared", population(*members(8, 5), complete=True), "{passing} of {settled} flows are declared."
        ),
        check("services-catalogued", population(*members(4, 3), member("db1", declared=1.0))),
        check("knowledge-shared", population(member("boutique"), reason_free())),
        check("headroom-now", everything),
        check("owners-named", population(member("boutique", declared=1.0), member("erp", declared=0.0))),
        check("patching", population(*members(3, 1), member("legacy1", 0.0))),
        check("backups-present", population(member("db1", 1.0), member("db2", 0.5))),
        check("restore-proven", population(member("db1", 0.0, declared=1.0), member("db2", declared=0.6))),
        check("contract-perimeter", population(complete=True, declared_empty="providers: []")),
        check("ai-policy", population(complete=True)),
        check("decision-log", population(member("log", declared=0.8))),
        check("automatable-decisions", population(member("restart", reason="not_declared"))),
        check("telemetry-coverage", population(*members(5, 4, "node"), member("db9", reason="no_permission"))),
        check("history-depth", everything),
        check("alerts-actionable", population(*members(6, 2, "Alert"))),
        check("jobs-mastered", population(missing="no_permission")),
    ]
    found = judged(
        checks,
        cut_rubric(*SMALL),
        waivers=(
            ctx.WaiverEntry(
                check="patching",
                scope="host legacy1",
                owner="a.martin",
                reason="vendor end 2027-03",
                expires=dt.date(2027, 3, 31),
            ),
        ),
        perimeters=(ctx.PerimeterEntry(name="commerce", services=("boutique", "base-clients")),),
        ai_use_cases=(
            ctx.AiUseCase(
                name="ticket summaries", needs=ctx.Needs(prerequisites={"donnees": 60}, axes={"exploitation": 60})
            ),
        ),
    )
    return msgspec.structs.replace(
        found,
        blind_spots=(
            parts.BlindSpotPart(
                what="sudo rules",
                where="host:db1",
                reason="no_permission",
                grant="setfacl -m u:pasencore:r /etc/sudoers",
            ),
            parts.BlindSpotPart(what="the journal", where="host:db2", reason="no_permission"),
            parts.BlindSpotPart(what="rules", where="https://prometheus.example.lan:9090", reason="timed_out"),
        ),
        origins=(
            parts.OriginPart(kind="host", where="db1"),
            parts.OriginPart(
                kind="prometheus", where="https://prometheus.example.lan:9090", reason="timed_out", detail="15 s"
            ),
        ),
        priority=(
            parts.PriorityPart(check="restore-proven", value=1, criticality=0.8, effort=0.4, risk=1, score=0.83),
        ),
        truck_factors=(
            parts.TruckFactorPart(scope="estate", value=1),
            parts.TruckFactorPart(scope="service:boutique", value=2),
            parts.TruckFactorPart(scope="service:facturation", value=1, proved=1),
            parts.TruckFactorPart(scope="team:infra", value=2),
        ),
        key_people=parts.KeyPeoplePart(orphans=(1, 1, 2), outside=0.25, unsaid=0.1),
    )


def reason_free() -> Member:
    return member("base-clients", reason="too_few")


@cache
def oui() -> Document:
    """Return an estate where everything was measured and is well."""
    return judged([check(each, population(*members(3, 3), complete=True)) for each in SMALL], cut_rubric(*SMALL))


@cache
def non() -> Document:
    """Return an estate whose backups are measured to be missing."""
    bad = {"backups-present", "restore-proven"}
    return judged(
        [check(each, population(*members(3, 0 if each in bad else 2, "db"), complete=True)) for each in SMALL],
        cut_rubric(*SMALL),
    )


@cache
def crowded() -> Document:
    """Return 74 findings of every kind over 300 hosts."""
    checks = []
    for index, check_id in enumerate(published().checks):
        if index % 7 == 5:
            continue
        if index % 5 == 4:
            checks.append(check(check_id, population(member("db1", reason="timed_out"), member("db2"))))
        elif index % 9 == 8:
            checks.append(check(check_id, population(complete=True)))
        else:
            found = members(300, 40 * (index % 8), "rack-17-very-long-host-name-")
            checks.append(check(check_id, population(*found, complete=True)))
    spots = tuple(
        BlindSpot(what="the journal", where=f"host:rack-{index}", reason="no_permission", grant="adduser pasencore adm")
        for index in range(300)
    )
    found = judged(checks)
    return msgspec.structs.replace(
        found,
        blind_spots=tuple(parts.BlindSpotPart(**msgspec.structs.asdict(each)) for each in spots),
        origins=tuple(parts.OriginPart(kind=each.kind, where=each.where) for each in _asked()),
    )


def _asked() -> list[Origin]:
    return [Origin(kind="host", where=f"rack-{index}") for index in range(300)]


@cache
def hostile() -> Document:
    """Return a document where every free text is an attack."""
    bad = population(*(member(each, 0.0, declared=1.0) for each in HOSTILE), *members(4, 4))
    texts = dict(zip(("question", "why", "how_measured", "remedy", "command", "risk"), HOSTILE, strict=False))
    checks = [check(each, bad, **{**texts, "remedy": "escape \x1b[2J <b>now</b>"}) for each in SMALL]
    found = judged(
        checks,
        cut_rubric(*SMALL),
        waivers=tuple(
            ctx.WaiverEntry(check="patching", owner=each, reason=each, expires=dt.date(2027, 3, 31)) for each in HOSTILE
        ),
        perimeters=tuple(ctx.PerimeterEntry(name=each, services=("x",)) for each in HOSTILE),
        ai_use_cases=tuple(
            ctx.AiUseCase(name=each, needs=ctx.Needs(prerequisites={"processus": 60}, axes={"decision": 60}))
            for each in HOSTILE
        ),
    )
    return msgspec.structs.replace(
        found,
        tool=HOSTILE[0],
        blind_spots=tuple(
            parts.BlindSpotPart(what=each, where=each, reason="unreadable", grant=each) for each in HOSTILE
        ),
        origins=tuple(parts.OriginPart(kind=each, where=each, reason="unreachable", detail=each) for each in HOSTILE),
        declared_empty=tuple(parts.DeclaredEmptyPart(block=each, checks=(each,)) for each in HOSTILE),
        truck_factors=tuple(parts.TruckFactorPart(scope=each, value=1) for each in HOSTILE),
        verdict=msgspec.structs.replace(found.verdict, reasons=(*HOSTILE, *found.verdict.reasons)),
    )


ALL = {"pas-encore": pas_encore, "oui": oui, "non": non, "crowded": crowded, "hostile": hostile}
