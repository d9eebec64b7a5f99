"""Settings of a run, each from the first that says it: flags, PASENCORE_* variables, context file, defaults."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from agent.input_file import UntrustedFileError
from agent.settings import Given, as_duration, as_flag, as_format, as_scheduler, as_texts, gather, suspicious
from agent.sources.access import Access
from agent.sources.address import parse_address
from agent.sources.context_file import ContextFile, read_context
from agent.sources.context_paths import anchored
from analyzers.model.context import Agents, Endpoint, GitSource, Sources, TicketFile
from analyzers.model.message import N_, Message, message

CONTEXT_NAME = "pasencore.yaml"
SINCE = dt.timedelta(days=28)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server to ask, how to enter it, and what named it (an option, a variable, a file)."""

    url: str
    access: Access = field(default_factory=Access, repr=False)
    given_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything that a run may ask for.

    Attributes
    ----------
    prometheus, alertmanager
        None when nothing names one.
    agents
        Addresses (``http://...``), ``job:NAME``, or paths of service discovery files; `agents_access` enters them all.
    context
        The context file that was read, None when there is none.
    refused
        Why the context file that was found was not read, None when it was or when there is none.
    sources
        What is declared elsewhere, with paths that hold from the working folder; `git` and `tickets` as settled.
    since
        How far back history is read; retention bounds it further.
    local
        Whether this machine is collected.
    warnings
        What was set aside, a sentence each.
    """

    prometheus: Server | None = None
    alertmanager: Server | None = None
    agents: tuple[str, ...] = ()
    agents_access: Access = field(default_factory=Access, repr=False)
    context: ContextFile | None = None
    refused: UntrustedFileError | None = None
    sources: Sources = field(default_factory=Sources)
    since: dt.timedelta = SINCE
    local: bool = True
    rubric: Path | None = None
    scheduler: str | None = None
    names: bool = False
    out: Path | None = None
    format: str = "text"
    exit_code: bool = False
    warnings: tuple[Message, ...] = ()


def resolve(
    flags: Mapping[str, Any],
    environ: Mapping[str, str],
    *,
    folder: Path,
    today: dt.date,
    known_checks: Collection[str] = (),
) -> Config:
    """Return the settings of a run.

    Parameters
    ----------
    flags
        Parameters of the command by name (``no_local``, not ``--no-local``); None, False and () mean "not given".
    folder
        The working folder, where a context file may be found.
    today, known_checks
        As in `read_context`.

    Raises
    ------
    UsageError
        When a value cannot be understood, or the context file cannot be read.
    """
    given = gather(flags, environ)
    context, refused = _context(given, folder, today, known_checks)
    declared = context.context if context is not None else None
    servers = {
        name: _server(name, given.get(name), getattr(declared, name) if declared else None, context)
        for name in ("prometheus", "alertmanager")
    }
    agents, access = _agents(given.get("agents"), declared.agents if declared else None, context)
    return Config(
        prometheus=servers["prometheus"],
        alertmanager=servers["alertmanager"],
        agents=agents,
        agents_access=access,
        context=context,
        refused=refused,
        sources=_sources(given, context),
        since=as_duration(given["since"]) if "since" in given else SINCE,
        local=not as_flag(given.get("no_local")),
        rubric=_path(given.get("rubric")),
        scheduler=as_scheduler(given["scheduler"]) if "scheduler" in given else None,
        names=as_flag(given.get("names")),
        out=_path(given.get("out")),
        format=as_format(given["format"]) if "format" in given else "text",
        exit_code=as_flag(given.get("exit_code")),
        warnings=(
            *(context.warnings if context is not None else ()),
            *suspicious(environ),
            *_kept_credentials(servers, context),
        ),
    )


def _context(
    given: Mapping[str, Given], folder: Path, today: dt.date, known_checks: Collection[str]
) -> tuple[ContextFile | None, UntrustedFileError | None]:
    if (named := _path(given.get("context"))) is not None:
        return read_context(named, today=today, known_checks=known_checks), None
    found = folder / CONTEXT_NAME
    if not found.is_symlink() and not found.exists():
        return None, None
    shown = Path(CONTEXT_NAME) if folder == Path.cwd() else found
    try:
        return read_context(shown, today=today, found=True, known_checks=known_checks), None
    except UntrustedFileError as error:
        return None, error


def _server(name: str, given: Given | None, declared: Endpoint | None, context: ContextFile | None) -> Server | None:
    """Return a server; its way in comes from the context file, and only when the file names the very same server."""
    if given is not None:
        address = parse_address(str(given.value), given.source)
        same = declared is not None and parse_address(declared.url).origin == address.origin
        return Server(url=address.url, access=_access(declared if same else None, context), given_by=given.source)
    if declared is None or context is None:
        return None
    where = f"{context.declared.file}: {name}.url"
    return Server(url=parse_address(declared.url, where).url, access=_access(declared, context), given_by=where)


def _access(declared: Endpoint | Agents | None, context: ContextFile | None) -> Access:
    if declared is None or context is None:
        return Access()
    return Access(declared.http_config, context.folder)


def _kept_credentials(servers: Mapping[str, Server | None], context: ContextFile | None) -> list[Message]:
    """Return a sentence for each server that could not be given the credentials of another one."""
    template = N_("{given}: {url} is not the {name} of {file}: its http_config is not used")
    kept = []
    for name, server in servers.items():
        declared = getattr(context.context, name) if context is not None else None
        if server and context and declared and declared.http_config and server.access.config is None:
            where = context.declared.file
            kept.append(message(template, given=server.given_by, url=server.url, name=name, file=where))
    return kept


def _agents(
    given: Given | None, declared: Agents | None, context: ContextFile | None
) -> tuple[tuple[str, ...], Access]:
    """Return where agents are, and the way in when the context file names them all, or gives it without naming any."""
    listed: tuple[str, ...] = ()
    if declared is not None and context is not None:
        job = (f"job:{declared.prometheus_job}",) if declared.prometheus_job else ()
        listed = (*declared.urls, *(str(context.folder / each) for each in declared.file_sd), *job)
    if given is None:
        return listed, _access(declared, context)
    asked = as_texts(given)
    for each in asked:
        if "://" in each:
            parse_address(each, given.source)
    return asked, _access(declared if set(asked) <= set(listed) or not listed else None, context)


def _sources(given: Mapping[str, Given], context: ContextFile | None) -> Sources:
    declared = anchored(context) if context is not None else Sources()
    chosen: dict[str, Any] = {}
    if "git" in given:
        known = {Path(each.path).resolve(): each for each in declared.git}
        paths = as_texts(given["git"])
        chosen["git"] = tuple(known.get(Path(each).resolve(), GitSource(path=each)) for each in paths)
    if "tickets" in given:
        files = {Path(each.file).resolve(): each for each in declared.tickets}
        paths = as_texts(given["tickets"])
        chosen["tickets"] = tuple(files.get(Path(each).resolve(), TicketFile(file=each)) for each in paths)
    return replace(declared, **chosen)


def _path(given: Given | None) -> Path | None:
    return None if given is None else Path(str(given.value))
