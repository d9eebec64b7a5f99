"""The way in: what the SSH server of a host asks for."""

from __future__ import annotations

from analyzers.measures.members import host_evidence
from analyzers.measures.truth import Judged, Truth, every
from analyzers.model.estate import EstateHost
from analyzers.model.facts import Access, SshPolicy

NO_PASSWORD_FOR_ROOT = frozenset({"no", "prohibit-password", "without-password", "forced-commands-only"})

WEAKER_FOR_SOME = frozenset({"passwordauthentication yes", "permitrootlogin yes"})
"""What a Match block may open again."""


def judge(host: EstateHost, access: Access, *, refused: bool) -> Judged:
    """Return whether the way in is strong: no password, not even for root, and only for those who are listed.

    Parameters
    ----------
    refused
        A file of the server could not be read: what it does not list elsewhere, it may list there.
    """
    if access.sshd_present is False:
        return Judged(holds=True, evidence=(host_evidence(host, "access", "sshd.present", value=False),))
    policy = access.sshd
    if policy is None:
        return Judged(holds=None)
    weaker = sorted(WEAKER_FOR_SOME.intersection(each.lower() for each in policy.conditional))
    listed = bool(policy.allow_groups or policy.allow_users)
    return Judged(
        holds=every(
            (
                not weaker,
                _root_without_password(policy),
                None if policy.password_authentication is None else not policy.password_authentication,
                listed or (None if refused and not policy.effective else False),
            )
        ),
        evidence=(
            host_evidence(host, "access", "sshd.permit_root_login", policy.permit_root_login or None),
            host_evidence(host, "access", "sshd.password_authentication", policy.password_authentication),
            host_evidence(host, "access", "sshd.only_those_listed", listed),
            *(host_evidence(host, "access", "sshd.for_some", each) for each in weaker),
        ),
    )


def _root_without_password(policy: SshPolicy) -> Truth:
    return policy.permit_root_login in NO_PASSWORD_FOR_ROOT if policy.permit_root_login else None
