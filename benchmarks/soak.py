"""The agent under churn for a long time: prints how its memory moves. ``python -m benchmarks soak --minutes 60``."""

from __future__ import annotations

import argparse
import socket
import struct
import tempfile
import threading
import time

from benchmarks.agent import agent_argv, cpu, get, resident, started

RATE = 40
"""Connections a second, half of them ended by a reset, each tenth one to a new port."""


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks soak")
    parser.add_argument("--minutes", type=float, default=10.0)
    minutes = parser.parse_args(words).minutes
    stop = threading.Event()
    threading.Thread(target=churn, args=(stop,), daemon=True).start()
    with tempfile.TemporaryDirectory() as state, started(agent_argv(state, "1s")) as (pid, _):
        figures: list[tuple[float, float]] = []
        began, spent = time.monotonic(), cpu(pid)
        while (passed := time.monotonic() - began) < minutes * 60:
            time.sleep(min(10.0, minutes * 6))
            get("/metrics")
            if len(figures) % 12 == 11:
                get("/snapshot")
            figures.append((passed / 3600, resident(pid)))
        stop.set()
        half = figures[len(figures) // 3 :]
        print(f"\nsoak: {minutes:g} min, {RATE} connections a second, a look a second")
        most = max(memory for _, memory in figures)
        print(f"  RSS first {figures[0][1]:.1f} MB, last {figures[-1][1]:.1f} MB, most {most:.1f} MB")
        print(f"  slope over the last two thirds: {slope(half):+.2f} MB an hour; CPU {cpu(pid) - spent:.1f} s")


def churn(stop: threading.Event) -> None:
    """Open and end connections of this host with itself."""
    server = socket.create_server(("127.0.0.1", 0), backlog=64)
    count = 0
    while not stop.is_set():
        count += 1
        if count % (RATE * 10) == 0:
            server.close()
            server = socket.create_server(("127.0.0.1", 0), backlog=64)
        client = socket.create_connection(server.getsockname())
        accepted = server.accept()[0]
        if count % 2:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
        accepted.close()
        time.sleep(1 / RATE)


def slope(points: list[tuple[float, float]]) -> float:
    """Return the least-squares slope."""
    count = len(points)
    mean_x, mean_y = sum(x for x, _ in points) / count, sum(y for _, y in points) / count
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0
