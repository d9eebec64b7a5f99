import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from agent.config import CONTEXT_NAME, Config, resolve
from agent.errors import UsageError

TODAY = dt.date(2026, 11, 23)
HEAD = "schema: pasencore.context/1\ndate: 2026-11-20\nauthor: a.martin\n"
SERVER = """
prometheus:
  url: https://p.example:9090/prom
  http_config: {basic_auth: {username: u, password_file: secrets/p}}
"""


def settle(folder: Path, text: str | None = None, environ: dict[str, str] | None = None, **flags: Any) -> Config:
    if text is not None:
        (folder / CONTEXT_NAME).write_text(HEAD + text)
    return resolve(flags, environ or {}, folder=folder, today=TODAY)


def said(config: Config) -> list[str]:
    return [str(each) for each in config.warnings]


def test_with_nothing_said_the_defaults_hold(tmp_path: Path) -> None:
    assert settle(tmp_path) == Config()
    assert Config().since == dt.timedelta(days=28)
    assert Config().local


def test_each_flag_has_its_setting(tmp_path: Path) -> None:
    config = settle(
        tmp_path,
        prometheus="http://p:9090",
        alertmanager="http://a:9093",
        agents=("job:node", "http://web1:9477", "agents.yml"),
        git=("infra",),
        tickets=("t.csv",),
        since="7d",
        no_local=True,
        rubric="r.toml",
        scheduler="tcp://s:8786",
        names=True,
        out="out",
        format="json",
        exit_code=True,
    )
    assert config.prometheus is not None
    assert (config.prometheus.url, config.prometheus.given_by) == ("http://p:9090", "--prometheus")
    assert config.alertmanager is not None
    assert config.alertmanager.url == "http://a:9093"
    assert config.agents == ("job:node", "http://web1:9477", "agents.yml")
    assert [each.path for each in config.sources.git] == ["infra"]
    assert [each.file for each in config.sources.tickets] == ["t.csv"]
    assert config.since == dt.timedelta(days=7)
    assert (config.local, config.names, config.exit_code) == (False, True, True)
    assert (config.rubric, config.out) == (Path("r.toml"), Path("out"))
    assert (config.scheduler, config.format) == ("tcp://s:8786", "json")


def test_flags_come_before_variables_and_variables_before_the_file(tmp_path: Path) -> None:
    environ = {"PASENCORE_PROMETHEUS": "http://env:9090", "PASENCORE_SINCE": "2d"}
    urls = [
        settle(tmp_path, SERVER, environ, prometheus="http://flag:9090").prometheus,
        settle(tmp_path, SERVER, environ).prometheus,
        settle(tmp_path, SERVER).prometheus,
    ]
    assert [each.url for each in urls if each] == ["http://flag:9090", "http://env:9090", "https://p.example:9090/prom"]
    assert settle(tmp_path, SERVER, environ).since == dt.timedelta(days=2)
    assert settle(tmp_path, SERVER, environ, since="3d").since == dt.timedelta(days=3)


def test_credentials_go_to_the_server_of_the_file_and_to_no_other(tmp_path: Path) -> None:
    own = settle(tmp_path, SERVER)
    assert own.prometheus is not None
    assert own.prometheus.access.secret
    assert own.prometheus.access.folder == tmp_path
    same = settle(tmp_path, prometheus="https://p.example:9090/other")
    assert same.prometheus is not None
    assert same.prometheus.access.secret
    for other in ("http://p.example:9090", "https://p.example", "https://q.example:9090"):
        config = settle(tmp_path, prometheus=other)
        assert config.prometheus is not None
        assert not config.prometheus.access.secret
        assert said(config) == [
            f"--prometheus: {other} is not the prometheus of {tmp_path / CONTEXT_NAME}: its http_config is not used"
        ]
    alertmanager = settle(tmp_path, alertmanager="https://p.example:9090").alertmanager
    assert alertmanager is not None
    assert not alertmanager.access.secret


def test_nothing_that_opens_a_server_shows_when_a_config_is_printed(tmp_path: Path) -> None:
    assert "secrets/p" not in repr(settle(tmp_path, SERVER))


AGENTS = """
agents:
  urls: ["http://web1:9477"]
  file_sd: [sd/agents.yml, /abs/agents.yml]
  prometheus_job: pasencore
  http_config: {authorization: {credentials_file: token}}
"""


def test_agents_of_the_file_hold_from_its_folder(tmp_path: Path) -> None:
    config = settle(tmp_path, AGENTS)
    assert config.agents == ("http://web1:9477", str(tmp_path / "sd/agents.yml"), "/abs/agents.yml", "job:pasencore")
    assert config.agents_access.secret


@pytest.mark.parametrize(
    ("text", "asked", "secret"),
    [
        (AGENTS, ("http://web1:9477",), True),
        (AGENTS, ("job:pasencore", "/abs/agents.yml"), True),
        (AGENTS, ("http://web2:9477",), False),
        (AGENTS, ("http://web1:9477", "http://web2:9477"), False),
        ("agents: {http_config: {authorization: {credentials_file: token}}}", ("http://web2:9477",), True),
        ("", ("http://web2:9477",), False),
    ],
)
def test_a_token_goes_to_the_agents_that_the_file_means(
    tmp_path: Path, text: str, asked: tuple[str, ...], *, secret: bool
) -> None:
    config = settle(tmp_path, text, agents=asked)
    assert config.agents == asked
    assert config.agents_access.secret is secret


SOURCES = """
sources:
  backstage: [catalog/]
  compose: [/abs/compose.yml]
  inventory: [{file: glpi.csv, columns: {name: Nom}}]
  git: [{path: ../infra, assets: {"**": infra}}, {path: site}]
  tickets: [{file: t.csv, columns: {id: ID}, timezone: Europe/Paris}]
"""


