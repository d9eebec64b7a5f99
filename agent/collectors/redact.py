"""Command lines without their secrets: what looks like one is replaced before anything is kept."""

from __future__ import annotations

import re

HIDDEN = "***"

LONGEST_COMMAND = 400
"""What is kept of a command: enough to recognise it."""

_LONGEST_READ = 5 * LONGEST_COMMAND

_SENSITIVE = (
    r"(?:pass(?:word|wd|phrase|code)?|pwd|pw|secret|token|credentials?|api[_-]?key|access[_-]?key|account[_-]?key"
    r"|auth(?:orization)?(?:[_-]?key)?|private[_-]?key|encryption[_-]?key|secret[_-]?key|app[_-]?key|sas|signature|sig"
    r"|session[_-]?id|community|webhook|key)"
)
_NAME = rf"(?:[A-Za-z0-9]{{1,40}}[_.-]){{0,8}}(?:[A-Za-z0-9]{{0,40}}{_SENSITIVE})(?:[_-]?(?:id|key|value|[0-9]+))?"
_POINTER = r"(?:[_-]?(?:file|path|dir|fd|command|cmd|env|store|manager))"
"""`PASSWORD_FILE=/etc/x` says where a secret is, not what it is."""

_QUOTED = r"\"(?:\\.|[^\"\\])*\"?|'[^']*'?"
_BARE = r"(?:\\.|[^\s\"'\\;|])+"
_WORD = rf"(?:{_QUOTED}|{_BARE})+"

_LETTER_OPTIONS: tuple[tuple[str, str], ...] = (
    (r"mysql\w*|mariadb[\w-]*|mydumper|xtrabackup|innobackupex|7z[ar]?|(?:un)?rar", r"-p"),
    (r"sshpass|mongo\w*|ipmitool|(?:un)?zip|docker\s+login|podman\s+login|az", r"-[pP]\s*"),
    (r"ldap\w+", r"-w\s*"),
    (r"redis-cli|valkey-cli", r"-a\s*"),
    (r"sqlcmd|isql|bcp", r"-P\s*"),
    (r"snmp\w+", r"-[cAX]\s*"),
    (r"openssl", r"-[kK]\s+"),
    (r"htpasswd", r"-[a-zA-Z]*b[a-zA-Z]*\s+\S+\s+\S+\s+"),
)
"""(programs, option): a letter that announces a secret in those programs only."""

_Rule = tuple[re.Pattern[str], str]


def _keep(pattern: str, secret: str = _WORD, flags: re.RegexFlag = re.IGNORECASE) -> _Rule:
    """Return a rule that keeps what `pattern` matches and hides the secret after it."""
    return re.compile(rf"(?P<keep>{pattern}){secret}", flags), rf"\g<keep>{HIDDEN}"


def _hide(pattern: str) -> _Rule:
    return re.compile(pattern, re.DOTALL), HIDDEN


_LETTER_RULES = tuple(
    (re.compile(rf"\b(?:{programs})\b"), _keep(rf"\s{option}(?!-)")) for programs, option in _LETTER_OPTIONS
)

_RULES: tuple[_Rule, ...] = (
    _hide(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)"),
    _keep(r"\b[a-z][\w+.-]{0,15}://[^\s/:@'\"]*:", r"[^\s/'\"]*(?=@)"),
    _keep(r"\b[a-z][\w+.-]{0,15}://", r"[^\s/:@'\"]{16,}(?=@)"),
    _keep(r"https://hooks\.slack\.com/services/", r"[^\s'\"]+"),
    _keep(r"/bot", r"\d+:[\w-]+"),
    _keep(r"https?://[^\s'\"]*/", r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}"),
    _keep(r"\b(?:proxy-)?(?:authorization|x-[\w-]{0,30}(?:token|key|auth|secret)[\w-]{0,30})\s*:\s*", r"[^'\"\n]+"),
    _keep(r"\b(?:bearer|basic|token)\s+", r"[\w.~+/=-]{8,}"),
    _keep(r"(?<!\S)(?:pass|env):"),
    _keep(rf"(?<![\w/])-{{0,2}}{_NAME}(?!{_POINTER})\s*:?=\s*"),
    _keep(rf"[\"']{_NAME}[\"']\s*:\s*", rf"(?:{_QUOTED}|[\w.+-]+)"),
    _keep(rf"(?<!\S)--?{_NAME}\s+"),
    _keep(r"(?<!\S)(?:-u|--user|--proxy-user)[\s=]*[\w.@\\/-]+[:%,]"),
    _keep(r"\b(?:echo|printf)\s+", r"[^|;&]*[^|;&\s](?=\s*\|)"),
    _keep(r"<<<\s*"),
    _keep(r"\bsqlplus\s+(?:-\w+\s+)*[\w$#]+/", r"[^\s@]+"),
    _hide(r"\b(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{12,}\b"),
    _hide(r"\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|hvs\.|sk-|dop_v1_|npm_|pypi-)[\w-]{8,}"),
    _hide(r"\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?"),
    _hide(r"(?<![\w/.-])(?=[\w+=-]*\d)(?=[\w+=-]*[A-Za-z])[A-Za-z0-9+_=-]{32,}(?![\w/.])"),
)
"""Applied in this order; each keeps what tells which program runs and where."""


def redact(command: str) -> str:
    """Return a command on one line, its secrets replaced by ``***``, cut to a readable length.

    Hiding too much is harmless, too little is not: a long word of letters and digits is taken for a key.
    """
    text = " ".join(command[:_LONGEST_READ].split())
    for program, rule in _LETTER_RULES:
        if program.search(text):
            text = rule[0].sub(rule[1], text)
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text if len(text) <= LONGEST_COMMAND else f"{text[:LONGEST_COMMAND]}..."
