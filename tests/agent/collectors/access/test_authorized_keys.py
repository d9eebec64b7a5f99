from __future__ import annotations

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors.access import keys
from agent.collectors.access.accounts import Entry
from analyzers.model.facts import AuthorizedKey
from tests.agent.collectors.fake_hosts import machine


def string(content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + content


ED25519 = base64.b64encode(string(b"ssh-ed25519") + string(bytes(range(32)))).decode()
RSA = base64.b64encode(string(b"ssh-rsa") + string(b"\x01\x00\x01") + string(b"\x00\xff" + b"\x01" * 255)).decode()
# ssh-keygen -lf prints this fingerprint for the key below.
REAL = "AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
FINGERPRINT = "SHA256:ZkAslGjFiUHdGf/WUL8rQvkib4PTvQatUV0OUQSncCA"


def test_a_fingerprint_is_what_ssh_keygen_prints() -> None:
    assert REAL == ED25519
    (found,) = keys.parse(f"ssh-ed25519 {REAL} amartin@laptop\n", "amartin")
    assert found == AuthorizedKey(account="amartin", type="ssh-ed25519", fingerprint=FINGERPRINT)


def test_the_key_and_its_comment_stay_on_the_host() -> None:
    (found,) = keys.parse(f"ssh-ed25519 {REAL} A. Martin, laptop\n", "amartin")
    assert "laptop" not in repr(found)
    assert REAL not in repr(found)


def test_the_length_of_an_rsa_key() -> None:
    (found,) = keys.parse(f"ssh-rsa {RSA}\n", "amartin")
    assert (found.type, found.bits) == ("ssh-rsa", 2048)


@pytest.mark.parametrize(
    ("options", "restricted"),
    [
        ("restrict", True),
        ('command="/usr/bin/rsync --server"', True),
        ('from="10.0.0.1,10.0.0.2"', True),
        ('no-pty,command="echo \\"hello world\\""', True),
        ("no-port-forwarding", True),
        ('expiry-time="20270101"', True),
        ("RESTRICT,pty", True),
        ('environment="A=b"', False),
        ("agent-forwarding", False),
        ("cert-authority", False),
        ('environment="X=from=y"', False),
    ],
)
def test_options_that_limit_a_key(options: str, restricted: bool) -> None:
    (found,) = keys.parse(f"{options} ssh-ed25519 {REAL} x\n", "amartin")
    assert found.restricted is restricted


@pytest.mark.parametrize(
    "line",
    [
        "",
        "# ssh-ed25519 " + REAL,
        "ssh-ed25519",
        "ssh-ed25519 not-base64!",
        f"ssh-rsa {ED25519}",
        f"ssh-ed25519 {ED25519[:20]}",
        "ssh-ed25519 AAAA",
        'command="unclosed ssh-ed25519 ' + REAL,
        "BEGIN OPENSSH PRIVATE KEY",
    ],
)
def test_lines_that_are_no_key_are_left_out(line: str) -> None:
    assert list(keys.parse(f"{line}\n", "amartin")) == []


def test_several_keys_of_several_kinds() -> None:
    text = f"ssh-ed25519 {ED25519} a\n\n  ssh-rsa {RSA}\nno-pty ssh-ed25519 {ED25519}\n"
    assert [each.type for each in keys.parse(text, "x")] == ["ssh-ed25519", "ssh-rsa", "ssh-ed25519"]


@given(st.text(max_size=200))
def test_no_file_breaks_the_reader(text: str) -> None:
    assert all(each.fingerprint.startswith("SHA256:") for each in keys.parse(text, "x"))


@given(st.binary(max_size=80))
def test_no_blob_breaks_the_reader(blob: bytes) -> None:
    list(keys.parse(f"ssh-rsa {base64.b64encode(string(b'ssh-rsa') + blob).decode()}", "x"))


AMARTIN = Entry(name="amartin", uid=1000, home="/home/amartin", shell="/bin/bash")


@pytest.mark.parametrize(
    ("patterns", "file"),
    [
        ((".ssh/authorized_keys",), "/home/amartin/.ssh/authorized_keys"),
        (("%h/.ssh/keys",), "/home/amartin/.ssh/keys"),
        (("/etc/ssh/keys/%u",), "/etc/ssh/keys/amartin"),
        (("/etc/ssh/keys/%U",), "/etc/ssh/keys/1000"),
        (("/etc/ssh/100%%/x",), "/etc/ssh/100%/x"),
        (("none", "/x"), "/x"),
    ],
)
def test_keys_are_where_the_server_looks(tmp_path: Path, patterns: tuple[str, ...], file: str) -> None:
    host = machine(tmp_path, {file: f"ssh-ed25519 {ED25519}\n"})
    found = keys.of_account(host, AMARTIN, patterns)
    assert not isinstance(found, str)
    assert [each.account for each in found] == ["amartin"]


def test_an_account_without_a_key(tmp_path: Path) -> None:
    assert keys.of_account(machine(tmp_path), AMARTIN, (".ssh/authorized_keys",)) == ()


def test_keys_that_may_not_be_read_are_unknown(tmp_path: Path) -> None:
    host = machine(tmp_path, {"/home/amartin/.ssh/authorized_keys": "-> authorized_keys"})
    assert keys.of_account(host, AMARTIN, (".ssh/authorized_keys",)) == "unreadable"
    assert host.could_not_see == []
