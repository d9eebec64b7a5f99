import datetime as dt
import re
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from agent.people_names import PERSON_KEYS, ROLES, names_in, pseudonyms, things_in
from analyzers.model import context as ctx
from analyzers.model import facts
from analyzers.model.monitoring import Alerting, Silence
from analyzers.model.snapshot import Snapshot
from tests import builders as b
from tests import strategies

DAY = dt.date(2026, 1, 1)
KEY = b"k" * 32


def declared(**blocks: Any) -> set[str]:
    return names_in(b.context(author="z.author", **blocks), None) - {"z.author"}


def account(name: str, uid: int = 1000, **fields: Any) -> facts.Account:
    return facts.Account(**({"name": name, "uid": uid, "interactive": True} | fields))


def observed(*hosts: facts.Host, **fields: Any) -> set[str]:
    return names_in(None, b.snapshot(*hosts, **fields))


@pytest.mark.parametrize(
    ("blocks", "found"),
    [
        ({"people": (ctx.Person(id="a.martin"),)}, {"a.martin"}),
        (
            {
                "people": (
                    ctx.Person(
                        id="x.un",
                        team="alpha",
                        employer="InfoServ",
                        identities=ctx.Identities(
                            login=("xun",), git=("x.un@dupont.example",), key=("SHA256:abc",), ticket=("Un X.",)
                        ),
                    ),
                )
            },
            {"x.un", "xun", "x.un@dupont.example", "SHA256:abc", "Un X."},
        ),
        (
            {"services": (ctx.Service(name="boutique", owner="o.un", deputy="d.un", author="s.un"),)},
            {"o.un", "d.un", "s.un"},
        ),
        ({"on_call": (ctx.OnCall(team="alpha", hours="24x7", people=("p.un", "q.un")),)}, {"p.un", "q.un"}),
        ({"decisions": (ctx.Decision(date=DAY, title="t", decider="d.un", author="w.un"),)}, {"d.un", "w.un"}),
        ({"waivers": (ctx.WaiverEntry(check="c", owner="o.un", reason="r", expires=DAY),)}, {"o.un"}),
        ({"risks": (ctx.Risk(title="t", owner="o.un"),)}, {"o.un"}),
        ({"automatable": (ctx.Automatable(name="n", approver="p.un"),)}, {"p.un"}),
        ({"runbooks": (ctx.Runbook(name="n", rehearsed=(ctx.Rehearsal(date=DAY, by="b.un"),)),)}, {"b.un"}),
        ({"restore_tests": (ctx.RestoreTest(service="s", date=DAY, by="b.un", author="w.un"),)}, {"b.un", "w.un"}),
        ({"responsibilities": {"boutique": ctx.Responsibilities(access="r.un", backup="q.un")}}, {"r.un", "q.un"}),
        ({"ai_policy": ctx.AiPolicy(approver="p.un")}, {"p.un"}),
        ({"capacity": ctx.Capacity(author="w.un")}, {"w.un"}),
    ],
)
def test_every_block_that_names_somebody_is_looked_into(blocks: dict[str, Any], found: set[str]) -> None:
    names = declared(**blocks)
    assert found <= names
    assert {each for each in names if each not in found} <= {"un.x"} | {each.partition("@")[0] for each in found}


def test_every_key_of_the_context_that_means_a_person_is_known() -> None:
    """A key that is added to the context one day must be thought of: this lists those that exist."""
    keys = {
        field.name
        for each in vars(ctx).values()
        if isinstance(each, type) and issubclass(each, ctx.Block) and each not in (ctx.Identities, ctx.Responsibilities)
        for field in msgspec.structs.fields(each)
    }
    assert keys >= PERSON_KEYS
    suspicious = {each for each in keys if re.search(r"owner|author|deput|decid|approv|^by$|_by$|person|people", each)}
    assert suspicious - PERSON_KEYS == {"data_owner", "measured_by", "people", "authorization", "codeowners"}, (
        "data_owner and measured_by say 'us' or a company, people are looked into by hand, the others name nobody"
    )


@pytest.mark.parametrize(
    ("access", "found"),
    [
        ({"accounts": (account("amartin"),)}, {"amartin"}),
        ({"accounts": (account("amartin", interactive=False),)}, set()),
        ({"accounts": (account("rabbitmq", uid=110),)}, set()),
        ({"accounts": (account("nobody2", uid=65534),)}, set()),
        ({"accounts": (account("svcx", system=True),)}, set()),
        ({"sudo_rules": (facts.SudoRule(who="amartin"), facts.SudoRule(who="%wheel"))}, {"amartin"}),
        ({"sudo_rules": (facts.SudoRule(who="rabbitmq"),), "accounts": (account("rabbitmq", uid=110),)}, set()),
        ({"sessions": (facts.Session(account="b.leroy", day=DAY),)}, {"b.leroy"}),
        ({"authorized_keys": (facts.AuthorizedKey(account="amartin", type="x", fingerprint="y"),)}, {"amartin"}),
        ({"sshd": facts.SshPolicy(allow_users=("amartin@10.0.0.*",))}, {"amartin"}),
        ({"accounts": (account("root", uid=0), account("debian"), account("ansible"), account("1234"))}, set()),
    ],
)
def test_accounts_that_a_person_sits_behind_are_names(access: dict[str, Any], found: set[str]) -> None:
    assert observed(b.host(access=facts.Access(**access))) == found


