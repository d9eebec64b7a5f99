from __future__ import annotations

import base64
import os
import signal
import time

import bcrypt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.daemon.passwords import MOST_REMEMBERED, MOST_WAITING, Passwords, credentials

USERS = {"prometheus": bcrypt.hashpw(b"right", bcrypt.gensalt(4))}


def header(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def asked(passwords: Passwords, *headers: str) -> list[bool | None]:
    answers: list[bool | None] = []
    for each in headers:
        passwords.ask(each, answers.append)
    until = time.monotonic() + 20
    while len(answers) < len(headers) and time.monotonic() < until:
        passwords.reap()
        time.sleep(0.001)
    return answers


def test_who_is_let_in() -> None:
    passwords = Passwords(USERS)
    assert asked(passwords, header("prometheus", "right")) == [True]
    assert asked(passwords, header("prometheus", "wrong")) == [False]
    assert asked(passwords, header("nobody", "right")) == [False]
    assert asked(passwords, header("nobody", "nobody")) == [False]


@pytest.mark.parametrize(
    "bad", ["", "Basic", "Basic ???", "Bearer x", "Basic " + base64.b64encode(b"nocolon").decode()]
)
def test_what_is_no_credential_costs_no_check(bad: str) -> None:
    passwords = Passwords(USERS)
    assert asked(passwords, bad) == [False]
    assert passwords.checked == 0


def test_a_checked_password_is_checked_once_right_or_wrong() -> None:
    passwords = Passwords(USERS)
    for _ in range(50):
        assert asked(passwords, header("prometheus", "right"), header("prometheus", "wrong")) == [True, False]
    assert passwords.checked == 2


def test_the_same_password_asked_at_once_is_checked_once() -> None:
    passwords = Passwords(USERS)
    assert asked(passwords, *[header("prometheus", "right")] * 10) == [True] * 10
    assert passwords.checked == 1


def test_checks_that_are_closed_leave_no_child_and_nobody_waiting() -> None:
    passwords = Passwords({"prometheus": bcrypt.hashpw(b"right", bcrypt.gensalt(14))})
    answers: list[bool | None] = []
    for word in ("one", "two"):
        passwords.ask(header("prometheus", word), answers.append)
    child = passwords._pid
    passwords.close()
    assert answers == [None, None]
    with pytest.raises(ChildProcessError):
        os.waitpid(child, os.WNOHANG)


def test_guesses_wait_in_a_short_line_and_push_nobody_out() -> None:
    passwords = Passwords(USERS)
    assert asked(passwords, header("prometheus", "right")) == [True]
    found = asked(passwords, *[header("prometheus", f"guess{at}") for at in range(MOST_WAITING + 5)])
    assert found.count(None) == 5
    for at in range(MOST_REMEMBERED + 20):
        passwords._remember(b"%d" % at, right=False)
    assert asked(passwords, header("prometheus", "right")) == [True]
    assert passwords.checked == MOST_WAITING + 1


def test_a_check_that_is_killed_lets_nobody_in() -> None:
    passwords = Passwords({"prometheus": bcrypt.hashpw(b"right", bcrypt.gensalt(12))})
    answers: list[bool | None] = []
    passwords.ask(header("prometheus", "right"), answers.append)
    os.kill(passwords._pid, signal.SIGKILL)
    until = time.monotonic() + 10
    while not answers and time.monotonic() < until:
        passwords.reap()
        time.sleep(0.001)
    assert answers == [False]


@given(st.text(st.characters(exclude_characters=":", exclude_categories=["Cs"]), max_size=20), st.binary(max_size=20))
def test_credentials_are_what_was_encoded(user: str, password: bytes) -> None:
    text = "basic " + base64.b64encode(user.encode() + b":" + password).decode()
    assert credentials(text) == (user, password)


@given(st.text(max_size=60))
def test_garbage_is_no_credential(text: str) -> None:
    assert credentials(text) is None or text[:6].lower() == "basic "
