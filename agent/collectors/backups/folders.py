"""Which folders a tool backs up, from its commands and its configuration."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from agent.collectors.backups.tools import Tool

_TAKES_FOLDERS = frozenset(["restic", "borg", "kopia", "duplicity", "rsync", "rclone", "proxmox-backup-client"])

_VALUED = frozenset(
    """
    -r --repo --repository-file --repo2 --exclude --iexclude --exclude-file --exclude-from --exclude-if-present -e
    --files-from --files-from-verbatim --include --include-from --password-file -p --cacert --cache-dir --target --tag
    --host -H --limit-upload --pattern --patterns-from -C --compression --prefix --comment --log-file --config -c --rsh
    --link-dest --compare-dest --copy-dest --backup-dir --temp-dir --bwlimit --partial-dir --archive-dir --tempdir
    --encrypt-key --sign-key --gpg-options --name --files-cache --remote-path --upload-limit --keyfile --crypt-mode
    """.split()  # noqa: SIM905 - a list of options reads better as words
)
"""Options whose value, which may be a path, is not what is backed up."""

_LISTED = re.compile(
    r"(?:source_directories|source)[ \t]*[:=][ \t]*(?P<inline>\[[^\]]*\])?(?P<block>(?:\s*\n[ \t]*-[ \t]+[^\n]+)*)"
)
_RSNAPSHOT = re.compile(r"^backup\t+(/[^\t\n]*)", re.MULTILINE)
_PATH = re.compile(r"""(?<![\w/.])/[^\s"',\]]*""")
_WORD = re.compile(r"""(?:"[^"]*"|'[^']*'|[^\s"'])+""")


def folders(tool: Tool, commands: Iterable[str], settings: Iterable[str]) -> tuple[str, ...]:
    """Return the absolute folders that are named as sources; those that a variable holds cannot be known."""
    found = [*_of_commands(tool, commands), *(name for text in settings for name in _of_settings(text))]
    return tuple(dict.fromkeys(name.rstrip("/") or "/" for name in found))


def _of_commands(tool: Tool, commands: Iterable[str]) -> Iterator[str]:
    if tool.name not in _TAKES_FOLDERS:
        return
    for text in commands:
        for found in re.finditer(rf"(?:{tool.backup})[^\n|;&]*", text.replace("\\\n", " ")):
            operands = list(_operands(found[0]))
            # These copy their last operand from the others.
            sources = operands[:-1] if tool.name in {"rsync", "rclone", "duplicity"} else operands
            yield from (each for each in sources if each.startswith("/") and not set(each) & set(":$*{`"))


def _operands(command: str) -> Iterator[str]:
    words = iter(_WORD.findall(command))
    for word in words:
        bare = word.strip("\"'")
        if bare in {">", ">>", "2>", "<"} or bare in _VALUED:
            next(words, None)
        elif not bare.startswith(("-", ">", "2>", "&>")):
            # proxmox-backup-client names what it stores: etc.pxar:/etc
            yield re.sub(r"^[\w-]+\.(?:pxar|img|conf|log):(?=/)", "", bare)


def _of_settings(text: str) -> Iterator[str]:
    for listed in _LISTED.finditer(text):
        yield from _PATH.findall(f"{listed['inline'] or ''} {listed['block']}")
    yield from _RSNAPSHOT.findall(text)
