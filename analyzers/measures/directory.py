"""Who is behind an address: known hosts, declared external services, ranges of providers."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal, TypeAlias

from analyzers.measures.members import stale, statement_evidence
from analyzers.model.context import Context, Statement
from analyzers.model.estate import Estate, EstateHost
from analyzers.model.evidence import Evidence, Kind

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A range or a domain that the context file gives to somebody, and where it says so."""

    name: str
    path: str
    kind: Literal["service", "provider"]
    network: Network | None = None
    domain: str = ""
    date: dt.date | None = None
    author: str | None = None

    def covers(self, text: str, address: Address | None) -> bool:
        """Tell whether an address, or a name that stands in its place, belongs to the claim."""
        if address is not None:
            return self.network is not None and address.version == self.network.version and address in self.network
        return bool(self.domain) and (text == self.domain or text.endswith(f".{self.domain}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Somebody known: a host of the estate, or a claim of the context file that may be stale."""

    name: str
    kind: Literal["host", "service", "provider"]
    host: EstateHost | None = None
    evidence: tuple[Evidence, ...] = ()
    stale: bool = False


@dataclass(frozen=True)
class Directory:
    """Looks addresses up in one estate."""

    estate: Estate

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """Ranges and domains that the context file gives to services and providers."""
        return tuple(_claims(self.estate.context)) if self.estate.context is not None else ()

    def who(self, text: str) -> Identity | None:
        """Return who an address is, None when nobody knows; a fresh claim is preferred to a stale one."""
        address = parse(text)
        host = self.estate.host_named(str(address) if address is not None else text)
        if host is not None:
            return Identity(name=host.name, kind="host", host=host)
        found = [each for each in self.claims if each.covers(text.lower(), address)]
        known = sorted(found, key=lambda each: stale(self.estate, each.date))
        return self._identity(known[0]) if known else None

    def _identity(self, claim: Claim) -> Identity:
        old = stale(self.estate, claim.date)
        kind: Kind = "unknown" if old else "reconciled"
        said = statement_evidence(self.estate, claim.path, "known_as", claim.name, claim.date, claim.author, kind)
        return Identity(name=claim.name, kind=claim.kind, evidence=(said,), stale=old)


@lru_cache(maxsize=1 << 16)
def parse(text: str) -> Address | None:
    """Return the address that a socket shows, without its zone and with IPv4 in IPv6 unwrapped; None for a name."""
    try:
        address = ipaddress.ip_address(text.split("%", 1)[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped if mapped is not None else address


def _claims(context: Context) -> Iterable[Claim]:
    for index, service in enumerate(context.services or ()):
        for place, texts in (("addresses", service.addresses), ("domains", service.domains)):
            for text in texts:
                path = f"services[{index}].{place}"
                yield _claim(service.name, "service", path, text, service)
    for index, provider in enumerate(context.providers or ()):
        for place, texts in (("ranges", provider.ranges), ("domains", provider.domains)):
            for text in texts:
                path = f"providers[{index}].{place}"
                yield _claim(provider.name, "provider", path, text, provider)
    for index, contract in enumerate(context.contracts or ()):
        for text in contract.access.ranges if contract.access is not None else ():
            yield _claim(contract.provider, "provider", f"contracts[{index}].access.ranges", text, contract)


def _claim(name: str, kind: Literal["service", "provider"], path: str, text: str, said: Statement) -> Claim:
    try:
        network: Network | None = ipaddress.ip_network(text, strict=False)
    except ValueError:
        network = None
    domain = "" if network is not None else text.lower().removeprefix("*.")
    return Claim(name=name, kind=kind, path=path, network=network, domain=domain, date=said.date, author=said.author)
