"""The keys that open accounts of a host: one account each, strong, and known when they open root."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from analyzers.measures.members import host_evidence, stale
from analyzers.measures.truth import Judged, Truth, every
from analyzers.model.estate import Estate, EstateHost
from analyzers.model.facts import Access, AuthorizedKey

RSA_BITS_FROM = 3072
"""RSA keys under this are weak (NIST SP 800-57 part 1: 128 bits of security)."""

RSA = frozenset({"rsa", "ssh-rsa", "ssh-rsa-cert-v01@openssh.com"})
DSA = frozenset({"dsa", "dss", "ssh-dss", "ssh-dss-cert-v01@openssh.com"})


def of_people(estate: Estate) -> frozenset[str] | None:
    """Return fingerprints of the keys of declared persons, None when no key is declared to be anybody's."""
    people = (estate.context.people or ()) if estate.context is not None else ()
    keys = frozenset(key for each in people if not stale(estate, each.date) for key in each.identities.key)
    return keys or None


def judge(host: EstateHost, access: Access, mapped: frozenset[str] | None) -> Judged:
    """Return whether the keys are rare, strong and named.

    No key opens several accounts; none is DSA, or RSA under 3072 bits; those of root are restricted or a person's.

    Parameters
    ----------
    mapped
        Fingerprints of the keys of declared persons; None when nobody said whose keys are whose.
    """
    keys = access.authorized_keys
    if keys is None:
        return Judged(holds=None)
    strong = [_strong(each) for each in keys]
    named = [_named(each, access, mapped) for each in keys]
    several = _on_several_accounts(keys)
    return Judged(
        holds=every((not several, *strong, *named)),
        reason="not_declared" if mapped is None and None in named else "partial",
        evidence=(
            host_evidence(host, "access", "keys", len(keys), "keys"),
            host_evidence(host, "access", "keys.on_several_accounts", several, "keys"),
            host_evidence(host, "access", "keys.weak", strong.count(False), "keys"),
            host_evidence(host, "access", "keys.of_root_without_a_person", named.count(False), "keys"),
        ),
    )


def _on_several_accounts(keys: Iterable[AuthorizedKey]) -> int:
    opened: dict[str, set[str]] = defaultdict(set)
    for each in keys:
        opened[each.fingerprint].add(each.account)
    return sum(len(accounts) > 1 for accounts in opened.values())


def _strong(key: AuthorizedKey) -> Truth:
    kind = key.type.lower()
    if kind in DSA:
        return False
    if kind not in RSA:
        return True
    return None if key.bits is None else key.bits >= RSA_BITS_FROM


def _named(key: AuthorizedKey, access: Access, mapped: frozenset[str] | None) -> Truth:
    """Tell whether a key that opens root is restricted or a person's; a key of another account has nothing to prove."""
    if key.restricted or (mapped is not None and key.fingerprint in mapped):
        return True
    if access.accounts is None and key.account != "root":
        return None
    roots = {"root", *(each.name for each in access.accounts or () if each.uid == 0)}
    if key.account not in roots:
        return True
    return None if mapped is None else False
