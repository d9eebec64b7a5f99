"""How asking a server went, and what it did not show."""

from __future__ import annotations

from collections.abc import Iterable

from analyzers.model.monitoring import Alerting, EndpointAnswer, Monitoring
from analyzers.model.reasons import Reason
from analyzers.model.snapshot import BlindSpot, Origin

MOST_NAMES = 5

_GRANTS: dict[Reason, str] = {
    "no_permission": "allow GET {path} to this user, or give http_config.basic_auth or authorization",
    "unreachable": "curl -v {url}{path}",
    "timed_out": "curl -v {url}{path}",
    "unreadable": "curl -v {url}{path}",
    "budget_exhausted": "scan again when {url} is less busy",
}
"""What would show it; nothing does where the program has no such endpoint."""


def origin(kind: str, url: str, answers: Iterable[EndpointAnswer]) -> Origin:
    """Return how asking a server went: in full, in part, or not at all and why."""
    every = list(answers)
    failed = [each for each in every if each.reason is not None]
    if not failed:
        return Origin(kind=kind, where=url)
    if len(failed) == len(every):
        return Origin(kind=kind, where=url, reason=failed[0].reason, detail=failed[0].detail)
    detail = f"{len(every) - len(failed)} of {len(every)} answered"
    return Origin(kind=kind, where=url, reason="partial", detail=detail)


def answers_of(monitoring: Monitoring) -> tuple[EndpointAnswer, ...]:
    """Return endpoints and queries alike: what was asked, and how it was answered."""
    queries = (EndpointAnswer(endpoint=each.id, reason=each.reason, detail=each.detail) for each in monitoring.queries)
    return (*monitoring.endpoints, *queries)


def blind_spots(source: Monitoring | Alerting) -> tuple[BlindSpot, ...]:
    """Return one blind spot a refused endpoint, and one a reason for queries; one in all when nothing answered."""
    queries = source.queries if isinstance(source, Monitoring) else ()
    failed = [each for each in source.endpoints if each.reason is not None]
    if source.endpoints and len(failed) == len(source.endpoints) and all(each.reason for each in queries):
        reason = failed[0].reason
        assert reason is not None
        what = "metrics" if isinstance(source, Monitoring) else "alerts"
        return (BlindSpot(what=what, where=source.url, reason=reason, grant=_grant(reason, source.url, "")),)
    spots = [
        BlindSpot(
            what=each.endpoint,
            where=source.url,
            reason=each.reason,
            grant=_grant(each.reason, source.url, each.endpoint),
        )
        for each in failed
        if each.reason is not None
    ]
    by_reason: dict[Reason, list[str]] = {}
    for query in queries:
        if query.reason is not None:
            by_reason.setdefault(query.reason, []).append(query.id)
    for reason, names in sorted(by_reason.items()):
        shown = ", ".join(names[:MOST_NAMES]) + (", ..." if len(names) > MOST_NAMES else "")
        spots.append(
            BlindSpot(
                what=f"/api/v1/query ({len(names)}: {shown})",
                where=source.url,
                reason=reason,
                grant=_grant(reason, source.url, "/api/v1/query"),
            )
        )
    return tuple(spots)


def _grant(reason: Reason, url: str, path: str) -> str:
    return _GRANTS.get(reason, "").format(url=url, path=path)
