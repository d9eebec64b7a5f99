import datetime as dt
from pathlib import Path

import msgspec
import pytest
import yaml

from agent.errors import UsageError
from agent.input_file import UntrustedFileError
from agent.sources.context_file import MOST_BYTES, ContextError, ContextFile, parse_context, read_context
from agent.untrusted import REPLACEMENT
from analyzers.model.context import Context

TODAY = dt.date(2026, 11, 23)
EXAMPLE = Path(__file__).parents[1] / "fixtures" / "pasencore.yaml"
HEAD = "schema: pasencore.context/1\ndate: 2026-11-20\nauthor: a.martin\n"


def read(text: str) -> ContextFile:
    return parse_context(text.encode(), Path("conf/pasencore.yaml"), today=TODAY)


def refusal(text: str) -> str:
    with pytest.raises(UsageError) as caught:
        read(text)
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_the_whole_example_is_read() -> None:
    file = read_context(EXAMPLE, today=TODAY, known_checks={"patching"})
    context = file.context
    assert file.warnings == ()
    assert file.declared.file == str(EXAMPLE)
    assert file.folder == EXAMPLE.parent
    assert context.date == dt.date(2026, 11, 20)
    assert context.services is not None
    assert context.services[0].depends_on == ("base-clients", "paiement")
    assert context.services[1].depends_on == ()
    assert context.incidents is not None
    assert context.incidents[0].start == dt.datetime(2026, 10, 3, 4, 10, tzinfo=dt.UTC)
    assert context.on_call is not None
    assert context.on_call[0].hours == "24x7"
    assert context.ai_use_cases is not None
    assert dict(context.ai_use_cases[0].needs.prerequisites) == {"donnees": 60}


def test_the_example_exercises_every_key_of_every_block() -> None:
    unset: list[str] = []

    def look(value: object, path: str) -> None:
        if isinstance(value, tuple):
            for each in value[:1]:
                look(each, path)
        elif isinstance(value, dict):
            for each in value.values():
                look(each, path)
        elif isinstance(value, msgspec.Struct):
            for name in value.__struct_fields__:
                child = getattr(value, name)
                if child is None or child in ((), {}):
                    unset.append(f"{path}.{name}")
                look(child, f"{path}.{name}")

    look(read_context(EXAMPLE, today=TODAY).context, "")
    first_service_is_ours = {f".services.{key}" for key in ("provider", "addresses", "domains")}
    one_way_in_each = {".prometheus.http_config.authorization"} | {
        f".{server}.http_config.{key}"
        for server in ("alertmanager", "agents")
        for key in ("basic_auth", "tls_config", "http_headers")
    }
    assert set(unset) == first_service_is_ours | one_way_in_each


def test_what_was_read_writes_and_reads_back() -> None:
    context = read_context(EXAMPLE, today=TODAY).context
    text = yaml.safe_dump(msgspec.to_builtins(context), allow_unicode=True)
    assert read(text).context == context
    assert msgspec.json.decode(msgspec.json.encode(context), type=Context) == context


def test_an_absent_block_says_nothing_and_an_empty_list_says_none() -> None:
    context = read(HEAD + "providers: []\npeople:\n").context
    assert context.providers == ()
    assert context.people is None
    assert context.services is None


def test_what_travels_holds_no_way_into_a_server() -> None:
    file = read_context(EXAMPLE, today=TODAY)
    embedded = msgspec.json.encode(file.declared)
    for secret in (b"http_config", b"pass", b"token", b"atelier", b"/etc/pasencore/tenant"):
        assert secret not in embedded, secret
    assert file.declared.context.prometheus is not None
    assert file.declared.context.prometheus.url == "https://prometheus.example.lan:9090"
    assert file.declared.context.agents is not None
    assert file.declared.context.agents.prometheus_job == "pasencore"
    assert "token" not in repr(file)
    assert file.context.prometheus is not None
    assert file.context.prometheus.http_config is not None


@pytest.mark.parametrize(
    ("block", "path"),
    [
        ("prometheus: {url: 'https://u:secret@prometheus.example'}", "prometheus.url"),
        ("alertmanager: {url: 'https://:secret@a.example'}", "alertmanager.url"),
        ("agents: {urls: ['http://a.example', 'http://u:secret@b.example']}", "agents.urls[1]"),
    ],
)
def test_a_password_in_an_address_is_refused_and_not_repeated(block: str, path: str) -> None:
    line = refusal(HEAD + block)
    assert f"conf/pasencore.yaml:4: {path}" in line
    assert "secret" not in line


def test_escapes_for_the_terminal_are_neutralised() -> None:
    context = read(HEAD + 'risks: [{title: "\\e[31mrouge\\u202e"}]').context
    assert context.risks is not None
    assert context.risks[0].title == f"{REPLACEMENT}[31mrouge{REPLACEMENT}"


def test_the_first_mistake_is_explained_and_the_others_are_pointed_at() -> None:
    mistakes = "services:\n" + "".join(f"- {{name: s{n}, criticality: 9}}\n" for n in range(8))
    line = refusal(HEAD + mistakes)
    assert line.startswith(
        "conf/pasencore.yaml:5: services[0].criticality: expected an integer between 1 and 5, got '9'"
    )
    assert line.endswith(
        "(+ 6: services[1].criticality, 7: services[2].criticality, 8: services[3].criticality,"
        " 9: services[4].criticality, 10: services[5].criticality + 2)"
    )
    with pytest.raises(ContextError) as caught:
        read(HEAD + mistakes)
    assert len(caught.value.faults) == 8


def test_the_line_is_translated_sentence_by_sentence() -> None:
    with pytest.raises(ContextError) as caught:
        read(HEAD + "service: []")
    french = {"unknown key": "clé inconnue", "did you mean {nearest}?": "vouliez-vous dire {nearest} ?"}
    line = caught.value.line(lambda each: french[each.template].format(**each.parameters))
    assert line == "conf/pasencore.yaml:4: service: clé inconnue - vouliez-vous dire services ?"


def test_a_file_over_a_megabyte_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pasencore.yaml"
    path.write_text(HEAD + "# " + "x" * MOST_BYTES)
    with pytest.raises(UsageError, match="larger than 1 MiB"):
        read_context(path, today=TODAY)


def test_a_found_file_that_others_may_write_is_refused_until_it_is_named(tmp_path: Path) -> None:
    path = tmp_path / "pasencore.yaml"
    path.write_text(HEAD)
    path.chmod(0o664)
    with pytest.raises(UntrustedFileError, match="--context"):
        read_context(path, today=TODAY, found=True)
    assert read_context(path, today=TODAY).context.author == "a.martin"
