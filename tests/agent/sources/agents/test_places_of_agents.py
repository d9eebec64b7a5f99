"""Where agents are: addresses, service discovery files, jobs of a Prometheus."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from agent.errors import UsageError
from agent.sources.agents import places
from agent.sources.agents.places import given
from analyzers.model.monitoring import EndpointAnswer, Monitoring, Target
from tests import builders as b


def urls(text: str, monitoring: Monitoring | None = None) -> list[str]:
    return list(given([text]).places(monitoring).addresses)


def scraped(*scrape_urls: str, job: str = "pasencore", url: str = "http://prom.lan:9090") -> Monitoring:
    targets = tuple(Target(job=job, instance="x", scrape_url=each) for each in scrape_urls)
    return Monitoring(url=url, collected_at=b.NOW, targets=targets)


GROUPS = [
    {"targets": ["web1:9477", "10.0.0.2:9477", "[2001:db8::1]:9477"], "labels": {"site": "paris", "rank": 3}},
    {"targets": ["db1:9477"], "labels": {"__scheme__": "https", "__metrics_path__": "/agent/metrics"}},
    {"targets": ["https://bkp1:9477/own"]},
]
LISTED = [
    "http://web1:9477",
    "http://10.0.0.2:9477",
    "http://[2001:db8::1]:9477",
    "https://db1:9477/agent",
    "https://bkp1:9477/own",
]
YAML = """
# what the inventory writes
- targets: [web1:9477, 10.0.0.2:9477, "[2001:db8::1]:9477"]
  labels: {site: paris, rank: 3}
- targets:
  - db1:9477
  labels:
    __scheme__: https
    __metrics_path__: /agent/metrics
