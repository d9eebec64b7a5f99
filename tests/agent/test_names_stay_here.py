"""The law of names: nothing that leaves the snapshot names a person, whatever the estate."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from agent.judging import judge
from agent.people_names import ROLES, names_in, things_in
from agent.rendering import FORMATS, render
from analyzers.model import context as ctx
from analyzers.model import facts
from analyzers.model.snapshot import Snapshot
from analyzers.rubric import published
from tests import builders as b
from tests import strategies

PEOPLE = (
    ctx.Person(
        id="a.martin", team="infra", identities=ctx.Identities(login=("amartin",), git=("a.martin@dupont.example",))
    ),
    ctx.Person(id="b.leroy", team="infra"),
)
TALKATIVE = b.snapshot(
    b.host(
        "app1",
        listeners=(b.listener("boutique", 8080, unit="boutique.service"),),
        jobs=(b.job("sauvegarde", user="amartin", personal=True, file="/home/amartin/crontab"),),
        access=facts.Access(
            accounts=(
                facts.Account(name="amartin", uid=1000, interactive=True, groups=("sudo",), home="/home/amartin"),
            ),
            sudo_rules=(facts.SudoRule(who="amartin", no_password=True),),
        ),
    ),
    context=b.context(
        author="a.martin",
        people=PEOPLE,
        services=(ctx.Service(name="boutique", owner="a.martin", deputy="b.leroy", criticality=5),),
        risks=(ctx.Risk(title="Only a.martin knows", owner="b.leroy"),),
        waivers=(ctx.WaiverEntry(check="patching", owner="b.leroy", reason="ask amartin", expires=b.TODAY),),
    ),
)


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASENCORE_STATE", str(tmp_path / "state"))


def named(text: str, snapshot: Snapshot) -> list[str]:
    """Return the people that a text names, words that are also things of the estate aside."""
    context = snapshot.declared.context if snapshot.declared else None
    for thing in sorted(things_in(context, snapshot), key=len, reverse=True):
        text = text.replace(thing, "\0")
    return [
        name
        for name in sorted(names_in(context, snapshot, kept=published().checks))
        if re.search(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", text, re.IGNORECASE)
    ]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_no_report_names_anybody(form: str, lang: str) -> None:
    document, _ = judge(TALKATIVE, published())
    assert named(render(document, form, lang), TALKATIVE) == []


def test_reports_name_people_when_asked() -> None:
    document, warning = judge(TALKATIVE, published(), names=True)
    assert warning is None
    assert "a.martin" in named(render(document, "json", "en"), TALKATIVE)


def test_two_scans_give_one_person_one_pseudonym() -> None:
    first, again = (render(judge(TALKATIVE, published())[0], "json", "en") for _ in range(2))
    assert first == again


@given(strategies.snapshots())
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_verdict_of_any_estate_names_nobody(snapshot: Snapshot) -> None:
    document, _ = judge(snapshot, published())
    assert named(render(document, "json", "en"), snapshot) == []


def test_functions_are_not_hidden() -> None:
    assert {"root", "board", "direction"} <= ROLES
