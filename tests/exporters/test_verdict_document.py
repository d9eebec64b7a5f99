from __future__ import annotations

import json as stdlib_json
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.model.evidence import Evidence
from analyzers.model.interval import Interval
from analyzers.model.snapshot import BlindSpot, Cost, Origin
from analyzers.model.verdict import AXES, PREREQUISITES
from analyzers.planned import QUESTIONS
from analyzers.rubric import published
from exporters import rounding
from exporters.document import document, read_document, scrubbed
from exporters.findings import MOST_SUBJECTS, evidence
from exporters.json import json
from exporters.parts import Document, FindingPart
from tests import builders as b
from tests.exporters import verdicts as v

SHARES = st.fractions(min_value=0, max_value=1)


def finding(found: Document, check: str) -> FindingPart:
    return next(each for each in found.findings if each.check == check)


@given(SHARES, SHARES)
def test_ranges_are_rounded_outwards_and_by_less_than_a_step(one: Fraction, other: Fraction) -> None:
    interval = Interval(min(one, other), max(one, other))
    shown = rounding.range_of(interval)
    assert Fraction(str(shown.low)) <= interval.low < Fraction(str(shown.low)) + Fraction(1, 10_000)
    assert Fraction(str(shown.high)) - Fraction(1, 10_000) < interval.high <= Fraction(str(shown.high))
    points = rounding.hundred_of(interval)
    assert Fraction(str(points.low)) <= interval.low * 100 < Fraction(str(points.low)) + Fraction(1, 100)
    assert Fraction(str(points.high)) - Fraction(1, 100) < interval.high * 100 <= Fraction(str(points.high))


@pytest.mark.parametrize(("effort", "shown"), [(Fraction(1, 3), 0.34), (Fraction(2), 2.0), (Fraction(12, 5), 2.4)])
def test_days_are_rounded_up(effort: Fraction, shown: float) -> None:
    assert rounding.days(effort) == shown


def test_the_keys_of_the_promise_are_there() -> None:
    tree = stdlib_json.loads(json(v.pas_encore()))
    assert tree["schema"] == "pasencore.verdict/1"
    assert {"version", "sha256"} <= tree["rubric"].keys()
    assert {"answer", "lack", "reasons", "conditions"} <= tree["verdict"].keys()
    assert tuple(tree["axes"]) == AXES
    assert tuple(tree["prerequisites"]) == PREREQUISITES
    assert {"low", "high", "coverage"} <= tree["axes"]["lisibilite"].keys()
    assert {"check", "action", "effort_days", "horizon"} == tree["verdict"]["conditions"][0].keys()
    assert {
        "check",
        "axis",
        "gates",
        "outcome",
        "reason",
        "low",
        "high",
        "message",
        "subjects",
        "evidence",
        "remedy",
        "effort_days",
        "horizon",
    } <= tree["findings"][0].keys()
    facts = finding_of(tree, "flows-declared")["evidence"][0]
    assert facts.keys() == {"key", "value", "unit", "kind", "provenance"}
    assert facts["provenance"].keys() == {"source", "query", "collected_at", "window"}
    assert tree["cost"].keys() == {"queries", "samples", "bytes", "seconds", "cpu_seconds"}
    assert tree["perimeters"][0].keys() == {"name", "verdict", "axes", "prerequisites"}
    assert tree["use_cases"][0].keys() == {"name", "answer", "missing"}
    assert tree["robustness"].keys() == {"draws", "share"}
    assert tree["price_of_ignorance"][0].keys() == {"check", "source", "gain"}
    assert tree["priority"][0].keys() == {"check", "value", "criticality", "effort", "risk", "score"}
    assert tree["annexes"].keys() == {"graph", "episodes", "forecasts"}
    assert tree["blind_spots"][0].keys() == {"what", "where", "reason", "grant"}
    assert tree["snapshot_sha256"] == v.SHA
    assert tree["taken_at"] == "2026-11-23T08:00:00Z"


def finding_of(tree: dict, check: str) -> dict:
    return next(each for each in tree["findings"] if each["check"] == check)


def test_every_question_of_the_rubric_has_one_finding_in_its_order() -> None:
    assert [each.check for each in v.crowded().findings] == list(published().checks)


