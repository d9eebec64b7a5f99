from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.collectors.certificates import configured
from tests.agent.collectors.fake_hosts import machine

NGINX = {
    "/etc/nginx/nginx.conf": """\
user www-data; # ssl_certificate /commented/out.pem;
http {
    include /etc/nginx/conf.d/*.conf;
    include sites-enabled/*;
}
""",
    "/etc/nginx/conf.d/api.conf": "server { ssl_certificate api/fullchain.pem; ssl_certificate_key api/key.pem; }",
    "/etc/nginx/sites-enabled/shop": """\
server {
    ssl_certificate "/etc/letsencrypt/live/shop/fullchain.pem";
    ssl_client_certificate /etc/ca.pem;
}
""",
    "/etc/nginx/sites-available/old": "ssl_certificate /not/enabled.pem;",
}
APACHE = {
    "/etc/apache2/apache2.conf": """\
ServerRoot "/etc/apache2"
IncludeOptional sites-enabled/*.conf
Include ${APACHE_CONFDIR}/x
""",
    "/etc/apache2/sites-enabled/shop.conf": """\
<VirtualHost *:443>
  SSLCertificateFile /etc/ssl/shop.pem
  #SSLCertificateFile /old.pem
</VirtualHost>
""",
}
HAPROXY = {
    "/etc/haproxy/haproxy.cfg": """\
global
    crt-base /etc/haproxy/certs
    ca-base /etc/ssl/certs
frontend web
    bind :443 ssl crt site.pem crt /etc/haproxy/extra/ alpn h2
    bind :8443 ssl crt-list /etc/haproxy/list.txt
    # bind :444 ssl crt /old.pem
backend app
    server app1 10.0.0.1:443 ssl crt /etc/haproxy/client.pem
""",
    "/etc/haproxy/extra/a.pem": "",
    "/etc/haproxy/extra/a.pem.key": "",
    "/etc/haproxy/extra/.hidden": "",
    "/etc/haproxy/list.txt": "listed.pem [alpn h2] shop.example.lan\n# old.pem\n\n/abs/other.pem\n",
}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            NGINX,
            {"/etc/nginx/api/fullchain.pem": ["nginx"], "/etc/letsencrypt/live/shop/fullchain.pem": ["nginx"]},
        ),
        (APACHE, {"/etc/ssl/shop.pem": ["apache2"]}),
        (
            {
                "/etc/httpd/conf/httpd.conf": "Include conf.d/*.conf\n",
                "/etc/httpd/conf.d/ssl.conf": "SSLCertificateFile /etc/pki/x.crt\n",
            },
            {"/etc/pki/x.crt": ["httpd"]},
        ),
        (
            HAPROXY,
            {
                "/etc/haproxy/certs/site.pem": ["haproxy"],
                "/etc/haproxy/extra/a.pem": ["haproxy"],
                "/etc/haproxy/certs/listed.pem": ["haproxy"],
                "/abs/other.pem": ["haproxy"],
            },
        ),
        (
            {"/etc/postfix/main.cf": "smtpd_tls_cert_file = /etc/ssl/mail.pem\n#smtpd_tls_cert_file=/old\n"},
            {"/etc/ssl/mail.pem": ["postfix"]},
        ),
        (
            {"/etc/postfix/main.cf": "smtpd_tls_chain_files = /etc/ssl/a.pem,\n  /etc/ssl/b.pem\n"},
            {"/etc/ssl/a.pem": ["postfix"], "/etc/ssl/b.pem": ["postfix"]},
        ),
        (
            {"/etc/dovecot/conf.d/10-ssl.conf": "ssl = required\nssl_cert = </etc/ssl/mail.pem\nssl_key = </k\n"},
            {"/etc/ssl/mail.pem": ["dovecot"]},
        ),
        (
            {"/etc/postgresql/15/main/postgresql.conf": "ssl = on # yes\nssl_cert_file = '/etc/ssl/pg.pem'\n"},
            {"/etc/ssl/pg.pem": ["postgresql"]},
        ),
        ({"/etc/postgresql/15/main/postgresql.conf": "ssl = off\nssl_cert_file = '/etc/ssl/pg.pem'\n"}, {}),
        ({"/var/lib/pgsql/data/postgresql.conf": "ssl = on\n"}, {"/var/lib/pgsql/data/server.crt": ["postgresql"]}),
        (
            {"/etc/postgresql/15/main/postgresql.conf": "ssl = on\ndata_directory = '/srv/pg'\n"},
            {"/srv/pg/server.crt": ["postgresql"]},
        ),
        (
            {"/etc/postgresql/15/main/postgresql.conf": "ssl = on\nssl_cert_file = '/etc/ssl/ssl-cert-snakeoil.pem'\n"},
            {},
        ),
        (
            {"/etc/mysql/mariadb.conf.d/50-server.cnf": "[mysqld]\nssl-cert = /etc/mysql/cert.pem\n#ssl-cert = /old\n"},
            {"/etc/mysql/cert.pem": ["mysql"]},
        ),
        (
            {"/etc/redis/redis.conf": "tls-cert-file /etc/redis/tls.crt\n# tls-cert-file x\n"},
            {"/etc/redis/tls.crt": ["redis"]},
        ),
        (
            {"/etc/mosquitto/conf.d/tls.conf": "certfile /etc/mosquitto/tls.crt\n"},
            {"/etc/mosquitto/tls.crt": ["mosquitto"]},
        ),
        (
            {"/etc/openvpn/server/main.conf": "port 1194\ncert server.crt\nkey server.key\n"},
            {"/etc/openvpn/server/server.crt": ["openvpn"]},
        ),
        ({"/etc/docker/daemon.json": '{"tlscert": "/etc/docker/server.pem"}'}, {"/etc/docker/server.pem": ["docker"]}),
        (
            {"/etc/letsencrypt/live/shop/fullchain.pem": "", "/etc/letsencrypt/live/README": ""},
            {"/etc/letsencrypt/live/shop/fullchain.pem": ["certbot"]},
        ),
        (
            {"/etc/cockpit/ws-certs.d/0-self-signed.cert": "", "/etc/cockpit/ws-certs.d/1.crt": ""},
            {"/etc/cockpit/ws-certs.d/0-self-signed.cert": ["cockpit"], "/etc/cockpit/ws-certs.d/1.crt": ["cockpit"]},
        ),
        ({"/etc/ssl/certs/ca-certificates.crt": "", "/etc/ssl/certs/a.pem": ""}, {}),
        ({}, {}),
    ],
)
def test_only_what_a_service_serves(tmp_path: Path, files: dict[str, str], expected: dict[str, list[str]]) -> None:
    host = machine(tmp_path, files)
    assert configured.find(host).users == expected
    assert host.could_not_see == []


