"""The light paths stay light: heavy libraries are imported where they are used, and nowhere else."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = {
    "numpy",
    "scipy",
    "sklearn",
    "networkx",
    "jinja2",
    "rich",
    "prometheus_client",
    "promql_parser",
    "urllib3",
    "ssl",
}


def modules_after(code: str) -> set[str]:
    script = f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(done.stderr.splitlines()[-1]))


def run_cli(*words: str) -> str:
    return f"import sys\nfrom agent.cli import main\ntry:\n    main({list(words)!r})\nexcept SystemExit:\n    pass"


@pytest.mark.parametrize(
    "code",
    [
        run_cli("--help"),
        run_cli("collect", "--help"),
        "import agent.collectors.host",
        "import agent.collectors.registry",
        "import analyzers.checks.exploitation",
        "import analyzers.model.estate",
        "import analyzers.scoring.verdict",
    ],
)
def test_light_paths_load_no_heavy_library(code: str) -> None:
    loaded = {name.split(".")[0] for name in modules_after(code)}
    assert not loaded & HEAVY