def test_a_finding_carries_its_question_its_policy_and_its_waivers() -> None:
    found = finding(v.pas_encore(), "patching")
    assert (found.outcome, found.axis, found.weight, found.horizon) == ("waived", "gouvernance", 2.0, 1)
    assert found.question == "Is this true: patching?"
    assert found.remedy == "Put right: patching."
    assert found.command == "pasencore explain patching"
    assert found.risk.startswith("A stop")
    assert found.how_measured.startswith("From the sockets")
    assert [(each.owner, each.reason, str(each.expires)) for each in found.waivers] == [
        ("a.martin", "vendor end 2027-03", "2027-03-31")
    ]
    assert finding(v.pas_encore(), "restore-proven").redhibitoire
    assert finding(v.pas_encore(), "restore-proven").fail_below == 0.2


@pytest.mark.parametrize(
    ("check", "outcome", "reason", "sources"),
    [
        ("knowledge-shared", "unknown", "no_source", ("hosts", "context")),
        ("jobs-mastered", "unknown", "no_permission", ("hosts", "context")),
        ("telemetry-coverage", "measured", "no_permission", ("hosts", "context")),
        ("headroom-now", "measured", None, ()),
        ("contract-perimeter", "not_applicable", None, ()),
        ("ai-stress-test", "unknown", "not_implemented", ()),
    ],
)
def test_what_is_open_says_why_and_who_would_answer(
    check: str, outcome: str, reason: str | None, sources: tuple
) -> None:
    found = finding(v.pas_encore(), check)
    assert (found.outcome, found.reason, found.would_answer) == (outcome, reason, sources)


def test_effort_counts_what_fails_and_nothing_where_nothing_is_wrong() -> None:
    assert finding(v.pas_encore(), "flows-declared").effort_days == 2.6
    assert finding(v.pas_encore(), "headroom-now").effort_days == 0
    assert finding(v.pas_encore(), "contract-perimeter").effort_days == 0


def test_subjects_are_bounded_and_counted() -> None:
    many = v.population(*v.members(MOST_SUBJECTS + 200, 0), complete=True)
    found = finding(v.judged([v.check("flows-declared", many)], v.cut_rubric(*v.SMALL)), "flows-declared")
    assert len(found.subjects) == MOST_SUBJECTS
    assert found.subjects_total == MOST_SUBJECTS + 200


def test_declarations_are_told_apart() -> None:
    found = v.pas_encore()
    assert [(each.block, each.checks) for each in found.declared_empty] == [("providers: []", ("contract-perimeter",))]
    contradiction = found.confrontation.contradictions[0]
    assert (contradiction.check, contradiction.member, contradiction.declared) == ("restore-proven", "db1", 1.0)
    assert (contradiction.measured.low, contradiction.measured.high) == (0, 0)
    assert contradiction.evidence[0].key == "db1"
    assert [(each.check, each.member) for each in found.confrontation.withdrawn] == [("restore-proven", "db1")]
    assert (found.confrontation.discount, found.confrontation.doubled) == (0.3, False)
    assert v.hostile().confrontation.doubled
    assert v.hostile().confrontation.discount == 0.6


def test_sentences_keep_what_they_were_made_from() -> None:
    found = v.pas_encore()
    assert "Prerequisite processus: between 32 and 62, 70 needed." in found.verdict.reasons
    made = found.texts["Prerequisite processus: between 32 and 62, 70 needed."]
    assert made.template == "Prerequisite {prerequisite}: between {low} and {high}, {bar} needed."
    assert made.parameters == {"prerequisite": "processus", "low": 32, "high": 62, "bar": 70}
    assert list(found.texts) == sorted(found.texts)


def test_the_same_verdict_gives_the_same_bytes() -> None:
    first = json(v.pas_encore())
    v.pas_encore.cache_clear()
    assert json(v.pas_encore()) == first


def test_what_the_snapshot_says_of_the_scan_is_kept() -> None:
    from analyzers.scoring.findings import Policy
    from analyzers.scoring.verdict import decide

    rubric = published()
    found = document(
        decide({}, rubric, Policy(today=b.TODAY)),
        rubric=rubric,
        tool="0.1.0",
        taken_at=b.NOW,
        snapshot_sha256=v.SHA,
        blind_spots=[BlindSpot(what="sudo rules", where="host:db1", reason="no_permission", grant="setfacl")],
        origins=[Origin(kind="prometheus", where=b.PROMETHEUS, reason="timed_out", detail="15 s")],
        cost=Cost(queries=3, samples=4, bytes=5, seconds=1.23456, cpu_seconds=0.5),
    )
    assert found.blind_spots[0].grant == "setfacl"
    assert (found.origins[0].reason, found.origins[0].detail) == ("timed_out", "15 s")
    assert (found.cost.queries, found.cost.seconds) == (3, 1.235)
    assert found.robustness.share is None
    assert found.verdict.conditions == ()
    for each in found.findings:
        assert each.question == QUESTIONS.get(each.check, "")
        assert each.remedy == ""


