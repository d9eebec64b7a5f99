"""Lines of a terminal report, each as wide as the terminal at most."""

from __future__ import annotations

import io

from rich.console import Console
from rich.text import Text

from exporters.screen.pieces import line, unhide, words


class Sheet:
    """Collects lines and writes them with or without colours; nothing is read from the environment."""

    def __init__(self, width: int, *, colour: bool) -> None:
        self.width = width
        self.lines: list[Text] = []
        self._colour = colour
        self._out = io.StringIO()
        self._console = Console(
            file=self._out,
            width=width,
            force_terminal=colour,
            color_system="standard" if colour else None,
            no_color=not colour,
            markup=False,
            emoji=False,
            highlight=False,
            legacy_windows=False,
            _environ={},
        )

    def add(self, *pieces: Text | str) -> None:
        """Add one line; what goes past the edge is cut with an ellipsis."""
        whole = line(*pieces)
        whole.truncate(self.width, overflow="ellipsis")
        self.lines.append(whole)

    def blank(self) -> None:
        """Add an empty line."""
        self.lines.append(Text())

    def paragraph(self, text: Text, indent: int = 0, lead: Text | str = "", most: int | None = None) -> int:
        """Add `text` wrapped after `indent` spaces, `lead` in their place on the first line; return the lines added.

        With `most`, an ellipsis stands for the lines that are left out.
        """
        wrapped = self.wrapped(text, self.width - indent, most)
        first = line(lead)
        first.pad_right(max(0, indent - first.cell_len))
        self.lines.append(line(first, wrapped[0]))
        self.lines += [line(" " * indent, each) for each in wrapped[1:]]
        return len(wrapped)

    def wrapped(self, text: Text, width: int, most: int | None = None) -> list[Text]:
        """Return `text` on lines of `width` cells, at most `most`."""
        found = list(text.wrap(self._console, max(1, width))) or [Text()]
        for each in found:
            each.rstrip()
        if most is None or len(found) <= most:
            return found
        kept = found[:most]
        kept[-1].truncate(max(1, width) - 1)
        kept[-1].append("…")
        return kept

    def heading(self, text: str, style: str = "bold") -> None:
        """Add a title over a rule, after an empty line."""
        self.blank()
        self.paragraph(words(text, style))
        self.add(Text("─" * self.width, style="dim"))

    def render(self) -> str:
        """Return everything that was added."""
        for each in self.lines:
            self._console.print(each, no_wrap=True, overflow="ignore", crop=True, end="\n")
        rendered = unhide(self._out.getvalue())
        if self._colour:
            return rendered
        return "\n".join(each.rstrip() for each in rendered.split("\n"))
