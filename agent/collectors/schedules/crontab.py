"""The language of crontabs (crontab(5), Vixie and its heirs) and of anacrontabs."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FIELD = r"-?[\d*][\w*/,~#-]*|[A-Za-z]{3}[\w,-]*"
_ENTRY = re.compile(rf"(?P<schedule>-?@\w+|(?:(?:{_FIELD})\s+){{4}}(?:{_FIELD}))\s+(?P<rest>\S.*)")
_SETTING = re.compile(r"""["']?[A-Za-z_]\w*["']?\s*=""")
_ANACRON = re.compile(r"(?P<period>\d+|@\w+)\s+(?P<delay>\d+)\s+(?P<name>\S+)\s+(?P<command>\S.*)")
_STDIN = re.compile(r"(?<!\\)%")
_FOLDER_RUN = re.compile(r"\brun-parts\b.*\s/etc/cron\.(?:hourly|daily|weekly|monthly|yearly)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line that starts something. `name` is set where the language names its jobs (anacron)."""

    schedule: str
    command: str
    user: str = ""
    name: str = ""


def parse_crontab(text: str, *, with_user: bool) -> tuple[Entry, ...]:
    """Return the entries of a crontab; settings, comments and lines that are neither are left out.

    Parameters
    ----------
    with_user
        The sixth word is an account: so in /etc/crontab and /etc/cron.d.
    """
    found = []
    for line in text.splitlines():
        stripped = line.strip()
        match = None if stripped.startswith("#") or _SETTING.match(stripped) else _ENTRY.fullmatch(stripped)
        if match is None:
            continue
        words = match["rest"].split(None, 1) if with_user else ["", match["rest"]]
        if len(words) == 2:  # noqa: PLR2004 - the account, the command
            schedule = " ".join(match["schedule"].removeprefix("-").split())
            found.append(Entry(schedule=schedule, user=words[0], command=_command(words[1])))
    return tuple(found)


def parse_anacrontab(text: str) -> tuple[Entry, ...]:
    """Return the entries of an anacrontab; the schedule is its period, in days when it is a number."""
    found = []
    for line in text.splitlines():
        stripped = line.strip()
        match = None if stripped.startswith("#") or _SETTING.match(stripped) else _ANACRON.fullmatch(stripped)
        if match is not None:
            period = match["period"] if match["period"].startswith("@") else f"every {match['period']} days"
            found.append(Entry(schedule=period, user="root", name=match["name"], command=match["command"]))
    return tuple(found)


def runs_a_folder(entry: Entry) -> bool:
    """Tell whether an entry only starts the files of /etc/cron.daily and its like, which are jobs of their own."""
    return _FOLDER_RUN.search(entry.command) is not None


def _command(text: str) -> str:
    """Return the command without what it is fed on standard input, after the first bare ``%``."""
    return _STDIN.split(text, maxsplit=1)[0].replace(r"\%", "%").strip()
