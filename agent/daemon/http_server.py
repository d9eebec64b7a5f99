"""A small HTTP server on the agent's own selector: bounded in connections, time and memory, whoever calls."""

from __future__ import annotations

import os
import selectors
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from agent.daemon.http_message import BadRequestError, Request, Response, head_end, parse_head, plain

if TYPE_CHECKING:
    import ssl

MOST_CONNECTIONS = 128
HEAD_SECONDS = 10.0
"""A client that has not said its whole request by then is gone, or means harm."""

IDLE_SECONDS = 90.0
"""Beyond the common interval of scrapes: their connection stays open."""

WAIT_SECONDS = 90.0
_LEAST_BYTES_A_SECOND = 20_000
_SEND_SECONDS = 30.0
_ACCEPTED_AT_ONCE = 64
_READ_BYTES = 8 << 10
_FILE_BYTES = 64 << 10


class Exchange:
    """One request that waits for its response; the first `reply` counts."""

    def __init__(self, server: Server, connection: Connection, request: Request) -> None:
        self._server, self._connection = server, connection
        self.request = request

    @property
    def local_address(self) -> str:
        """Return the address on which the request came in, empty when the connection is gone."""
        try:
            return str(self._connection.socket.getsockname()[0])
        except OSError:
            return ""

    @property
    def certified(self) -> bool:
        """Tell whether the client showed a certificate, which the handshake then verified."""
        shown = getattr(self._connection.socket, "getpeercert", None)
        return bool(shown and shown())

    def reply(self, response: Response) -> None:
        """Send the response, unless the client is gone."""
        self._server.send(self._connection, self, response)


class Connection:
    """One client."""

    __slots__ = ("deadline", "exchange", "file", "keep_alive", "left", "offset", "out", "received", "socket", "state")

    def __init__(self, ours: socket.socket, state: Literal["handshake", "head"], deadline: float) -> None:
        self.socket = ours
        self.state: Literal["handshake", "head", "waiting", "sending", "closed"] = state
        self.deadline = deadline
        self.received = bytearray()
        self.exchange: Exchange | None = None
        self.keep_alive = False
        self.out = memoryview(b"")
        self.file = -1
        self.offset = self.left = 0


