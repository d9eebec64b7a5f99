"""Certificates that services of this host are configured to serve."""

from __future__ import annotations

import time
from collections.abc import Iterator

import msgspec

from agent.collectors.certificates import configured, openssl, renewal
from agent.collectors.machine import Collector, Machine, NotSeenError
from analyzers.model.facts import Certificate

_MOST = 100


def collect(machine: Machine) -> tuple[Certificate, ...]:
    """Return the certificates, by path; stores of authorities are no served certificates and are left out.

    Raises
    ------
    NotSeenError
        When none could be read although some may be there.
    """
    found = configured.find(machine)
    certificates = tuple(_all(machine, found)) if found.users else ()
    if not certificates and machine.could_not_see:
        raise NotSeenError(
            reason=machine.reason or "unreadable", detail="; ".join(machine.could_not_see), grant=machine.grant
        )
    return certificates


def _all(machine: Machine, found: configured.Configured) -> Iterator[Certificate]:
    if machine.which("openssl") is None:
        grant = "sudo apt-get install openssl || sudo dnf install openssl || sudo apk add openssl"
        machine.missed("certificates: openssl is not installed", "no_source", grant)
        return
    renewals = renewal.read(machine)
    for number, path in enumerate(sorted(found.users)):
        if number == _MOST or time.monotonic() > machine.deadline:
            machine.missed(f"certificates beyond the first {number}", "budget_exhausted")
            return
        certificate = _read(machine, path, found)
        if certificate is not None:
            used_by = tuple(found.users[path])
            yield msgspec.structs.replace(certificate, used_by=used_by, renewal=renewals.of(path))


def _read(machine: Machine, path: str, found: configured.Configured) -> Certificate | None:
    if path in found.listed and not machine.exists(path):
        return None
    certificate = openssl.read(machine, path)
    if certificate is None or path in found.listed:
        return certificate
    # Whatever its extensions say, what a directive names is served: a self-signed one often claims to be an authority.
    return msgspec.structs.replace(certificate, authority=False)


COLLECTOR = Collector(
    name="certificates",
    block="certificates",
    source="configuration of services, openssl x509",
    collect=collect,
    limit_seconds=15.0,
    pace="daily",
)
