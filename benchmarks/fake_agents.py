"""A thousand agents in one process: ``python -m benchmarks.fake_agents COUNT`` serves a snapshot a path, on loopback.

Prints its port once it listens, and leaves when its standard input closes.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import json
import sys
from typing import Any

from agent.looking import look_at_host
from agent.snapshot_file import canonical

FLOWS = 60
LISTENERS = 20
SERVICES = ("nginx", "postgresql@15-main", "redis-server", "boutique", "facturation", "chrony", "ssh", "node_exporter")


def snapshots(count: int) -> list[bytes]:
    """Return as many snapshots in gzip: this very machine, each with a name, addresses and flows of its own."""
    base: dict[str, Any] = json.loads(canonical(look_at_host()))
    now = dt.datetime.now(dt.UTC).isoformat()
    return [gzip.compress(json.dumps(_varied(base, rank, count, now)).encode(), 1, mtime=0) for rank in range(count)]


def _varied(base: dict[str, Any], rank: int, count: int, now: str) -> dict[str, Any]:
    name, address = f"host{rank:05}", _address(rank)
    (host,) = base["hosts"]
    served = [SERVICES[(rank + each) % len(SERVICES)] for each in range(LISTENERS)]
    listeners = [
        {"address": address, "port": 8000 + each, "protocol": "tcp", "service": service, "unit": f"{service}.service"}
        for each, service in enumerate(served)
    ]
    flows = [_flow(rank, each, count, served, now) for each in range(FLOWS)]
    own = host | {
        "id": f"{rank:064x}",
        "name": name,
        "fqdn": f"{name}.example.lan",
        "addresses": [address],
        "collected_at": now,
        "listeners": listeners,
        "connections": flows,
    }
    spots = [each | {"where": name} for each in base["blind_spots"]]
    return base | {"taken_at": now, "hosts": [own], "blind_spots": spots, "origins": []}


def _flow(rank: int, each: int, count: int, served: list[str], now: str) -> dict[str, Any]:
    """Return one end of a flow; the other end is on the host at the same distance, which tells it too."""
    inward = each % 2 == 1
    distance = each // 2 + 1
    peer = (rank - distance if inward else rank + distance) % count
    return {
        "direction": "in" if inward else "out",
        "service": served[distance % LISTENERS],
        "local_address": _address(rank),
        "peer_address": _address(peer),
        "port": 8000 + distance % LISTENERS,
        "protocol": "tcp",
        "first_seen": now,
        "last_seen": now,
        "observations": 40 + each,
    }


def _address(rank: int) -> str:
    return f"10.{rank >> 16 & 255}.{rank >> 8 & 255}.{rank & 255}"


async def serve(bodies: list[bytes]) -> None:
    """Answer ``GET /RANK/snapshot`` until standard input closes."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                body = bodies[int(head.split(b"/", 2)[1])]
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n"
                    b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(snapshots(int(sys.argv[1]))))
