"""Whether a notification would leave: an Alertmanager to send to, and channels that accept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analyzers.measures.answers import Answer, Key, answer
from analyzers.measures.members import endpoint_evidence
from analyzers.measures.targets import exact
from analyzers.model.evidence import Evidence
from analyzers.model.host_names import bare_host, is_loopback
from analyzers.model.interval import UNKNOWN, Interval
from analyzers.model.monitoring import Monitoring
from analyzers.model.reasons import Reason

ENDPOINT = "/api/v1/alertmanagers"
KNOWN = "notifications.alertmanagers"
SENT, FAILED = "notifications.sent", "notifications.failed"

FAILED_AT_MOST = 0.01
"""Share of notifications that may fail (signal P46)."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Share of what rules say that reaches somebody; `reason` tells why it is not a point."""

    value: Interval
    evidence: tuple[Evidence, ...] = ()
    reason: Reason | None = None


def delivery(monitoring: Monitoring) -> Delivery:
    """Return the product of three things: an Alertmanager now, one during the last day, notifications that leave.

    What the server does not say leaves the low at 0. No notification at all with counters at hand is no failure.
    """
    now, day, channels = _now(monitoring), _last_day(monitoring), _channels(monitoring)
    parts = (now, day, channels)
    low, high = now.value.low, now.value.high
    for each in (day, channels):
        low, high = low * each.value.low, high * each.value.high
    evidence = tuple(piece for each in parts for piece in each.evidence)
    reason = next((each.reason for each in parts if each.reason is not None), None)
    return Delivery(Interval(low, high), evidence, reason if low != high else None)


def _now(monitoring: Monitoring) -> Delivery:
    if monitoring.alertmanagers is None:
        return Delivery(UNKNOWN, reason=monitoring.answer(ENDPOINT).reason or "partial")
    count = len(monitoring.alertmanagers)
    told = endpoint_evidence(monitoring, ENDPOINT, "alertmanagers", count)
    return Delivery(Interval.point(1 if count else 0), (told,))


def _last_day(monitoring: Monitoring) -> Delivery:
    """Return the share of the last day in which the server knew an Alertmanager, as it tells of itself."""
    known = answer(monitoring, KNOWN, "instance")
    shares = _own(known.values, monitoring)
    if not shares:
        return Delivery(UNKNOWN, reason=known.reason or "partial")
    worst, best = min(shares.values()), max(shares.values())
    told = tuple(
        known.evidence(monitoring, f"alertmanager_known {key[0]}", share, "of the day")
        for key, share in sorted(shares.items())
    )
    value = Interval(exact(worst), exact(best))
    return Delivery(value, told, "partial" if value.width else None)


def _own(values: Mapping[Key, float], monitoring: Monitoring) -> Mapping[Key, float]:
    """Return the series of the server itself where it can be told from other servers that it scrapes."""
    address = monitoring.url.split("://", 1)[-1].split("/", 1)[0].rsplit("@", 1)[-1].lower()
    port = address.rsplit(":", 1)[-1]
    own = {
        key: value
        for key, value in values.items()
        if key[0].lower() == address or (is_loopback(bare_host(key[0])) and key[0].rsplit(":", 1)[-1] == port)
    }
    return own or values


def _channels(monitoring: Monitoring) -> Delivery:
    """Return 1 when each channel fails for at most 1 % of its notifications, else what the worst one lets through."""
    sent, failed = answer(monitoring, SENT, "integration"), answer(monitoring, FAILED, "integration")
    if not (sent.asked and failed.asked and sent.values and failed.values):
        return Delivery(UNKNOWN, reason=sent.reason or failed.reason or "partial")
    told = [sent.evidence(monitoring, "notifications", sum(max(0.0, each) for each in sent.values.values()))]
    lost = {key: _lost(key, sent, failed) for key in sorted(sent.values)}
    worst = max(lost.values())
    if worst <= FAILED_AT_MOST:
        return Delivery(Interval.point(1), tuple(told))
    told += [
        failed.evidence(monitoring, f"failed {key[0]}", share, "of the notifications")
        for key, share in lost.items()
        if share > FAILED_AT_MOST
    ]
    return Delivery(Interval.point(exact(1.0 - worst)), tuple(told))


def _lost(key: Key, sent: Answer, failed: Answer) -> float:
    tried = sent.values[key]
    return min(1.0, max(0.0, failed.values.get(key, 0.0)) / tried) if tried > 0 else 0.0