- targets: ["https://bkp1:9477/own"]
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [("agents.json", json.dumps(GROUPS)), ("agents.yml", YAML), ("agents.yaml", json.dumps(GROUPS)), ("agents", YAML)],
)
def test_a_service_discovery_file_is_read_as_prometheus_reads_it(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert urls(str(tmp_path / name)) == LISTED


def test_a_pattern_names_several_files_and_each_agent_counts_once(tmp_path: Path) -> None:
    for name, target in (("b", "web2:9477"), ("a", "web1:9477"), ("c", "web1:9477")):
        (tmp_path / f"{name}.json").write_text(json.dumps([{"targets": [target]}]))
    assert urls(str(tmp_path / "*.json")) == ["http://web1:9477", "http://web2:9477"]
    twice = given(["http://web1:9477/", "http://web1:9477"]).places(None)
    assert list(twice.addresses) == ["http://web1:9477"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.json", "[{", "not JSON"),
        ("a.json", '[{"targets": [], "labels": {"a": ' + "[" * 100_000, "not JSON"),
        ("a.json", '{"targets": ["web1:9477"]}', "not a list of targets: Expected `array`, got `object`"),
        ("a.json", '[{"targets": "web1:9477"}]', "Expected `array`, got `str` - at `[0].targets`"),
        ("a.json", '[{"targets": [3]}]', "Expected `str`, got `int`"),
        ("a.yml", "- targets: [web1:9477\n", "a.yml:"),
        ("a.yml", "[" * 100_000, "a.yml:1: "),
        ("a.yml", "web1:9477", "not a list of targets"),
    ],
)
def test_a_file_that_is_none_is_refused_in_one_line(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UsageError, match=re.escape(said)) as caught:
        given([str(tmp_path / name)])
    assert str(tmp_path / name) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_empty_file_lists_nobody_yet(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("\n")
    assert not given([str(tmp_path / "a.yml")]).places(None)


def test_an_address_without_its_scheme_is_told_from_a_file_that_is_missing() -> None:
    with pytest.raises(UsageError, match=r"web1:9477: no such file - write http://web1:9477"):
        given(["web1:9477"])
    with pytest.raises(UsageError, match=r"agents\.yml: no such file - check the path"):
        given(["agents.yml"])


def test_a_target_that_is_no_address_is_said_and_the_others_are_asked(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps([{"targets": ["web1:9477", "u:secret@db1:9477", "web 2:9477"]}]))
    found = given([str(tmp_path / "a.json")]).places(None)
    assert list(found.addresses) == ["http://web1:9477"]
    assert [(each.where, each.reason) for each in found.origins] == [
        (f"{tmp_path}/a.json: [0].targets[1]", "unreadable"),
        (f"{tmp_path}/a.json: [0].targets[2]", "unreadable"),
    ]
    assert "secret" not in str(found)


def test_the_targets_of_a_job_are_where_prometheus_scrapes_them() -> None:
    seen = scraped("http://web1:9477/metrics", "https://db1:9477/agent/metrics", "http://[2001:db8::1]:9477/metrics")
    assert urls("job:pasencore", seen) == [
        "http://web1:9477",
        "https://db1:9477/agent",
        "http://[2001:db8::1]:9477",
    ]


@pytest.mark.parametrize(
    ("prometheus", "asked"),
    [("http://prom.lan:9090", "http://prom.lan:9477"), ("http://localhost:9090", "http://localhost:9477")],
)
def test_the_loopback_of_a_prometheus_is_its_own_host(prometheus: str, asked: str) -> None:
    assert urls("job:pasencore", scraped("http://localhost:9477/metrics", url=prometheus)) == [asked]


@pytest.mark.parametrize(
    ("monitoring", "reason", "said"),
    [
        (None, "no_monitoring_source", "no Prometheus was read"),
        (scraped("http://web1:9100/metrics", job="node"), "no_source", "has no target of this job; it has: node"),
        (scraped(), "no_source", "it has: none"),
        (Monitoring(url="http://p:9090", collected_at=b.NOW), "no_source", "does not list targets"),
        (
            Monitoring(
                url="http://p:9090",
                collected_at=b.NOW,
                endpoints=(EndpointAnswer(endpoint="/api/v1/targets", reason="no_permission", detail="HTTP 403"),),
            ),
            "no_permission",
            "HTTP 403",
        ),
    ],
)
def test_a_job_that_nobody_knows_is_a_blind_spot(monitoring: Monitoring | None, reason: str, said: str) -> None:
    found = given(["job:pasencore"]).places(monitoring)
    assert not found.addresses
    assert found
    (origin,) = found.origins
    assert (origin.kind, origin.where, origin.reason) == ("agents", "job:pasencore", reason)
    assert said in origin.detail
    assert [each.where for each in found.blind_spots] == ["job:pasencore"]


def test_no_more_agents_are_asked_than_memory_was_made_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "MOST_AGENTS", 2)
    found = given([f"http://web{rank}:9477" for rank in (1, 2, 1, 3, 2)]).places(None)
    assert list(found.addresses) == ["http://web1:9477", "http://web2:9477"]
    assert [each.where for each in found.origins] == ["http://web3:9477"]


@settings(max_examples=300)
@drawn(content=st.binary(max_size=200) | st.text().map(str.encode), name=st.sampled_from(["a.json", "a.yml"]))
def test_whatever_a_file_holds_it_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str
) -> None:
    path = tmp_path_factory.mktemp("sd") / name
    path.write_bytes(content)
    try:
        found = given([str(path)]).places(None)
    except UsageError:
        return
    assert all(each.host for each in found.addresses.values())


@drawn(
    st.lists(
        st.fixed_dictionaries(
            {"targets": st.lists(st.text(max_size=20), max_size=3)},
            optional={"labels": st.dictionaries(st.sampled_from(["__scheme__", "__metrics_path__", "a"]), st.text())},
        ),
        max_size=4,
    )
)
def test_every_target_of_a_file_is_asked_or_said(tmp_path_factory: pytest.TempPathFactory, groups: object) -> None:
    path = tmp_path_factory.mktemp("sd") / "a.json"
    path.write_bytes(msgspec.json.encode(groups))
    found = given([str(path)]).places(None)
    targets = sum(len(each["targets"]) for each in groups)  # type: ignore[attr-defined]
    assert len(found.addresses) + len(found.origins) <= targets
    assert bool(found) is bool(targets)
