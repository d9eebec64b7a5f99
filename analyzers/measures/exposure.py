"""Sockets that the network can reach: is each meant to be public, or blocked by the host's own filter?"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

from analyzers.measures.members import host_evidence, of_hosts, run_of, stale, statement_evidence, why_unseen
from analyzers.measures.truth import Truth, opposite
from analyzers.measures.unread import unread_hosts
from analyzers.model.estate import Estate, EstateHost, EstateService
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.facts import Firewall, Listener
from analyzers.model.interval import Interval
from analyzers.model.reasons import Reason

SOCKETS_OF_A_HOST = 10
"""A host whose sockets were not read counts as this many reachable ones that nobody saw."""

ANY = frozenset({"", "*", "0.0.0.0", "::"})  # noqa: S104 - read on hosts, never bound

_NOT_PUBLIC = tuple(
    ipaddress.ip_network(each)
    for each in (
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "224.0.0.0/3",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
        "ff00::/8",
    )
)
"""Loopback, private, link-local and multicast networks; every other address is taken as public."""

_PORTS = re.compile(r"(?:(?P<before>tcp|udp)/)?(?P<first>\d+)(?:[-:](?P<last>\d+))?(?:/(?P<after>tcp|udp))?")


def listeners(estate: Estate) -> Population:
    """Return sockets on wildcard or public addresses: 1 when declared public or blocked, 0 when neither.

    One member a host, service, port and protocol. Where the host's filter could not be read, only what is declared
    public is known; where no catalogue says what is public, only what is blocked.
    """
    members = [each for host in estate.read_hosts for each in _of_host(host, estate)]
    unread = unread_hosts(estate, "flows", "listeners", SOCKETS_OF_A_HOST)
    return of_hosts("listeners.exposed", (*members, *unread), estate, "flows")


def is_exposed(address: str) -> bool:
    """Tell whether a socket on this address answers beyond the host's own networks."""
    bare = address.strip("[]").partition("%")[0]
    if bare in ANY:
        return True
    try:
        parsed = ipaddress.ip_address(bare)
    except ValueError:
        return False
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    if mapped is not None:
        return is_exposed(str(mapped))
    return not any(parsed in network for network in _NOT_PUBLIC if network.version == parsed.version)


def is_open(firewall: Firewall, port: int, protocol: str) -> Truth:
    """Tell whether the host's own filter lets a port through, None when its rules leave doubt."""
    if firewall.active is False:
        return True
    if firewall.active is None or firewall.default_drop is None:
        return None
    if firewall.default_drop:
        return _named(firewall.open_ports, port, protocol)
    return opposite(_named(firewall.closed_ports, port, protocol))


def _named(rules: Iterable[str], port: int, protocol: str) -> Truth:
    """Tell whether one of the rules names a port: ``tcp/22``, ``udp/6000-6100``, ``443``."""
    truths = [_names(rule, port, protocol) for rule in rules]
    if True in truths:
        return True
    return None if None in truths else False


def _names(rule: str, port: int, protocol: str) -> Truth:
    found = _PORTS.fullmatch(rule.strip().lower())
    if found is None:
        return None
    if (found["before"] or found["after"] or protocol) != protocol:
        return False
    return int(found["first"]) <= port <= int(found["last"] or found["first"])


def _of_host(host: EstateHost, estate: Estate) -> Iterable[Member]:
    assert host.facts is not None
    sockets: dict[tuple[str, int, str], Listener] = {}
    for each in host.facts.listeners or ():
        if each.protocol != "unix" and is_exposed(each.address):
            sockets.setdefault((estate.service_of(host.name, each).name, each.port, each.protocol), each)
    for (name, _, _), listener in sorted(sockets.items(), key=lambda each: each[0]):
        service = estate.service_named(name)
        assert service is not None
        yield _member(host, service, listener, estate)


def _member(host: EstateHost, service: EstateService, listener: Listener, estate: Estate) -> Member:
    value, reason, why = _judge(host, service, listener, estate)
    where = f"{listener.address or '*'}:{listener.port}/{listener.protocol}"
    return Member(
        name=f"{host.name} {_named_socket(service, listener)}",
        kind="service",
        weight=service.weight,
        measured=None if value is None else Interval.point(value),
        reason=reason,
        evidence=(host_evidence(host, "flows", "listens", where), *why),
        services=(service.name,),
        hosts=(host.name,),
    )


def _named_socket(service: EstateService, listener: Listener) -> str:
    """Return ``redis:6379/tcp``, and only ``tcp/6379`` of a socket that is named after its port."""
    port = f"{listener.protocol}/{listener.port}"
    return port if service.name == port else f"{service.name}:{listener.port}/{listener.protocol}"


def _judge(
    host: EstateHost, service: EstateService, listener: Listener, estate: Estate
) -> tuple[bool | None, Reason | None, tuple[Evidence, ...]]:
    """Return whether the socket is as it should be, why nobody knows, and what says so."""
    entry = service.declared
    old = entry is not None and stale(estate, entry.date)
    if entry is not None and entry.public and not old:
        path = f"services[{service.name}].public"
        said = statement_evidence(estate, path, "public", "yes", entry.date, entry.author, kind="reconciled")
        return True, None, (said,)
    opened, seen = _filtered(host, listener)
    if opened is False:
        return True, None, seen
    if opened is None:
        return None, why_unseen(host, "firewall"), seen
    if estate.context is None or not estate.context.services:
        return None, "not_declared", seen
    if entry is None and _may_be_public(listener, estate):
        return None, why_unseen(host, "flows"), seen
    return (None, "stale", seen) if old else (False, None, seen)


def _may_be_public(listener: Listener, estate: Estate) -> bool:
    """Tell whether a socket whose owner could not be seen may be of a service that is declared public."""
    hidden = not (listener.process or listener.unit or listener.container)
    return hidden and any(each.declared is not None and each.declared.public for each in estate.services)


def _filtered(host: EstateHost, listener: Listener) -> tuple[Truth, tuple[Evidence, ...]]:
    """Return whether the host's own filter lets the socket be reached, and what says so."""
    assert host.facts is not None
    firewall = host.facts.firewall
    if firewall is None and run_of(host, "firewall").outcome != "not_applicable":
        return None, ()
    if firewall is None or firewall.active is False:
        return True, (host_evidence(host, "firewall", "filter", "none"),)
    opened = is_open(firewall, listener.port, listener.protocol)
    said = {True: "lets it through", False: "blocks it", None: "is not understood"}[opened]
    return opened, (host_evidence(host, "firewall", "filter", f"{firewall.kind} {said}"),)
