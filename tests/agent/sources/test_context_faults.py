import copy
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from agent.sources.context_faults import faults
from agent.sources.context_values import Fault, written
from agent.yaml_text import read_yaml
from analyzers.model.context import Context

TODAY = dt.date(2026, 11, 23)
EXAMPLE = Path(__file__).parents[1] / "fixtures" / "pasencore.yaml"
HEAD = "schema: pasencore.context/1\ndate: 2026-11-20\nauthor: a.martin\n"

Place = tuple[str | int, ...]


def found(text: str, today: dt.date = TODAY) -> list[Fault]:
    return faults(read_yaml(text.encode(), "f.yaml"), today)


def only(block: str) -> str:
    """Return the one fault of a file that says this, as `path: what - remedy`."""
    each = found(HEAD + block)
    assert len(each) == 1, each
    return f"{each[0].path}: {each[0].what} - {each[0].remedy}"


def test_a_right_file_has_no_fault() -> None:
    assert found(HEAD) == []
    assert found(EXAMPLE.read_text()) == []


@pytest.mark.parametrize(
    ("block", "says"),
    [
        (
            "services: [{name: a}, {name: b, criticality: high}]",
            "services[1].criticality: expected an integer between 1 and 5, got 'high'",
        ),
        (
            "services: [{name: a, criticality: 6}]",
            "services[0].criticality: expected an integer between 1 and 5, got '6'",
        ),
        ("services: [{name: a, criticality: 4.5}]", "expected an integer between 1 and 5, got '4.5'"),
        ("services: [{name: a, criticality: true}]", "expected an integer between 1 and 5, got 'true'"),
        ("services: [{name: a, criticality: [5]}]", "expected an integer between 1 and 5, got [...]"),
        ("services: [{name: a, monthly_cost: -1}]", "services[0].monthly_cost: expected a number from 0 on, got '-1'"),
        ("services: [{name: a, monthly_cost: '9'}]", "expected a number from 0 on, got '9'"),
        ("services: [{name: a, monthly_cost: .nan}]", "expected a number from 0 on, got '.nan'"),
        ("organisation: {people: -2}", "organisation.people: expected an integer from 0 on, got '-2'"),
        ("organisation: {growth_percent_per_year: beaucoup}", "expected a number, got 'beaucoup'"),
        ("services:\n- name: a\n  objectives:\n    availability: 99,9", "between 0 and 100, got '99,9' - write 99.9"),
        (
            "services: [{name: a, objectives: {availability: 99,9}}]",
            "objectives.9: unknown key - write decimals with a point",
        ),
        ("services: [{name: a, public: maybe}]", "services[0].public: expected true or false, got 'maybe'"),
        ("services: [{name: a, data_class: personnal}]", "got 'personnal' - write personal"),
        (
            "services: [{name: a, data_class: secret}]",
            "expected one of health, internal, none, payment, personal; got 'secret'",
        ),
        ("services: [{name: a, onwer: a.martin}]", "services[0].onwer: unknown key - did you mean owner?"),
        (
            "services: [{name: a, business-value: 3}]",
            "services[0].business-value: unknown key - did you mean business_value?",
        ),
        ("services: [{name: a, Criticality: 3}]", "services[0].Criticality: unknown key - did you mean criticality?"),
        (
            "on_call: [{team: x, hours: 24x7, zzz: 1}]",
            "on_call[0].zzz: unknown key - known here: date, author, evidence",
        ),
        ("services: [{nam: a}]", "services[0].nam: unknown key - did you mean name?"),
        ("services: [{owner: a}]", "services[0].name: missing - add `name: ...`"),
        ("services: [{name: 8080}]", "services[0].name: expected text, got '8080' - put it between quotes: \"8080\""),
        ("services: [{name: no}]", "services[0].name: expected text, got 'no' - put it between quotes: \"no\""),
        ("services: [{name: [a]}]", "services[0].name: expected text, got [...]"),
        ("services: [{name: ''}]", "services[0].name: empty - write it, or remove the line"),
        ("services: [{name: }]", "services[0].name: empty - write it, or remove the line"),
        (f"services: [{{name: {'x' * 201}}}]", "services[0].name: longer than 200 characters - shorten it"),
        ("services: boutique", "services: expected a list, got 'boutique' - put `- ` before each element"),
        ("services: {name: a}", "services: expected a list, got {...}"),
        ("services: [boutique]", "services[0]: expected keys and values, got 'boutique'"),
        ("services: [{name: a, addresses: }]", "services[0].addresses: expected a list, got null - write [] for none"),
        (
            "services: [{name: a}, {name: b}, {name: a}]",
            "services[2].name: 'a' is already the name of the one on line 4",
        ),
        ("people: [{id: a}, {id: a}]", "people[1].id: 'a' is already the name"),
        ("providers: [{name: a}, {name: a}]", "providers[1].name: 'a' is already the name"),
        ("responsibilities: [a]", "responsibilities: expected keys and values, got [...]"),
        ("responsibilities: {a: {patch: b}}", "responsibilities.a.patch: unknown key - did you mean patching?"),
        ("responsibilities: {a.b c: {access: 3}}", "responsibilities['a.b c'].access: expected text, got '3'"),
        (f"responsibilities: {{{'x' * 201}: {{}}}}", "longer than 200 characters"),
        (
            "ai_use_cases: [{name: a, needs: {prerequisites: {donnees: 60}, axes: {gouvernace: 3}}}]",
            "needs.axes.gouvernace: unknown key - did you mean gouvernance?",
        ),
        ("contracts: [{provider: a, invoices: [{month: 2026-13}]}]", "expected a month such as 2026-10, got '2026-13'"),
        (
            "contracts: [{provider: a, invoices: [{month: 2026-10, units: {hosts: x}}]}]",
            "invoices[0].units.hosts: expected a number",
        ),
        (
            "contracts: [{provider: a, signed: 2027-01-01}]",
            "contracts[0].signed: '2027-01-01' is in the future - write a day up to '2026-11-23'",
        ),
        ("contracts: [{provider: a, signed: 10/01/2024}]", "expected a date such as '2026-11-23', got '10/01/2024'"),
        ("contracts: [{provider: a, signed: 2024-02-30}]", "expected a date such as '2026-11-23', got '2024-02-30'"),
        ("contracts: [{provider: a, signed: 2024}]", "expected a date such as '2026-11-23', got '2024'"),
        ("contracts: [{provider: a, signed: 2024-01-10T00:00:00Z}]", "expected a date such as '2026-11-23'"),
        (
            "rituals: [{kind: a, cadence_days: 90, held: [2026-01-01, 2026-12-25]}]",
            "rituals[0].held[1]: '2026-12-25' is in the future",
        ),
        ("services: [{name: a, date: 2026-11-24}]", "services[0].date: '2026-11-24' is in the future"),
        (
            "incidents: [{start: 2026-10-03T06:10:00}]",
            "incidents[0].start: this time has no zone: '2026-10-03T06:10:00' - write its offset",
        ),
        (
            "incidents: [{start: 2026-10-03}]",
            "incidents[0].start: expected a date and a time such as 2026-11-23T06:10:00+02:00",
        ),
        (
            "incidents: [{start: 2026-11-24T00:10:00+02:00}]",
            "incidents[0].start: '2026-11-24T00:10:00+02:00' is in the future",
        ),
    ],
)
def test_each_mistake_is_explained_in_the_words_of_the_file(block: str, says: str) -> None:
    assert says in only(block)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- a", "expected keys and values, got [...]"),
        ("boutique", "expected keys and values, got 'boutique'"),
        (HEAD.replace("context/1", "context/2"), "written for another version: 'pasencore.context/2'"),
        (HEAD.replace("pasencore.context/1", "3"), "expected pasencore.context/1, got '3'"),
        (HEAD.replace("schema: pasencore.context/1\n", ""), "missing"),
        (HEAD.replace("2026-11-20", "2026-11-24"), "in the future"),
        (HEAD + "max_age_days: 0", "expected an integer between 1 and 3660"),
    ],
)
def test_the_head_of_the_file_is_looked_at_too(text: str, says: str) -> None:
    assert says in str(found(text)[0].what)


