"""What the SSH server allows: its own answer when it gives one, else its files read as it reads them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from agent.collectors import strict
from agent.collectors.machine import Machine
from agent.collectors.traces import attempt, program
from analyzers.model.facts import SshPolicy

_FOLDER = "/etc/ssh"
_FILE = "/etc/ssh/sshd_config"
_MOST_FILES = 200
"""Files that include each other twice would be read for ever."""

_DEFAULTS = {
    "permitrootlogin": ("prohibit-password",),
    "passwordauthentication": ("yes",),
    "authorizedkeysfile": (".ssh/authorized_keys", ".ssh/authorized_keys2"),
}
"""Of OpenSSH 7.0 and later (sshd_config(5))."""

_ACCUMULATE = frozenset(["allowusers", "allowgroups"])
_OF_INTEREST = frozenset([*_DEFAULTS, *_ACCUMULATE, "authorizedkeyscommand"])

_DIRECTIVE = re.compile(r"\s*(?P<keyword>[A-Za-z]\w*)(?:\s*=\s*|\s+)(?P<arguments>\S.*)")
_ARGUMENT = re.compile(r'"([^"]*)"|(\S+)')


@dataclass(slots=True)
class Settings:
    """Settings of a server, keywords in lower case.

    Attributes
    ----------
    values
        Arguments of each keyword: of its first line, or of all its lines when sshd adds them up.
    conditional
        What Match blocks set for some: ``keyword argument``.
    effective
        The server said it itself.
    blind
        A file that comes first could not be read: what a later one says may not be what counts.
    files
        How many files were read.
    """

    values: dict[str, tuple[str, ...]] = field(default_factory=dict)
    conditional: list[str] = field(default_factory=list)
    effective: bool = False
    blind: bool = False
    files: int = 0

    def get(self, keyword: str) -> tuple[str, ...]:
        """Return the arguments of a keyword, by default those of OpenSSH; none when it cannot be known."""
        return self.values.get(keyword) or (() if self.blind else _DEFAULTS.get(keyword, ()))

    def take(self, keyword: str, arguments: tuple[str, ...], *, everyone: bool) -> None:
        """Record one line: the first wins, and nothing counts after something that could not be read."""
        if keyword not in _OF_INTEREST or self.blind:
            return
        if not everyone:
            self.conditional.append(" ".join([keyword, *arguments]))
        elif keyword in _ACCUMULATE:
            self.values[keyword] = (*self.values.get(keyword, ()), *arguments)
        else:
            self.values.setdefault(keyword, arguments)


def present(machine: Machine) -> bool:
    """Tell whether an SSH server is installed."""
    return any(program(machine, name) for name in ("sshd", "dropbear"))


def read(machine: Machine) -> Settings | None:
    """Return the settings of the SSH server, None when it is not installed or nothing of them may be read."""
    if program(machine, "sshd") is None:
        if present(machine):
            machine.missed("what the SSH server dropbear allows: it is on its command line", "not_implemented")
        return None
    files = Settings()
    _read_file(machine, _FILE, files, everyone=True)
    said = attempt(machine, ["sshd", "-T"])
    if said is None:
        return None if files.blind and not files.values else files
    settings = Settings(effective=True, conditional=files.conditional)
    for keyword, arguments in directives(said):
        settings.take(keyword, arguments, everyone=True)
    return settings


def policy(settings: Settings) -> SshPolicy:
    """Return the part of the settings that is a fact of the host."""
    root = " ".join(settings.get("permitrootlogin")[:1]).lower()
    password = settings.get("passwordauthentication")
    return SshPolicy(
        permit_root_login="prohibit-password" if root == "without-password" else root,
        password_authentication=password[0].lower() == "yes" if password else None,
        allow_groups=settings.get("allowgroups"),
        allow_users=settings.get("allowusers"),
        effective=settings.effective,
        conditional=tuple(dict.fromkeys(settings.conditional)),
    )


def directives(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield keyword and arguments of each line of ``sshd_config`` or of ``sshd -T``."""
    for line in text.splitlines():
        found = _DIRECTIVE.match(line)
        if found is None:
            continue
        arguments = []
        for quoted, bare in _ARGUMENT.findall(found["arguments"]):
            if bare.startswith("#"):
                break
            arguments.append(quoted or bare)
        if arguments:
            yield found["keyword"].lower(), tuple(arguments)


def _read_file(machine: Machine, name: str, settings: Settings, *, everyone: bool) -> None:
    settings.files += 1
    try:
        text = strict.read(machine, name)
    except strict.RefusedError:
        settings.blind = True
        return
    for keyword, arguments in directives(text or ""):
        if keyword == "match":
            everyone = [each.lower() for each in arguments] == ["all"]
        elif keyword == "include":
            for included in _included(machine, arguments, settings):
                # A Match block of an included file ends with that file.
                if settings.files < _MOST_FILES:
                    _read_file(machine, included, settings, everyone=everyone)
        else:
            settings.take(keyword, arguments, everyone=everyone)


def _included(machine: Machine, patterns: tuple[str, ...], settings: Settings) -> tuple[str, ...]:
    try:
        return tuple(name for pattern in patterns for name in strict.expand(machine, posixpath.join(_FOLDER, pattern)))
    except strict.RefusedError:
        settings.blind = True
        return ()