def test_a_certificate_that_several_serve(tmp_path: Path) -> None:
    files = {
        **NGINX,
        "/etc/letsencrypt/live/shop/fullchain.pem": "",
        "/etc/postfix/main.cf": "smtpd_tls_cert_file=/etc/letsencrypt/live/shop/fullchain.pem\n",
    }
    found = configured.find(machine(tmp_path, files))
    assert found.users["/etc/letsencrypt/live/shop/fullchain.pem"] == ["nginx", "postfix", "certbot"]


def test_a_name_that_is_a_variable_is_a_blind_spot(tmp_path: Path) -> None:
    files = {"/etc/nginx/nginx.conf": "ssl_certificate /etc/ssl/$ssl_server_name.pem; ssl_certificate data:$cert;"}
    host = machine(tmp_path, files)
    assert configured.find(host).users == {}
    assert host.reason == "partial"


def test_a_store_that_holds_private_keys_is_never_opened(tmp_path: Path) -> None:
    host = machine(tmp_path, {"/etc/traefik/acme.json/": ""})
    assert configured.find(host).users == {}
    assert "acme.json" in host.could_not_see[0]


def test_configurations_that_include_each_other_end(tmp_path: Path) -> None:
    files = {
        "/etc/nginx/nginx.conf": "include *.conf; include nginx.conf;",
        "/etc/nginx/a.conf": "include *.conf; ssl_certificate a.pem;",
    }
    assert configured.find(machine(tmp_path, files)).users == {"/etc/nginx/a.pem": ["nginx"]}


@settings(deadline=None, max_examples=50)
@given(st.sampled_from([*NGINX, *APACHE, *HAPROXY, "/etc/postfix/main.cf"]), st.text(max_size=200))
def test_no_configuration_breaks_the_search(tmp_path_factory: pytest.TempPathFactory, name: str, text: str) -> None:
    host = machine(tmp_path_factory.mktemp("host"), {**NGINX, **APACHE, **HAPROXY, name: text})
    assert all(path.startswith("/") for path in configured.find(host).users)
