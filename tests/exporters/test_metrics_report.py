from __future__ import annotations

import shutil
import subprocess

import pytest
from prometheus_client.parser import text_string_to_metric_families

from exporters.metrics import metrics
from tests.conftest import Golden
from tests.exporters import verdicts as v

Key = tuple[str, frozenset[tuple[str, str]]]


def samples(name: str) -> dict[Key, float]:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(metrics(v.ALL[name]()))
        for sample in family.samples
    }


def key(metric: str, **labels: str) -> Key:
    return metric, frozenset(labels.items())


@pytest.mark.parametrize("name", ["pas-encore", "oui", "non"])
def test_goldens(name: str, golden: Golden) -> None:
    golden(f"exporters/{name}.prom", metrics(v.ALL[name]()))


@pytest.mark.parametrize(
    ("wanted", "value"),
    [
        (key("pasencore_build_info", version="0.1.0"), 1),
        (key("pasencore_verdict", scope="estate", answer="pas_encore"), 1),
        (key("pasencore_verdict", scope="estate", answer="oui"), 0),
        (key("pasencore_verdict", scope="estate", answer="non"), 0),
        (key("pasencore_verdict", scope="perimeter:commerce", answer="pas_encore"), 1),
        (key("pasencore_verdict", scope="use_case:ticket summaries", answer="pas_encore"), 1),
        (key("pasencore_axis_score", axis="scalabilite", bound="low"), 60),
        (key("pasencore_axis_score", axis="scalabilite", bound="high"), 100),
        (key("pasencore_prerequisite_score", prerequisite="automatisation", bound="high"), 100),
        (key("pasencore_evidence_coverage_ratio", axis="scalabilite"), 0.6),
        (key("pasencore_check_value", check="headroom-now", bound="low"), 1),
        (key("pasencore_check_value", check="jobs-mastered", bound="low"), 0),
        (key("pasencore_check_value", check="jobs-mastered", bound="high"), 1),
        (key("pasencore_truck_factor", scope="service:boutique"), 2),
        (key("pasencore_scan_duration_seconds"), 8.25),
        (key("pasencore_scan_last_success_timestamp_seconds"), 1795420800),
    ],
)
def test_values(wanted: Key, value: float) -> None:
    assert samples("pas-encore")[wanted] == value


def test_a_check_that_does_not_apply_has_no_value() -> None:
    assert key("pasencore_check_value", check="contract-perimeter", bound="low") not in samples("pas-encore")


def test_no_truck_factor_is_given_when_none_is_known() -> None:
    assert "truck_factor" not in metrics(v.oui())


@pytest.mark.parametrize("name", v.ALL)
def test_each_scope_has_exactly_one_answer(name: str) -> None:
    given: dict[str, float] = {}
    for (metric, labels), value in samples(name).items():
        if metric == "pasencore_verdict":
            scope = dict(labels)["scope"]
            given[scope] = given.get(scope, 0) + value
    assert set(given.values()) == {1}


def test_no_person_and_no_server_of_python_is_named() -> None:
    shown = metrics(v.pas_encore())
    assert "a.martin" not in shown
    assert "python_info" not in shown
    assert "process_" not in shown


@pytest.mark.prometheus
@pytest.mark.parametrize("name", v.ALL)
def test_promtool_finds_nothing_to_say(name: str) -> None:
    promtool = shutil.which("promtool")
    assert promtool is not None
    done = subprocess.run(
        [promtool, "check", "metrics"], input=metrics(v.ALL[name]()), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
