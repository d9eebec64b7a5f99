import datetime as dt
import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.init_template import estate_sections as estate
from agent.init_template import practice_sections as practice
from agent.init_template import write_template
from agent.init_template.section import Section
from agent.init_template.writing import listed, scalar
from agent.people_names import names_in
from agent.snapshot_file import settled
from agent.sources.context_file import ContextFile, parse_context
from agent.yaml_text import read_yaml
from analyzers.model import facts
from analyzers.model.context import Context
from analyzers.model.estate import build
from analyzers.model.snapshot import Snapshot
from analyzers.rubric import published
from tests import builders as b
from tests import strategies

SECTIONS = [each for module in (estate, practice) for each in vars(module).values() if isinstance(each, Section)]

APP = b.host(
    "app1",
    addresses=("10.0.0.1",),
    inventory=b.inventory(),
    listeners=(
        b.listener("boutique", 8080, unit="boutique.service", process="gunicorn", address="0.0.0.0"),
        b.listener("sshd", 22, unit="ssh.service", address="0.0.0.0"),
    ),
    connections=(
        b.connection("203.0.113.7", 443, service="boutique"),
        b.connection("10.0.0.9", 3306, service="boutique"),
        b.connection("10.0.0.2", 5432, service="boutique"),
    ),
    access=facts.Access(accounts=(facts.Account(name="amartin", uid=1000, interactive=True),)),
)
DB = b.host(
    "db1",
    addresses=("10.0.0.2",),
    inventory=b.inventory(),
    listeners=(
        b.listener("postgresql", 5432, unit="postgresql@15-main.service", address="10.0.0.2"),
        b.listener("sshd", 22, unit="ssh.service", address="0.0.0.0"),
    ),
    backups=(facts.BackupTool(name="pgbackrest"),),
)
ESTATE = b.snapshot(APP, DB)


def template(snapshot: Snapshot = ESTATE, **options: bool) -> str:
    return write_template(snapshot, lambda each: each, author="a.martin", today=b.TODAY, **options)


def loaded(text: str) -> ContextFile:
    return parse_context(text.encode(), Path("pasencore.yaml"), today=b.TODAY, known_checks=set(published().checks))


def answered(text: str) -> str:
    """Return the file as if every setting were answered as proposed: its mark removed."""
    return re.sub(r"(?m)^( *)#(?! |$)", r"\1", text)


def test_the_file_loads_as_it_is_and_says_only_what_was_seen() -> None:
    file = loaded(template())
    assert file.warnings == ()
    assert (file.context.date, file.context.author) == (b.TODAY, "a.martin")
    said = {name for name in Context.__struct_fields__ if getattr(file.context, name) is not None}
    assert said == {"schema", "date", "author", "max_age_days", "services"}


def test_the_file_loads_with_every_setting_answered_as_proposed() -> None:
    context = loaded(answered(template(names=True))).context
    unsaid = {name for name in Context.__struct_fields__ if getattr(context, name) is None}
    assert unsaid == set(), "a block of the context file is missing from the template"
    assert context.services is not None
    boutique = next(each for each in context.services if each.name == "boutique")
    assert boutique.depends_on == ("postgresql",)
    assert context.people is not None
    assert [each.id for each in context.people] == ["amartin"]
    assert context.providers is not None
    assert context.providers[0].ranges == ("203.0.113.7/32",)
    assert context.responsibilities is not None
    assert sorted(context.responsibilities) == ["boutique", "postgresql", "sshd"]


def test_without_anything_seen_there_is_an_example_of_everything() -> None:
    nothing = template(b.snapshot())
    assert loaded(nothing).context.services is None
    context = loaded(answered(nothing)).context
    assert [name for name in Context.__struct_fields__ if getattr(context, name) is None] == []


def test_what_was_seen_of_a_service_is_filled_and_the_rest_is_left() -> None:
    text = template()
    assert (
        "- name: boutique  # 0.0.0.0:8080/tcp on app1\n"
        "  match: {units: [boutique.service], hosts: [app1]}\n"
        "  #owner:\n"
        "  #deputy:\n"
        "  #criticality:\n"
        "  #business_value:\n"
        "  #data_class:\n"
        "  #depends_on: [postgresql]  # observed: check, then remove the #\n"
    ) in text
    assert "- name: sshd  # 0.0.0.0:22/tcp on app1, db1\n  match: {units: [ssh.service], hosts: [app1, db1]}\n" in text


