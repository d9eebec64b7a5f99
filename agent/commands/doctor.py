"""``pasencore doctor``: what cannot be seen, and the exact command that grants it."""

from __future__ import annotations

import os
from pathlib import Path

import click

from agent.commands.options import _, speaking
from agent.config import resolve
from agent.looking import last_day
from agent.progress import progress
from agent.scanning import look
from analyzers.model.message import N_
from analyzers.model.snapshot import BlindSpot, Snapshot
from exporters.i18n import Translate, term, translator
from exporters.visible import visible


@click.command("doctor", help=_("Tell what cannot be seen, and the command that would grant it."))
@click.option(
    "--prometheus", metavar="URL", help=_("Prometheus, or what speaks like it. Default: one found on localhost:9090.")
)
@click.option("--alertmanager", metavar="URL", help=_("Alertmanager. Default: the one of a local Prometheus."))
@click.option("--context", type=click.Path(path_type=Path), help=_("What people declare. Default: ./pasencore.yaml."))
@click.option("--no-local", is_flag=True, help=_("Do not look at this machine."))
@speaking
def command(lang: str, **flags: object) -> None:
    """Look as a scan does, and print only what was not seen."""
    translate = translator(lang)
    config = resolve(flags, os.environ, folder=Path.cwd(), today=last_day())
    with progress() as step:
        snapshot = look(config, step, translate)
    click.echo("\n".join(_lines(snapshot, translate, lang)))


def _lines(snapshot: Snapshot, translate: Translate, lang: str) -> list[str]:
    lines = []
    for origin in snapshot.origins:
        how = term("reason", origin.reason, lang) if origin.reason is not None else translate(N_("read"))
        lines.append(f"{origin.kind} {visible(origin.where)}: {how} {visible(origin.detail)}".rstrip())
    missing = [kind for kind, given in _sources(snapshot).items() if not given]
    lines += [translate(N_("{source}: not given")).format(source=term("source", kind, lang)) for kind in missing]
    lines.append("")
    if not snapshot.blind_spots:
        lines.append(translate(N_("Everything that was looked at could be seen.")))
    for spot in snapshot.blind_spots:
        lines += _spot(spot, lang)
    return lines


def _sources(snapshot: Snapshot) -> dict[str, bool]:
    return {
        "hosts": bool(snapshot.hosts),
        "prometheus": snapshot.monitoring is not None,
        "alertmanager": snapshot.alerting is not None,
        "context": snapshot.declared is not None,
    }


def _spot(spot: BlindSpot, lang: str) -> list[str]:
    lines = [f"{visible(spot.where)}: {visible(spot.what)} ({term('reason', spot.reason, lang)})"]
    return [*lines, f"    $ {visible(spot.grant)}"] if spot.grant else lines
