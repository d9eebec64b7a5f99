"""A hostile agent: one hostile string in every field of text, one hostile number in every field of numbers."""

from __future__ import annotations

import datetime as dt
import re
import types
import typing
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import inspect
from prometheus_client.parser import text_string_to_metric_families

from agent.judging import judge
from agent.plausible import MOST
from agent.rendering import FORMATS, render
from agent.rubrics import read_rubric
from agent.snapshot_file import canonical
from agent.sources.access import Access
from agent.sources.agents.source import read_agents
from analyzers.model.facts import Host
from analyzers.model.snapshot import BlindSpot, Snapshot
from tests.agent.sources.agents.fleet import NOW, fleet, places
from tests.fake_http import Reply

HOSTILE = (
    "\x1b]0;owned\x07\x1b[2J\x9b31m<script>alert(1)</script><img src=x onerror=alert(2)>"
    '\u202egnp\u2066\u200b\u2028"\'`$(reboot)`\\\r\n# HELP evil\nevil_metric{a="b"} 1\n[x](javascript:alert(3))'
    "{cause}{0}{count:>99999999}%s%n"
)
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]")

CODE = re.compile(r"(?<![\\`])(`+)(?!`).*?(?<!`)\1(?!`)")
"""A code span of Markdown: what is in it is shown as it is."""


class Poison:
    """Builds an instance of any type of the model, every list with one element."""

    def __init__(self, text: Callable[[], str], number: float, moment: dt.datetime) -> None:
        self.text = text
        self.number = number
        self.moment = moment

    def of(self, kind: inspect.Type) -> Any:
        """Return a value, as JSON would hold it."""
        made: dict[type, Callable[[Any], Any]] = {
            inspect.StrType: lambda _: self.text(),
            inspect.IntType: lambda _: int(self.number),
            inspect.FloatType: lambda _: float(self.number),
            inspect.BoolType: lambda _: True,
            inspect.NoneType: lambda _: None,
            inspect.DateTimeType: lambda _: self.moment.isoformat(),
            inspect.DateType: lambda _: self.moment.date().isoformat(),
            inspect.LiteralType: lambda each: each.values[0],
            inspect.UnionType: lambda each: self.of(next(k for k in each.types if not isinstance(k, inspect.NoneType))),
            inspect.VarTupleType: lambda each: [self.of(each.item_type)],
            inspect.DictType: lambda each: {self.text(): self.of(each.value_type)},
            inspect.StructType: lambda each: {field.encode_name: self.of(field.type) for field in each.fields},
        }
        return made[type(kind)](kind)


def poisoned(name: str, text: Callable[[], str], number: float = 3, moment: dt.datetime = NOW) -> bytes:
    poison = Poison(text, number, moment)
    host = poison.of(inspect.type_info(Host)) | {"name": name, "id": name}
    spot = poison.of(inspect.type_info(BlindSpot)) | {"where": name}
    said = {"schema": "pasencore.snapshot/1", "taken_at": NOW.isoformat(), "tool": text()}
    return msgspec.json.encode(said | {"hosts": [host], "blind_spots": [spot]})


def scanned(*bodies: bytes) -> Snapshot:
    answers = {f"h{rank}": Reply(body=body) for rank, body in enumerate(bodies)}
    with fleet(answers) as server:
        hosts, cost, origins, spots = read_agents(places(server, *answers), Access(), clock=lambda: NOW)
    return Snapshot(taken_at=NOW, tool="0", hosts=hosts, origins=origins, blind_spots=spots, cost=cost)


def reports(snapshot: Snapshot) -> dict[str, str]:
    document, _ = judge(snapshot, read_rubric(None), names=True)
    return {f"{form} {lang}": render(document, form, lang) for form in FORMATS for lang in ("fr", "en")}


class _Page(HTMLParser):
    """Collects what a browser would run."""

    def __init__(self) -> None:
        super().__init__()
        self.danger: list[str] = []
        self._script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._script = tag == "script"
        for name, value in attrs:
            if name.startswith("on") or (value or "").strip().lower().startswith("javascript:"):
                self.danger.append(f"{tag} {name}={value}")

    def handle_data(self, data: str) -> None:
        if self._script and "alert(1)" in data:
            self.danger.append(data)


@pytest.fixture
def everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Snapshot:
    monkeypatch.setenv("PASENCORE_STATE", str(tmp_path))
    ranks = iter(range(10**9))
    return scanned(poisoned(HOSTILE[:200], lambda: f"{next(ranks)}{HOSTILE}"), poisoned("web1", lambda: HOSTILE))


def test_hostile_text_reaches_no_reader_unescaped(everything: Snapshot) -> None:
    assert len(everything.hosts) == 2
    for name, text in reports(everything).items():
        assert FORBIDDEN.search(text) is None, name
        assert "owned" in text or name.startswith("metrics"), f"{name} no longer shows what this test is about"
        form = name.split()[0]
        if form == "html":
            page = _Page()
            page.feed(text)
            assert page.danger == []
        elif form == "markdown":
            prose = CODE.sub("", text)
            assert re.search(r"(?<!\\)<(?:script|img)", prose) is None
            assert re.search(r"(?<!\\)\]\(javascript", prose) is None
        elif form == "metrics":
            families = {each.name for each in text_string_to_metric_families(text)}
            assert families
            assert all(each.startswith("pasencore_") for each in families)
        elif form == "json":
            assert msgspec.json.decode(text)["schema"] == "pasencore.verdict/1"


def test_the_file_of_a_poisoned_estate_reads_back(everything: Snapshot) -> None:
    again = msgspec.json.decode(canonical(everything), type=Snapshot)
    assert [each.name for each in again.hosts] == [each.name for each in everything.hosts]
    assert FORBIDDEN.search("".join(map(str, everything.hosts)).replace("\\", "")) is None


FIRST = dt.datetime(1901, 1, 1, tzinfo=dt.UTC)
LAST = dt.datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=dt.UTC)


@pytest.mark.parametrize("number", [0, -1, 1, MOST, -MOST, 65536, 2**31, 1e-300])
@pytest.mark.parametrize("moment", [NOW, FIRST, LAST])
def test_no_number_and_no_date_of_an_agent_stops_a_verdict(
    number: float, moment: dt.datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASENCORE_STATE", str(tmp_path))
    snapshot = scanned(poisoned("web1", lambda: "x", number, moment))
    assert [each.name for each in snapshot.hosts] == ["web1"], snapshot.origins
    assert set(reports(snapshot))


@pytest.mark.parametrize("number", [MOST + 1, -MOST - 1, 2**80, 10**300])
def test_numbers_beyond_belief_are_refused(number: int) -> None:
    assert scanned(poisoned("web1", lambda: "x", number)).hosts == ()


def test_the_walk_meets_every_kind_of_field() -> None:
    met: set[type] = set()

    def walk(kind: Any) -> None:
        if isinstance(kind, types.UnionType) or typing.get_origin(kind) is not None:
            for each in typing.get_args(kind):
                walk(each)
        elif isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind not in met:
            met.add(kind)
            for each in typing.get_type_hints(kind).values():
                walk(each)

    walk(Host)
    assert len(met) > 20
    assert msgspec.convert(Poison(lambda: "x", 1, NOW).of(inspect.type_info(Host)), Host).access is not None