def test_a_service_that_keeps_data_is_asked_about_its_backup() -> None:
    entry = template().split("- name: postgresql")[1].split("- name:")[0]
    assert "#backup: {tool: pgbackrest, where: off-site, schedule: daily}  # tools seen here: pgbackrest" in entry
    assert "#objectives:" in entry
    assert "#backup" not in template().split("- name: boutique")[1].split("- name:")[0]
    assert "#- {service: postgresql, date: 2026-11-23" in template()


def test_addresses_that_nobody_explains_are_listed_with_who_calls_them() -> None:
    text = template()
    assert '#- name: "203.0.113.7"  # 443/tcp, called by boutique\n  #ranges: ["203.0.113.7/32"]\n' in text
    assert "#   10.0.0.9  3306/tcp, called by boutique\n" in text
    assert "10.0.0.2 " not in text, "a host that was read is no stranger"


def test_many_addresses_are_cut_and_counted() -> None:
    calls = tuple(b.connection(f"203.0.113.{n}", 443, service="boutique") for n in range(100))
    text = template(b.snapshot(b.host(connections=calls)))
    assert text.count('#- name: "203.0.113.') == 60
    assert "Addresses that are not listed: 40." in text


def test_accounts_are_counted_and_named_only_when_asked() -> None:
    assert "amartin" not in template().replace("login: [amartin]}, skills", "")
    assert "Accounts that look like a person's: 1;" in template()
    assert "#- {id: amartin, team: infra, employer: internal, identities: {login: [amartin]}}" in template(names=True)


@pytest.mark.parametrize(
    "account",
    [
        {"name": "ansible", "uid": 1000},
        {"name": "postgres", "uid": 110},
        {"name": "x.un", "uid": 65534},
        {"name": "x.un", "uid": 1000, "interactive": False},
        {"name": "x.un", "uid": 1000, "system": True},
    ],
)
def test_an_account_of_the_system_is_nobody(account: dict[str, object]) -> None:
    access = facts.Access(accounts=(msgspec.convert({"interactive": True} | account, facts.Account),))
    assert "look like a person" not in template(b.snapshot(b.host(access=access)))


def test_servers_that_answered_are_filled() -> None:
    text = template(b.snapshot(monitoring=b.monitoring(url="http://localhost:9090")))
    context = loaded(text).context
    assert context.prometheus is not None
    assert context.prometheus.url == "http://localhost:9090"
    assert "\n  #http_config:\n    #basic_auth:" in text
    assert loaded(answered(text)).context.prometheus is not None


def test_releases_that_run_are_proposed_as_standards() -> None:
    assert '#standards: {os: ["debian 12"]}' in template()
    assert "Observed here: debian 12." in template()


@pytest.mark.parametrize("section", SECTIONS, ids=lambda each: each.block)
def test_each_section_is_a_block_of_the_file_and_answers_questions_that_exist(section: Section) -> None:
    assert section.block in Context.__struct_fields__
    assert set(section.questions) <= set(published().checks)
    assert section.example.startswith((section.block, "- name: paiement"))


def test_every_block_has_one_section() -> None:
    blocks = sorted(each.block for each in SECTIONS)
    assert blocks == sorted(set(Context.__struct_fields__) - {"schema", "date", "author", "max_age_days"})


def test_every_sentence_goes_through_the_translator() -> None:
    spoken: set[str] = set()

    def translate(sentence: str) -> str:
        spoken.add(sentence)
        return "".join("x" if each.isalpha() else each for each in sentence) if "{" not in sentence else sentence

    text = write_template(ESTATE, translate, author="a.martin", today=b.TODAY)
    loaded(text)
    left = [
        line
        for line in text.splitlines()
        if re.match(r" *# ", line)
        and not re.search(r"\bx+\b", line)
        and not re.match(r"# (Questions|-----|Pre)|#   ", line)
    ]
    assert [line for line in left if not any(part in line for part in ("Releases", "Accounts", "Observed"))] == []
    assert {each.why for each in SECTIONS} <= spoken
    assert {meaning for each in SECTIONS for _, meaning in each.keys} <= spoken