def test_paths_of_the_file_hold_from_its_folder(tmp_path: Path) -> None:
    sources = settle(tmp_path, SOURCES).sources
    assert sources.backstage == (str(tmp_path / "catalog"),)
    assert sources.compose == ("/abs/compose.yml",)
    assert sources.inventory[0].file == str(tmp_path / "glpi.csv")
    assert sources.inventory[0].columns == {"name": "Nom"}
    assert [each.path for each in sources.git] == [str(tmp_path / "../infra"), str(tmp_path / "site")]
    assert sources.tickets[0].file == str(tmp_path / "t.csv")


def test_a_folder_named_by_flag_keeps_what_the_file_says_of_it(tmp_path: Path) -> None:
    config = settle(tmp_path, SOURCES, git=(str(tmp_path.parent / "infra"), "new"), tickets=(str(tmp_path / "t.csv"),))
    assert [dict(each.assets) for each in config.sources.git] == [{"**": "infra"}, {}]
    assert config.sources.git[1].path == "new"
    assert config.sources.tickets[0].timezone == "Europe/Paris"
    assert config.sources.backstage == (str(tmp_path / "catalog"),)


def test_several_folders_in_one_variable(tmp_path: Path) -> None:
    config = settle(tmp_path, environ={"PASENCORE_GIT": "a,b", "PASENCORE_AGENTS": "job:x, http://y:1"})
    assert [each.path for each in config.sources.git] == ["a", "b"]
    assert config.agents == ("job:x", "http://y:1")


def test_a_context_file_that_is_found_is_read_when_safe(tmp_path: Path) -> None:
    config = settle(tmp_path, "")
    assert config.context is not None
    assert config.context.declared.file == str(tmp_path / CONTEXT_NAME)
    assert config.refused is None


def test_in_the_working_folder_the_file_goes_by_its_short_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = settle(tmp_path, SOURCES)
    assert config.context is not None
    assert config.context.declared.file == CONTEXT_NAME
    assert config.sources.backstage == ("catalog",)


def test_a_found_file_that_others_may_write_is_refused_and_the_run_goes_on(tmp_path: Path) -> None:
    settle(tmp_path, SERVER)
    (tmp_path / CONTEXT_NAME).chmod(0o666)
    config = settle(tmp_path)
    assert config.context is None
    assert config.prometheus is None
    assert "refused: its group or others may write it" in str(config.refused)
    named = settle(tmp_path, context=str(tmp_path / CONTEXT_NAME))
    assert named.refused is None
    assert named.prometheus is not None


def test_a_named_context_file_comes_before_the_found_one(tmp_path: Path) -> None:
    settle(tmp_path, SERVER)
    other = tmp_path / "other.yaml"
    other.write_text(HEAD.replace("a.martin", "b.leroy"))
    for config in (settle(tmp_path, context=str(other)), settle(tmp_path, environ={"PASENCORE_CONTEXT": str(other)})):
        assert config.context is not None
        assert config.context.context.author == "b.leroy"
        assert config.prometheus is None


@pytest.mark.parametrize("name", ["absent.yaml", CONTEXT_NAME])
def test_a_named_file_that_is_not_there_and_a_found_one_that_is_wrong_are_errors(tmp_path: Path, name: str) -> None:
    (tmp_path / CONTEXT_NAME).write_text("zzz: 1")
    flags = {"context": str(tmp_path / name)} if name != CONTEXT_NAME else {}
    with pytest.raises(UsageError, match=name):
        settle(tmp_path, **flags)


def test_a_found_link_that_leads_nowhere_is_said(tmp_path: Path) -> None:
    (tmp_path / CONTEXT_NAME).symlink_to(tmp_path / "absent")
    with pytest.raises(UsageError, match="no such file"):
        settle(tmp_path)


@pytest.mark.parametrize(
    ("flags", "environ", "says"),
    [
        ({"prometheus": "localhost:9090"}, {}, "--prometheus"),
        ({"prometheus": "http://u:secret@p:9090"}, {}, "--prometheus: the address holds a user name or a password"),
        ({}, {"PASENCORE_ALERTMANAGER": "http://u:secret@a:1"}, "PASENCORE_ALERTMANAGER: the address holds"),
        ({"agents": ("http://u:secret@a:1",)}, {}, "--agents: the address holds"),
        ({"since": "month"}, {}, "--since: expected a duration"),
        ({}, {"PASENCORE_SINCE": "month"}, "PASENCORE_SINCE: expected a duration"),
        ({}, {"PASENCORE_FORMAT": "pdf"}, "PASENCORE_FORMAT: expected one of"),
        ({}, {"PASENCORE_NAMES": "maybe"}, "PASENCORE_NAMES: expected yes or no"),
        ({"scheduler": "here"}, {}, "--scheduler: expected tcp://HOST:PORT"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_who_gave_it(
    tmp_path: Path, flags: dict[str, Any], environ: dict[str, str], says: str
) -> None:
    with pytest.raises(UsageError) as caught:
        settle(tmp_path, None, environ, **flags)
    assert says in str(caught.value)
    assert "secret" not in str(caught.value)


def test_warnings_of_the_file_and_of_the_environment_are_gathered(tmp_path: Path) -> None:
    config = settle(tmp_path, "services: [{name: a, depends_on: [b]}]", {"PASENCORE_SINSE": "3d"})
    assert [each.split(":")[-1].strip() for each in said(config)] == [
        "services has no entry named 'b'",
        "PASENCORE_SINSE sets nothing; did you mean PASENCORE_SINCE?",
    ]
