"""Which page a request gets, and who may see it."""

from __future__ import annotations

import os
import socket
import time
from typing import TYPE_CHECKING

from agent.daemon.exposition import CONTENT_TYPE
from agent.daemon.http_message import File, Response, plain
from agent.daemon.http_server import Exchange
from agent.daemon.metrics_page import flow_families, status_families

if TYPE_CHECKING:
    from agent.daemon.passwords import Passwords
    from agent.daemon.service import Service

_INDEX = b"""<!doctype html><meta charset=utf-8><title>pasencore</title><h1>pasencore agent</h1>
<ul><li><a href=/metrics>/metrics</a><li><a href=/snapshot>/snapshot</a><li><a href=/history>/history</a>
<li><a href=/healthz>/healthz</a></ul>
"""
_GUARDED = (
    "this page needs authentication away from loopback - start the agent with --web-config and basic_auth_users "
    "or client certificates, or ask on 127.0.0.1"
)
_LATE_LOOKS = 3
_BINARY = "application/octet-stream"


class Routes:
    """Answers exchanges from what a service knows.

    Attributes
    ----------
    passwords
        None where no password is asked for.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._waiting: list[Exchange] = []
        self._flows_text = (-1, "")
        self.passwords: Passwords | None = None
        self.unauthorized = 0

    def handle(self, exchange: Exchange) -> None:
        """Answer, after the password was checked where one is asked for."""
        if self.passwords is None:
            self._page(exchange, proved=exchange.certified)
            return

        def then(right: bool | None) -> None:  # noqa: FBT001 - an answer
            if right:
                self._page(exchange, proved=True)
            elif right is None:
                exchange.reply(plain(429, "too many passwords to check"))
            else:
                self.unauthorized += 1
                answer = plain(401)
                answer.headers["WWW-Authenticate"] = 'Basic realm="pasencore", charset="UTF-8"'
                exchange.reply(answer)

        self.passwords.ask(exchange.request.headers.get("authorization", ""), then)

    def _page(self, exchange: Exchange, *, proved: bool) -> None:
        match exchange.request.path:
            case "/metrics":
                exchange.reply(Response(200, self._metrics(), CONTENT_TYPE))
            case "/healthz":
                exchange.reply(self._health())
            case "/snapshot" | "/history" if not (proved or at_home(exchange)):
                exchange.reply(plain(403, _GUARDED))
            case "/snapshot":
                self._ask_snapshot(exchange)
            case "/history":
                exchange.reply(self._history())
            case "/":
                exchange.reply(Response(200, _INDEX, "text/html; charset=utf-8"))
            case _:
                exchange.reply(plain(404))

    def surveyed(self) -> None:
        """Answer those who waited for a survey that has ended."""
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            each.reply(self._snapshot(each))

    def _metrics(self) -> bytes:
        memory = self._service.memory
        changes, text = self._flows_text
        if changes != memory.changes:
            text = flow_families(memory)
            self._flows_text = memory.changes, text
        return (status_families(self._service) + text).encode()

    def _health(self) -> Response:
        quiet = time.monotonic() - self._service.looked
        late = quiet > _LATE_LOOKS * self._service.options.interval + 1
        return plain(503, "no look at the sockets lately") if late else plain(200, "ok")

    def _ask_snapshot(self, exchange: Exchange) -> None:
        survey = self._service.survey
        if survey.pages is not None and time.monotonic() - survey.made < self._service.options.interval:
            exchange.reply(self._snapshot(exchange))
            return
        self._waiting.append(exchange)
        self._service.start_survey()
        if not survey.running:
            self.surveyed()

    def _snapshot(self, exchange: Exchange) -> Response:
        pages = self._service.survey.pages
        if pages is None:
            return plain(503, "the facts of this host could not be read")
        zipped = exchange.request.accepts_gzip()
        name = "compressed" if zipped else "snapshot"
        headers = {"Vary": "Accept-Encoding"} | ({"Content-Encoding": "gzip"} if zipped else {})
        file = File(os.dup(pages.files[name]), pages.size(name))
        return Response(200, b"", "application/json", file, headers)

    def _history(self) -> Response:
        """Return the file of the history as it is now; rows that are written meanwhile are not part of it."""
        try:
            descriptor = os.open(self._service.history.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except OSError:
            return plain(404, "no history yet")
        return Response(200, b"", _BINARY, File(descriptor, os.fstat(descriptor).st_size))


def at_home(exchange: Exchange) -> bool:
    """Tell whether a request came on loopback, under a name of it.

    A page of a stranger, in a browser of this host, may point a name of its own at 127.0.0.1.
    """
    return is_loopback(exchange.local_address) and is_loopback_name(exchange.request.headers.get("host", ""))


def is_loopback(address: str) -> bool:
    """Tell whether an address never leaves the host; a name that only looks like one, such as 127.example, does."""
    if address == "::1":
        return True
    try:
        return socket.inet_pton(socket.AF_INET, address.removeprefix("::ffff:"))[0] == 127  # noqa: PLR2004 - RFC 1122
    except OSError:
        return False


def is_loopback_name(header: str) -> bool:
    """Tell whether a Host header names this host's loopback, whatever the port."""
    name = header[1:].partition("]")[0] if header.startswith("[") else header.partition(":")[0]
    return name in {"", "localhost"} or is_loopback(name)
