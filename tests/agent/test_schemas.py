import json
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from agent.schemas import SCHEMAS, path, schema, text
from agent.yaml_text import read_yaml
from analyzers.model import facts
from analyzers.model.snapshot import Snapshot
from tests import builders as b

EXAMPLE = Path(__file__).parent / "fixtures" / "pasencore.yaml"


def validator(name: str) -> jsonschema.Draft202012Validator:
    shipped = json.loads(path(name).read_text())
    jsonschema.Draft202012Validator.check_schema(shipped)
    return jsonschema.Draft202012Validator(shipped, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)


def example() -> dict[str, Any]:
    document: dict[str, Any] = read_yaml(EXAMPLE.read_bytes(), "f.yaml").plain()
    return document


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_shipped_schema_is_the_one_of_the_types(name: str) -> None:
    assert path(name).read_text() == text(name), "a type changed: run python -m agent.schemas"


def test_the_whole_example_is_valid() -> None:
    assert list(validator("context").iter_errors(example())) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("schema", "pasencore.context/2"),
        ("author", None),
        ("date", "20 novembre"),
        ("zzz", 1),
        ("services", [{"name": "a", "criticality": 6}]),
        ("services", [{"name": "a", "onwer": "b"}]),
        ("responsibilities", {"a": {"patch": "b"}}),
    ],
)
def test_an_editor_that_knows_the_schema_sees_the_mistakes(key: str, value: object) -> None:
    assert not validator("context").is_valid(example() | {key: value})


def test_a_file_without_date_or_author_is_not_valid() -> None:
    assert sorted(schema("context")["$defs"]["Context"]["required"]) == ["author", "date", "schema"]


def test_a_written_snapshot_is_valid() -> None:
    host = facts.Host(id="1", name="web1", collected_at=b.NOW)
    snapshot = Snapshot(taken_at=b.NOW, tool="pasencore 0", hosts=(host,))
    document = msgspec.json.decode(msgspec.json.encode(snapshot))
    assert document["schema"] == "pasencore.snapshot/1"
    assert validator("snapshot").is_valid(document)
    assert not validator("snapshot").is_valid(document | {"taken_at": "yesterday", "hosts": 3})
