"""Certificates: how long they still hold, and whether something renews them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction

from analyzers.measures.members import host_evidence, of_hosts, query_evidence
from analyzers.measures.unread import heavier, unread_hosts
from analyzers.model.estate import UNDECLARED_CRITICALITY, Estate, EstateHost
from analyzers.model.evidence import Member, Population
from analyzers.model.facts import Certificate
from analyzers.model.interval import UNKNOWN, Interval
from analyzers.model.monitoring import Monitoring, QueryResult, Sample

ENOUGH_DAYS = 21
"""A certificate that holds longer than this surprises nobody (signals H48, P55)."""

CERTIFICATES_OF_A_SOURCE = 5
"""A host or a server that did not say its certificates counts as this many that nobody saw."""

EXPIRY = "certificates.expiry"

SELF_TEST = "snakeoil"
"""The certificate that a distribution makes for tests (Debian's ssl-cert)."""


def validity(estate: Estate) -> Population:
    """Return certificates: 1 with more than 21 days left or a renewal that works, 0 expired or soon to be.

    Certificates that hosts are configured to serve, authorities and unused self-tests left out; and those that probes
    of a monitoring server saw. One that expired was renewed by nothing, whatever is configured.
    """
    members = [
        _configured(host, each, estate)
        for host in estate.read_hosts
        for each in _unique(host)
        if not each.authority and (SELF_TEST not in each.path or each.used_by)
    ]
    unread = unread_hosts(estate, "certificates", "certificates", CERTIFICATES_OF_A_SOURCE)
    return of_hosts("certificates.valid", (*members, *unread, *_probed(estate)), estate, "certificates")


def _unique(host: EstateHost) -> Iterable[Certificate]:
    """Return the certificates of a host, one a path: the one that expires first."""
    assert host.facts is not None
    latest_first = sorted(host.facts.certificates or (), key=lambda each: each.not_after, reverse=True)
    return {each.path: each for each in latest_first}.values()


def _configured(host: EstateHost, certificate: Certificate, estate: Estate) -> Member:
    left = (certificate.not_after - estate.taken_at) / dt.timedelta(days=1)
    value = _judge(left, renewal=certificate.renewal)
    known = [each for name in certificate.used_by if (each := estate.service_named(name)) is not None]
    return Member(
        name=f"{host.name} {certificate.path}",
        kind="certificate",
        weight=max((each.weight for each in known), default=host.weight),
        measured=value,
        reason="partial" if value == UNKNOWN else None,
        evidence=(
            host_evidence(host, "certificates", "expires", certificate.not_after.date().isoformat()),
            host_evidence(host, "certificates", "renewed_automatically", certificate.renewal),
        ),
        services=tuple(sorted({each.name for each in known})),
        hosts=(host.name,),
    )


def _judge(days_left: float, *, renewal: bool | None) -> Interval:
    if days_left > ENOUGH_DAYS:
        return Interval.point(1)
    if days_left <= 0 or renewal is False:
        return Interval.point(0)
    return Interval.point(1) if renewal else UNKNOWN


def _probed(estate: Estate) -> Iterable[Member]:
    """Return certificates as a monitoring server's probes saw them; one member for them all when it did not answer."""
    monitoring = estate.monitoring
    answer = monitoring.query(EXPIRY) if monitoring is not None else None
    if monitoring is None or answer is None:
        return
    if answer.reason is not None:
        silent = Member(name=EXPIRY, kind="certificate", weight=UNDECLARED_CRITICALITY, reason=answer.reason)
        yield heavier(silent, CERTIFICATES_OF_A_SOURCE)
    seen = {each.labels.get("instance", ""): each for each in answer.samples}
    for instance, sample in sorted(seen.items()):
        yield _of_probe(instance, sample, monitoring, answer, estate)


def _of_probe(instance: str, sample: Sample, monitoring: Monitoring, answer: QueryResult, estate: Estate) -> Member:
    host = estate.host_named(instance)
    days = None if sample.value is None else round(sample.value, 1)
    return Member(
        name=instance,
        kind="certificate",
        weight=host.weight if host is not None else UNDECLARED_CRITICALITY,
        measured=None if sample.value is None else Interval.point(Fraction(sample.value) > ENOUGH_DAYS),
        reason="partial" if sample.value is None else None,
        evidence=(query_evidence(monitoring, answer, f"expires_in {instance}", days, "days"),),
        hosts=(host.name,) if host is not None else (),
    )