def test_who_solved_a_ticket_is_a_name() -> None:
    export = b.ticket_file(b.ticket(1, resolver="Hugo Petit"), b.ticket(2, resolver=""))
    assert {"Hugo Petit", "Hugo.Petit"} <= names_in(None, b.snapshot(tickets=[export]))


def test_who_made_a_silence_and_whose_job_runs_are_names() -> None:
    silence = Silence(id="1", state="active", starts_at=b.NOW, ends_at=b.NOW, created_by="a.martin@dupont.example")
    alerting = Alerting(url="http://a", collected_at=b.NOW, silences=(silence,))
    jobs = (b.job(user="amartin", personal=True), b.job(user="rabbitmq", personal=False))
    names = observed(b.host(jobs=jobs), alerting=alerting)
    assert names == {"a.martin@dupont.example", "a.martin", "amartin"}


@pytest.mark.parametrize(
    ("blocks", "host"),
    [
        ({"services": (ctx.Service(name="Martin"),)}, {}),
        ({"providers": (ctx.Provider(name="MARTIN"),)}, {}),
        ({"providers": (ctx.Provider(name="InfoServ", subcontractors=("martin",)),)}, {}),
        ({"on_call": (ctx.OnCall(team="martin", hours="x"),)}, {}),
        ({"contracts": (ctx.Contract(provider="martin"),)}, {}),
        ({"organisation": ctx.Organisation(name="Martin")}, {}),
        ({}, {"name": "martin.dupont.example"}),
        ({}, {"listeners": (b.listener("martin"),)}),
        ({}, {"units": (b.unit("martin.service"),)}),
    ],
)
def test_a_name_that_is_also_a_thing_of_the_estate_stays_readable(blocks: dict[str, Any], host: dict[str, Any]) -> None:
    people = (ctx.Person(id="martin"), ctx.Person(id="b.leroy"))
    context, snapshot = b.context(people=people, **blocks), b.snapshot(b.host(**host))
    assert "martin" not in names_in(context, snapshot)
    assert "b.leroy" in names_in(context, snapshot)
    assert {each.casefold() for each in things_in(context, snapshot)} & {"martin", "martin.service"}


@pytest.mark.parametrize(
    "word", ["board", "us", "root", "exploitation", "gouvernance", "measured", "pas encore", "x", "42"]
)
def test_functions_words_of_the_report_and_letters_are_nobody(word: str) -> None:
    assert declared(risks=(ctx.Risk(title="t", owner=word),)) == set()


def test_words_that_must_stay_readable_are_kept() -> None:
    context = b.context(author="patching")
    assert names_in(context, None) == {"patching"}
    assert names_in(context, None, kept=["patching"]) == set()


def test_roles_are_one_word_each() -> None:
    assert {each for each in ROLES if each != each.casefold() or " " in each} == set()


def test_the_names_of_one_person_share_a_pseudonym() -> None:
    person = ctx.Person(
        id="a.martin",
        identities=ctx.Identities(login=("amartin",), git=("alice.martin@dupont.example",), ticket=("Martin Alice",)),
    )
    hiding = pseudonyms(KEY, b.context(people=(person,)), b.snapshot(b.host("amartin-pc")))
    one = hiding.of("a.martin")
    for name in (
        "AMARTIN",
        "alice.martin@dupont.example",
        "Alice Martin",
        "martin alice",
        "alice_martin",
    ):
        assert one in hiding.scrub(f"par {name} !")
    assert hiding.scrub("amartin on amartin-pc") == f"{one} on amartin-pc"


def test_a_silence_and_a_login_of_one_declared_person_share_a_pseudonym() -> None:
    person = ctx.Person(id="a.martin", identities=ctx.Identities(login=("amartin",)))
    silence = Silence(id="1", state="active", starts_at=b.NOW, ends_at=b.NOW, created_by="amartin@autre.example")
    alerting = Alerting(url="http://a", collected_at=b.NOW, silences=(silence,))
    hiding = pseudonyms(KEY, b.context(people=(person,)), b.snapshot(alerting=alerting))
    assert hiding.scrub("amartin@autre.example") == hiding.of("a.martin")


@given(strategies.snapshots())
@settings(max_examples=40)
def test_no_name_of_an_estate_survives_in_its_own_snapshot(snapshot: Snapshot) -> None:
    context = snapshot.declared.context if snapshot.declared else None
    hiding = pseudonyms(KEY, context, snapshot)
    document = msgspec.to_builtins(snapshot)
    scrubbed = hiding.scrub_all(document)
    assert hiding.scrub_all(scrubbed) == scrubbed
    left = " ".join(strings(scrubbed))
    for thing in sorted(things_in(context, snapshot), key=len, reverse=True):
        left = left.replace(thing, "\0")
    for name in names_in(context, snapshot):
        assert not re.search(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", left), name
    hosts = [each["name"] for each in scrubbed.get("hosts", ())]
    assert hosts == [each.name for each in snapshot.hosts]


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for pair in value.items() for each in pair for text in strings(each)]
    if isinstance(value, list | tuple):
        return [text for each in value for text in strings(each)]
    return [value] if isinstance(value, str) else []
