"""How to enter a server: headers and TLS from an ``http_config`` block. Secrets are read at use and never kept."""

from __future__ import annotations

import ssl
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from agent.errors import UsageError
from analyzers.model.context import HttpConfig, TlsConfig
from analyzers.model.message import N_, Message, message

MOST_SECRET_BYTES = 64 << 10

ALONE = message(N_("write the secret alone in it, on one line"))
BOTH_WAYS = message(N_("basic_auth and authorization are both given"))
KEEP_ONE = message(N_("keep one of them"))
HALF_PAIR = message(N_("cert_file and key_file go together"))
GIVE_BOTH = message(N_("give both"))
NOT_A_HEADER = N_("'{name}' is not the name of a header")
RENAME = message(N_("write a name such as X-Scope-OrgID"))
NOT_YOURS = N_("the header {name} may not be set")
OWN_BLOCK = message(N_("credentials go into basic_auth or authorization"))
NOT_TEXT = N_("{key} is not text")
EMPTY = message(N_("the secret is empty"))
NOT_ASCII = message(N_("a character that no HTTP header may hold"))
NOT_A_TYPE = message(N_("authorization.type is one word, such as Bearer"))
SEVERAL_LINES = message(N_("more than one line, or a control character"))
CANNOT_USE = N_("cannot use {key}: {cause}")
CREATE = message(N_("create it, readable by the user who runs this"))
GIVE_PEM = message(N_("give a PEM file of certificates"))
GIVE_PAIR = message(N_("give a PEM certificate and its key, without a passphrase, readable by the user who runs this"))

RESERVED = frozenset(
    {
        "accept-encoding",
        "authorization",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "host",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
    }
)
"""Headers that ``http_headers`` may not set: the client owns them, or they have a block of their own."""

_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz")


@dataclass(frozen=True, slots=True)
class Access:
    """The way into one server.

    Attributes
    ----------
    config
        As in Prometheus; None enters without credentials.
    folder
        What relative paths are relative to: the folder of the context file.

    Raises
    ------
    UsageError
        When the block contradicts itself.
    """

    config: HttpConfig | None = field(default=None, repr=False)
    folder: Path = Path()

    def __post_init__(self) -> None:
        if self.config is None:
            return
        if self.config.basic_auth is not None and self.config.authorization is not None:
            raise UsageError(BOTH_WAYS, "http_config", KEEP_ONE)
        if self.config.authorization is not None and set(self.config.authorization.type.lower()) - _TOKEN:
            raise UsageError(NOT_A_TYPE, "http_config.authorization")
        for name in self.config.http_headers:
            if not name or set(name.lower()) - _TOKEN:
                raise UsageError(message(NOT_A_HEADER, name=name), "http_config.http_headers", RENAME)
            if name.lower() in RESERVED:
                raise UsageError(message(NOT_YOURS, name=name), "http_config.http_headers", OWN_BLOCK)
        tls = self.config.tls_config
        if tls is not None and (tls.cert_file is None) != (tls.key_file is None):
            raise UsageError(HALF_PAIR, "http_config.tls_config", GIVE_BOTH)

    @property
    def secret(self) -> bool:
        """Tell whether requests carry something that another server must not see."""
        config = self.config
        return config is not None and bool(config.basic_auth or config.authorization or config.http_headers)

    @property
    def server_name(self) -> str | None:
        """The name that the server's certificate must bear, None for the host of the address."""
        tls = self.config.tls_config if self.config else None
        return tls.server_name if tls else None

    def headers(self) -> Iterator[tuple[str, str]]:
        """Yield the headers to send, their secrets read from their files now.

        Raises
        ------
        UsageError
            When a file cannot be read or does not hold one line.
        """
        config = self.config
        if config is None:
            return
        if config.basic_auth is not None:
            password = self._secret(config.basic_auth.password_file, "basic_auth.password_file")
            pair = f"{config.basic_auth.username}:{password}".encode()
            yield "Authorization", f"Basic {b64encode(pair).decode('ascii')}"
        if config.authorization is not None:
            token = self._secret(config.authorization.credentials_file, "authorization.credentials_file")
            yield "Authorization", f"{config.authorization.type} {_ascii(token, config.authorization.credentials_file)}"
        for name, header in config.http_headers.items():
            for value in header.values:
                where = f"http_config.http_headers.{name}"
                yield name, _ascii(_one_line(value, where), where)
            for file in header.files:
                yield name, _ascii(self._secret(file, f"http_headers.{name}.files"), file)

    def tls(self) -> ssl.SSLContext:
        """Return the TLS context: the given CA alone or the system's, the client certificate if there is one.

        Raises
        ------
        UsageError
            When a file cannot be read or is no certificate or key.
        """
        given = (self.config.tls_config if self.config else None) or TlsConfig()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if given.insecure_skip_verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        elif given.ca_file is None:
            context.load_default_certs()
        if given.ca_file is not None:
            path = self._path(given.ca_file)
            try:
                context.load_verify_locations(path)
            except (OSError, ssl.SSLError) as error:
                raise _bad_file(error, path, "tls_config.ca_file", GIVE_PEM) from None
        if given.cert_file is not None and given.key_file is not None:
            path = self._path(given.cert_file)
            try:
                # An encrypted key would make OpenSSL ask on the terminal: an empty password fails instead.
                context.load_cert_chain(path, self._path(given.key_file), password="")
            except (OSError, ssl.SSLError) as error:
                raise _bad_file(error, path, "tls_config.cert_file, key_file", GIVE_PAIR) from None
        return context

    def _path(self, name: str) -> Path:
        return self.folder / name

    def _secret(self, name: str, key: str) -> str:
        path = self._path(name)
        try:
            with path.open("rb") as stream:
                text = stream.read(MOST_SECRET_BYTES).decode("utf-8")
        except OSError as error:
            raise _bad_file(error, path, key, CREATE) from None
        except UnicodeDecodeError:
            raise UsageError(message(NOT_TEXT, key=key), str(path), ALONE) from None
        return _one_line(text.strip(), str(path))


def _one_line(text: str, where: str) -> str:
    """Return a value of a header; the value itself is never repeated in the error."""
    if not text:
        raise UsageError(EMPTY, where, ALONE)
    if not text.isprintable():
        raise UsageError(SEVERAL_LINES, where, ALONE)
    return text


def _ascii(text: str, where: str) -> str:
    if not text.isascii():
        raise UsageError(NOT_ASCII, where, ALONE)
    return text


def _bad_file(error: OSError, path: Path, key: str, remedy: Message) -> UsageError:
    cause = error.reason if isinstance(error, ssl.SSLError) else error.strerror
    return UsageError(message(CANNOT_USE, key=key, cause=cause or "not readable"), str(path), remedy)
