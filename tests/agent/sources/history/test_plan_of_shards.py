"""Shards: each series in exactly one of them, hosts whole, queries short."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import UsageError
from agent.sources.history import plan
from agent.sources.history.port import Matcher, Shard, one_of, selects
from agent.sources.history.selectors import parse_selector

DAY = 86_400_000
WHOLE = Shard(matchers=(Matcher("__name__", "=~", ".+"),), start=0, end=14 * DAY)

VALUES = st.sampled_from(["", "a", "b", "a.b", "a|b", "c+", "é", 'q"\\'])
LABELS = st.fixed_dictionaries({"__name__": st.sampled_from(["up", "m1", "m2"])}, optional=dict.fromkeys("xyz", VALUES))


def key(labels: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, value) for name, value in labels.items() if value))


@given(st.lists(LABELS, max_size=60, unique_by=key), st.integers(1, 20))
def test_each_series_is_in_exactly_one_shard(found: list[dict[str, str]], most: int) -> None:
    whole = replace(WHOLE, interval=most * 14 * DAY // plan.MOST_SAMPLES + 1)
    shards = list(plan.shards(found, whole, together=("x",)))
    for labels in found:
        assert sum(selects(each.every, labels) for each in shards) == 1
    assert sum(each.series for each in shards) == len(found)


def test_shards_are_small_and_hosts_stay_whole() -> None:
    found = [{"__name__": f"m{m}", "instance": f"h{h}"} for h in range(100) for m in range(10)]
    shards = list(plan.shards(found, WHOLE))
    assert all(each.series * 14 * DAY <= plan.MOST_SAMPLES * each.interval for each in shards)
    assert len(shards) <= 50
    assert all([name for name, _ in each.subsets] == ["instance"] for each in shards)


def test_a_host_with_many_series_is_cut_by_metric() -> None:
    found = [{"__name__": f"m{m}", "instance": "h1"} for m in range(500)]
    shards = list(plan.shards(found, WHOLE))
    assert max(each.series for each in shards) <= 30
    assert all("__name__" in dict(each.subsets) for each in shards)


def test_halves_share_the_values() -> None:
    shard = replace(WHOLE, subsets=(("job", ("node",)), ("instance", ("a", "b", "c"))), series=3)
    first, second = shard.halves() or pytest.fail("no halves")
    assert dict(first.subsets)["instance"] == ("a",)
    assert dict(second.subsets)["instance"] == ("b", "c")
    assert replace(WHOLE, subsets=(("job", ("node",)),)).halves() is None


@pytest.mark.parametrize(
    ("matcher", "text"),
    [
        (one_of("job", ["node"]), 'job="node"'),
        (one_of("job", ["a.b", "c"]), 'job=~"a\\\\.b|c"'),
        (Matcher("path", "!=", 'C:\\"x"\n'), 'path!="C:\\\\\\"x\\"\\n"'),
    ],
)
def test_matchers_are_written_as_promql(matcher: Matcher, text: str) -> None:
    assert str(matcher) == text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("node_load1", [("__name__", "=", "node_load1")]),
        ('{job="node",x!~"a.*"}', [("job", "=", "node"), ("x", "!~", "a.*")]),
        ('up{a=~"b|c",d!="e"}', [("__name__", "=", "up"), ("a", "=~", "b|c"), ("d", "!=", "e")]),
    ],
)
def test_selectors_become_matchers(text: str, found: list[tuple[str, str, str]]) -> None:
    assert sorted((each.name, each.operator, each.value) for each in parse_selector(text)) == sorted(found)


@pytest.mark.parametrize("text", ["", "up{", "rate(up[5m])", "up[5m]", "up offset 5m", "{}", '{a!="b"}', "(" * 5000])
def test_what_is_no_selector_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_selector(text)
    assert "\n" not in str(raised.value)
    assert "--match" in str(raised.value)
