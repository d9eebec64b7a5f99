"""Keys that open accounts: their fingerprints leave the host, the keys and their comments do not."""

from __future__ import annotations

import binascii
import hashlib
import posixpath
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import replace

from agent.collectors.access.accounts import Entry
from agent.collectors.machine import Machine
from analyzers.model.facts import AuthorizedKey
from analyzers.model.reasons import Reason

_TYPE = re.compile(r"(?:ssh|ecdsa|sk-ssh|sk-ecdsa|rsa)-[\w@.-]+")
_OPTIONS = re.compile(r'(?:[^\s"]|"(?:\\.|[^"\\])*")+')
_LIMITS = re.compile(
    r"(?i)(?:^|,)\s*(?:restrict|command=|from=|permitopen=|permitlisten=|no-pty|no-port-forwarding|expiry-time=)"
)
_LENGTH = 4


def of_account(machine: Machine, account: Entry, patterns: tuple[str, ...]) -> tuple[AuthorizedKey, ...] | Reason:
    """Return the keys that open an account, or why one of its files cannot be read; nothing is recorded.

    Parameters
    ----------
    patterns
        Arguments of ``AuthorizedKeysFile``: relative to the home folder, with ``%h``, ``%u``, ``%U`` and ``%%``.
    """
    keys: list[AuthorizedKey] = []
    for name in dict.fromkeys(_file(pattern, account) for pattern in patterns if pattern.lower() != "none"):
        # The phrase that a refusal leaves would name a person by the folder.
        aside = replace(machine, could_not_see=[], reason=None)
        text = aside.read(name)
        if aside.reason is not None or _closed(machine, name):
            return aside.reason or "no_permission"
        keys.extend(parse(text or "", account.name))
    return tuple(keys)


def _closed(machine: Machine, name: str) -> bool:
    """Tell whether a folder on the way may not be entered."""
    try:
        machine.path(name).stat()
    except PermissionError:
        return True
    except OSError:
        return False
    return False


def _file(pattern: str, account: Entry) -> str:
    tokens = {"%h": account.home, "%u": account.name, "%U": str(account.uid), "%%": "%"}
    path = re.sub("%[huU%]", lambda found: tokens[found[0]], pattern)
    return posixpath.join(account.home, path)


def parse(text: str, account: str) -> Iterator[AuthorizedKey]:
    """Yield the keys of an ``authorized_keys`` file (sshd(8)); lines that are no key are left out."""
    for line in text.splitlines():
        fields = line.strip()
        if not fields or fields.startswith("#"):
            continue
        options = ""
        if _TYPE.match(fields.partition(" ")[0]) is None:
            found = _OPTIONS.match(fields)
            options = found[0] if found else ""
            fields = fields[len(options) :].strip()
        key = _key(fields.split(), account, restricted=_LIMITS.search(options) is not None)
        if key is not None:
            yield key


def _key(words: list[str], account: str, *, restricted: bool) -> AuthorizedKey | None:
    if len(words) < 2 or _TYPE.fullmatch(words[0]) is None:  # noqa: PLR2004 - type and key
        return None
    try:
        blob = b64decode(words[1], validate=True)
    except (binascii.Error, ValueError):
        return None
    parts = _parts(blob)
    if len(parts) < 2 or parts[0] != words[0].encode():  # noqa: PLR2004 - type and at least one number
        return None
    return AuthorizedKey(
        account=account,
        type=words[0],
        fingerprint=f"SHA256:{b64encode(hashlib.sha256(blob).digest()).decode().rstrip('=')}",
        restricted=restricted,
        bits=_rsa_bits(parts),
    )


def _parts(blob: bytes) -> list[bytes]:
    """Return the length-prefixed strings of a public key (RFC 4253, section 6.6), none when it is cut short."""
    parts = []
    while blob:
        length = int.from_bytes(blob[:_LENGTH], "big")
        if len(blob) < _LENGTH + length:
            return []
        parts.append(blob[_LENGTH : _LENGTH + length])
        blob = blob[_LENGTH + length :]
    return parts


def _rsa_bits(parts: list[bytes]) -> int | None:
    """Return the length of the modulus: type, exponent, modulus; a certificate has a nonce before the exponent."""
    if parts[0] == b"ssh-rsa" and len(parts) == 3:  # noqa: PLR2004 - type, exponent, modulus
        return int.from_bytes(parts[2], "big").bit_length()
    return None
