"""Which addresses are taken, how they are kept, and what a refusal may repeat."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import UsageError
from agent.sources.address import parse_address


@pytest.mark.parametrize(
    ("text", "url", "prefix"),
    [
        ("http://localhost:9090", "http://localhost:9090", ""),
        (" http://localhost:9090/ ", "http://localhost:9090", ""),
        ("http://h", "http://h", ""),
        ("http://h:80", "http://h", ""),
        ("https://h:443/x", "https://h/x", "/x"),
        ("https://h:9443", "https://h:9443", ""),
        ("HTTP://Host/Prometheus/", "http://host/Prometheus", "/Prometheus"),
        ("http://h/select/0/prometheus", "http://h/select/0/prometheus", "/select/0/prometheus"),
        ("http://[::1]:9090", "http://[::1]:9090", ""),
        ("http://10.0.0.1:9090//", "http://10.0.0.1:9090", ""),
    ],
)
def test_what_is_kept_of_an_address(text: str, url: str, prefix: str) -> None:
    address = parse_address(text)
    assert (address.url, address.prefix) == (url, prefix)
    assert parse_address(address.url) == address


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("http://localhost", True),
        ("http://127.0.0.9", True),
        ("http://[::1]:9090", True),
        ("http://10.0.0.1", False),
        ("http://prometheus.example", False),
    ],
)
def test_which_addresses_are_this_machine(text: str, local: bool) -> None:
    assert parse_address(text).loopback is local


@pytest.mark.parametrize(
    "text",
    [
        "",
        "localhost:9090",
        "prometheus.example",
        "ftp://h",
        "file:///etc/passwd",
        "http://",
        "http:///path",
        "http://h:0",
        "http://h:99999",
        "http://h:port",
        "http://[::1",
        "http://a b",
        "http://h/a b",
        "http://hôte",
        "http://h/\x00",
        "http://h?query=1",
        "http://h/#graph",
    ],
)
def test_what_is_no_address_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_address(text, "--prometheus")
    line = str(caught.value)
    assert line.startswith("--prometheus: ")
    assert "write" in line
    assert "\n" not in line


@pytest.mark.parametrize(
    "text", ["http://scanner:tr0ub4dor@h", "https://tr0ub4dor@h:9090", "http://:tr0ub4dor@h", "tr0ub4dor@h"]
)
def test_a_secret_in_an_address_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_address(text)
    assert "tr0ub4dor" not in str(caught.value)


def test_a_token_in_the_query_is_not_repeated() -> None:
    with pytest.raises(UsageError) as caught:
        parse_address("https://h/prometheus?token=tr0ub4dor")
    assert "tr0ub4dor" not in str(caught.value)
    assert "write https://h" in str(caught.value)


@given(st.text())
def test_any_text_is_an_address_or_a_usage_error(text: str) -> None:
    with contextlib.suppress(UsageError):
        address = parse_address(text)
        assert parse_address(address.url) == address
