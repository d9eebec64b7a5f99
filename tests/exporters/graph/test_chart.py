from __future__ import annotations

from typing import Any

import pytest

from exporters.graph.chart import HEIGHT, WIDTH, chart

GRAPH: dict[str, Any] = {
    "nodes": [
        {"name": "boutique\x1b", "criticality": 5, "reaches": 0, "column": 0, "row": 0},
        {"name": "a-very-long-name-of-a-service", "criticality": None, "reaches": 1, "column": 1, "row": 0},
        {"name": "erp", "criticality": 2, "reaches": 1, "column": 0, "row": 1},
    ],
    "edges": [
        {"source": 0, "destination": 1, "state": "confirmed"},
        {"source": 1, "destination": 2, "state": '"><script>'},
    ],
    "left_out": 3,
}


def test_boxes_do_not_overlap_and_stand_inside() -> None:
    drawn = chart(GRAPH)
    assert drawn is not None
    for one in drawn.boxes:
        assert 0 <= one.x <= drawn.width - WIDTH
        assert 0 <= one.y <= drawn.height - HEIGHT
        for other in drawn.boxes:
            assert one is other or abs(one.x - other.x) >= WIDTH or abs(one.y - other.y) >= HEIGHT


def test_names_are_cut_and_made_visible() -> None:
    drawn = chart(GRAPH)
    assert drawn is not None
    assert [each.name for each in drawn.boxes] == ["boutique\\x1b", "a-very-long-name-of…", "erp"]
    assert [each.critical for each in drawn.boxes] == [True, False, False]


def test_a_state_that_nobody_knows_is_not_written_in_the_page() -> None:
    drawn = chart(GRAPH)
    assert drawn is not None
    assert [each.state for each in drawn.curves] == ["confirmed", "unverified"]


@pytest.mark.parametrize(
    "graph", [None, {}, {"nodes": [], "edges": []}, {"nodes": [{"name": "x"}], "edges": []}, {"nodes": 1, "edges": 2}]
)
def test_an_annex_that_is_not_understood_is_not_drawn(graph: dict[str, Any] | None) -> None:
    assert chart(graph) is None
