"""From answers to facts: times, durations, labels of a configuration, metadata."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.sources.prometheus import answers as said
from agent.sources.prometheus import translate
from agent.sources.prometheus.durations import duration
from analyzers.model.monitoring import MetricMetadata


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("15s", 15),
        ("1m30s", 90),
        ("500ms", 0.5),
        ("1h0m0s", 3600),
        ("15d", 1296000),
        ("10y", 315360000),
        ("2w", 1209600),
        ("15d or 10GiB", 1296000),
        ("10GiB or 1d", 86400),
        ("0s", 0),
        ("", None),
        ("10GiB", None),
        ("1.5h", None),
        ("d", None),
        ("15 d", None),
        ("-1s", None),
        ("9" * 500 + "s", None),
    ],
)
def test_durations(text: str, seconds: float | None) -> None:
    assert duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2026-11-23T05:51:26.326Z", dt.datetime(2026, 11, 23, 5, 51, 26, 326000, dt.UTC)),
        ("2026-11-23T05:51:21.068746606Z", dt.datetime(2026, 11, 23, 5, 51, 21, 68746, dt.UTC)),
        ("2026-11-23T06:51:21+01:00", dt.datetime(2026, 11, 23, 5, 51, 21, 0, dt.UTC)),
        ("0001-01-01T00:00:00Z", None),
        ("2026-11-23T05:51:21", None),
        ("yesterday", None),
        ("9999-12-31T23:59:59-10:00", None),
        ("", None),
    ],
)
def test_moments(text: str, when: dt.datetime | None) -> None:
    assert translate.moment(text) == when


@given(st.text(max_size=40))
def test_any_text_is_a_moment_a_duration_or_none(text: str) -> None:
    found = translate.moment(text)
    assert found is None or found.tzinfo is dt.UTC
    length = duration(text)
    assert length is None or length >= 0


CONFIG = """global:
  scrape_interval: 15s
  external_labels:
    cluster: atelier
    shard: 4
scrape_configs:
- job_name: global
  external_labels:
    cluster: wrong
"""


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        (CONFIG, {"cluster": "atelier", "shard": "4"}),
        ("global:\n  scrape_interval: 15s\n", {}),
        ("scrape_configs:\n- x: 1\nglobal:\n  external_labels: {a: b}\nother: 1\n", {"a": "b"}),
        ("", {}),
        ("global: 4\n", {}),
        ("global:\n  external_labels: {a: 2026-99-99, b: yes, c: 010}\n", {"a": "2026-99-99", "b": "yes", "c": "010"}),
        ("global:\n  external_labels: {a: !!python/object/apply:os.getcwd []}\n", {"a": "[]"}),
        ("global:\n  external_labels: [a]\n", {}),
        ("global:\n  external_labels: {a: [\n", {}),
        ("global:\n  external_labels: " + "[" * 5000 + "\n", {}),
        ("global:\n  external_labels:\n    url: http://a:hunter2@h/\n", {"url": "http://h/"}),
    ],
)
def test_external_labels_and_nothing_else_of_a_configuration(text: str, labels: dict[str, str]) -> None:
    assert translate.external_labels(text) == labels


def test_the_rest_of_a_configuration_is_not_even_parsed() -> None:
    assert translate.external_labels(CONFIG + "\t{[ not yaml: hunter2 ]") == {"cluster": "atelier", "shard": "4"}


def test_a_target_without_labels_still_has_a_job() -> None:
    found = translate.target(said.ActiveTarget(scrape_pool="node", last_error="x" * 900, scrape_interval="?"))
    assert (found.job, found.instance, found.scrape_interval_seconds) == ("node", "", None)
    assert len(found.last_error) == translate.MOST_ERROR_WORDS


def test_a_target_keeps_no_secret() -> None:
    found = translate.target(
        said.ActiveTarget(
            labels={"instance": "https://a:hunter2@h/", "job": "web"},
            scrape_url="http://a:hunter2@b:9115/probe?target=h&token=hunter2",
            last_error='Get "http://a:hunter2@b:9115/probe?token=hunter2": EOF',
        )
    )
    assert "hunter2" not in repr(found)
    assert found.scrape_url == "http://b:9115/probe?target=h&token=***"


def test_metadata_keeps_the_first_entry_of_each_metric() -> None:
    entries = {
        "b": (said.Metadata(type="gauge", help=" "), said.Metadata(type="counter", help="x")),
        "a": (said.Metadata(type="counter", help="Requests."),),
        "c": (),
    }
    assert translate.metadata(entries) == {
        "a": MetricMetadata(type="counter", documented=True),
        "b": MetricMetadata(type="gauge", documented=False),
    }


@pytest.mark.parametrize(
    ("status", "series"),
    [
        (None, None),
        (said.TsdbStatus(), None),
        (said.TsdbStatus(head_stats=said.HeadStats(num_series=7)), 7),
        (said.TsdbStatus(total_series=9), 9),
    ],
)
def test_series_are_those_of_the_head_or_of_everything(status: said.TsdbStatus | None, series: int | None) -> None:
    assert translate.head_series(status) == series