def test_a_translation_with_quotes_and_colons_is_still_yaml() -> None:
    text = write_template(
        ESTATE, lambda each: f'« {each} » : l\'"un" # {{x}}'.replace("{x}", "x"), author="a", today=b.TODAY
    )
    loaded(text)
    loaded(answered(text))


HOSTILE = [
    'a"b',
    "a'b",
    "a: b",
    "a #b",
    "- a",
    "a\nservices: []",
    "a\u0085b",
    "a\u2028b",
    "*",
    "[a]",
    "{a}",
    "&a",
    "!a",
    "%a",
    "@a",
    "`a`",
    "yes",
    "null",
    "~",
    "12",
    "1e3",
    "0x1",
    "2026-01-01",
    " a ",
    "é",
    "日本",
    "👩",
    "\ufffe",
    "\x1b[31m",
    "x" * 300,
    "<today>",
    "{hosts}",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_breaks_nothing(name: str) -> None:
    host = b.host(
        name,
        addresses=("10.0.0.1",),
        listeners=(b.listener(name, 80, unit=name, process=name, container=name),),
        connections=(b.connection("203.0.113.7", 443, service=name),),
        access=facts.Access(accounts=(facts.Account(name=name, uid=1000, interactive=True),)),
        backups=(facts.BackupTool(name=name),),
    )
    snapshot = settled(b.snapshot(host))
    for names in (False, True):
        text = template(snapshot, names=names)
        assert loaded(text).context.risks is None
        loaded(answered(text))
    services = loaded(template(snapshot)).context.services or ()
    assert [each.name for each in services] in ([snapshot.hosts[0].listeners[0].service], [])  # type: ignore[index]


def declares_all(snapshot: Snapshot) -> bool:
    """Tell whether the written catalogue recognises every service that listens on the network, under its own name."""
    declared = msgspec.structs.replace(snapshot, declared=loaded(template(snapshot)).declared)
    before = {each.name for each in build(snapshot).services if on_network(each)}
    after = {each.name for each in build(declared).services if on_network(each) and each.declared is not None}
    return before == after


def on_network(service: object) -> bool:
    return any(each.listener.protocol != "unix" for each in service.instances)  # type: ignore[attr-defined]


def test_the_written_catalogue_recognises_what_was_seen() -> None:
    assert declares_all(ESTATE)
    same_process = (b.listener("a", 80, process="python3"), b.listener("b", 81, process="python3"))
    assert declares_all(b.snapshot(b.host(listeners=same_process)))
    nothing_known = (b.listener("tcp/80", 80, process=""), b.listener("tcp/81", 81, process="", address="::"))
    assert declares_all(b.snapshot(b.host("WEB1", listeners=nothing_known)))
    everywhere = [b.host(f"h{n}", listeners=(b.listener("sshd", 22, unit="ssh.service"),)) for n in range(40)]
    assert declares_all(b.snapshot(*everywhere))
    assert "hosts: [h0" not in template(b.snapshot(*everywhere))


@given(strategies.snapshots())
@settings(max_examples=30)
def test_any_estate_gives_a_file_that_loads_names_nobody_and_declares_all(snapshot: Snapshot) -> None:
    alone = msgspec.structs.replace(settled(snapshot), declared=None)
    text = template(alone)
    loaded(text)
    assert declares_all(alone)
    for name in names_in(None, alone) - {"amartin", "a.martin", "b.leroy", "c.prov", "infoserv"}:
        assert not re.search(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", text)


@given(st.text(max_size=30))
def test_a_text_is_read_back_as_it_was(text: str) -> None:
    read = read_yaml(f"a: {scalar(text)}\nb: {listed([text, 3])}\n".encode(), "f").plain()
    assert read["b"] == [read["a"], 3]
    if text.isprintable():
        assert read["a"] == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("boutique", "boutique"),
        ("app1.dupont.example", "app1.dupont.example"),
        ("on", '"on"'),
        ("8080", '"8080"'),
        ("", '""'),
    ],
)
def test_plain_words_stay_plain(text: str, written: str) -> None:
    assert scalar(text) == written


def test_examples_follow_the_calendar() -> None:
    old = write_template(ESTATE, lambda each: each, author="a", today=dt.date(2024, 2, 29))
    parse_context(answered(old).encode(), Path("f"), today=dt.date(2024, 2, 29))
    assert "expires: 2024-08-30" in old
