from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors.certificates import openssl
from analyzers.model.facts import Certificate
from tests.agent.collectors.live_hosts import DENIED, live

PRINTED = """\
notAfter=Nov  3 05:12:18 2027 GMT
subject=CN=shop.example.lan,O=Atelier Dupont\\, SA
issuer=CN=R11,O=Let's Encrypt,C=US
X509v3 Basic Constraints: critical
    CA:FALSE
X509v3 Subject Alternative Name:
    DNS:shop.example.lan, DNS:*.shop.example.lan, IP Address:10.0.0.5
"""
SELF_SIGNED = """\
notAfter=Nov 23 05:12:18 2026 GMT
subject=CN=old
issuer=CN=old
X509v3 Basic Constraints: critical
    CA:TRUE
"""


def test_what_openssl_prints() -> None:
    assert openssl.parse(PRINTED, "/x.pem") == Certificate(
        path="/x.pem",
        subject="CN=shop.example.lan,O=Atelier Dupont\\, SA",
        not_after=dt.datetime(2027, 11, 3, 5, 12, 18, tzinfo=dt.UTC),
        names=("shop.example.lan", "*.shop.example.lan", "10.0.0.5"),
    )


def test_a_certificate_that_signs_itself() -> None:
    found = openssl.parse(SELF_SIGNED, "/x.pem")
    assert found is not None
    assert (found.self_signed, found.authority, found.names) == (True, True, ())


@pytest.mark.parametrize(
    "text", ["", "notAfter=soon\nsubject=CN=x\n", "subject=CN=x\n", "notAfter=Nov  3 05:12:18 2027 GMT\n"]
)
def test_what_is_no_certificate(text: str) -> None:
    assert openssl.parse(text, "/x.pem") is None


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    openssl.parse(text, "/x.pem")
    openssl.parse(f"{PRINTED}{text}", "/x.pem")


@pytest.mark.parametrize(
    ("answer", "reason", "granted"),
    [(DENIED, "no_permission", True), ("", "unreadable", False), ("garbage", "unreadable", False)],
)
def test_a_certificate_that_cannot_be_read_is_a_blind_spot(
    tmp_path: Path, answer: str, reason: str, granted: bool
) -> None:
    host = live(tmp_path, {"openssl x509": answer})
    assert openssl.read(host, "/etc/x.pem") is None
    assert host.could_not_see == ["the certificate in /etc/x.pem"]
    assert (host.reason, bool(host.grant)) == (reason, granted)


def test_openssl_is_told_to_print_the_certificate_alone(tmp_path: Path) -> None:
    host = live(tmp_path, {"openssl x509": PRINTED})
    openssl.read(host, "/etc/haproxy/site.pem")
    (asked,) = host.asked
    assert "-noout" in asked
    assert not {"-text", "-pubkey", "-modulus"} & set(asked)
