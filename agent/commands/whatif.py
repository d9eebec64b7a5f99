"""``pasencore whatif``: the verdict again, without what is taken away, or after an action."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from agent.commands.options import _, form_option, speaking
from agent.errors import UsageError
from agent.judging import judge
from agent.people_names import pseudonyms
from agent.reporting import warn
from agent.rubrics import known_checks, read_rubric
from agent.snapshot_file import read_snapshot, settled
from agent.snapshot_merge import merge
from agent.state import pseudonym_key, state_folder
from analyzers.model.estate import build
from analyzers.model.message import N_, message

CONDITIONS = "conditions"
KINDS = ("person", "host", "service", "provider", "network")


@click.command("whatif", help=_("Judge again without a person, a host, a service, a provider, or after an action."))
@click.argument("snapshots", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="DIR|SNAPSHOT...")
@click.option("--without-person", multiple=True, metavar="P", help=_("Somebody leaves: a name, or its pseudonym."))
@click.option("--without-host", multiple=True, metavar="H", help=_("A host disappears, with what runs on it."))
@click.option("--without-service", multiple=True, metavar="S", help=_("A service stops everywhere."))
@click.option("--without-provider", multiple=True, metavar="P", help=_("A provider leaves, with its people."))
@click.option("--without-network", multiple=True, metavar="CIDR", help=_("A network is cut off."))
@click.option(
    "--apply",
    multiple=True,
    metavar="CHECK-ID",
    help=_("The action of a question is done, and reaches what it aims at; `conditions` for the whole way to oui."),
)
@click.option("--rubric", type=click.Path(path_type=Path), help=_("Rubric file. Default: the published one."))
@click.option("--names", is_flag=True, help=_("Leave the names of people in the reports."))
@form_option()
@speaking
def command(
    *,
    snapshots: tuple[Path, ...],
    apply: tuple[str, ...],
    rubric: Path | None,
    names: bool,
    form: str,
    lang: str,
    **asked: Any,  # noqa: ANN401 - the names that leave, by option
) -> None:
    """Print what changes, and why."""
    from agent.whatif_document import whatif_document  # noqa: PLC0415 - heavy: not before arguments are known to be right
    from agent.whatif_names import removal  # noqa: PLC0415 - the same
    from agent.whatif_text import whatif_text  # noqa: PLC0415 - the same
    from analyzers.measures.without import without  # noqa: PLC0415 - the same

    leaving = {kind: asked[f"without_{kind}"] for kind in KINDS}
    if not apply and not any(leaving.values()):
        raise UsageError(message(N_("nothing is taken away and nothing is done")), remedy=message(N_("see --help")))
    chosen = read_rubric(rubric)
    done = known_checks([each for each in apply if each != CONDITIONS], chosen)
    read = settled(merge([read_snapshot(each) for each in snapshots]))
    key, warning = pseudonym_key(state_folder(os.environ))
    hidden = pseudonyms(key, read.declared.context if read.declared else None, read, kept=chosen.checks)
    estate = build(read)
    gone = removal(estate, leaving, hidden.of)
    before, _none = judge(read, chosen, names=True)
    if CONDITIONS in apply:
        done |= {each.check for each in before.verdict.conditions}
    changed = without(read, gone)
    after, _none = judge(changed, chosen, names=True, done=done)
    document: dict[str, Any] = whatif_document(gone, sorted(done), (estate, build(changed)), (before, after))
    if not names:
        warn([warning], lang)
        document = hidden.scrub_all(document)
    if form == "json":
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        click.echo(whatif_text(document, lang), nl=False)
