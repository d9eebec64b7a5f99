"""Addresses of servers: what a user may give, and the parts a client needs."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from agent.errors import UsageError
from analyzers.model.host_names import is_loopback
from analyzers.model.message import N_, message

NOT_AN_ADDRESS = N_("not an address ({cause})")
NOT_HTTP = N_("{address} is not an http or https address")
WRITE = message(N_("write http://host:port or https://host:port"))
WRITE_THIS = N_("write {address}")
HOLDS_SECRET = message(N_("the address holds a user name or a password"))
OWN_PLACE = message(N_("write them in the context file: http_config.basic_auth.username and password_file"))
HOLDS_QUERY = message(N_("the address holds a query or a fragment"))

DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a server answers, without any secret.

    Attributes
    ----------
    prefix
        Path below which the API lives, such as ``/prometheus``; empty at the root. Never ends with a slash.
    """

    scheme: str
    host: str
    port: int
    prefix: str = ""

    @property
    def authority(self) -> str:
        """``host:port``, with brackets around an IPv6 address; the port is left out when it is the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port: the boundary that credentials never cross."""
        return f"{self.scheme}://{self.authority}"

    @property
    def url(self) -> str:
        """The address as text, prefix included."""
        return f"{self.origin}{self.prefix}"

    @property
    def loopback(self) -> bool:
        """Tell whether the server is on this very machine."""
        return is_loopback(self.host)


def parse_address(text: str, option: str = "") -> Address:
    """Return the parts of the URL of a server.

    Parameters
    ----------
    text
        ``http://host:port/prefix`` or ``https://...``.
    option
        The option or the key that holds it, for the error line.

    Raises
    ------
    UsageError
        When it is no such URL, or holds a user name, a password, a query or a fragment: secrets have their own place.
    """
    where = option or "URL"
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError as error:
        raise UsageError(message(NOT_AN_ADDRESS, cause=str(error)), where, WRITE) from None
    if parts.username is not None or parts.password is not None:
        raise UsageError(HOLDS_SECRET, where, OWN_PLACE)
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise UsageError(message(NOT_HTTP, address=_shown(text, parts)), where, WRITE)
    if parts.query or parts.fragment:
        raise UsageError(HOLDS_QUERY, where, message(WRITE_THIS, address=f"{parts.scheme}://{parts.netloc}"))
    if not _plain(parts.hostname) or not _plain(parts.path) or port == 0:
        raise UsageError(message(NOT_AN_ADDRESS, cause=_shown(text, parts)), where, WRITE)
    return Address(
        scheme=parts.scheme,
        host=parts.hostname,
        port=port or DEFAULT_PORTS[parts.scheme],
        prefix=parts.path.rstrip("/"),
    )


def _shown(text: str, parts: SplitResult) -> str:
    """Return what may be repeated to the user: nothing that could be a secret."""
    if parts.path.isdigit():
        return f"{parts.scheme}:{parts.path}"
    return text.partition("?")[0].rpartition("@")[2][:80]


def _plain(text: str) -> bool:
    return text.isascii() and text.isprintable() and not any(mark in text for mark in ' "<>\\^`{|}')
