from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import UsageError
from agent.yaml_dialect import Loader, PythonLoader
from agent.yaml_text import MOST_DEPTH, MOST_NODES, read_yaml

BOTH = pytest.mark.parametrize("loader", [Loader, PythonLoader], ids=["fast", "python"])


def plain(text: str, loader: type[Any] = Loader) -> Any:
    return read_yaml(text.encode(), "f.yaml", loader).plain()


def refusal(content: bytes, loader: type[Any] = Loader) -> str:
    with pytest.raises(UsageError) as caught:
        read_yaml(content, "f.yaml", loader)
    line = str(caught.value)
    assert "\n" not in line
    assert line.startswith("f.yaml")
    assert " - " in line, "an error says what to do"
    return line


def test_the_fast_loader_is_libyamls_where_there_is_one() -> None:
    assert (Loader is not PythonLoader) == yaml.__with_libyaml__


@BOTH
@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1", 1),
        ("-3", -3),
        ("+3", 3),
        ("1_000", 1000),
        ("99.9", 99.9),
        (".5", 0.5),
        ("-1.", -1.0),
        ("1e3", 1000.0),
        ("1.5e-2", 0.015),
        ("true", True),
        ("Yes", True),
        ("off", False),
        ("~", None),
        ("null", None),
        ("", None),
        ("boutique", "boutique"),
        ("'5'", "5"),
        ('"yes"', "yes"),
        ("!!str 5", "5"),
        ("12:30", "12:30"),
        ("010", "010"),
        ("0x1F", "0x1F"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("99,9", "99,9"),
        ("24x7", "24x7"),
        ("2026-10", "2026-10"),
        ("2026-11-20", "2026-11-20"),
        ("2026-10-03T06:10:00+02:00", "2026-10-03T06:10:00+02:00"),
        ("1.2.3.4", "1.2.3.4"),
        ("oui", "oui"),
        ("|\n  deux\n  lignes", "deux\nlignes\n"),
        ("[a, 1, [~]]", ["a", 1, [None]]),
        ("{b: {c: d}}", {"b": {"c": "d"}}),
    ],
)
def test_a_word_means_what_its_writer_meant(loader: type[Any], written: str, value: object) -> None:
    found = plain(f"a: {written}\n", loader)["a"]
    assert found == value
    assert type(found) is type(value)


@BOTH
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "f.yaml: the file is empty"),
        (b"# nothing\n", "f.yaml: the file is empty"),
        (b"~", "f.yaml: the file is empty"),
        (b"a: 1\nb: 2\na: 3", "f.yaml:3: the key 'a' is already on line 1"),
        (b"a: {b: 1, b: 1}", "f.yaml:1: the key 'b' is already on line 1"),
        (b"a: 1\n---\nb: 2", "f.yaml:2: more than one document"),
        (b"a:\n\t- b", "f.yaml:2: a tab in the indentation - indent with spaces"),
        (b"a: [1\nb: 2", "f.yaml:2: not YAML"),
        (b"a: b: c", "f.yaml:1: not YAML"),
        (b"a: *nowhere", "f.yaml:1: not YAML"),
        (b"&a [*a]", "f.yaml:1: an alias that contains itself"),
        (b"x: 1\na: !!python/object/apply:os.system [id]", "f.yaml:2: the tag tag:yaml.org,2002:python"),
        (b"a: !!binary aGVsbG8=", "f.yaml:1: the tag"),
        (b"a: !!set {b}", "f.yaml:1: the tag"),
        (b"a: !!int b", "f.yaml:1: the tag"),
        (b"a: !vault |\n  1234", "f.yaml:1: the tag !vault"),
        (b"[a, b]: c", "f.yaml:1: a key that is not a word"),
        (b"'': c", "f.yaml:1: a key that is not a word"),
        (b"a: {<<: b}", "f.yaml:1: `<<` merges mappings only"),
        (b"a: 9999999999999999", "f.yaml:1: a number of more than 15 digits"),
        (b"a: 0.12345678901234567", "f.yaml:1: a number of more than 15 digits"),
        (b"a: " + b"9" * 5000, "f.yaml:1: a number of more than 15 digits"),
        ("a: 1\nb: é".encode("latin-1"), "f.yaml:2: not UTF-8"),
        ("a: é".encode("utf-16"), "f.yaml: not a text file"),
        (b"\x7fELF\x00\x01", "f.yaml: not a text file"),
        (b"a: \x1b[31m", "f.yaml: not YAML"),
    ],
)
def test_what_cannot_be_believed_is_one_line_with_its_place(loader: type[Any], content: bytes, says: str) -> None:
    assert says in refusal(content, loader)


@BOTH
@pytest.mark.parametrize("opening", [b"[", b"{", b"- ", b"? ", b"{a: "])
def test_a_megabyte_of_brackets_is_refused_before_it_costs_anything(loader: type[Any], opening: bytes) -> None:
    assert f"nested more than {MOST_DEPTH} deep" in refusal(opening * ((1 << 20) // len(opening)), loader)


@BOTH
def test_aliases_are_counted_as_if_written_out(loader: type[Any]) -> None:
    bomb = b"a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    for name, before in zip(b"bcdef", b"abcde", strict=True):
        bomb += b"%c: &%c [" % (name, name) + b", ".join([b"*%c" % before] * 10) + b"]\n"
    assert f"more than {MOST_NODES} values" in refusal(bomb, loader)


def test_aliases_that_nest_are_as_deep_as_if_written_out() -> None:
    chain = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 200))
    assert f"nested more than {MOST_DEPTH} deep" in refusal(chain.encode())


def test_a_long_plain_list_is_refused_without_being_built() -> None:
    assert f"more than {MOST_NODES} values" in refusal(b"a: [" + b",".join([b"x"] * 2 * MOST_NODES) + b"]")


@BOTH
def test_anchors_and_merges_serve_who_repeats_himself(loader: type[Any]) -> None:
    text = "x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}\nz: {<<: [{a: 4}, *x]}\nw: *x\n"
    assert plain(text, loader) == {
        "x": {"a": 1, "b": 2},
        "y": {"a": 1, "b": 3},
        "z": {"a": 4, "b": 2},
        "w": {"a": 1, "b": 2},
    }


def test_a_byte_order_mark_and_windows_line_ends_are_read() -> None:
    assert read_yaml(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n", "f.yaml").plain() == {"a": 1, "b": 2}


@BOTH
def test_lines_are_those_of_an_editor(loader: type[Any]) -> None:
    root = read_yaml(b"# one\na:\n- b: 1\n- b: 2\n  c:\n    d: 3\n", "f.yaml", loader)
    assert root.line_of(("a",)) == 2
    assert root.line_of(("a", 1)) == 4
    assert root.line_of(("a", 1, "c", "d")) == 6
    assert root.line_of(("a", 1, "absent", "d")) == 4
    assert root.line_of(("a", 7)) == 2


WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Z", "S"]), max_size=20)
DOCUMENTS = st.dictionaries(
    WORDS.filter(bool),
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**14), 10**14) | WORDS,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS.filter(bool), inner, max_size=4),
        max_leaves=12,
    ),
    min_size=1,
    max_size=4,
)


@given(DOCUMENTS)
def test_what_another_writer_writes_reads_back(document: dict[str, Any]) -> None:
    written = yaml.safe_dump(document, allow_unicode=True)
    assert plain(written) == document
    assert plain(written, PythonLoader) == document


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_one_line(content: bytes) -> None:
    said = ""
    try:
        read_yaml(content, "f.yaml")
    except UsageError as error:
        said = str(error)
    assert "\n" not in said
