"""Values that flags and variables give, and what they must look like."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit

from agent.errors import UsageError
from analyzers.model.message import N_, Message, message

FORMATS = ("text", "json", "markdown", "html", "metrics")
PREFIX = "PASENCORE_"

SETTINGS = (
    "prometheus",
    "alertmanager",
    "agents",
    "context",
    "git",
    "tickets",
    "since",
    "no_local",
    "rubric",
    "scheduler",
    "names",
    "out",
    "format",
    "exit_code",
)
"""What a flag or a variable may set."""

ELSEWHERE = ("lang", "state", "debug")
"""Variables that other modules read."""

LONGEST = dt.timedelta(days=3660)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}
_YES = frozenset({"1", "true", "yes", "on", "oui"})
_NO = frozenset({"0", "false", "no", "off", "non"})


@dataclass(frozen=True, slots=True)
class Given:
    """A value, and what gave it, as the user knows it: ``--since``, ``PASENCORE_SINCE``."""

    value: Any
    source: str


def gather(flags: Mapping[str, Any], environ: Mapping[str, str]) -> dict[str, Given]:
    """Return what is set, from the flag first, else from the variable; an empty variable sets nothing."""
    given = {}
    for name in SETTINGS:
        flag, variable = flags.get(name), f"{PREFIX}{name.upper()}"
        if flag not in (None, False, (), ""):
            given[name] = Given(flag, f"--{name.replace('_', '-')}")
        elif environ.get(variable, "").strip():
            given[name] = Given(environ[variable].strip(), variable)
    return given


def suspicious(environ: Mapping[str, str]) -> list[Message]:
    """Return a sentence for each variable that sets nothing and looks like one that would."""
    known = [f"{PREFIX}{each.upper()}" for each in (*SETTINGS, *ELSEWHERE)]
    template = N_("{variable} sets nothing; did you mean {nearest}?")
    return [
        message(template, variable=variable, nearest=nearest[0])
        for variable in sorted(environ)
        if variable.startswith(PREFIX) and variable not in known
        if (nearest := get_close_matches(variable, known, 1, cutoff=0.9))
    ]


def as_texts(given: Given) -> tuple[str, ...]:
    """Return several values: a flag that is repeated, a variable whose values are separated by commas."""
    if isinstance(given.value, str):
        return tuple(each.strip() for each in given.value.split(",") if each.strip())
    return tuple(str(each) for each in given.value)


def as_flag(given: Given | None) -> bool:
    """Return whether something is asked for; not given means no."""
    if given is None or isinstance(given.value, bool):
        return given is not None and given.value is True
    word = str(given.value).lower()
    if word not in _YES | _NO:
        raise _refused(given, N_("expected yes or no, got {found}"))
    return word in _YES


def as_duration(given: Given) -> dt.timedelta:
    """Return a duration such as ``28d``, ``12h`` or ``1w2d``, as Prometheus writes them."""
    text = str(given.value)
    if not re.fullmatch(r"(?:[0-9]{1,9}[smhdwy])+", text):
        raise _refused(given, N_("expected a duration such as 28d, 12h or 1w, got {found}"))
    seconds = sum(int(number) * _SECONDS[unit] for number, unit in re.findall(r"([0-9]+)([smhdwy])", text))
    if not 0 < seconds <= LONGEST.total_seconds():
        raise _refused(given, N_("expected a duration between 1s and 10y, got {found}"))
    return dt.timedelta(seconds=seconds)


def as_format(given: Given) -> str:
    """Return the name of an output format."""
    if given.value not in FORMATS:
        raise _refused(given, N_("expected one of {words}; got {found}"), words=", ".join(FORMATS))
    return str(given.value)


def as_scheduler(given: Given) -> str:
    """Return the address of a scheduler of tasks, ``tcp://HOST:PORT`` or ``tls://HOST:PORT``."""
    text = str(given.value)
    try:
        parts = urlsplit(text)
        right = parts.scheme in {"tcp", "tls"} and bool(parts.hostname) and parts.port is not None and "@" not in text
    except ValueError:
        right = False
    if not right:
        raise _refused(given, N_("expected tcp://HOST:PORT, got {found}"))
    return text


def _refused(given: Given, template: str, **parameters: str) -> UsageError:
    # What stands before an @ may be a password.
    found = repr(str(given.value).rsplit("@", 1)[-1][:80])
    return UsageError(message(template, found=found, **parameters), given.source)
