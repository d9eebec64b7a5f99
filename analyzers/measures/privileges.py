"""Privileged access to hosts: is it rare, named and strong?"""

from __future__ import annotations

from analyzers.measures import key_rules, sshd_rules, sudo_rules
from analyzers.measures.members import host_member, of_hosts, run_of, unseen_host
from analyzers.measures.truth import mean
from analyzers.model.estate import Estate, EstateHost
from analyzers.model.evidence import Member, Population

FILES = {"sshd": "/ssh/sshd", "sudo": "sudoers", "keys": "authorized_keys"}
"""What the names of the files of each part hold: one that was refused leaves the part open."""


def privileged(estate: Estate) -> Population:
    """Return hosts, each valued by the share of its three sets of rules that hold: sshd, sudo, keys."""
    mapped = key_rules.of_people(estate)
    return of_hosts("hosts.privileged", (_member(host, mapped) for host in estate.hosts), estate, "access")


def _member(host: EstateHost, mapped: frozenset[str] | None) -> Member:
    access = host.facts.access if host.facts is not None else None
    if access is None:
        return unseen_host(host, "access")
    judged = {
        "sshd": sshd_rules.judge(host, access, refused=_refused(host, "sshd")),
        "sudo": sudo_rules.judge(host, access),
        "keys": key_rules.judge(host, access, mapped),
    }
    truths = [None if each.holds and _refused(host, part) else each.holds for part, each in judged.items()]
    evidence = [piece for each in judged.values() for piece in each.evidence]
    if not evidence:
        return unseen_host(host, "access")
    open_for = [each.reason for each, truth in zip(judged.values(), truths, strict=True) if truth is None]
    reason = (run_of(host, "access").reason or open_for[0]) if open_for else None
    return host_member(host, mean(truths), *evidence, reason=reason)


def _refused(host: EstateHost, part: str) -> bool:
    return any(FILES[part] in phrase for phrase in run_of(host, "access").could_not_see)
