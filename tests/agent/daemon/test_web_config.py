from __future__ import annotations

from pathlib import Path

import bcrypt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.daemon.web_config import WebConfig, parse_web_config
from agent.errors import UsageError

HASH = bcrypt.hashpw(b"secret", b"$2b$04$abcdefghijklmnopqrstuu").decode()
FILE = Path("/etc/pasencore/web.yml")


def refusal(text: str) -> str:
    with pytest.raises(UsageError) as caught:
        parse_web_config(text.encode(), FILE)
    return caught.value.line()


def test_users_and_their_hashes() -> None:
    config = parse_web_config(f"basic_auth_users:\n  prometheus: {HASH}\n".encode(), FILE)
    assert config == WebConfig(None, {"prometheus": HASH.encode()})


@pytest.mark.parametrize("text", ["", "{}", "tls_server_config:\nbasic_auth_users:\n", "# nothing\n"])
def test_an_empty_file_asks_for_nothing(text: str) -> None:
    assert parse_web_config(text.encode(), FILE) == WebConfig()


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("http_server_config:\n  http2: true\n", 1, "http_server_config is not understood"),
        ("rate_limit: 3\n", 1, "rate_limit is not understood"),
        ("tls_server_config:\n  cipher_suites: [a]\n", 2, "tls_server_config.cipher_suites is not understood"),
        ("tls_server_config:\n  cert: |\n    x\n", 2, "tls_server_config.cert is not understood"),
        ("tls_server_config:\n  cert_file: a\n", 1, "needs cert_file and key_file"),
        ("tls_server_config:\n  cert_file: a\n  key_file: b\n", 2, "/etc/pasencore/a: no certificate"),
        ("tls_server_config:\n  cert_file: [1]\n  key_file: b\n", 2, "cert_file: expected a path"),
        ("basic_auth_users:\n  bob: secret\n", 2, "the password of bob is no bcrypt hash"),
        ("basic_auth_users:\n  bob: 7\n", 2, "the password of bob is no bcrypt hash"),
        (f"basic_auth_users:\n  bob: {HASH.replace('$04$', '$31$')}\n", 2, "takes too long to check: cost 31"),
        ("basic_auth_users: [a]\n", 1, "basic_auth_users: expected a mapping"),
        ("- a\n", 1, "expected a mapping"),
    ],
)
def test_what_is_not_understood_is_refused_by_name_and_line(text: str, line: int, said: str) -> None:
    told = refusal(text)
    assert told.startswith(f"{FILE}:{line}: ")
    assert said in told


def test_a_password_never_reaches_the_message() -> None:
    assert "hunter2" not in refusal("basic_auth_users:\n  bob: hunter2\n")


pieces = st.sampled_from(
    ["tls_server_config", "basic_auth_users", "cert_file", "key_file", ":", "\n", "  ", "- ", "x", "{", "}", HASH]
)


@given(st.lists(pieces, max_size=20).map("".join) | st.text(max_size=80))
def test_garbage_is_refused_or_understood(text: str) -> None:
    try:
        config = parse_web_config(text.encode("utf-8", "replace"), FILE)
    except UsageError:
        return
    assert config.tls is None
