import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.measures.knowledge.assets import by_asset

FILES = ["site.yml", "roles/db/tasks/main.yml", "roles/db/README.md", "roles/web/main.yml", "a/b/x.tf", "x.tf"]


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        pytest.param("**", {"site.yml", "roles/db/tasks/main.yml", "roles/web/main.yml", "a/b/x.tf", "x.tf"}, id="all"),
        pytest.param("roles/db/**", {"roles/db/tasks/main.yml"}, id="a folder"),
        pytest.param("/roles/db/", {"roles/db/tasks/main.yml"}, id="a folder by its slash"),
        pytest.param("roles/*/main.yml", {"roles/web/main.yml"}, id="one star stays inside a folder"),
        pytest.param("roles/**/main.yml", {"roles/db/tasks/main.yml", "roles/web/main.yml"}, id="two stars do not"),
        pytest.param("*.tf", {"a/b/x.tf", "x.tf"}, id="without a slash, in any folder"),
        pytest.param("?.tf", {"a/b/x.tf", "x.tf"}, id="one character"),
        pytest.param("**/x.tf", {"a/b/x.tf", "x.tf"}, id="any depth, none included"),
        pytest.param("roles/d(b", set(), id="no regular expression"),
    ],
)
def test_what_a_pattern_fits(pattern: str, fits: set[str]) -> None:
    assert set(by_asset(FILES, {pattern: "asset"}, "repo")["asset"]) == fits


def test_the_first_pattern_wins_and_what_fits_none_is_nobodys() -> None:
    found = by_asset(FILES, {"roles/db/**": "db", "roles/**": "roles"}, "repo")
    assert found == {"db": ["roles/db/tasks/main.yml"], "roles": ["roles/web/main.yml"]}


def test_without_patterns_all_is_one_asset() -> None:
    assert list(by_asset(FILES, {}, "repo")) == ["repo"]


def test_runbooks_alone_count_as_documentation() -> None:
    found = by_asset(
        ["runbooks/db.md", "runbooks/map.png", "app.py", "README.md"], {"runbooks/**": "rb", "**": "app"}, ""
    )
    assert found == {"rb": ["runbooks/db.md"], "app": ["app.py"]}


def test_data_counts_in_a_configuration_and_not_in_a_program() -> None:
    assert by_asset(["app.py", "lib.py", "fixture.json"], {}, "app")["app"] == ["app.py", "lib.py"]
    assert by_asset(["a.yml", "b.yml", "plugin.py"], {}, "infra")["infra"] == ["a.yml", "b.yml", "plugin.py"]


@given(st.lists(st.sampled_from(FILES), unique=True), st.sampled_from(["**", "*.tf", "roles/**", "roles/db/**"]))
def test_a_file_has_one_asset_at_most(files: list[str], pattern: str) -> None:
    found = by_asset(files, {pattern: "one", "**": "other"}, "")
    inside = [each for paths in found.values() for each in paths]
    assert len(inside) == len(set(inside))
    assert set(inside) <= set(files)
