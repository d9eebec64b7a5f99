"""Names of scripts, modules and applications: what tells a program apart when its file is called ``main``."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set: a table that reads like a sentence."""
    return frozenset(text.split())


_EXTENSIONS = re.compile(
    r"\.(?:py|pyc|pyw|pyz|pex|js|mjs|cjs|ts|rb|ru|pl|pm|php|phar|sh|bash|zsh|ksh|lua|tcl|r|jar|war|dll|exe)$",
    re.IGNORECASE,
)

_GENERIC = words(
    "__init__ __main__ app application artisan asgi boot bootstrap cli console daemon index launcher loader main manage"
    " master program rails run server start startup worker wsgi www"
)
"""Names that thousands of programs share: the folder, or the package, says more."""

_GENERIC_FOLDERS = _GENERIC | words(
    "apps bin build code current dist dist-packages env etc html htdocs lib lib64 libexec libs local node_modules opt"
    " out public release releases root sbin script scripts share site-packages src srv target tmp usr var venv .venv"
)

_APP_RUNNERS = words(
    "celery daphne dramatiq fastapi flask granian gunicorn hypercorn rq streamlit uvicorn uwsgi waitress waitress-serve"
)
"""Servers that run somebody's module: the module is the service."""

_PROJECT_RUNNERS = words(
    "artisan bundle next next-server npm npx nuxt pnpm puma rackup rails sidekiq thin unicorn vite yarn"
)
"""Servers that run the project of the current folder."""

_APP_OPTIONS: Mapping[str, frozenset[str]] = {
    "celery": frozenset(["-A", "--app"]),
    "flask": frozenset(["-A", "--app"]),
    "uwsgi": frozenset(["-w", "--module", "--wsgi-file", "--ini"]),
}
"""Options that name the application; elsewhere it is the argument shaped like ``module:object``."""

_SUBCOMMANDS = frozenset(["beat", "dev", "flower", "master", "run", "serve", "start", "worker"])
_FLAGS = frozenset(["-D", "-R", "--daemon", "--debug", "--enable-stdio-inheritance", "--preload", "--reload"])
_BIND_OPTIONS = frozenset(["-b", "--bind", "--host", "-k", "-h"])
_OBJECT = re.compile(r"([A-Za-z_][\w.]*):[A-Za-z_][\w.]*(?:\(.*\))?")
_MODULE = re.compile(r"[A-Za-z_][\w.]*")


def script_name(path: str, arguments: Sequence[str] = (), folder: str = "") -> str:
    """Return the name of a script: its stem, or what it runs, or its folder when the stem says nothing.

    Parameters
    ----------
    path
        As given on the command line.
    arguments
        What follows it there.
    folder
        The current folder of the process, empty when unknown.
    """
    stem = _EXTENSIONS.sub("", posixpath.basename(path.rstrip("/")))
    if stem in _APP_RUNNERS:
        return runner_name(stem, arguments, folder)
    if stem in _PROJECT_RUNNERS:
        return folder_name(folder) or stem
    if stem.lower() in _GENERIC:
        return folder_name(posixpath.dirname(posixpath.join(folder, path))) or stem
    return stem


def module_name(module: str, arguments: Sequence[str] = (), folder: str = "") -> str:
    """Return the name of ``python -m module``, without a last part such as ``__main__`` that says nothing."""
    if module in _APP_RUNNERS:
        return runner_name(module, arguments, folder)
    head, _, last = module.rpartition(".")
    return head if head and last in _GENERIC - {"server"} else module


def runner_name(runner: str, arguments: Sequence[str], folder: str = "") -> str:
    """Return the application that a server such as gunicorn runs, the server's own name when it cannot be told."""
    target = _target(arguments, _APP_OPTIONS.get(runner, frozenset()))
    if target is None:
        return runner
    if _EXTENSIONS.search(target) or "/" in target or target.endswith(".ini"):
        return script_name(target.removesuffix(".ini"), (), folder)
    return application_name(target, folder) or runner


def application_name(target: str, folder: str = "") -> str:
    """Return the name in ``package.module:object``; empty when every part of it says nothing and no folder helps."""
    parts = [each for each in target.split(":", 1)[0].split(".") if each]
    while parts and parts[-1].lower() in _GENERIC:
        parts.pop()
    return ".".join(parts) or folder_name(folder)


def folder_name(folder: str) -> str:
    """Return the nearest folder name that says something, empty when none does. A person's home is no name."""
    parts = [each for each in posixpath.normpath(folder or "/").split("/") if each]
    while parts:
        if len(parts) == 2 and parts[0] == "home":  # noqa: PLR2004 - /home/somebody
            return ""
        if parts[-1].lower() not in _GENERIC_FOLDERS | {"home", ".", ".."} and not _looks_like_version(parts[-1]):
            return parts[-1]
        parts.pop()
    return ""


def archive_name(path: str) -> str:
    """Return the name of a Java archive without its version: ``/srv/app-1.4.2-SNAPSHOT.jar`` is ``app``."""
    stem = _EXTENSIONS.sub("", posixpath.basename(path))
    return re.sub(r"[-_]v?\d+(?:\.\d+)+.*$|[-_]v?\d+$|-SNAPSHOT$", "", stem) or stem


def class_name(qualified: str) -> str:
    """Return the last part of a class name that says something: ``com.dupont.facturation.Main`` is ``facturation``."""
    parts = [each for each in re.split(r"[./]", qualified) if each]
    return next((each for each in reversed(parts) if each.lower() not in _GENERIC), parts[-1] if parts else "")


def titled_application(runner: str, title: str, folder: str = "") -> str:
    """Return what a server writes in its title: ``gunicorn: master [facturation.wsgi]`` gives ``facturation``."""
    if runner not in _APP_RUNNERS | _PROJECT_RUNNERS:
        return ""
    match = re.search(r"\[([A-Za-z_][\w.:-]*)\]", title)
    return (application_name(match[1]) if match else "") or folder_name(folder)


def _target(arguments: Sequence[str], options: frozenset[str]) -> str | None:
    before = ["", *arguments]
    pairs = list(zip(before, arguments, strict=False))
    for previous, each in pairs:
        if previous in options and each:
            return each
        option, _, value = each.partition("=")
        if option in options and value:
            return value
    for previous, each in pairs:
        if previous not in _BIND_OPTIONS and _OBJECT.fullmatch(each):
            return each
    for previous, each in pairs:
        positional = not previous.startswith("-") or "=" in previous or previous in _FLAGS
        if positional and each not in _SUBCOMMANDS and (_MODULE.fullmatch(each) or _EXTENSIONS.search(each)):
            return each
    return None


def _looks_like_version(name: str) -> bool:
    return re.fullmatch(r"v?\d[\d._-]*", name) is not None
