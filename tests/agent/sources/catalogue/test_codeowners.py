from __future__ import annotations

from agent.sources.catalogue.codeowners import read_codeowners
from analyzers.model.context import GitSource
from tests.agent.sources.catalogue.folder import said

RULES = r"""# who answers
*                    @dupont/infra
/services/boutique/  @amartin a.b@dupont.example
/roles/postgres/**   @c.prov  # the provider
/services/wiki/
[Shop] @dupont/shop
/services/boutique/  @bleroy
/my\ app/            bob
/services/nobody/*.md
"""


def test_the_last_rule_that_speaks_of_a_service_counts(tmp_path) -> None:
    path = tmp_path / "CODEOWNERS"
    path.write_text(RULES, encoding="utf-8")
    git = (GitSource(path=".", assets={"roles/postgres/**": "base-clients"}),)
    reading = read_codeowners(path, git)
    assert {each.name: (each.line, each.owners) for each in reading.files[0].entries} == {
        "base-clients": (4, ("c.prov",)),
        "wiki": (5, ()),
        "boutique": (7, ("bleroy",)),
        "my app": (8, ()),
        "nobody": (9, ("dupont/shop",)),
    }
    assert {each.kind for each in reading.files[0].entries} == {"ownership"}
    assert said(reading, tmp_path) == [
        "CODEOWNERS:8: 'bob' is no owner - write @name, @organisation/team or an address"
    ]


def test_a_file_that_is_not_there_is_said(tmp_path) -> None:
    reading = read_codeowners(tmp_path / "CODEOWNERS")
    assert [each.reason for each in reading.files] == ["unreadable"]
    assert said(reading, tmp_path) == ["CODEOWNERS: no such file - check the path"]
