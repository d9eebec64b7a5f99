"""The ways into real servers: passwords, tokens, certificates, prefixes, and what is said when the way is wrong."""

from __future__ import annotations

import datetime as dt
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bcrypt
import pytest

from agent.history_run import ServerAt
from agent.sources.alertmanager import read_alertmanager
from agent.sources.failures import NoAnswerError
from agent.sources.history.port import Matcher, Shard
from agent.sources.prometheus.queries import Query
from agent.sources.prometheus.source import read_prometheus
from analyzers.model import context as ctx
from analyzers.model.monitoring import Alerting, Monitoring
from analyzers.model.reasons import Reason
from tests import servers

pytestmark = servers.marks("prometheus", "prometheus-alertmanager", "vmauth", "openssl")

PASSWORD = "s3cret d'été"
TOKEN = "0123456789abcdef"
UP = (Query(id="up", promql="vector(1)"),)


def openssl(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def signed(folder: Path, name: str, authority: str, extension: str, days: str = "2") -> None:
    openssl(
        folder,
        "req",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        f"/CN={name}",
        "-keyout",
        f"{name}.key",
        "-out",
        f"{name}.csr",
    )
    (folder / f"{name}.ext").write_text(extension)
    by = ["-CA", f"{authority}.crt", "-CAkey", f"{authority}.key", "-CAcreateserial"]
    openssl(
        folder,
        "x509",
        "-req",
        "-in",
        f"{name}.csr",
        *by,
        "-days",
        days,
        "-extfile",
        f"{name}.ext",
        "-out",
        f"{name}.crt",
    )


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an authority, another one, certificates of servers and of a client, and the secrets."""
    folder = tmp_path_factory.mktemp("pki")
    for name in ("ca", "other"):
        openssl(
            folder,
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-subj",
            f"/CN={name}",
            "-days",
            "2",
            "-keyout",
            f"{name}.key",
            "-out",
            f"{name}.crt",
        )
    signed(folder, "server", "ca", "subjectAltName=IP:127.0.0.1,DNS:localhost")
    signed(folder, "named", "ca", "subjectAltName=DNS:prometheus.dupont.example")
    signed(folder, "client", "ca", "extendedKeyUsage=clientAuth")
    signed(folder, "stranger", "other", "extendedKeyUsage=clientAuth")
    (folder / "pass").write_text(f"{PASSWORD}\n", "utf-8")
    (folder / "wrong").write_text("wrong")
    (folder / "token").write_text(f"{TOKEN}\n")
    return folder


def users() -> dict[str, str]:
    return {"scanner": bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()}


def served(pki: Path, name: str = "server", **more: str) -> dict[str, Any]:
    return {"cert_file": str(pki / f"{name}.crt"), "key_file": str(pki / f"{name}.key"), **more}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, pki: Path) -> Iterator[servers.Server]:
    """Run a Prometheus below a prefix that wants TLS and a password."""
    config = {"tls_server_config": served(pki), "basic_auth_users": users()}
    with servers.prometheus(
        tmp_path_factory.mktemp("guarded"), web_config=config, prefix="/metrics/prometheus"
    ) as server:
        yield server


@pytest.fixture(scope="module")
def mutual(tmp_path_factory: pytest.TempPathFactory, pki: Path) -> Iterator[servers.Server]:
    """Run a Prometheus that wants a client certificate."""
    tls = served(
        pki, client_ca_file=str(pki / "ca.crt"), client_auth_type="RequireAndVerifyClientCert", min_version="TLS12"
    )
    with servers.prometheus(tmp_path_factory.mktemp("mutual"), web_config={"tls_server_config": tls}) as server:
        yield server


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory, pki: Path) -> Iterator[servers.Server]:
    """Run a Prometheus whose certificate bears another name than its address."""
    config = {"tls_server_config": served(pki, "named")}
    with servers.prometheus(tmp_path_factory.mktemp("named"), web_config=config) as server:
        yield server


def basic(file: str = "pass", **tls: Any) -> ctx.HttpConfig:
    auth = ctx.BasicAuth(username="scanner", password_file=file)
    return ctx.HttpConfig(basic_auth=auth, tls_config=ctx.TlsConfig(**tls) if tls else None)


def only_tls(**tls: Any) -> ctx.HttpConfig:
    return ctx.HttpConfig(tls_config=ctx.TlsConfig(**tls))


def scan(url: str, config: ctx.HttpConfig | None, folder: Path) -> Monitoring:
    endpoint = ctx.Endpoint(url=url, http_config=config)
    clock = lambda: dt.datetime.now(dt.UTC)  # noqa: E731 - the clock of the scan
    return read_prometheus(endpoint, since=dt.timedelta(days=1), clock=clock, folder=folder, queries=UP)[0]


def outcome(monitoring: Monitoring) -> tuple[Reason | None, str]:
    found = {(each.reason, each.detail) for each in monitoring.endpoints}
    assert len(found) == 1
    return found.pop()


def test_a_password_below_tls_and_a_prefix(guarded: servers.Server, pki: Path) -> None:
    monitoring = scan(f"{guarded.url}/metrics/prometheus/", basic(ca_file="ca.crt"), pki)
    assert outcome(monitoring) == (None, "")
    assert monitoring.kind == "prometheus"
    assert monitoring.url == f"{guarded.url}/metrics/prometheus"
    assert monitoring.warnings == ()


@pytest.mark.parametrize(
    ("config", "reason", "said"),
    [
        (basic("wrong", ca_file="ca.crt"), "no_permission", "the credentials were refused"),
        (only_tls(ca_file="ca.crt"), "no_permission", "it wants credentials"),
        (basic(), "unreachable", "give the certificate of its authority in tls_config.ca_file"),
        (basic(ca_file="other.crt"), "unreachable", "give the certificate of its authority in tls_config.ca_file"),
    ],
)
def test_a_wrong_way_in_is_told(
    guarded: servers.Server, pki: Path, config: ctx.HttpConfig, reason: Reason, said: str
) -> None:
    found, detail = outcome(scan(f"{guarded.url}/metrics/prometheus", config, pki))
    assert found == reason
    assert said in detail
    assert PASSWORD not in detail


def test_a_forgotten_prefix_is_told(guarded: servers.Server, pki: Path) -> None:
    reason, detail = outcome(scan(guarded.url, basic(ca_file="ca.crt"), pki))
    assert reason == "backend_404"
    assert "is the path of the address right?" in detail


def test_http_instead_of_https_is_told(guarded: servers.Server, pki: Path) -> None:
    _, detail = outcome(scan(guarded.url.replace("https", "http"), basic(), pki))
    assert "write https://" in detail


def test_a_client_certificate_opens(mutual: servers.Server, pki: Path) -> None:
    monitoring = scan(mutual.url, only_tls(ca_file="ca.crt", cert_file="client.crt", key_file="client.key"), pki)
    assert outcome(monitoring) == (None, "")


@pytest.mark.parametrize("name", [None, "stranger"])
def test_without_the_right_client_certificate_it_stays_closed(
    mutual: servers.Server, pki: Path, name: str | None
) -> None:
    pair = {} if name is None else {"cert_file": f"{name}.crt", "key_file": f"{name}.key"}
    reason, detail = outcome(scan(mutual.url, only_tls(ca_file="ca.crt", **pair), pki))
    assert reason == "unreachable"
    assert "tls_config.cert_file" in detail


def test_a_certificate_of_another_name(named: servers.Server, pki: Path) -> None:
    reason, detail = outcome(scan(named.url, only_tls(ca_file="ca.crt"), pki))
    assert reason == "unreachable"
    assert "tls_config.server_name" in detail
    given = only_tls(ca_file="ca.crt", server_name="prometheus.dupont.example")
    assert outcome(scan(named.url, given, pki)) == (None, "")


def test_verification_can_be_skipped_and_it_is_said(named: servers.Server, pki: Path) -> None:
    monitoring = scan(named.url, only_tls(insecure_skip_verify=True), pki)
    assert outcome(monitoring) == (None, "")
    assert "is not verified" in monitoring.warnings[0]


def test_an_expired_certificate_is_told(tmp_path: Path, pki: Path) -> None:
    signed(pki, "expired", "ca", "subjectAltName=IP:127.0.0.1", days="-1")
    with servers.prometheus(tmp_path, web_config={"tls_server_config": served(pki, "expired")}) as server:
        reason, detail = outcome(scan(server.url, only_tls(ca_file="ca.crt"), pki))
    assert reason == "unreachable"
    assert "renew the certificate" in detail


def test_a_token_through_a_proxy(tmp_path: Path, pki: Path) -> None:
    given = ctx.HttpConfig(authorization=ctx.Authorization(credentials_file="token"))
    with servers.prometheus(tmp_path) as prometheus:
        config = {"users": [{"bearer_token": TOKEN, "url_prefix": prometheus.url}]}
        with servers.vmauth(tmp_path, config) as proxy:
            assert outcome(scan(proxy.url, given, pki)) == (None, "")
            reason, detail = outcome(scan(proxy.url, None, pki))
    assert reason in {"no_permission", "unreadable"}
    assert TOKEN not in detail


def alerting(url: str, config: ctx.HttpConfig | None, folder: Path) -> Alerting:
    clock = lambda: dt.datetime.now(dt.UTC)  # noqa: E731 - the clock of the scan
    return read_alertmanager(ctx.Endpoint(url=url, http_config=config), clock=clock, folder=folder)[0]


def test_an_alertmanager_below_tls_a_password_and_a_prefix(tmp_path: Path, pki: Path) -> None:
    config = {"tls_server_config": served(pki), "basic_auth_users": users()}
    with servers.alertmanager(tmp_path, web_config=config, prefix="/alerts") as server:
        found = alerting(f"{server.url}/alerts", basic(ca_file="ca.crt"), pki)
        closed = alerting(f"{server.url}/alerts", basic("wrong", ca_file="ca.crt"), pki)
    assert (found.active, found.silences, found.receivers) == (0, (), ("nobody",))
    assert found.version
    assert {each.reason for each in closed.endpoints} == {"no_permission"}
    assert (closed.active, closed.silences, closed.receivers) == (None, None, None)


def history(url: str, config: ctx.HttpConfig | None, folder: Path) -> str:
    """Return which way to read history a server has, with one read; raise when it lets nobody in."""
    source = ServerAt(endpoint=ctx.Endpoint(url=url, http_config=config), folder=folder).open()
    shard = Shard(matchers=(Matcher("__name__", "=", "up"),), start=0, end=60_000)
    assert list(source.read(shard)) == []
    source.close()
    return source.name


def test_history_is_read_below_tls_a_password_and_a_prefix(guarded: servers.Server, pki: Path) -> None:
    assert history(f"{guarded.url}/metrics/prometheus", basic(ca_file="ca.crt"), pki) == "remote read"
    with pytest.raises(NoAnswerError) as raised:
        history(f"{guarded.url}/metrics/prometheus", basic("wrong", ca_file="ca.crt"), pki)
    assert raised.value.reason == "no_permission"
    assert PASSWORD not in raised.value.detail


def test_history_is_read_with_a_client_certificate(mutual: servers.Server, pki: Path) -> None:
    config = only_tls(ca_file="ca.crt", cert_file="client.crt", key_file="client.key")
    assert history(mutual.url, config, pki) == "remote read"
    with pytest.raises(NoAnswerError) as raised:
        history(mutual.url, only_tls(ca_file="ca.crt"), pki)
    assert "tls_config.cert_file" in raised.value.detail


def test_history_is_read_with_a_token_through_a_proxy(tmp_path: Path, pki: Path) -> None:
    given = ctx.HttpConfig(authorization=ctx.Authorization(credentials_file="token"))
    with servers.prometheus(tmp_path) as prometheus:
        config = {"users": [{"bearer_token": TOKEN, "url_prefix": prometheus.url}]}
        with servers.vmauth(tmp_path, config) as proxy:
            assert history(proxy.url, given, pki) == "remote read"
            with pytest.raises(NoAnswerError):
                history(proxy.url, None, pki)
