"""How asking a server is summed up: origin and blind spots."""

from __future__ import annotations

import pytest

from agent.sources.prometheus.unseen import answers_of, blind_spots, origin
from analyzers.model.monitoring import Alerting, EndpointAnswer
from analyzers.model.reasons import Reason
from tests import builders as b


def answers(*reasons: Reason | None) -> list[EndpointAnswer]:
    return [EndpointAnswer(endpoint=f"/{n}", reason=each, detail=each or "") for n, each in enumerate(reasons)]


@pytest.mark.parametrize(
    ("reasons", "reason", "detail"),
    [
        ((None, None), None, ""),
        ((None, "timed_out"), "partial", "1 of 2 answered"),
        (("no_permission", "no_permission"), "no_permission", "no_permission"),
        ((), None, ""),
    ],
)
def test_how_it_went(reasons: tuple[Reason | None, ...], reason: Reason | None, detail: str) -> None:
    found = origin("prometheus", "http://h", answers(*reasons))
    assert (found.kind, found.where, found.reason, found.detail) == ("prometheus", "http://h", reason, detail)


def test_queries_count_like_endpoints() -> None:
    server = b.monitoring(b.query("x", reason="timed_out"), endpoints=(b.endpoint("/api/v1/rules"),))
    assert [(each.endpoint, each.reason) for each in answers_of(server)] == [
        ("/api/v1/rules", None),
        ("x", "timed_out"),
    ]


def test_a_server_that_shows_everything_leaves_no_blind_spot() -> None:
    assert blind_spots(b.monitoring(b.query("x"), endpoints=(b.endpoint("/api/v1/rules"),))) == ()


def test_a_silent_server_is_one_blind_spot() -> None:
    server = b.monitoring(
        b.query("x", reason="unreachable"), b.query("y", reason="unreachable"), endpoints=tuple(answers("unreachable"))
    )
    (spot,) = blind_spots(server)
    assert (spot.what, spot.where, spot.reason) == ("metrics", b.PROMETHEUS, "unreachable")
    assert spot.grant == f"curl -v {b.PROMETHEUS}"


def test_each_endpoint_and_each_reason_of_queries_is_told() -> None:
    names = [b.query(f"q{n}", reason="budget_exhausted") for n in range(7)]
    server = b.monitoring(
        b.query("fine"),
        b.query("late", reason="timed_out"),
        *names,
        endpoints=(b.endpoint("/a", "no_permission"), b.endpoint("/b", "backend_404"), b.endpoint("/c")),
    )
    spots = blind_spots(server)
    assert [(each.what, each.reason) for each in spots] == [
        ("/a", "no_permission"),
        ("/b", "backend_404"),
        ("/api/v1/query (7: q0, q1, q2, q3, q4, ...)", "budget_exhausted"),
        ("/api/v1/query (1: late)", "timed_out"),
    ]
    assert "/a" in spots[0].grant
    assert spots[1].grant == ""


def test_an_alertmanager_is_summed_up_alike() -> None:
    silent = Alerting(url="http://h", collected_at=b.NOW, endpoints=tuple(answers("timed_out", "timed_out")))
    assert [each.what for each in blind_spots(silent)] == ["alerts"]
    partly = Alerting(url="http://h", collected_at=b.NOW, endpoints=tuple(answers(None, "no_permission")))
    assert [each.what for each in blind_spots(partly)] == ["/1"]
