import unicodedata

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.untrusted import MOST_CHARACTERS, REPLACEMENT, clean, clean_text, harmless

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@pytest.mark.parametrize(
    "harmful",
    [
        "\x00",
        "\x07",
        "\x08",
        "\r",
        "\x1b",
        "\x7f",
        "\x80",
        "\x9b",
        "\u061c",
        "\u200e",
        "\u202e",
        "\u2066",
        "\u2028",
        "\ufeff",
        "\ufffe",
        "\uffff",
        "\ud800",
    ],
)
def test_a_harmful_character_is_replaced_and_the_text_around_it_kept(harmful: str) -> None:
    assert clean_text(f"web{harmful}1") == f"web{REPLACEMENT}1"


@pytest.mark.parametrize("text", ["", "boutique", "Résolu le", "a\tb\nc", "日本", "👩‍💻", "a\u0301", "\u00a0"])
def test_honest_text_is_untouched(text: str) -> None:
    assert clean_text(text) == text


def test_a_terminal_escape_can_no_longer_colour_or_title_anything() -> None:
    assert clean_text("\x1b[31mrouge\x1b]0;titre\x07") == f"{REPLACEMENT}[31mrouge{REPLACEMENT}]0;titre{REPLACEMENT}"


def test_windows_line_ends_become_line_ends() -> None:
    assert clean_text("a\r\nb") == "a\nb"


def test_an_endless_string_is_cut_and_says_so() -> None:
    assert clean_text("a" * MOST_CHARACTERS) == "a" * MOST_CHARACTERS
    cut = clean_text("a" * (MOST_CHARACTERS + 1))
    assert len(cut) == MOST_CHARACTERS
    assert cut.endswith("a…")


@given(st.text())
def test_cleaning_leaves_no_control_but_tab_and_newline_and_does_no_more_the_second_time(text: str) -> None:
    once = clean_text(text)
    assert not [each for each in once if unicodedata.category(each) in {"Cc", "Cs"} and each not in "\t\n"]
    assert clean_text(once) == once
    once.encode("utf-8")


@given(JSON)
def test_documents_keep_their_shape(document: object) -> None:
    assert clean(clean(document)) == clean(document)
    assert type(clean(document)) is type(document)


def test_keys_are_cleaned_as_well() -> None:
    assert clean({"a\x1b": ["\x1b", {"b": "\x1b"}]}) == {f"a{REPLACEMENT}": [REPLACEMENT, {"b": REPLACEMENT}]}


@given(JSON)
def test_what_is_called_harmless_is_what_cleaning_leaves_alone(value: object) -> None:
    text = msgspec.json.encode(value)
    if harmless(text):
        assert clean(value) == value


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ('"a\u00e9 tab\\t line\\n quote\\" \u65e5\u672c"', True),
        ('"\\u001b[2J"', False),
        ('"\x7f"', False),
        ('"\u202e"', False),
        ('"\x9b31m"', False),
        ('"\\r\\n"', False),
        (f'"{"x" * (31 << 10)}"', True),
        (f'["", "{"x" * ((64 << 10) + 1)}", ""]', False),
    ],
)
def test_plain_text_of_any_language_is_harmless(text: str, *, plain: bool) -> None:
    assert harmless(text.encode()) is plain
    assert not harmless(b'"\xff"')
