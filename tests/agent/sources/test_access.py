"""What an http_config block turns into, and how its faults are told."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from agent.errors import UsageError
from agent.sources.access import Access
from analyzers.model import context as ctx

BASIC = ctx.BasicAuth(username="scanner", password_file="pass")
BEARER = ctx.Authorization(credentials_file="token")


def config(**blocks: object) -> ctx.HttpConfig:
    return ctx.HttpConfig(**blocks)  # type: ignore[arg-type]


def refusal(block: ctx.HttpConfig, folder: Path) -> str:
    with pytest.raises(UsageError) as caught:
        list(Access(block, folder).headers())
    return str(caught.value)


def test_no_block_means_no_header() -> None:
    assert list(Access().headers()) == []
    assert not Access().secret
    assert Access().server_name is None


@pytest.mark.parametrize("written", ["s3cret", "s3cret\n", "  s3cret \r\n"])
def test_the_password_is_trimmed(tmp_path: Path, written: str) -> None:
    (tmp_path / "pass").write_text(written)
    access = Access(config(basic_auth=BASIC), tmp_path)
    assert list(access.headers()) == [("Authorization", "Basic c2Nhbm5lcjpzM2NyZXQ=")]
    assert access.secret


def test_a_password_beyond_ascii_is_utf_8(tmp_path: Path) -> None:
    (tmp_path / "pass").write_text("été", "utf-8")
    assert dict(Access(config(basic_auth=BASIC), tmp_path).headers()) == {"Authorization": "Basic c2Nhbm5lcjrDqXTDqQ=="}


def test_a_token_has_its_type(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("abc\n")
    given = ctx.Authorization(type="Token", credentials_file=str(tmp_path / "token"))
    assert list(Access(config(authorization=given)).headers()) == [("Authorization", "Token abc")]


def test_a_token_beyond_ascii_is_refused_without_repeating_it(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s3crét", "utf-8")
    line = refusal(config(authorization=BEARER), tmp_path)
    assert "no HTTP header" in line
    assert "s3cr" not in line


def test_headers_come_from_values_and_files(tmp_path: Path) -> None:
    (tmp_path / "tenant").write_text("atelier\n")
    headers = {
        "X-Scope-OrgID": ctx.HttpHeader(values=("a|b",), files=("tenant",)),
        "X-More": ctx.HttpHeader(values=("1",)),
    }
    found = list(Access(config(http_headers=headers), tmp_path).headers())
    assert found == [("X-Scope-OrgID", "a|b"), ("X-Scope-OrgID", "atelier"), ("X-More", "1")]


def test_absolute_paths_stay(tmp_path: Path) -> None:
    (tmp_path / "pass").write_text("x")
    given = ctx.BasicAuth(username="a", password_file=str(tmp_path / "pass"))
    assert list(Access(config(basic_auth=given), Path("/nowhere")).headers())


@pytest.mark.parametrize("content", [b"", b"\n", b"s3cr\net", b"s3cr\x00et", b"\xff\xfe"])
def test_a_file_that_holds_no_single_secret_is_refused_without_repeating_it(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "pass").write_bytes(content)
    line = refusal(config(basic_auth=BASIC), tmp_path)
    assert line.startswith(f"{tmp_path / 'pass'}: ")
    assert "s3cr" not in line


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    line = refusal(config(authorization=BEARER), tmp_path)
    assert line.startswith(f"{tmp_path / 'token'}: cannot use authorization.credentials_file: No such file")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "token").mkdir()
    assert "Is a directory" in refusal(config(authorization=BEARER), tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_forbidden_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("abc")
    (tmp_path / "token").chmod(0)
    assert "Permission denied" in refusal(config(authorization=BEARER), tmp_path)


@pytest.mark.parametrize(
    ("block", "said"),
    [
        (config(basic_auth=BASIC, authorization=BEARER), "both given"),
        (config(http_headers={"Authorization": ctx.HttpHeader(values=("x",))}), "may not be set"),
        (config(http_headers={"host": ctx.HttpHeader(values=("x",))}), "may not be set"),
        (config(http_headers={"X Y": ctx.HttpHeader(values=("x",))}), "not the name of a header"),
        (config(http_headers={"X\r\nY": ctx.HttpHeader(values=("x",))}), "not the name of a header"),
        (config(http_headers={"": ctx.HttpHeader(values=("x",))}), "not the name of a header"),
        (config(http_headers={"X": ctx.HttpHeader(values=("a\r\nAuthorization: b",))}), "more than one line"),
        (config(http_headers={"X": ctx.HttpHeader(values=("é",))}), "no HTTP header"),
        (config(authorization=ctx.Authorization(type="Bearer x", credentials_file="t")), "one word"),
        (config(tls_config=ctx.TlsConfig(cert_file="c")), "go together"),
        (config(tls_config=ctx.TlsConfig(key_file="k")), "go together"),
    ],
)
def test_a_block_that_contradicts_itself_is_refused(tmp_path: Path, block: ctx.HttpConfig, said: str) -> None:
    line = refusal(block, tmp_path)
    assert said in line
    assert "\n" not in line


def test_representations_hold_no_header_value() -> None:
    access = Access(config(http_headers={"X-Token": ctx.HttpHeader(values=("s3cret",))}))
    assert "s3cret" not in repr(access)


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_a_ca_file_that_is_none_is_refused(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "ca.pem").write_text(content)
    with pytest.raises(UsageError) as caught:
        Access(config(tls_config=ctx.TlsConfig(ca_file="ca.pem")), tmp_path).tls()
    assert str(caught.value).startswith(f"{tmp_path / 'ca.pem'}: cannot use tls_config.ca_file")


def test_a_key_with_a_passphrase_is_refused_and_asks_nobody(tmp_path: Path) -> None:
    subject = ["-subj", "/CN=scanner", "-keyout", "key.pem", "-out", "cert.pem", "-passout", "pass:abcd"]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", *subject], cwd=tmp_path, check=True, capture_output=True
    )
    given = ctx.TlsConfig(cert_file="cert.pem", key_file="key.pem")
    with pytest.raises(UsageError) as caught:
        Access(config(tls_config=given), tmp_path).tls()
    assert "without a passphrase" in str(caught.value)


def test_authorities_of_the_system_are_trusted_unless_one_is_given() -> None:
    assert Access().tls().verify_mode.name == "CERT_REQUIRED"
    skipped = Access(config(tls_config=ctx.TlsConfig(insecure_skip_verify=True))).tls()
    assert (skipped.verify_mode.name, skipped.check_hostname) == ("CERT_NONE", False)
