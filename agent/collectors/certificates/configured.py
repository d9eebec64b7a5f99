"""Which certificates services are configured to serve."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from agent.collectors import strict
from agent.collectors.machine import Machine

_MOST_FILES = 400
_NO_CERTIFICATE = (".key", ".ocsp", ".sctl", ".issuer", ".dh", ".dhparam", ".csr", ".conf", ".txt")

_NGINX = re.compile(r"(?:^|[;{}\s])(?P<name>include|ssl_certificate)\s+(?P<value>\"[^\"]*\"|'[^']*'|[^;{}]+?)\s*;")
_APACHE = re.compile(
    r"(?im)^\s*(?P<name>Include|IncludeOptional|ServerRoot|SSLCertificateFile)\s+\"?(?P<value>[^\"\n]+?)\"?\s*$"
)
_HAPROXY = re.compile(r"\b(?P<name>crt|crt-list|crt-base)\s+\"?(?P<value>[^\s\"]+)")
_COMMENT = re.compile(r"(?m)(?:^|(?<=\s))#.*$")

_SIMPLE: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("postfix", ("/etc/postfix/main.cf",), r"^smtpd_tls_(?:ec)?cert_file\s*=\s*(\S+)"),
    (
        "dovecot",
        ("/etc/dovecot/dovecot.conf", "/etc/dovecot/conf.d/*.conf"),
        r"^\s*ssl(?:_server)?_cert(?:_file)?\s*=\s*<?\s*(\S+)",
    ),
    (
        "mysql",
        ("/etc/my.cnf", "/etc/my.cnf.d/*.cnf", "/etc/mysql/*.cnf", "/etc/mysql/*/*.cnf"),
        r"^\s*ssl[-_]cert\s*=\s*(\S+)",
    ),
    (
        "redis",
        ("/etc/redis/redis.conf", "/etc/redis.conf", "/etc/valkey/valkey.conf"),
        r"^\s*tls-cert-file\s+\"?([^\s\"]+)",
    ),
    ("mosquitto", ("/etc/mosquitto/mosquitto.conf", "/etc/mosquitto/conf.d/*.conf"), r"^\s*certfile\s+(\S+)"),
    ("vsftpd", ("/etc/vsftpd.conf", "/etc/vsftpd/vsftpd.conf"), r"^\s*rsa_cert_file\s*=\s*(\S+)"),
    ("proftpd", ("/etc/proftpd/*.conf", "/etc/proftpd.conf"), r"^\s*TLS(?:RSA|ECC?)?CertificateFile\s+(\S+)"),
    ("openvpn", ("/etc/openvpn/server/*.conf",), r"^\s*cert\s+(\S+)"),
    ("slapd", ("/etc/ldap/slapd.conf", "/etc/openldap/slapd.conf"), r"^\s*TLSCertificateFile\s+(\S+)"),
    ("stunnel", ("/etc/stunnel/*.conf",), r"^\s*cert\s*=\s*(\S+)"),
    ("lighttpd", ("/etc/lighttpd/*.conf", "/etc/lighttpd/conf-enabled/*.conf"), r"^\s*ssl\.pemfile\s*=\s*\"([^\"]+)\""),
    ("grafana", ("/etc/grafana/grafana.ini",), r"^\s*cert_file\s*=\s*(\S+)"),
    ("prometheus", ("/etc/prometheus/*web*.yml", "/etc/prometheus/*web*.yaml"), r"^\s*cert_file:\s*[\"']?([^\s\"']+)"),
    ("docker", ("/etc/docker/daemon.json",), r"\"tlscert\"\s*:\s*\"([^\"]+)\""),
    ("cups", ("/etc/cups/cups-files.conf",), r"^\s*ServerCertificate\s+(\S+)"),
)
"""Service, its files, and the directive that names its certificate."""

_STORES: tuple[tuple[str, str], ...] = (
    ("certbot", "/etc/letsencrypt/live/*/fullchain.pem"),
    ("cockpit", "/etc/cockpit/ws-certs.d/*.c*rt"),
    ("caddy", "/var/lib/caddy/.local/share/caddy/certificates/*/*/*.crt"),
    ("kubernetes", "/etc/kubernetes/pki/apiserver*.crt"),
    ("proxmox", "/etc/pve/local/pve*-ssl.pem"),
)
"""Places from which a service serves whatever is there."""

_SEALED = ("/etc/traefik/acme.json", "/letsencrypt/acme.json", "/var/lib/traefik/acme.json", "/opt/traefik/acme.json")


@dataclass(slots=True)
class Configured:
    """Paths of certificates and the services that serve each; `listed` are those found by listing a folder."""

    users: dict[str, list[str]] = field(default_factory=dict)
    listed: set[str] = field(default_factory=set)

    def add(self, path: str, service: str, *, listed: bool = False) -> None:
        """Record a use; certificates that Debian makes to test with are left out."""
        if "snakeoil" in path:
            return
        users = self.users.setdefault(path, [])
        if service not in users:
            users.append(service)
        if listed:
            self.listed.add(path)


def find(machine: Machine) -> Configured:
    """Return the certificates that services of this host are configured to serve."""
    found = Configured()
    _nginx(machine, found)
    _apache(machine, found)
    _haproxy(machine, found)
    _postgresql(machine, found)
    for service, patterns, directive in _SIMPLE:
        for name in _expanded(machine, patterns):
            for value in re.findall(directive, machine.read(name) or "", re.MULTILINE):
                found.add(posixpath.join(posixpath.dirname(name), value), service)
    for value in re.findall(
        r"^smtpd_tls_chain_files\s*=\s*(.+(?:\n\s+.+)*)", machine.read("/etc/postfix/main.cf") or "", re.MULTILINE
    ):
        for name in re.split(r"[,\s]+", value.strip()):
            found.add(name, "postfix", listed=True)
    for service, pattern in _STORES:
        for name in _expanded(machine, (pattern,)):
            if machine.exists(name):
                found.add(name, service, listed=True)
    for name in filter(machine.exists, _SEALED):
        machine.missed(f"{name}: it holds private keys beside the certificates and is never opened", "no_source")
    return found


def _expanded(machine: Machine, patterns: tuple[str, ...]) -> Iterator[str]:
    for pattern in patterns:
        try:
            yield from strict.expand(machine, pattern)
        except strict.RefusedError:
            continue


def _follow(machine: Machine, start: str, includes: Callable[[str, str], list[str]]) -> Iterator[tuple[str, str]]:
    """Yield each file and its text without comments, from `start` through what `includes` says it includes."""
    waiting, seen = [start], set[str]()
    while waiting and len(seen) < _MOST_FILES:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        text = _COMMENT.sub("", machine.read(name) or "")
        yield name, text
        waiting.extend(each for pattern in includes(name, text) for each in _expanded(machine, (pattern,)))


def _add_value(machine: Machine, found: Configured, value: str, base: str, service: str) -> None:
    value = value.strip("\"' ")
    if "$" in value:
        machine.missed(f"a certificate of {service} whose name is a variable: {value}", "partial")
    elif not value.startswith(("data:", "engine:", "store:")):
        found.add(posixpath.join(base, value), service)


def _nginx(machine: Machine, found: Configured) -> None:
    base = "/etc/nginx"

    def includes(_: str, text: str) -> list[str]:
        return [
            posixpath.join(base, each["value"].strip("\"'"))
            for each in _NGINX.finditer(text)
            if each["name"] == "include"
        ]

    for _, text in _follow(machine, f"{base}/nginx.conf", includes):
        for each in _NGINX.finditer(text):
            if each["name"] == "ssl_certificate":
                _add_value(machine, found, each["value"], base, "nginx")


def _apache(machine: Machine, found: Configured) -> None:
    for start, base, service in (
        ("/etc/apache2/apache2.conf", "/etc/apache2", "apache2"),
        ("/etc/httpd/conf/httpd.conf", "/etc/httpd", "httpd"),
        ("/etc/apache2/httpd.conf", "/etc/apache2", "apache2"),
    ):

        def includes(_: str, text: str, base: str = base) -> list[str]:
            wanted = [each["value"] for each in _APACHE.finditer(text) if each["name"].lower().startswith("include")]
            return [posixpath.join(base, each) for each in wanted if "$" not in each]

        for _, text in _follow(machine, start, includes):
            for each in _APACHE.finditer(text):
                if each["name"].lower() == "sslcertificatefile":
                    _add_value(machine, found, each["value"], base, service)


def _haproxy(machine: Machine, found: Configured) -> None:
    for name in _expanded(machine, ("/etc/haproxy/haproxy.cfg", "/etc/haproxy/conf.d/*.cfg")):
        base = "/etc/haproxy"
        for line in _COMMENT.sub("", machine.read(name) or "").splitlines():
            words = line.split()
            if words[:1] == ["server"] or words[:1] == ["default-server"]:
                continue
            for each in _HAPROXY.finditer(line):
                value = posixpath.join(base, each["value"])
                if each["name"] == "crt-base":
                    base = each["value"]
                elif each["name"] == "crt-list":
                    for row in _COMMENT.sub("", machine.read(value) or "").splitlines():
                        _add_haproxy(machine, found, posixpath.join(base, (row.split() or [""])[0]), base)
                else:
                    _add_haproxy(machine, found, value, base)


def _add_haproxy(machine: Machine, found: Configured, value: str, base: str) -> None:
    """Record a file, or each file of a folder as HAProxy loads them."""
    if value.rstrip("/") == base.rstrip("/") and not machine.path(value).is_dir():
        return
    if machine.path(value).is_dir():
        for name in machine.list(value):
            if not name.startswith(".") and not name.endswith(_NO_CERTIFICATE):
                found.add(posixpath.join(value, name), "haproxy", listed=True)
    else:
        found.add(value, "haproxy")


def _postgresql(machine: Machine, found: Configured) -> None:
    patterns = (
        "/etc/postgresql/*/*/postgresql.conf",
        "/var/lib/pgsql/data/postgresql.conf",
        "/var/lib/pgsql/*/data/postgresql.conf",
    )
    for name in _expanded(machine, patterns):
        settings = dict(
            re.findall(
                r"^\s*(ssl|ssl_cert_file|data_directory)\s*=\s*'?([^'\s#]+)", machine.read(name) or "", re.MULTILINE
            )
        )
        if settings.get("ssl") in {"on", "true", "yes", "1"}:
            base = settings.get("data_directory", posixpath.dirname(name))
            found.add(posixpath.join(base, settings.get("ssl_cert_file", "server.crt")), "postgresql")
