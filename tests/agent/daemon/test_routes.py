from __future__ import annotations

import pytest

from agent.daemon.routes import is_loopback, is_loopback_name


@pytest.mark.parametrize(
    ("address", "stays"),
    [
        ("127.0.0.1", True),
        ("127.8.9.10", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("10.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("127.example.org", False),
        ("127.0.0.1.example.org", False),
        ("", False),
    ],
)
def test_what_never_leaves_the_host(address: str, stays: bool) -> None:
    assert is_loopback(address) is stays


@pytest.mark.parametrize(
    ("header", "ours"),
    [
        ("localhost:9477", True),
        ("127.0.0.1:9477", True),
        ("[::1]:9477", True),
        ("", True),
        ("evil.example", False),
        ("127.evil.example:9477", False),
        ("127.0.0.1.evil.example", False),
        ("localhost.evil.example", False),
        ("[::2]:9477", False),
    ],
)
def test_a_name_that_a_stranger_points_at_loopback_is_none_of_ours(header: str, ours: bool) -> None:
    assert is_loopback_name(header) is ours
