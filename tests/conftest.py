"""What every test may use: goldens, and the French catalogue compiled from its source."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# A machine that is busy elsewhere is no fault of the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

GOLDEN = Path(__file__).parent / "golden"

Golden = Callable[[str, str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--regenerate-goldens", action="store_true", help="rewrite tests/golden with what the code says now"
    )


@pytest.fixture(scope="session", autouse=True)
def catalogues() -> None:
    """Compile catalogues that are older than their source, as the wheel's build does."""
    from exporters.locale import build_hook

    build_hook.compile_catalogues()


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Return ``golden(name, text)``: fails unless ``tests/golden/<name>`` holds exactly `text`."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--regenerate-goldens"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"{path} is missing: run pytest --regenerate-goldens, then read what it wrote"
        assert text == path.read_text(encoding="utf-8")

    return compare
