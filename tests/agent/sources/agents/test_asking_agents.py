"""A fleet on loopback: agents that answer, and agents that do everything else."""

from __future__ import annotations

import datetime as dt
import gzip
import ssl
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from agent.errors import UsageError
from agent.snapshot_file import canonical
from agent.sources.access import Access
from agent.sources.agents import source
from agent.sources.agents.places import Places, given
from agent.sources.agents.source import Bounds, read_agents
from agent.sources.transport import Limits
from analyzers.model import context as ctx
from analyzers.model.snapshot import BlindSpot, Origin
from tests import builders as b
from tests import servers
from tests.agent.sources.agents.fleet import NOW, fleet, machine, places, served, snapshot
from tests.fake_http import Asked, Reply, Server, Speak, forever, serve, speak

QUICK = Bounds(pauses=(0.0,))
PARTIAL = BlindSpot(what="sudoers", where="web1", reason="no_permission")


def read(where: Places, access: Access | None = None, bounds: Bounds = QUICK) -> source.Reading:
    return read_agents(where, access or Access(), clock=lambda: NOW, bounds=bounds)


def token(tmp_path: Path, text: str = "tr0ub4dor") -> Access:
    (tmp_path / "token").write_text(text)
    return Access(ctx.HttpConfig(authorization=ctx.Authorization(credentials_file="token")), tmp_path)


def reasons(origins: tuple[Origin, ...], server: Server) -> dict[str, str]:
    return {each.where.removeprefix(f"{server.url}/"): each.reason or "" for each in origins}


def test_a_fleet_becomes_one_estate_and_every_silence_has_its_reason() -> None:
    answers: Mapping[str, Reply | Speak] = {
        "web1": served(machine("web1", "10.0.0.1"), blind_spots=(PARTIAL,)),
        "db1": Reply(body=canonical(snapshot(machine("db1", "10.0.0.2")))),
        "closed": Reply(status=401),
        "forbidden": Reply(status=403),
        "other": Reply(status=404),
        "busy": Reply(status=503),
        "page": Reply(body=b"<html>Sign in", content_type="text/html"),
        "newer": Reply(body=b'{"schema": "pasencore.snapshot/9"}'),
        "bomb": Reply(body=gzip.compress(b" " * (9 << 20)), headers={"Content-Encoding": "gzip"}),
        "brotli": Reply(body=b"x", headers={"Content-Encoding": "br"}),
        "flood": Reply(body=b"[" + b" " * (9 << 20)),
        "cut": Reply(body=b"{", length=100, cut=True),
        "noise": speak(b"\x00\x01\x02" * 100)(Asked("GET", "/", {}, {})),
    }
    with fleet(answers) as server:
        hosts, cost, origins, spots = read(places(server, *answers))
    assert [each.name for each in hosts] == ["db1", "web1"]
    assert reasons(origins, server) == {
        "web1": "partial",
        "db1": "",
        "closed": "no_permission",
        "forbidden": "no_permission",
        "other": "backend_404",
        "busy": "unreachable",
        "page": "unreadable",
        "newer": "unreadable",
        "bomb": "unreadable",
        "brotli": "unreadable",
        "flood": "budget_exhausted",
        "cut": "unreadable",
        "noise": "unreadable",
    }
    silent = [each for each in origins if each.reason not in {None, "partial"}]
    assert {(each.where, each.reason) for each in spots} == {(each.where, each.reason) for each in silent} | {
        ("web1", "no_permission")
    }
    assert all(each.kind == "agent" and each.detail for each in origins)
    assert cost.queries == len(answers) + 1
    assert cost.bytes > 1000


def test_an_agent_that_drips_or_hangs_costs_its_time_limit_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "LIMITS", Limits(connect_seconds=0.3, read_seconds=0.3, total_seconds=0.6))
    answers: Mapping[str, Reply | Speak] = {
        "web1": served(machine()),
        "drips": Reply(body=forever(b" ", 5), pause=0.05),
        "hangs": speak(then="hang")(Asked("GET", "/", {}, {})),
    }
    began = time.monotonic()
    with fleet(answers) as server:
        hosts, _, origins, _ = read(places(server, *answers))
    assert time.monotonic() - began < 4
    assert [each.name for each in hosts] == ["web1"]
    assert reasons(origins, server) == {"web1": "", "drips": "timed_out", "hangs": "timed_out"}


