"""Small pieces of the terminal report, all made of rich texts: data is never read as markup."""

from __future__ import annotations

from rich.text import Text

from exporters.visible import visible

_STAND_INS = {"\u202f": "\ue000", "\u00a0": "\ue001"}
"""Rich breaks lines at no-break spaces; these stand in for them until lines are made. `visible` lets none through."""

ANSWER_STYLES = {"oui": "bold white on green", "non": "bold white on red", "pas encore": "bold black on yellow"}

STATE_STYLES = {
    "good": "green",
    "weak": "yellow",
    "bad": "bold red",
    "unknown": "cyan",
    "none": "dim",
    "waived": "magenta",
}


def words(text: str, style: str = "") -> Text:
    """Return text that no control character, markup or odd space can disturb."""
    shown = visible(text)
    for space, stand_in in _STAND_INS.items():
        shown = shown.replace(space, stand_in)
    return Text(shown, style=style)


def unhide(rendered: str) -> str:
    """Return rendered lines with the no-break spaces in their place again."""
    for space, stand_in in _STAND_INS.items():
        rendered = rendered.replace(stand_in, space)
    return rendered


def line(*pieces: Text | str) -> Text:
    """Return pieces side by side."""
    whole = Text()
    for piece in pieces:
        whole.append_text(piece if isinstance(piece, Text) else words(piece))
    return whole


def padded(text: Text, width: int) -> Text:
    """Return a copy that is exactly `width` cells wide, cut with an ellipsis or filled with spaces."""
    copy = text.copy()
    copy.truncate(width, overflow="ellipsis", pad=True)
    return copy
