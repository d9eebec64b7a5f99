"""Which program speaks the Prometheus API, for "200 and nothing" means different things from each."""

from __future__ import annotations

from typing import Literal

from agent.sources.prometheus.answers import BuildInfo, RuntimeInfo
from analyzers.model.monitoring import EndpointAnswer

Kind = Literal["prometheus", "victoria-metrics", "mimir", "thanos", "unknown"]

_MIMIR_NAMES = ("mimir", "cortex", "enterprise metrics")


def recognise(build: BuildInfo | None, runtime: RuntimeInfo | None, runtime_answer: EndpointAnswer) -> Kind:
    """Return the program behind the API, from what it says of its build and of its run.

    Parameters
    ----------
    build
        None when the endpoint did not answer.
    runtime
        None when the endpoint did not answer; Prometheus alone tells its retention there.
    runtime_answer
        How the endpoint of `runtime` answered: VictoriaMetrics calls the path "unsupported".
    """
    if build is not None and any(name in build.application.lower() for name in _MIMIR_NAMES):
        return "mimir"
    if runtime is not None and runtime.storage_retention:
        return "prometheus"
    if "unsupported path" in runtime_answer.detail or (build is not None and build == BuildInfo(version=build.version)):
        return "victoria-metrics"
    if build is None or not build.go_version:
        return "unknown"
    if build.version.startswith("0."):
        return "thanos"
    # A gateway may hide the run of a Prometheus; Mimir and Thanos were told apart above.
    return "prometheus" if runtime is None and runtime_answer.reason == "no_permission" else "unknown"


def release(kind: Kind, build: BuildInfo | None) -> str:
    """Return the version of the program, empty when it does not say its own."""
    # VictoriaMetrics pretends to be some Prometheus there, for dashboards.
    return build.version if build is not None and kind != "victoria-metrics" else ""
