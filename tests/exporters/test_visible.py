from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters.visible import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("db1.dupont.example", "db1.dupont.example"),
        ("Sauvegarde vérifiée\u202f: 12\u00a0%", "Sauvegarde vérifiée\u202f: 12\u00a0%"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\nb\tc\rd", "a b c d"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\u2028", "\\u2028"),
        ("\ue000", "\\ue000"),
        ("\U000e0001", "\\U000e0001"),
        ("\x9b31m", "\\x9b31m"),
        ("\udcff", "\\udcff"),
        ("", ""),
    ],
)
def test_hidden_characters_are_spelt_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_nothing_hidden_is_left_and_twice_is_once(text: str) -> None:
    shown = visible(text)
    assert not any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} for char in shown)
    assert visible(shown) == shown
