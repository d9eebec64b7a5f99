import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import UsageError
from agent.settings import (
    FORMATS,
    SETTINGS,
    Given,
    as_duration,
    as_flag,
    as_format,
    as_scheduler,
    as_texts,
    gather,
    suspicious,
)


def test_a_flag_comes_before_a_variable_and_each_says_where_it_comes_from() -> None:
    given = gather({"since": "7d", "out": None}, {"PASENCORE_SINCE": "1d", "PASENCORE_OUT": "dir"})
    assert given == {"since": Given("7d", "--since"), "out": Given("dir", "PASENCORE_OUT")}


@pytest.mark.parametrize("nothing", [None, False, (), ""])
def test_a_flag_that_is_not_given_leaves_its_turn_to_the_variable(nothing: Any) -> None:
    assert gather({"names": nothing}, {"PASENCORE_NAMES": "1"})["names"].source == "PASENCORE_NAMES"
    assert gather({"names": nothing}, {"PASENCORE_NAMES": " "}) == {}
    assert gather({"no_local": True}, {})["no_local"].source == "--no-local"


def test_variables_of_others_set_nothing() -> None:
    assert gather({"zzz": 1}, {"PASENCORE_ZZZ": "1", "OUT": "x", "PASENCORE_LANG": "fr"}) == {}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("PASENCORE_PROMETEUS", ["PASENCORE_PROMETEUS sets nothing; did you mean PASENCORE_PROMETHEUS?"]),
        ("PASENCORE_PROMETHEUS", []),
        ("PASENCORE_LANG", []),
        ("PASENCORE_STATE", []),
        ("PASENCORE_IMAGE", []),
        ("PATH", []),
    ],
)
def test_a_variable_that_looks_misspelt_is_said(name: str, said: list[str]) -> None:
    assert [str(each) for each in suspicious({name: "x"})] == said


def test_several_values_are_repeated_flags_or_one_variable_with_commas() -> None:
    assert as_texts(Given(("a", "b,c"), "--agents")) == ("a", "b,c")
    assert as_texts(Given("a, b,,c ", "PASENCORE_AGENTS")) == ("a", "b", "c")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1", True),
        ("Oui", True),
        ("true", True),
        ("ON", True),
        ("0", False),
        ("non", False),
        ("off", False),
        (True, True),
    ],
)
def test_yes_and_no_are_read_in_both_languages(value: Any, expected: bool) -> None:
    assert as_flag(Given(value, "x")) is expected


def test_what_is_not_given_is_not_asked() -> None:
    assert as_flag(None) is False


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("28d", dt.timedelta(days=28)),
        ("12h", dt.timedelta(hours=12)),
        ("1w2d", dt.timedelta(days=9)),
        ("90m", dt.timedelta(minutes=90)),
        ("45s", dt.timedelta(seconds=45)),
        ("1y", dt.timedelta(days=365)),
    ],
)
def test_durations_are_written_as_prometheus_writes_them(text: str, expected: dt.timedelta) -> None:
    assert as_duration(Given(text, "--since")) == expected


@pytest.mark.parametrize(
    ("read", "value", "says"),
    [
        (as_duration, "28", "--x: expected a duration such as 28d, 12h or 1w, got '28'"),
        (as_duration, "-3d", "expected a duration such as"),
        (as_duration, "1.5d", "expected a duration such as"),
        (as_duration, "28 days", "expected a duration such as"),
        (as_duration, "9" * 400 + "d", "expected a duration such as"),
        (as_duration, "0d", "expected a duration between 1s and 10y"),
        (as_duration, "11y", "expected a duration between 1s and 10y"),
        (as_flag, "peut-être", "--x: expected yes or no, got 'peut-être'"),
        (as_format, "pdf", "--x: expected one of text, json, markdown, html, metrics; got 'pdf'"),
        (as_scheduler, "scheduler:8786", "--x: expected tcp://HOST:PORT, got 'scheduler:8786'"),
        (as_scheduler, "tcp://scheduler", "expected tcp://HOST:PORT"),
        (as_scheduler, "tcp://scheduler:99999", "expected tcp://HOST:PORT"),
        (as_scheduler, "http://scheduler:8786", "expected tcp://HOST:PORT"),
        (as_scheduler, "tcp://[::1", "expected tcp://HOST:PORT"),
    ],
)
def test_what_cannot_be_understood_names_its_source(read: Any, value: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(Given(value, "--x"))
    assert says in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_password_is_not_repeated() -> None:
    with pytest.raises(UsageError) as caught:
        as_scheduler(Given("tcp://user:secret@scheduler:8786", "--scheduler"))
    assert "secret" not in str(caught.value)


def test_right_values_come_back() -> None:
    assert [as_format(Given(each, "--format")) for each in FORMATS] == list(FORMATS)
    assert as_scheduler(Given("tcp://10.0.0.1:8786", "--scheduler")) == "tcp://10.0.0.1:8786"
    assert as_scheduler(Given("tls://[::1]:8786", "--scheduler")) == "tls://[::1]:8786"


@given(st.dictionaries(st.sampled_from(SETTINGS), st.text()), st.dictionaries(st.text(), st.text()))
def test_any_environment_is_gathered(flags: dict[str, str], environ: dict[str, str]) -> None:
    given_ = gather(flags, environ)
    assert set(given_) == {name for name, value in flags.items() if value} | {
        name for name in SETTINGS if environ.get(f"PASENCORE_{name.upper()}", "").strip()
    }
