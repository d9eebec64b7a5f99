"""Who may act as root or as another: sudoers with its includes and aliases, and doas.conf."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from agent.collectors import strict
from agent.collectors.machine import Machine
from analyzers.model.facts import SudoRule

_FILE = "/etc/sudoers"
_MOST_FILES = 200
"""Files that include each other twice would be read for ever."""

_MOST_EXPANSIONS = 1000

_INCLUDE = re.compile(r'[@#]include(?P<folder>dir)?\s+(?:"(?P<quoted>[^"]+)"|(?P<bare>(?:\\.|\S)+))\s*')
_ALIAS = re.compile(r"(?P<kind>User|Runas|Host|Cmnd|Cmd)_Alias\s+(?P<definitions>.+)")
_DEFAULTS = re.compile(r"Defaults(?:[@:!>]\S*)?(?:\s|$)")
_TAG = re.compile(r"\b(?P<tag>(?:NO)?(?:PASSWD|EXEC|SETENV|LOG_INPUT|LOG_OUTPUT|MAIL|FOLLOW|INTERCEPT))\s*:\s*")
_OPTION = re.compile(r"(?:ROLE|TYPE|CWD|CHROOT|TIMEOUT|NOTBEFORE|NOTAFTER|PRIVS|LIMITPRIVS|APPARMOR_PROFILE)=\S+\s+")
_RUNAS = re.compile(r"\((?P<who>[^)]*)\)\s*")
_DIGEST = re.compile(r"\bsha(?:224|256|384|512)\s*:\s*\S+\s+")
_NO_SEPARATOR = re.compile(rf'"[^"]*"|\([^)]*\)|\\.|{_TAG.pattern}|\bsha\d+\s*:')
"""Where a comma or a colon does not separate."""
_IO_LOG = re.compile(r"\blog_(?:in|out)put\b|\blog_subcmds\b")


@dataclass(slots=True)
class Sudoers:
    """What the lines of sudoers say, before aliases are resolved."""

    aliases: dict[str, dict[str, list[str]]] = field(
        default_factory=lambda: {"user": {}, "host": {}, "cmnd": {}, "runas": {}}
    )
    specifications: list[str] = field(default_factory=list)
    logs_sessions: bool = False
    files: int = 0


def read(machine: Machine) -> Sudoers | None:
    """Return the sudoers of the host, includes followed; None when a part of them may not be read."""
    sudoers = Sudoers()
    try:
        _read_file(machine, _FILE, sudoers)
    except strict.RefusedError:
        return None
    return sudoers


def rules(machine: Machine) -> tuple[SudoRule, ...] | None:
    """Return who may act as another; None when sudoers or doas.conf may not be read, empty when there is neither."""
    sudoers = read(machine)
    try:
        doas = strict.read(machine, "/etc/doas.conf")
    except strict.RefusedError:
        return None
    if sudoers is None:
        return None
    host = (machine.read("/etc/hostname") or "").strip()
    return (*resolve(sudoers, host), *parse_doas(doas or ""))


def _read_file(machine: Machine, name: str, sudoers: Sudoers) -> None:
    sudoers.files += 1
    for line in logical_lines(strict.read(machine, name) or ""):
        found = _INCLUDE.fullmatch(line)
        if found is None:
            take(sudoers, line)
        else:
            path = posixpath.join("/etc", re.sub(r"\\(.)", r"\1", found["quoted"] or found["bare"]))
            for included in _folder(machine, path) if found["folder"] else [path]:
                if sudoers.files < _MOST_FILES:
                    _read_file(machine, included, sudoers)


def _folder(machine: Machine, folder: str) -> list[str]:
    """Return the files that includedir reads: no dot in the name, no tilde at its end (sudoers(5))."""
    return [f"{folder}/{name}" for name in strict.names(machine, folder) if "." not in name and not name.endswith("~")]


def logical_lines(text: str) -> Iterator[str]:
    """Yield the lines of sudoers, continued ones joined, without comments; ``#include`` and ``#1000`` are none."""
    for line in re.sub(r"\\\n", " ", text).splitlines():
        kept = line.strip() if _INCLUDE.fullmatch(line.strip()) else re.sub(r"(?:^|(?<=\s))#(?!\d).*", "", line).strip()
        if kept:
            yield kept


def take(sudoers: Sudoers, line: str) -> None:
    """Record one logical line; one that is neither an alias, a default nor a rule is left out."""
    if (alias := _ALIAS.fullmatch(line)) is not None:
        kind = alias["kind"].lower().replace("cmd", "cmnd")
        for definition in split(alias["definitions"], ":"):
            name, _, members = definition.partition("=")
            sudoers.aliases[kind][name.strip()] = split(members, ",")
    elif _DEFAULTS.match(line):
        sudoers.logs_sessions = sudoers.logs_sessions or bool(_IO_LOG.search(line) and "!log_" not in line)
    elif "=" in line:
        sudoers.specifications.append(line)


