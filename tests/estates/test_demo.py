"""The example estate that is shipped is the one half-way, as this version writes it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from agent.commands.demo import command
from agent.snapshot_file import canonical, read_snapshot, write_snapshot
from tests.estates.four import middle

SHIPPED = Path(__file__).parents[2] / "agent" / "data" / "demo.snapshot.json.gz"


def test_the_shipped_example_is_up_to_date(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--regenerate-goldens"):
        write_snapshot(SHIPPED, middle())
    assert canonical(read_snapshot(SHIPPED)) == canonical(middle())


@pytest.mark.parametrize(("lang", "said"), [("fr", "pas encore"), ("en", "not yet, and here is why")])
def test_the_demo_is_a_whole_report(lang: str, said: str) -> None:
    done = CliRunner().invoke(command, ["--lang", lang])
    assert done.exit_code == 0, done.output
    assert said in done.output
    assert len(done.output.splitlines()) > 200


def test_the_demo_can_be_written_to_a_folder(tmp_path: Path) -> None:
    done = CliRunner().invoke(command, ["--out", str(tmp_path / "demo")])
    assert done.exit_code == 0, done.output
    written = {path.name for path in (tmp_path / "demo").iterdir()}
    assert written == {"snapshot.json.gz", "verdict.json", "report.html", "report.md", "metrics.prom", "past"}
