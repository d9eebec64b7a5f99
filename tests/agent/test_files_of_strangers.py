"""Files that were bent on the way: read, or refused in one line; never anything else."""

import datetime as dt
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.errors import UsageError
from agent.snapshot_file import canonical, compressed, read_snapshot
from agent.sources.context_faults import NAMED
from agent.sources.context_file import parse_context
from analyzers.model.context import Context
from analyzers.model.snapshot import Snapshot
from tests import builders as b
from tests import strategies

SNAPSHOT = b.snapshot(b.host("web1", inventory=b.inventory(), listeners=(b.listener(),)), context=b.context())
FORMS = {"gzip": compressed(SNAPSHOT), "json": canonical(SNAPSHOT)}
EXAMPLE = (Path(__file__).parent / "fixtures" / "pasencore.yaml").read_bytes()
FAR = dt.date(2100, 1, 1)

Cuts = list[tuple[int, int, bytes]]
CUTS = st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(0, 8), st.binary(max_size=8)), min_size=1, max_size=4)
KEPT = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def bent(content: bytes, cuts: Cuts) -> bytes:
    """Return the content with some places cut out and something else put there."""
    for place, length, instead in cuts:
        at = place % (len(content) + 1)
        content = content[:at] + instead + content[at + length :]
    return content


@given(st.sampled_from(sorted(FORMS)), CUTS)
@KEPT
def test_a_bent_snapshot_is_read_or_refused(tmp_path: Path, form: str, cuts: Cuts) -> None:
    path = tmp_path / "snapshot"
    path.write_bytes(bent(FORMS[form], cuts))
    said = ""
    try:
        assert isinstance(read_snapshot(path, 1 << 20), Snapshot)
    except UsageError as error:
        said = str(error)
    assert said == "" or (said.startswith(f"{path}: ") and said.isprintable())


@given(CUTS)
def test_a_bent_context_file_is_read_or_refused(cuts: Cuts) -> None:
    said = ""
    try:
        parse_context(bent(EXAMPLE, cuts), Path("f.yaml"), today=FAR)
    except UsageError as error:
        said = str(error)
    assert said == "" or (said.startswith("f.yaml") and said.isprintable())


def unambiguous(context: Context) -> bool:
    """Tell whether each name stands for one element: what a file may say."""
    lists = ((getattr(context, block) or (), key) for block, key in NAMED.items())
    return all(len({getattr(each, key) for each in items}) == len(items) for items, key in lists)


@given(strategies.contexts().filter(unambiguous))
@settings(max_examples=60)
def test_any_context_that_is_written_reads_back(context: Context) -> None:
    text = yaml.safe_dump(msgspec.to_builtins(context), allow_unicode=True)
    assert parse_context(text.encode(), Path("f.yaml"), today=FAR).context == context


@given(strategies.contexts().filter(unambiguous))
@settings(max_examples=30)
def test_json_is_a_context_file_too(context: Context) -> None:
    assert parse_context(msgspec.json.encode(context), Path("f.json"), today=FAR).context == context


@pytest.mark.parametrize("block", sorted(set(Context.__struct_fields__) - {"schema", "date", "author", "max_age_days"}))
@pytest.mark.parametrize("junk", ["3", "text", "[3]", "[[]]", "{zz: 1}", "[{zz: 1}]", "true"])
def test_no_block_takes_junk(block: str, junk: str) -> None:
    head = "schema: pasencore.context/1\ndate: 2026-11-20\nauthor: a.martin\n"
    with pytest.raises(UsageError) as caught:
        parse_context(f"{head}{block}: {junk}\n".encode(), Path("f.yaml"), today=FAR)
    assert f"f.yaml:4: {block}" in str(caught.value)


def blocks() -> list[tuple[str, Any]]:
    whole = yaml.safe_load(EXAMPLE)
    return [(name, value) for name, value in whole.items() if isinstance(value, list)]


@pytest.mark.parametrize(("block", "value"), blocks(), ids=lambda each: each if isinstance(each, str) else "")
def test_every_list_may_be_declared_empty(block: str, value: list[Any]) -> None:
    head = "schema: pasencore.context/1\ndate: 2026-11-20\nauthor: a.martin\n"
    context = parse_context(f"{head}{block}: []\n".encode(), Path("f.yaml"), today=FAR).context
    assert value
    assert getattr(context, block) == ()
