"""The log of structuring decisions: is each one framed?"""

from __future__ import annotations

from analyzers.measures.members import stale, statement_evidence
from analyzers.model.context import Criteria, Decision
from analyzers.model.estate import Estate
from analyzers.model.evidence import Member, Population
from analyzers.model.interval import ONE, ZERO

OPTIONS_FROM = 2
CRITERIA_FROM = 3

LOG = "decisions"


def log(estate: Estate) -> Population:
    """Return the decisions of the last year: declared 1 when framed, 0 when not; an empty log is declared 0.

    Framed is: two options or more, three of the four shared criteria, a hypothesis, somebody who decided. Older
    decisions are left out; when all are old, the log is stale.
    """
    return Population(key="decisions.framed", members=_members(estate))


def _members(estate: Estate) -> tuple[Member, ...]:
    decisions = estate.context.decisions if estate.context is not None else None
    if decisions is None:
        return (Member(name=LOG, kind="statement", reason="not_declared"),)
    if not decisions:
        none = statement_evidence(estate, "decisions", "decisions", 0)
        return (Member(name=LOG, kind="statement", declared=ZERO, evidence=(none,)),)
    current = [(index, each) for index, each in enumerate(decisions) if not stale(estate, each.date)]
    if not current:
        return (Member(name=LOG, kind="statement", reason="stale"),)
    return tuple(_member(index, each, estate) for index, each in current)


def _member(index: int, decision: Decision, estate: Estate) -> Member:
    lacking = _lacking(decision)
    said = "framed" if not lacking else f"without {', '.join(lacking)}"
    evidence = statement_evidence(estate, f"decisions[{index}]", "frame", said, decision.date, decision.author)
    return Member(
        name=f"decisions[{index}] of {decision.date.isoformat()}",
        kind="statement",
        declared=ZERO if lacking else ONE,
        evidence=(evidence,),
    )


def _lacking(decision: Decision) -> list[str]:
    present = {
        "options": (decision.options or 0) >= OPTIONS_FROM,
        "criteria": _filled(decision.criteria) >= CRITERIA_FROM,
        "hypotheses": any(each.strip() for each in decision.hypotheses),
        "decider": decision.decider is not None,
    }
    return [name for name, there in present.items() if not there]


def _filled(criteria: Criteria | None) -> int:
    if criteria is None:
        return 0
    four = (criteria.value, criteria.criticality, criteria.effort, criteria.risk)
    return sum(each is not None for each in four)