@pytest.mark.parametrize(
    ("value", "written"), [(2**70, str(2**70)), (-(2**63) - 5, str(-(2**63) - 5)), (7, 7), (True, True), (0.5, 0.5)]
)
def test_integers_that_readers_would_truncate_become_text(value: object, written: object) -> None:
    fact: Evidence = v.fact(value=value)
    assert evidence([fact])[0].value == written


@pytest.mark.parametrize("name", v.ALL)
def test_a_document_reads_back_as_it_was(name: str) -> None:
    found = v.ALL[name]()
    assert read_document(json(found).encode()) == found


def test_keys_of_a_newer_minor_version_are_left_aside() -> None:
    tree = stdlib_json.loads(json(v.oui()))
    tree["novelty"] = [1]
    tree["findings"][0]["novelty"] = {}
    assert read_document(stdlib_json.dumps(tree).encode()) == v.oui()


@pytest.mark.parametrize("key", ["texts", "declared_empty", "origins", "annexes", "truck_factors", "robustness"])
def test_keys_that_came_later_may_be_absent(key: str) -> None:
    tree = stdlib_json.loads(json(v.oui()))
    del tree[key]
    assert read_document(stdlib_json.dumps(tree).encode()).verdict.answer == "oui"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "not a verdict"),
        (b"\x1f\x8b\x08", "not a verdict"),
        (b"\xff\xfe", "not a verdict"),
        (b"[]", "not a verdict"),
        (b"{}", "missing required field `schema`"),
        (b'{"schema": 1}', "$.schema"),
        (b'{"schema": "pasencore.verdict/2"}', "expected the schema pasencore.verdict/1"),
        (b'{"schema": "pasencore.snapshot/1"}', "pasencore.snapshot/1"),
        (b'{"schema": "pasencore.verdict/1"}', "at `$`"),
        (b'{"schema": "pasencore.verdict/1", "x": ' + b"[" * 100_000, "not a verdict"),
    ],
)
def test_another_file_is_refused_in_one_line(content: bytes, fault: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]+$") as raised:
        read_document(content)
    assert fault in str(raised.value)


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        (("axes", "decision", "low"), 101, "$.axes.decision.low"),
        (("axes", "decision", "low"), 99.5, "low 99.5 is above high"),
        (("verdict", "answer"), "maybe", "$.verdict.answer"),
        (("findings", 0, "outcome"), "good", "$.findings[0].outcome"),
        (("findings", 0, "low"), "0.5", "$.findings[0].low"),
        (("findings", 0, "reason"), "tired", "$.findings[0].reason"),
        (("taken_at",), "2026-11-23T08:00:00", "$.taken_at"),
        (("cost", "queries"), -1, "$.cost.queries"),
    ],
)
def test_nonsense_is_refused_with_its_path(path: tuple, value: object, fault: str) -> None:
    tree = stdlib_json.loads(json(v.pas_encore()))
    *parents, last = path
    inside = tree
    for each in parents:
        inside = inside[each]
    inside[last] = value
    with pytest.raises(ValueError, match=r"at `") as raised:
        read_document(stdlib_json.dumps(tree).encode())
    assert fault in str(raised.value)


def test_a_scrub_goes_over_every_string_keys_included() -> None:
    def scrub(value: object) -> object:
        if isinstance(value, str):
            return value.replace("a.martin", "p-1")
        if isinstance(value, dict):
            return {scrub(key): scrub(each) for key, each in value.items()}
        return [scrub(each) for each in value] if isinstance(value, (list, tuple)) else value

    assert b"a.martin" in msgspec.json.encode(v.pas_encore())
    clean = scrubbed(v.pas_encore(), scrub)
    assert b"a.martin" not in msgspec.json.encode(clean)
    assert finding(clean, "patching").waivers[0].owner == "p-1"


def test_json_is_pretty_ends_with_a_newline_and_escapes_controls() -> None:
    text = json(v.hostile())
    assert text.startswith('{\n  "schema": "pasencore.verdict/1",\n')
    assert text.endswith("}\n")
    assert "\x1b" not in text
