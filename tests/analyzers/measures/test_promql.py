from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.measures.promql import MOST_CHARACTERS, needs, selectors


@pytest.mark.parametrize(
    ("expression", "alternatives"),
    [
        ("up == 0", [{"up"}]),
        ('up{job="a",instance!="b"} == 0', [{'up{instance!="b",job="a"}'}]),
        ("rate(http_total[5m] offset 1h) > 1", [{"http_total"}]),
        ("max_over_time(rate(x_total[5m])[1h:1m] @ end()) > 1", [{"x_total"}]),
        ("sum by (job) (a) / on (job) count by (job) (b)", [{"a", "b"}]),
        ("topk(scalar(n), a)", [{"a", "n"}]),
        ("-(a) > 1", [{"a"}]),
        ("a or b", [{"a"}, {"b"}]),
        ("(a or b) and c", [{"a", "c"}, {"b", "c"}]),
        ("(a or a) > 1", [{"a"}]),
        ("a unless b", [{"a"}]),
        ("a > 1 or vector(0)", [{"a"}, set()]),
        ("vector(1)", [set()]),
        ("1 + 1", [set()]),
        ('absent(up{job="a"})', [set()]),
        ("absent_over_time(up[5m]) and a", [{"a"}]),
        ('ALERTS{alertname="x"} == 1', [set()]),
        ('{__name__="up",job="a"}', [{'{__name__="up",job="a"}'}]),
        ('label_replace(up, "a", "$1", "b", "(.*)")', [{"up"}]),
    ],
)
def test_what_an_expression_needs(expression: str, alternatives: list[set[str]]) -> None:
    found = needs(expression)
    assert found is not None
    assert [set(each) for each in found] == alternatives


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "(",
        "range_median(x[5m])",
        "rate(x[$__interval])",
        "up{",
        '{job=~".*"}',
        'x{a="1" or b="2"}',
        "up" + " " * MOST_CHARACTERS,
        "(a or b)" + " * (a or b)" * 3 + "".join(f" * (c{number} or d{number})" for number in range(8)),
    ],
)
def test_what_is_no_promql_that_we_know_is_not_understood(expression: str) -> None:
    assert needs(expression) is None
    assert selectors(expression) is None


@given(st.text(max_size=20), st.text(max_size=20))
def test_values_of_matchers_survive(first: str, second: str) -> None:
    """Whatever stands between quotes comes back as an expression that means the same."""
    escaped = [each.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") for each in (first, second)]
    once = selectors(f'up{{a="{escaped[0]}",b!="{escaped[1]}"}}')
    assert once is not None
    assert once == (f'up{{a="{escaped[0]}",b!="{escaped[1]}"}}',)
    assert selectors(once[0]) == once


@given(st.text(max_size=200))
def test_any_text_is_understood_or_not_and_nothing_else(text: str) -> None:
    found = selectors(text)
    assert found is None or found == tuple(sorted(set(found)))


@pytest.mark.parametrize(
    "expression",
    ["'(' * 1999 + 'a' + ')' * 1999", "'-' * 3999 + 'a'", "'+'.join(['a'] * 2000)", "'^'.join(['a'] * 2000)"],
)
def test_deep_expressions_do_not_kill_the_process(expression: str) -> None:
    """The parser recurses on the stack of the process: a thread of its own, as in a scan, must survive."""
    script = (
        "import threading\nfrom analyzers.measures.promql import selectors\n"
        f"thread = threading.Thread(target=lambda: print(selectors({expression})))\nthread.start()\nthread.join()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
