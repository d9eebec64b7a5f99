"""Findings that stay open, scan after scan, without anybody deciding."""

from __future__ import annotations

from analyzers.measures.data_services import mentions
from analyzers.measures.members import stale, statement_evidence
from analyzers.model.estate import Estate
from analyzers.model.evidence import Evidence, Member, Population, Provenance
from analyzers.model.interval import ONE, ZERO, Interval
from analyzers.model.past import PastVerdict

KEY = "findings.decided"
SCANS = 3
"""Scans after which an open finding without a decision is a debt (catalogue)."""

PAST = "past verdicts"
NOTHING = "no open finding"


def decided(estate: Estate) -> Population:
    """Return the findings open at the last scan: 1 when younger than three scans, else as declared: decided or not.

    One scan a day counts, under the rubric of the last one. A decision is a waiver in force, or an entry of the log or
    of the risks that names the question. Fewer than three scans prove nothing.
    """
    past = estate.snapshot.past
    if past is None:
        return Population(key=KEY, missing="no_source")
    scans = comparable(past)
    if len(scans) < SCANS:
        return Population(key=KEY, missing="too_few")
    last = [_open(each) for each in scans[-SCANS:]]
    stuck = frozenset.intersection(*last)
    evidence = Evidence(
        key="open_findings",
        value=len(last[-1]),
        kind="measured",
        provenance=Provenance(
            source=PAST, query=", ".join(each.taken_at.date().isoformat() for each in scans[-SCANS:]),
            collected_at=scans[-1].taken_at,
        ),
    )  # fmt: skip
    if not last[-1]:
        clear = Member(name=NOTHING, kind="statement", measured=Interval.point(1), evidence=(evidence,))
        return Population(key=KEY, members=(clear,), complete=True)
    members = tuple(_member(check, evidence, estate, stuck=check in stuck) for check in sorted(last[-1]))
    return Population(key=KEY, members=members, complete=True)


def comparable(past: tuple[PastVerdict, ...]) -> list[PastVerdict]:
    """Return the last scan of each day under the rubric of the newest, oldest first."""
    ordered = sorted(past, key=lambda each: each.taken_at)
    same = [each for each in ordered if each.rubric == ordered[-1].rubric]
    return list({each.taken_at.date(): each for each in same}.values())


def _open(verdict: PastVerdict) -> frozenset[str]:
    return frozenset(each.check for each in verdict.findings if each.open)


def _member(check: str, seen: Evidence, estate: Estate, *, stuck: bool) -> Member:
    if not stuck:
        return Member(name=check, kind="statement", measured=Interval.point(1), evidence=(seen,))
    context = estate.context
    if context is None or all(block is None for block in (context.decisions, context.waivers, context.risks)):
        return Member(name=check, kind="statement", reason="not_declared", evidence=(seen,))
    path = _decision(check, estate)
    said = statement_evidence(estate, path or "decisions, waivers, risks", check, "decided" if path else "no decision")
    return Member(name=check, kind="statement", declared=ONE if path else ZERO, evidence=(seen, said))


def _decision(check: str, estate: Estate) -> str | None:
    """Return where a decision about a question stands, None when there is none."""
    context = estate.context
    assert context is not None
    for rank, waiver in enumerate(context.waivers or ()):
        if waiver.check == check and waiver.expires >= estate.today:
            return f"waivers[{rank}]"
    for rank, decision in enumerate(context.decisions or ()):
        if not stale(estate, decision.date) and mentions((check,), f"{decision.title} {decision.evidence or ''}"):
            return f"decisions[{rank}]"
    for rank, risk in enumerate(context.risks or ()):
        valid = risk.owner is not None and (risk.expires is None or risk.expires >= estate.today)
        if valid and mentions((check,), f"{risk.title} {' '.join(risk.subjects)}"):
            return f"risks[{rank}]"
    return None
