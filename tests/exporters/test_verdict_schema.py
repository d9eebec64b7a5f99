from __future__ import annotations

import json as stdlib_json
from importlib import resources

import jsonschema
import pytest

from exporters.document import schema
from exporters.json import json
from tests.exporters import verdicts as v

SHIPPED = resources.files("exporters").joinpath("schemas", "verdict.schema.json")


@pytest.fixture
def validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(stdlib_json.loads(SHIPPED.read_text(encoding="utf-8")))


def test_the_shipped_schema_is_up_to_date(request: pytest.FixtureRequest) -> None:
    written = stdlib_json.dumps(schema(), indent=2) + "\n"
    if request.config.getoption("--regenerate-goldens"):
        with resources.as_file(SHIPPED) as path:
            path.write_text(written, encoding="utf-8")
    assert SHIPPED.read_text(encoding="utf-8") == written


def test_the_schema_is_a_schema(validator: jsonschema.Draft202012Validator) -> None:
    validator.check_schema(validator.schema)


@pytest.mark.parametrize("name", v.ALL)
def test_documents_follow_the_schema(name: str, validator: jsonschema.Draft202012Validator) -> None:
    validator.validate(stdlib_json.loads(json(v.ALL[name]())))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("schema", "pasencore.verdict/2"),
        ("verdict", {"answer": "maybe", "lack": [], "reasons": []}),
        ("axes", {}),
        ("findings", [{"check": "x"}]),
        ("taken_at", 12),
    ],
)
def test_the_schema_refuses_what_is_no_verdict(
    key: str, value: object, validator: jsonschema.Draft202012Validator
) -> None:
    tree = stdlib_json.loads(json(v.oui()))
    tree[key] = value
    assert not validator.is_valid(tree)
