"""Rules for AI, positions on tensions, criteria of decisions: what is written of how one decides."""

from __future__ import annotations

from fractions import Fraction

from analyzers.measures.members import stale, statement_evidence
from analyzers.measures.written.statements import one_or_none, statement, unsaid
from analyzers.model.context import Criteria
from analyzers.model.estate import Estate
from analyzers.model.evidence import Member, Population
from analyzers.model.interval import ZERO

RULES = ("approver", "data_allowed", "kill_switch", "review")
TENSIONS = ("speed_robustness", "innovation_security", "performance_cost", "standard_flexibility")
LOG = "decisions"
FOUR = 4


def ai_policy(estate: Estate) -> Population:
    """Return the four rules for AI, each declared 1 when written: who approves, which data, kill switch, next review.

    A review whose day has passed counts 0, as does a kill switch that is declared not to exist.
    """
    policy = estate.context.ai_policy if estate.context is not None else None
    if policy is None:
        return Population(key="ai.policy", members=tuple(unsaid(each) for each in RULES))
    written = {
        "approver": policy.approver is not None,
        "data_allowed": policy.data_allowed is not None,
        "kill_switch": policy.kill_switch is True,
        "review": policy.review is not None and policy.review >= estate.today,
    }
    members = (
        statement(
            estate,
            name,
            f"ai_policy.{name}",
            "written" if right else "missing",
            one_or_none(right=right),
            date=policy.date,
            author=policy.author,
        )
        for name, right in written.items()
    )
    return Population(key="ai.policy", members=tuple(members))


def tensions(estate: Estate) -> Population:
    """Return the four tensions, each declared 1 when a position of its own is written.

    The same text for two tensions is a position on none but the first.
    """
    given = estate.context.tensions if estate.context is not None else None
    if given is None:
        return Population(key="tensions.positions", members=tuple(unsaid(each) for each in TENSIONS))
    texts = {name: " ".join((getattr(given, name) or "").casefold().split()) for name in TENSIONS}
    members = []
    for rank, name in enumerate(TENSIONS):
        earlier = {texts[each] for each in TENSIONS[:rank]}
        said = "missing" if not texts[name] else "copied" if texts[name] in earlier else "written"
        value = one_or_none(right=said == "written")
        path = f"tensions.{name}"
        members.append(statement(estate, name, path, said, value, date=given.date, author=given.author))
    return Population(key="tensions.positions", members=tuple(members))


def shared_criteria(estate: Estate) -> Population:
    """Return the decisions of the last year, each declared the share of the four shared criteria that it weighs.

    Older decisions are left out; a log that is declared empty is 0.
    """
    decisions = estate.context.decisions if estate.context is not None else None
    key = "decisions.criteria"
    if decisions is None:
        return Population(key=key, members=(unsaid(LOG),))
    if not decisions:
        none = statement_evidence(estate, "decisions", "decisions", 0)
        return Population(key=key, members=(Member(name=LOG, kind="statement", declared=ZERO, evidence=(none,)),))
    current = [(rank, each) for rank, each in enumerate(decisions) if not stale(estate, each.date)]
    if not current:
        return Population(key=key, members=(unsaid(LOG, "stale"),))
    members = tuple(
        statement(
            estate,
            f"decisions[{rank}] of {each.date.isoformat()}",
            f"decisions[{rank}].criteria",
            f"{weighed(each.criteria)} of {FOUR} criteria",
            Fraction(weighed(each.criteria), FOUR),
            date=each.date,
            author=each.author,
        )
        for rank, each in current
    )
    return Population(key=key, members=members)


def weighed(criteria: Criteria | None) -> int:
    """Return how many of the four criteria a decision weighs."""
    if criteria is None:
        return 0
    return sum(each is not None for each in (criteria.value, criteria.criticality, criteria.effort, criteria.risk))