class Server:
    """Listens, and hands each request to `handle`.

    Parameters
    ----------
    selector
        The loop's; data of a registered file is a function that takes the events.
    handle
        Gets an exchange, and replies to it now or later; what it raises is answered with 500.
    """

    def __init__(self, selector: selectors.BaseSelector, handle: Callable[[Exchange], None]) -> None:
        self._selector, self._handle = selector, handle
        self._listening: list[socket.socket] = []
        self._connections: dict[int, Connection] = {}
        self.tls: ssl.SSLContext | None = None
        self._handling: Connection | None = None
        self.requests = 0
        self.refused = 0
        """Connections that ended without a request: too slow, too many, no HTTP, no TLS."""

    def listen(self, host: str, port: int) -> list[int]:
        """Listen on every address of a host ("" means all) and return the ports.

        Raises
        ------
        OSError
            When none can be had.
        """
        flags = socket.AI_PASSIVE
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=flags)
        if not host:
            found = [each for each in found if each[0] == socket.AF_INET6] or found
        for family, _, _, _, address in found:
            both = family == socket.AF_INET6 and not host
            ours = socket.create_server(
                address, family=family, backlog=256, dualstack_ipv6=both and socket.has_dualstack_ipv6()
            )
            ours.setblocking(False)  # noqa: FBT003 - the library's signature
            self._listening.append(ours)
            self._selector.register(ours, selectors.EVENT_READ, lambda _, ours=ours: self._accept(ours))
        return [int(each.getsockname()[1]) for each in self._listening]

    def __len__(self) -> int:
        return len(self._connections)

    def close(self) -> None:
        """Close everything."""
        for each in self._listening:
            self._selector.unregister(each)
            each.close()
        self._listening = []
        for connection in list(self._connections.values()):
            self._close(connection)

    def sweep(self) -> None:
        """Close connections whose time is over."""
        now = time.monotonic()
        for each in [each for each in self._connections.values() if each.deadline < now]:
            self.refused += each.state in {"handshake", "head"} and bool(each.received)
            self._close(each)

    def send(self, connection: Connection, exchange: Exchange, response: Response) -> None:
        """Send a response to the exchange that a connection waits with."""
        file = response.file
        if connection.exchange is not exchange or connection.state != "waiting":
            if file is not None:
                os.close(file.descriptor)
            return
        request = exchange.request
        connection.keep_alive = request.keep_alive and response.status != 500  # noqa: PLR2004 - our own fault
        body = b"" if request.method == "HEAD" else response.body
        connection.out = memoryview(response.head(keep_alive=connection.keep_alive) + body)
        connection.left = connection.offset = 0
        if file is not None and request.method != "HEAD":
            connection.file, connection.left = file.descriptor, file.size
        elif file is not None:
            os.close(file.descriptor)
        connection.state = "sending"
        total = len(connection.out) + connection.left
        connection.deadline = time.monotonic() + _SEND_SECONDS + total / _LEAST_BYTES_A_SECOND
        if connection is not self._handling:
            self._advance(connection)

    def _accept(self, ours: socket.socket) -> None:
        for _ in range(_ACCEPTED_AT_ONCE):
            try:
                client, _ = ours.accept()
            except OSError:
                return
            client.setblocking(False)  # noqa: FBT003 - the library's signature
            with suppress(OSError):
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            state: Literal["handshake", "head"] = "head"
            if self.tls is not None:
                try:
                    client = self.tls.wrap_socket(client, server_side=True, do_handshake_on_connect=False)
                except OSError:
                    client.close()
                    continue
                state = "handshake"
            if len(self._connections) >= MOST_CONNECTIONS and not self._make_room():
                client.close()
                self.refused += 1
                continue
            connection = Connection(client, state, time.monotonic() + HEAD_SECONDS)
            self._connections[client.fileno()] = connection
            self._selector.register(client, selectors.EVENT_READ, lambda _, each=connection: self._advance(each))
            self._advance(connection)

    def _make_room(self) -> bool:
        """Close the connection that has said nothing whole for the longest time; tell whether there was one."""
        oldest = next((each for each in self._connections.values() if each.state in {"handshake", "head"}), None)
        if oldest is None:
            return False
        self.refused += bool(oldest.received) or oldest.state == "handshake"
        self._close(oldest)
        return True

    def _advance(self, connection: Connection) -> None:
        """Do what can be done for a connection without waiting."""
        try:
            while connection.state != "closed" and self._step(connection):
                pass
        except (BlockingIOError, InterruptedError):
            self._wait_for(connection, selectors.EVENT_WRITE if connection.state == "sending" else selectors.EVENT_READ)
        except OSError as error:
            wants = {"SSLWantReadError": selectors.EVENT_READ, "SSLWantWriteError": selectors.EVENT_WRITE}
            wanted = wants.get(type(error).__name__)
            if wanted is not None:
                self._wait_for(connection, wanted)
                return
            self.refused += connection.state in {"handshake", "head"} and connection.exchange is None
            self._close(connection)

    def _step(self, connection: Connection) -> bool:
        """Advance by one state; return whether more can be done now. Raises what a socket that is not ready raises."""
        match connection.state:
            case "handshake":
                connection.socket.do_handshake()  # type: ignore[attr-defined]
                connection.state = "head"
                return True
            case "head":
                return self._read(connection)
            case "waiting":
                return self._hear(connection)
            case "sending":
                return self._write(connection)
        return False

    def _hear(self, connection: Connection) -> bool:
        """Read on while a response is made: a client that leaves is noticed, one that says too much is let go."""
        data = connection.socket.recv(_READ_BYTES)
        connection.received += data
        if not data or len(connection.received) > _READ_BYTES:
            self._close(connection)
        return bool(data)

    def _read(self, connection: Connection) -> bool:
        try:
            end = head_end(connection.received)
            if end < 0:
                data = connection.socket.recv(_READ_BYTES)
                if not data:
                    self._close(connection)
                    return False
                if not connection.received:
                    connection.deadline = time.monotonic() + HEAD_SECONDS
                connection.received += data
                return True
            request = parse_head(bytes(connection.received[:end]))
        except BadRequestError as error:
            self.refused += 1
            connection.received.clear()
            request, status = Request("GET", "", {}, keep_alive=False), error.status
            self._answer(connection, request, lambda exchange: exchange.reply(plain(status)))
            return True
        del connection.received[:end]
        self.requests += 1
        self._answer(connection, request, self._handle)
        return True

    def _answer(self, connection: Connection, request: Request, handle: Callable[[Exchange], None]) -> None:
        """Hand a request over; a response that comes at once is sent by whoever advances the connection."""
        connection.state = "waiting"
        connection.deadline = time.monotonic() + WAIT_SECONDS
        connection.exchange = Exchange(self, connection, request)
        self._handling = connection
        try:
            handle(connection.exchange)
        except Exception:  # noqa: BLE001 - a page that fails is no reason to stop watching; the journal gets its cause
            sys.excepthook(*sys.exc_info())
            connection.exchange.reply(plain(500))
        finally:
            self._handling = None

    def _write(self, connection: Connection) -> bool:
        if connection.out:
            connection.out = connection.out[connection.socket.send(connection.out) :]
            return True
        if connection.left:
            self._write_file(connection)
            return True
        self._forget_file(connection)
        connection.exchange = None
        if not connection.keep_alive:
            self._close(connection)
            return False
        connection.state = "head"
        connection.deadline = time.monotonic() + (HEAD_SECONDS if connection.received else IDLE_SECONDS)
        # The one that spoke last is the last to make room for others.
        self._connections[connection.socket.fileno()] = self._connections.pop(connection.socket.fileno())
        self._wait_for(connection, selectors.EVENT_READ)
        return True

    def _write_file(self, connection: Connection) -> None:
        size = min(_FILE_BYTES, connection.left)
        if self.tls is None:
            sent = os.sendfile(connection.socket.fileno(), connection.file, connection.offset, size)
        else:
            data = os.pread(connection.file, size, connection.offset)
            sent = connection.socket.send(data) if data else 0
        if not sent:
            # The file became shorter: the client must not take what it has for the whole.
            raise ConnectionAbortedError
        connection.offset += sent
        connection.left -= sent

    def _wait_for(self, connection: Connection, events: int) -> None:
        if connection.state != "closed" and self._selector.get_key(connection.socket).events != events:
            self._selector.modify(connection.socket, events, lambda _, each=connection: self._advance(each))

    def _forget_file(self, connection: Connection) -> None:
        if connection.file >= 0:
            os.close(connection.file)
            connection.file = -1

    def _close(self, connection: Connection) -> None:
        if connection.state == "closed":
            return
        connection.state = "closed"
        self._forget_file(connection)
        self._selector.unregister(connection.socket)
        self._connections.pop(connection.socket.fileno(), None)
        connection.socket.close()