@pytest.mark.parametrize(
    "block",
    [
        "waivers: [{check: a, owner: b, reason: c, expires: 2030-01-01}]",
        "risks: [{title: a, expires: 2030-01-01}]",
        "decisions: [{date: 2026-01-01, title: a, review: 2030-01-01}]",
        "ai_policy: {review: 2030-01-01}",
        "services: [{name: a, date: 2026-11-23}]",
        "incidents: [{start: 2026-11-23T23:59:00+14:00}]",
        "incidents: [{start: '2026-11-03 06:10:00Z'}]",
        "services:",
        "responsibilities:",
        "services: [{name: a, owner: }]",
    ],
)
def test_what_announces_may_be_in_the_future_and_what_is_empty_says_nothing(block: str) -> None:
    assert found(HEAD + block) == []


def test_faults_come_in_the_order_of_the_file() -> None:
    each = found(HEAD + "services:\n- name: a\n  criticality: 9\n  onwer: b\npeople:\n- idd: c\n")
    assert [(fault.line, fault.path) for fault in each] == [
        (6, "services[0].criticality"),
        (7, "services[0].onwer"),
        (9, "people[0].idd"),
    ]


def test_what_a_file_holds_cannot_write_on_the_terminal() -> None:
    each = found(HEAD + 'services: [{name: a, criticality: "\\e[31m"}]\n')
    assert "\x1b" not in str(each[0].what)
    assert "\x1b" not in written(("a\x1b", 0))


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    yield at
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from places(child, (*at, key))


def changed(document: Any, at: Place, value: Any) -> Any:
    result = copy.deepcopy(document)
    if not at:
        return value
    inner = result
    for part in at[:-1]:
        inner = inner[part]
    inner[at[-1]] = value
    return result


WHOLE = read_yaml(EXAMPLE.read_bytes(), "f.yaml").plain()
PLACES = list(places(WHOLE))[1:]
JUNK = (
    st.sampled_from(
        [None, True, -1, 0, 1, 3, 7, 50, 1e9, 0.5, "", "x", "none", "partial", [], ["a"], [1], {}, {"a": 1}]
    )
    | st.sampled_from(["2026-01-01", "2026-13-01", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00", "2026-10"])
    | st.text(st.characters(categories=["L"]), max_size=5)
)


@given(st.sampled_from(PLACES), JUNK)
def test_what_is_explained_is_exactly_what_the_types_refuse(at: Place, junk: Any) -> None:
    document = changed(WHOLE, at, junk)
    text = yaml.safe_dump(document, allow_unicode=True)
    explained = found(text, dt.date(2100, 1, 1))
    try:
        msgspec.convert(document, Context)
        refused = False
    except msgspec.ValidationError:
        refused = True
    assert bool(explained) == refused, (at, junk, explained)


@given(st.sampled_from(PLACES), st.sampled_from([-1, "\u00e9", [[]], {"zz": 1}]))
def test_a_fault_is_where_the_mistake_is(at: Place, junk: Any) -> None:
    document = changed(WHOLE, at, junk)
    for fault in found(yaml.safe_dump(document, allow_unicode=True), dt.date(2100, 1, 1)):
        assert fault.path.startswith(written(at))
