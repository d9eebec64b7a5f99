"""Episodes in a report: drawn by host, said in words, bounded, and escaped."""

from __future__ import annotations

import datetime as dt
import re
import xml.etree.ElementTree as ET

import msgspec
import pytest

from analyzers.assess import assess
from analyzers.model.snapshot import Cost
from analyzers.rubric import published
from exporters import parts
from exporters.document import MOST_EPISODES, document
from exporters.episodes import MOST_HOSTS, MOST_LISTED, chart, told
from exporters.html import html
from exporters.reading import Reading
from tests import builders as b
from tests.estates import company
from tests.exporters import verdicts as v


def episode(host="web1", days=2.0, minutes=40, kind="deviation", score=0.5, **fields):
    start = b.days_ago(days)
    because = (parts.ExplainingPart(series="node_load1", usual=1.2, seen=19.4),)
    given = {"series": because} | fields
    return parts.EpisodePart(
        host=host, kind=kind, start=start, end=start + dt.timedelta(minutes=minutes), score=score, **given
    )


def report(*episodes):
    base = v.pas_encore()
    return msgspec.structs.replace(base, annexes=parts.Annexes(episodes=episodes))


def reading(*episodes, lang="en"):
    return Reading(document=report(*episodes), lang=lang, reader="operations")


def drawing(*episodes, lang="en"):
    page = html(report(*episodes), lang=lang)
    found = re.search(r'<svg class="episodes" .*?</svg>', page, re.DOTALL)
    return page, None if found is None else ET.fromstring(found.group())


def test_without_episodes_there_is_no_chart():
    assert chart(reading()) is None
    page, found = drawing()
    assert found is None
    assert 'id="episodes"' not in page


def test_each_host_has_a_row_and_each_episode_a_mark():
    page, found = drawing(episode("web1"), episode("web1", 5), episode("db1", 9, kind="missing"))
    assert [each.text for each in found.iter("text") if each.get("class") == "host"] == ["web1", "db1"]
    assert [each.get("class") for each in found.iter("rect")] == ["k-deviation", "k-deviation", "k-missing"]
    assert "<script" not in page


def test_marks_stay_inside_and_follow_time():
    made = chart(reading(*(episode(days=each, minutes=90) for each in (1, 4, 30))))
    (row,) = made.rows
    places = [each.x for each in row.marks]
    assert places == sorted(places, reverse=True)
    assert all(each.x >= 150 and each.x + each.width <= 900 for each in row.marks)
    assert all(150 <= x <= 900 for x, _ in made.ticks)


def test_a_mark_says_what_it_is():
    _, found = drawing(episode())
    said = found.find(".//title").text
    assert said.startswith("web1, ")
    assert "40 min" in said
    assert "node_load1: 1.2 → 19.4" in said


@pytest.mark.parametrize(("lang", "said"), [("fr", "1,2 → 19,4"), ("en", "1.2 → 19.4")])
def test_the_table_says_the_same(lang, said):
    (one,) = told(reading(episode(), lang=lang))
    assert one.because == (f"node_load1: {said}",)
    assert one.lasts == "40 min"


def test_much_is_cut_and_counted():
    many = [episode(f"host{each:02}-with-a-very-long-name", each % 20 + 1, score=each / 100) for each in range(40)]
    made = chart(reading(*many))
    assert len(made.rows) == MOST_HOSTS
    assert made.others == 40 - MOST_HOSTS
    assert all(len(each.name) <= 20 for each in made.rows)
    assert len(told(reading(*many))) == MOST_LISTED


def test_names_are_text_never_markup():
    bad = '<script>alert("x")</script>'
    because = (parts.ExplainingPart(series=bad, usual=1.0, seen=2.0),)
    page, found = drawing(episode(bad, series=because))
    assert "<script" not in page
    assert found is not None


def test_a_document_carries_the_loudest_in_order_of_time():
    history = company.history()
    many = tuple(
        msgspec.structs.replace(history.episodes[0], score=each / 1000, start=b.days_ago(20 - each / 50))
        for each in range(MOST_EPISODES + 50)
    )
    made = document_of(msgspec.structs.replace(history, episodes=many))
    found = made.annexes.episodes
    assert len(found) == MOST_EPISODES
    assert min(each.score for each in found) == 0.05
    assert [each.start for each in found] == sorted(each.start for each in found)


def document_of(history):
    rubric = published()
    verdict = assess(b.snapshot(history=history), rubric, checks=[])
    return document(
        verdict, rubric=rubric, tool="0.1.0", taken_at=b.NOW, snapshot_sha256="0" * 64, cost=Cost(), history=history
    )