def test_nobody_there_and_no_such_name_are_told_apart() -> None:
    port = servers.free_port()
    _, _, origins, _ = read(given([f"http://127.0.0.1:{port}", "http://nobody.invalid:9477"]).places(None))
    assert "refuses connections" in origins[0].detail
    assert "nobody.invalid:9477 is not known" in origins[1].detail
    assert {each.reason for each in origins} == {"unreachable"}


def test_agents_are_asked_at_once_and_counted_as_they_come() -> None:
    gate = threading.Barrier(3)

    def answer(asked: Asked) -> Reply:
        gate.wait(10)
        return served(machine(asked.path.split("/")[1], f"10.0.0.{len(asked.path)}"))

    seen: list[tuple[int, int]] = []
    served(machine())
    with serve(answer) as server:
        names = ("a", "bb", "ccc")
        read_agents(
            places(server, *names), Access(), clock=lambda: NOW, progress=lambda done, total: seen.append((done, total))
        )
    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_the_token_goes_to_agents_and_follows_no_redirect_elsewhere(tmp_path: Path) -> None:
    with serve(served(machine())) as thief:
        moved = Reply(status=302, headers={"Location": f"{thief.url}/snapshot"})
        with fleet({"web1": moved, "web2": served(machine("web2"))}) as server:
            hosts, _, origins, _ = read(places(server, "web1", "web2"), token(tmp_path))
            asked = [each.headers.get("authorization") for each in server.asked]
    assert asked == ["Bearer tr0ub4dor"] * 2
    assert thief.asked == []
    assert [each.name for each in hosts] == ["web2"]
    assert "not followed, credentials stay here" in origins[0].detail
    assert "tr0ub4dor" not in str(origins)


def test_a_token_that_cannot_be_read_is_an_error_before_anybody_is_asked(tmp_path: Path) -> None:
    with fleet({"web1": served(machine())}) as server:
        with pytest.raises(UsageError, match="more than one line"):
            read(places(server, "web1"), token(tmp_path, "two\nlines"))
        assert server.asked == []


def test_credentials_in_clear_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.sources.address.is_loopback", lambda _host: False)
    with fleet({"web1": served(machine())}) as server:
        _, _, origins, _ = read(places(server, "web1"), token(tmp_path))
    assert "credentials go to 127.0.0.1" in origins[0].detail


def test_when_time_or_memory_is_over_the_rest_is_not_asked() -> None:
    with fleet({"web1": served(machine())}) as server:
        hosts, _, origins, spots = read(places(server, "web1"), bounds=Bounds(seconds=0))
        assert server.asked == []
        assert (hosts, origins[0].reason, spots[0].reason) == ((), "budget_exhausted", "budget_exhausted")
        hosts, _, origins, _ = read(places(server, "web1"), bounds=Bounds(bytes=0))
        assert server.asked == []
        assert origins[0].detail == "the memory for what agents say was full"


def test_this_machine_stays_when_every_agent_is_silent() -> None:
    local = machine("me", "10.0.0.9")
    with fleet({"web1": Reply(status=500)}) as server:
        hosts, *_ = read_agents(places(server, "web1"), Access(), clock=lambda: NOW, local=local, bounds=QUICK)
    assert hosts == (local,)


def test_a_fleet_that_is_interrupted_does_not_wait_for_the_rest() -> None:
    answers = {f"web{rank}": served(machine(f"web{rank}", f"10.0.0.{rank}")) for rank in range(200)}

    def stop(done: int, _total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with fleet(answers) as server:
        with pytest.raises(KeyboardInterrupt):
            read_agents(places(server, *answers), Access(), clock=lambda: NOW, progress=stop)
        assert len(server.asked) < len(answers)


def test_the_certificate_of_every_agent_is_verified(tmp_path: Path) -> None:
    made = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=web1 -addext subjectAltName=IP:127.0.0.1"
    subprocess.run(
        ["openssl", *made.split(), "-keyout", "key", "-out", "cert"], cwd=tmp_path, check=True, capture_output=True
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    known = Access(ctx.HttpConfig(tls_config=ctx.TlsConfig(ca_file="cert")), tmp_path)
    with serve(served(machine()), context) as server:
        hosts, *_ = read(given([server.url]).places(None), known)
        refused, _, origins, _ = read(given([server.url]).places(None))
    assert [each.name for each in hosts] == ["web1"]
    assert refused == ()
    assert "TLS: self-signed certificate" in origins[0].detail


def test_the_clock_of_the_scan_is_the_one_that_counts() -> None:
    with fleet({"web1": served(machine(collected_at=NOW + dt.timedelta(days=2)))}) as server:
        hosts, *_ = read(places(server, "web1"))
    assert hosts[0].collected_at == NOW
    assert b.NOW < NOW
