from __future__ import annotations

import datetime as dt

import pytest

from analyzers.measures.job_mentions import could_be_named, mention
from analyzers.model.context import Automatable, Runbook
from tests import builders as b

OLD = b.TODAY - dt.timedelta(days=400)


def named(job, **blocks):
    found = mention(job, b.estate(context=b.context(**blocks)))
    return found.evidence.provenance.query if found is not None else None


@pytest.mark.parametrize(
    ("blocks", "path"),
    [
        ({}, None),
        ({"services": (b.service("boutique"), b.service("backup"))}, "services[1]"),
        ({"services": (b.service("sauvegarde", match={"units": ("back*.service",)}),)}, "services[0]"),
        ({"services": (b.service("backup", date=OLD),)}, None),
        ({"services": (b.service("back"),)}, None),
        ({"automatable": (Automatable(name="nightly", action="run backup by hand"),)}, "automatable[0]"),
        ({"automatable": (Automatable(name="run backup.timer"),)}, "automatable[0]"),
        ({"automatable": (Automatable(name="nightly", runbook="rb/backup.md"),)}, "automatable[0]"),
        ({"automatable": (Automatable(name="nightly", action="run backups"),)}, None),
        ({"automatable": (Automatable(name="nightly", action="run pre-backup"),)}, None),
        ({"automatable": (Automatable(name="backup", date=OLD),)}, None),
        ({"runbooks": (Runbook(name="rb/x.md"), Runbook(name="rb/backup.md"))}, "runbooks[1]"),
        ({"runbooks": (Runbook(name="rb/backup.md", date=OLD),)}, None),
    ],
)
def test_where_a_job_is_named(blocks, path) -> None:
    assert named(b.job("backup.timer", kind="timer"), **blocks) == path


def test_a_name_with_signs_of_its_own_is_taken_as_it_stands() -> None:
    assert named(b.job("a+b(c).sh"), runbooks=(Runbook(name="rb/a+b(c).sh"),)) == "runbooks[0]"


def test_a_job_without_a_name_is_named_nowhere() -> None:
    assert named(b.job(""), runbooks=(Runbook(name="rb"),)) is None


def test_a_mention_with_an_owner_comes_first() -> None:
    context = b.context(
        services=(b.service("backup"), b.service("sauvegarde", match={"units": ("backup.service",)}, owner="a.martin")),
        runbooks=(Runbook(name="backup"),),
    )
    found = mention(b.job("backup"), b.estate(context=context))
    assert found is not None
    assert (found.owner, found.evidence.provenance.query) == ("a.martin", "services[1]")


@pytest.mark.parametrize(
    ("context", "could"),
    [
        (None, False),
        (b.context(), False),
        (b.context(people=()), False),
        (b.context(services=()), True),
        (b.context(automatable=()), True),
        (b.context(runbooks=()), True),
    ],
)
def test_where_a_job_could_be_named(context, *, could: bool) -> None:
    assert could_be_named(b.estate(context=context)) is could
