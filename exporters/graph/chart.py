"""The chart of the graph in a page: where boxes and lines stand, in the units of its SVG."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exporters.visible import visible

WIDTH, HEIGHT = 150, 30
GAP_X, GAP_Y = 60, 14
MOST_LETTERS = 20
CRITICAL_FROM = 4
SHOWN_STATES = frozenset({"confirmed", "undeclared", "ghost", "unverified"})


@dataclass(frozen=True)
class Box:
    """A service."""

    x: int
    y: int
    name: str
    whole: str
    reaches: int
    critical: bool


@dataclass(frozen=True)
class Curve:
    """A dependency."""

    path: str
    state: str


@dataclass(frozen=True)
class Chart:
    """Everything that is drawn."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    curves: tuple[Curve, ...]
    left_out: int


def chart(graph: Mapping[str, Any] | None) -> Chart | None:
    """Return the chart of the annex of a verdict, None when there is none, or none that this version understands."""
    try:
        return None if graph is None else _chart(graph)
    except (KeyError, IndexError, TypeError, ValueError):
        return None


def _chart(graph: Mapping[str, Any]) -> Chart:
    boxes = tuple(_box(each) for each in graph["nodes"])
    curves = tuple(_curve(boxes[int(each["source"])], boxes[int(each["destination"])], each) for each in graph["edges"])
    return Chart(
        width=max(each.x for each in boxes) + WIDTH + 2,
        height=max(each.y for each in boxes) + HEIGHT + 2,
        boxes=boxes,
        curves=curves,
        left_out=int(graph.get("left_out", 0)),
    )


def _box(node: Mapping[str, Any]) -> Box:
    name = visible(str(node["name"]))
    return Box(
        x=2 + int(node["column"]) * (WIDTH + GAP_X),
        y=2 + int(node["row"]) * (HEIGHT + GAP_Y),
        name=name if len(name) <= MOST_LETTERS else f"{name[: MOST_LETTERS - 1]}…",
        whole=name,
        reaches=int(node["reaches"]),
        critical=int(node["criticality"] or 0) >= CRITICAL_FROM,
    )


def _curve(one: Box, other: Box, edge: Mapping[str, Any]) -> Curve:
    start_y, end_y = one.y + HEIGHT // 2, other.y + HEIGHT // 2
    start = one.x + WIDTH
    end = other.x if other.x > one.x else other.x + WIDTH
    bend = GAP_X // 2 if other.x > one.x else GAP_X
    turn = end - bend if other.x > one.x else end + bend
    state = edge["state"] if edge["state"] in SHOWN_STATES else "unverified"
    return Curve(path=f"M{start},{start_y} C{start + bend},{start_y} {turn},{end_y} {end},{end_y}", state=state)
