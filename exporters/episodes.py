"""Episodes of hosts for readers: a chart that needs no script, and a list in words."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analyzers.model.message import N_
from exporters import formats
from exporters.parts import EpisodePart
from exporters.reading import Reading

LABELS = 150
"""Units of the drawing that the names of hosts take, of `WIDTH`."""

WIDTH, ROW, TOP = 900, 22, 24
MOST_HOSTS = 16
MOST_LISTED = 12
NAME_CHARACTERS = 20
NARROWEST = 3.0
"""An episode of minutes in a window of weeks must still be seen."""

LEAST_WINDOW = dt.timedelta(days=7)
WEEK = dt.timedelta(days=7)

KINDS: Mapping[str, str] = {
    "deviation": N_("unusual behaviour"),
    "stuck": N_("stands still"),
    "missing": N_("nothing measured"),
    "restart": N_("started again"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One episode drawn: where, how wide, its kind, and what a pointer shows."""

    x: float
    width: float
    kind: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One host drawn."""

    name: str
    y: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The whole drawing; `others` counts hosts that are not shown."""

    height: int
    rows: tuple[Row, ...]
    ticks: tuple[tuple[float, str], ...]
    kinds: tuple[tuple[str, str], ...]
    others: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One episode in words."""

    when: str
    lasts: str
    host: str
    kind: str
    because: tuple[str, ...]


def chart(reading: Reading) -> Chart | None:
    """Return the drawing of the episodes by host, those with most first; None when there is none."""
    episodes = reading.document.annexes.episodes
    if not episodes:
        return None
    end = max(reading.document.taken_at, *(each.end for each in episodes))
    start = min(end - LEAST_WINDOW, *(each.start for each in episodes))
    counted = Counter(each.host for each in episodes)
    shown = {each.kind for each in episodes}
    hosts = sorted(counted, key=lambda host: (-counted[host], host))
    scale = (WIDTH - LABELS - 8) / (end - start).total_seconds()

    def at(when: dt.datetime) -> float:
        return round(LABELS + (when - start).total_seconds() * scale, 1)

    rows = tuple(
        Row(
            name=_cut(host) or "-",
            y=TOP + index * ROW,
            marks=tuple(
                Mark(
                    x=at(each.start),
                    width=max(NARROWEST, round(at(each.end) - at(each.start), 1)),
                    kind=each.kind,
                    said=_line(each, reading),
                )
                for each in episodes
                if each.host == host
            ),
        )
        for index, host in enumerate(hosts[:MOST_HOSTS])
    )
    return Chart(
        height=TOP + len(rows) * ROW + 4,
        rows=rows,
        ticks=tuple((at(when), f"{when:%d/%m}") for when in _weeks(start, end)),
        kinds=tuple((kind, reading.say(words)) for kind, words in KINDS.items() if kind in shown),
        others=max(0, len(hosts) - MOST_HOSTS),
    )


def told(reading: Reading) -> tuple[Told, ...]:
    """Return the loudest episodes, newest first."""
    loudest = sorted(reading.document.annexes.episodes, key=lambda each: (-each.score, each.start))[:MOST_LISTED]
    return tuple(
        Told(
            when=formats.moment(each.start, reading.lang),
            lasts=_lasts(each),
            host=each.host or "-",
            kind=reading.say(KINDS[each.kind]),
            because=_because(each, reading),
        )
        for each in sorted(loudest, key=lambda each: (each.start, each.host), reverse=True)
    )


def _weeks(start: dt.datetime, end: dt.datetime) -> Sequence[dt.datetime]:
    """Return midnights a week apart, the last first."""
    last = end.replace(hour=0, minute=0, second=0, microsecond=0)
    count = int((last - start) / WEEK) + 1
    every = max(1, -(-count // 8))
    return [last - index * WEEK for index in range(0, count, every)]


def _line(episode: EpisodePart, reading: Reading) -> str:
    parts = (episode.host, formats.moment(episode.start, reading.lang), _lasts(episode))
    return ", ".join((*parts, *_because(episode, reading)[:1]))


def _because(episode: EpisodePart, reading: Reading) -> tuple[str, ...]:
    return tuple(
        each.series
        if each.usual is None or each.seen is None
        else f"{each.series}: {_short(each.usual, reading.lang)} → {_short(each.seen, reading.lang)}"
        for each in episode.series
    )


def _short(value: float, lang: str) -> str:
    for limit, unit in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= limit:
            return f"{formats.number(value / (1e3 if unit == 'k' else limit), lang, 1)} {unit}"
    return formats.number(value, lang, 0 if abs(value) >= 100 else 3)  # noqa: PLR2004 - three digits say enough


def _lasts(episode: EpisodePart) -> str:
    minutes = max(1, round((episode.end - episode.start).total_seconds() / 60))
    if minutes < 60:  # noqa: PLR2004 - an hour
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02}"


def _cut(name: str) -> str:
    return name if len(name) <= NAME_CHARACTERS else f"{name[: NAME_CHARACTERS - 1]}…"
