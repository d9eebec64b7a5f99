"""The web configuration file: TLS and passwords, a subset of the format of Prometheus's exporter-toolkit.

Understood: ``tls_server_config`` with ``cert_file``, ``key_file``, ``client_ca_file``, ``client_auth_type`` and
``min_version``; ``basic_auth_users`` with bcrypt. Any other field is refused by name: a setting that is meant to
protect and does nothing would be worse than none. YAML and TLS are loaded here, when such a file is used.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from agent.errors import UsageError
from agent.input_file import read_bounded
from agent.yaml_text import Node, read_yaml
from analyzers.model.message import N_, Message, message

Word = TypeVar("Word")

MOST_BYTES = 1 << 20
BCRYPT = re.compile(r"\$2[abxy]\$(?P<cost>\d\d)\$[./A-Za-z0-9]{53}")
MOST_COST = 15
"""Each step doubles the time of a check: this one takes some 2 s."""

_TOP = frozenset(["tls_server_config", "basic_auth_users"])
_TLS = frozenset(["cert_file", "key_file", "client_ca_file", "client_auth_type", "min_version"])
_CLIENT_AUTH = {
    "NoClientCert": ssl.CERT_NONE,
    "VerifyClientCertIfGiven": ssl.CERT_OPTIONAL,
    "RequireAndVerifyClientCert": ssl.CERT_REQUIRED,
}
_VERSIONS = {"TLS12": ssl.TLSVersion.TLSv1_2, "TLS13": ssl.TLSVersion.TLSv1_3}
_LISTED = message(N_("remove it: the documentation lists what is understood"))


@dataclass(frozen=True, slots=True)
class WebConfig:
    """What the file asks for; empty it asks for nothing."""

    tls: ssl.SSLContext | None = None
    users: Mapping[str, bytes] = field(default_factory=dict)


def read_web_config(path: Path) -> WebConfig:
    """Return what a web configuration file asks for.

    Raises
    ------
    UsageError
        When it cannot be read, holds a field that is not understood, or names a certificate that is none.
    """
    return parse_web_config(read_bounded(path, MOST_BYTES), path)


def parse_web_config(content: bytes, path: Path) -> WebConfig:
    """Return what the text of a web configuration file asks for; relative paths are beside the file.

    Raises
    ------
    UsageError
        As `read_web_config`.
    """
    if all(not line.strip() or line.lstrip().startswith(b"#") for line in content.splitlines()):
        return WebConfig()
    root = read_yaml(content, str(path))
    top = _block(root, path, "", _TOP)
    tls = top.get("tls_server_config")
    users = top.get("basic_auth_users")
    return WebConfig(
        _context(tls, path) if tls is not None and tls.value is not None else None,
        _users(users, path) if users is not None and users.value is not None else {},
    )


def _block(node: Node, path: Path, name: str, known: frozenset[str] | None) -> Mapping[str, Node]:
    if node.value is None:
        return {}
    if not isinstance(node.value, Mapping):
        raise _fault(path, node, message(N_("{name}: expected a mapping"), name=name or "-"))
    for key, value in node.value.items():
        if known is not None and key not in known:
            field_name = f"{name}.{key}" if name else key
            raise _fault(path, value, message(N_("{field} is not understood here"), field=field_name), _LISTED)
    return node.value


def _users(node: Node, path: Path) -> Mapping[str, bytes]:
    found = {}
    for user, value in _block(node, path, "basic_auth_users", None).items():
        match = BCRYPT.fullmatch(value.value) if isinstance(value.value, str) else None
        if match is None:
            remedy = message(N_("write one with: htpasswd -nBC 10 '' | tr -d ':\\n'"))
            raise _fault(path, value, message(N_("the password of {user} is no bcrypt hash"), user=user[:40]), remedy)
        if int(match["cost"]) > MOST_COST:
            template = N_("the password of {user} takes too long to check: cost {cost}, at most {most}")
            raise _fault(path, value, message(template, user=user[:40], cost=match["cost"], most=str(MOST_COST)))
        found[user] = match[0].encode()
    return found


def _context(node: Node, path: Path) -> ssl.SSLContext:
    fields = _block(node, path, "tls_server_config", _TLS)
    certificate, key = _file(fields, "cert_file", path), _file(fields, "key_file", path)
    if certificate is None or key is None:
        raise _fault(path, node, message(N_("tls_server_config needs cert_file and key_file")))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = _word(fields, "min_version", _VERSIONS, path, ssl.TLSVersion.TLSv1_2)
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except (OSError, ValueError) as error:
        template = N_("{file}: no certificate with its key: {cause}")
        raise _fault(path, fields["cert_file"], message(template, file=str(certificate), cause=_cause(error))) from None
    authority = _file(fields, "client_ca_file", path)
    wanted = _word(fields, "client_auth_type", _CLIENT_AUTH, path, ssl.CERT_NONE)
    if (wanted != ssl.CERT_NONE) is not (authority is not None):
        raise _fault(path, node, message(N_("client_auth_type and client_ca_file are needed together")))
    if authority is not None:
        try:
            context.load_verify_locations(authority)
        except (OSError, ValueError) as error:
            template = N_("{file}: no certificates: {cause}")
            what = message(template, file=str(authority), cause=_cause(error))
            raise _fault(path, fields["client_ca_file"], what) from None
    context.verify_mode = wanted
    return context


def _no_password() -> str:
    """Give no password: OpenSSL would ask for it on the terminal."""
    return ""


def _file(fields: Mapping[str, Node], name: str, path: Path) -> Path | None:
    node = fields.get(name)
    if node is None or node.value in (None, ""):
        return None
    if not isinstance(node.value, str):
        raise _fault(path, node, message(N_("{name}: expected a path"), name=name))
    return path.parent / node.value


def _word(fields: Mapping[str, Node], name: str, known: Mapping[str, Word], path: Path, default: Word) -> Word:
    node = fields.get(name)
    if node is None or node.value in (None, ""):
        return default
    if not isinstance(node.value, str) or node.value not in known:
        what = message(N_("{name}: expected one of {words}"), name=name, words=", ".join(known))
        raise _fault(path, node, what)
    return known[node.value]


def _fault(path: Path, node: Node, what: Message, remedy: Message | str = "") -> UsageError:
    return UsageError(what, f"{path}:{node.line}", remedy)


def _cause(error: Exception) -> str:
    return str(getattr(error, "reason", "") or getattr(error, "strerror", "") or error)
