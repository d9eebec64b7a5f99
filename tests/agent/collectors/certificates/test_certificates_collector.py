from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from agent.collectors import certificates
from agent.collectors.machine import NotSeenError
from tests.agent.collectors.fake_hosts import machine
from tests.agent.collectors.live_hosts import live, with_programs

INIT = {"/proc/1/comm": "systemd\n"}
NGINX = "ssl_certificate /etc/ssl/site.pem;"


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """Return a certificate that signs itself, and its key."""
    folder = tmp_path_factory.mktemp("made")
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 5 -subj /CN=shop.example.lan"
    names = ["-addext", "subjectAltName=DNS:shop.example.lan,DNS:www.example.lan"]
    out = ["-keyout", str(folder / "key"), "-out", str(folder / "certificate")]
    subprocess.run(["openssl", *words.split(), *names, *out], check=True, capture_output=True)
    return (folder / "certificate").read_bytes(), (folder / "key").read_bytes()


def test_a_certificate_that_nginx_serves(tmp_path: Path, pair: tuple[bytes, bytes]) -> None:
    host = with_programs(tmp_path, {**INIT, "/etc/nginx/nginx.conf": NGINX, "/etc/ssl/site.pem": pair[0]})
    (found,) = certificates.collect(host)
    assert (found.path, found.subject, found.used_by) == ("/etc/ssl/site.pem", "CN=shop.example.lan", ("nginx",))
    assert found.names == ("shop.example.lan", "www.example.lan")
    assert (found.self_signed, found.authority, found.renewal) == (True, False, None)
    assert host.could_not_see == []


def test_a_file_that_holds_its_key_too(tmp_path: Path, pair: tuple[bytes, bytes]) -> None:
    files = {
        **INIT,
        "/etc/haproxy/haproxy.cfg": "bind :443 ssl crt /etc/haproxy/site.pem\n",
        "/etc/haproxy/site.pem": pair[1] + pair[0],
    }
    (found,) = certificates.collect(with_programs(tmp_path, files))
    assert found.subject == "CN=shop.example.lan"
    assert b"".join(pair[1].splitlines()[1:-1])[:20].decode() not in repr(found)


def test_one_bad_file_does_not_hide_the_others(tmp_path: Path, pair: tuple[bytes, bytes]) -> None:
    config = f"{NGINX} ssl_certificate /etc/ssl/absent.pem; ssl_certificate /etc/ssl/garbage.pem;"
    files = {**INIT, "/etc/nginx/nginx.conf": config, "/etc/ssl/site.pem": pair[0], "/etc/ssl/garbage.pem": b"\x00\xff"}
    host = with_programs(tmp_path, files)
    assert [each.path for each in certificates.collect(host)] == ["/etc/ssl/site.pem"]
    assert host.could_not_see == ["the certificate in /etc/ssl/absent.pem", "the certificate in /etc/ssl/garbage.pem"]


def test_an_authority_found_in_a_folder_is_told_apart(tmp_path: Path, pair: tuple[bytes, bytes]) -> None:
    files = {**INIT, "/etc/cockpit/ws-certs.d/1.cert": pair[0]}
    (found,) = certificates.collect(with_programs(tmp_path, files))
    assert found.authority is True


PRINTED = "notAfter=Nov  3 05:12:18 2027 GMT\nsubject=CN=x\nissuer=CN=y\n"


def test_a_host_that_serves_none(tmp_path: Path) -> None:
    assert certificates.collect(machine(tmp_path, INIT)) == ()


def test_without_openssl_none_is_known(tmp_path: Path) -> None:
    with pytest.raises(NotSeenError) as caught:
        certificates.collect(machine(tmp_path, {**INIT, "/etc/nginx/nginx.conf": NGINX}))
    assert caught.value.reason == "no_source"
    assert "install openssl" in caught.value.grant


def test_a_configuration_that_is_refused_is_no_absence(tmp_path: Path) -> None:
    with pytest.raises(NotSeenError):
        certificates.collect(machine(tmp_path, {**INIT, "/etc/letsencrypt/live": "-> live"}))


def test_there_is_an_end_to_how_many_are_read(tmp_path: Path) -> None:
    config = " ".join(f"ssl_certificate /etc/ssl/{number:03}.pem;" for number in range(150))
    host = live(tmp_path, {"openssl x509": PRINTED}, {**INIT, "/etc/nginx/nginx.conf": config})
    assert len(certificates.collect(host)) == 100
    assert host.reason == "budget_exhausted"