def resolve(sudoers: Sudoers, host: str) -> Iterator[SudoRule]:
    """Yield one rule per user and kind of authentication, for the rules that count on this host.

    Commands keep their path and lose their arguments, which may hold secrets; ``ALL`` and ``!`` stay. One that cannot
    run as root says as whom: ``(postgres) ALL``.
    """
    for line in sudoers.specifications:
        who, _, rest = _users(line)
        users = _expand(split(who, ","), sudoers.aliases["user"])
        for clause in split(rest, ":"):
            hosts, _, commands = clause.partition("=")
            if not _counts_here(_expand(split(hosts, ","), sudoers.aliases["host"]), host):
                continue
            for no_password, names in _commands(commands, sudoers.aliases):
                for user in users:
                    if not user.startswith("!") and (plain := user.strip('"')):
                        yield SudoRule(who=plain, commands=", ".join(names), no_password=no_password)


def _users(line: str) -> tuple[str, str, str]:
    """Split a rule after its list of users: the first space that does not follow a comma or a backslash."""
    head, _, tail = line.partition("=")
    found = re.match(r'((?:"[^"]*"|\\.|\s*,\s*|!\s*|[^\s,!"\\])+)\s+(.*)', head)
    return (found[1], "", f"{found[2]}={tail}") if found else (head, "", f"ALL={tail}")


def _commands(text: str, aliases: dict[str, dict[str, list[str]]]) -> Iterator[tuple[bool, list[str]]]:
    """Yield commands in groups of whether a password is asked; a tag holds for the commands that follow it."""
    groups: dict[bool, list[str]] = {}
    no_password, target = False, ""
    for item in split(text, ","):
        command = item
        if (run_as := _RUNAS.match(command)) is not None:
            target = _other_than_root(run_as["who"], aliases["runas"])
            command = command[run_as.end() :]
        while (found := _OPTION.match(command) or _TAG.match(command)) is not None:
            if found.re is _TAG and found["tag"].endswith("PASSWD"):
                no_password = found["tag"] == "NOPASSWD"
            command = command[found.end() :]
        names = (_without_arguments(each) for each in _expand([_DIGEST.sub("", command)], aliases["cmnd"]))
        groups.setdefault(no_password, []).extend(f"{target}{name}" for name in names if name)
    yield from ((key, list(dict.fromkeys(names))) for key, names in groups.items() if names)


def _other_than_root(who: str, aliases: dict[str, list[str]]) -> str:
    """Return ``(who) `` when a command runs as others and never as root, empty when it may run as root."""
    users = _expand(split(who.partition(":")[0], ","), aliases)
    root = {"ALL", "root", "#0"}
    as_root = not who.strip() or (bool(root & set(users)) and not {f"!{each}" for each in root} & set(users))
    return "" if as_root else f"({' '.join(users) or who.strip()}) "


def _without_arguments(command: str) -> str:
    words = re.split(r"(?<!\\)\s+", command.strip(), maxsplit=1)
    return words[0]


def _expand(items: list[str], aliases: dict[str, list[str]]) -> list[str]:
    """Return items with aliases replaced by their members; an alias of itself ends there."""
    found: list[str] = []
    left = [(item, frozenset[str]()) for item in reversed(items)]
    for _ in range(_MOST_EXPANSIONS):
        if not left:
            break
        item, through = left.pop()
        negated = item.startswith("!")
        name = item.lstrip("!").strip()
        if name in aliases and name not in through:
            members = [f"!{each}" if negated else each for each in aliases[name]]
            left.extend((member, through | {name}) for member in reversed(members))
        elif name not in through:
            found.append(f"!{name}" if negated else name)
    return found


def _counts_here(hosts: list[str], host: str) -> bool:
    """Tell whether a rule may count on this host: only one that names other hosts surely does not."""
    plain = {name for name in hosts if re.fullmatch(r"[A-Za-z][\w.-]*", name)}
    if not host or len(plain) < len(hosts):
        return True
    return "ALL" in plain or any(name.partition(".")[0] == host.partition(".")[0] for name in plain)


def split(text: str, separator: str) -> list[str]:
    """Return the parts of a list; quotes, parentheses, escapes, tags (``NOPASSWD:``) and digests hold together."""
    masked = _NO_SEPARATOR.sub(lambda found: "\0" * len(found[0]), text)
    parts, start = [], 0
    for position, letter in enumerate(masked):
        if letter == separator:
            parts.append(text[start:position])
            start = position + 1
    return [part.strip() for part in [*parts, text[start:]] if part.strip()]


def parse_doas(text: str) -> Iterator[SudoRule]:
    """Yield the rules of doas.conf(5): ``permit nopass :wheel as root cmd /sbin/reboot``."""
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if words[:1] != ["permit"]:
            continue
        subject = re.sub(r"\s*setenv\s*\{[^}]*\}", "", " ".join(words[1:])).split()
        options = {"nopass", "nolog", "persist", "keepenv"}
        who = next((word for word in subject if word not in options), "")
        command = next(iter(_after(subject, "cmd")), "ALL")
        target = next(iter(_after(subject, "as")), "root")
        if who:
            yield SudoRule(
                who=f"%{who[1:]}" if who.startswith(":") else who,
                commands=command if target == "root" else f"({target}) {command}",
                no_password="nopass" in subject,
            )


def _after(words: list[str], word: str) -> list[str]:
    return words[words.index(word) + 1 :] if word in words else []
