"""Who may enter this host, and who may act as root on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from agent.collectors.access import accounts, keys, records, remote, sessions, sshd, sudo
from agent.collectors.grants import READ_FILES
from agent.collectors.machine import Collector, Machine
from agent.collectors.times import local_zone
from analyzers.model.facts import Access, Account, AuthorizedKey
from analyzers.model.reasons import Reason

_KEY_FILES = (".ssh/authorized_keys", ".ssh/authorized_keys2")


def collect(machine: Machine) -> Access:
    """Return accounts, rules of sudo and of sshd, keys, and the days on which accounts were entered.

    A part that may not be read is None, and recorded with the command that grants it.
    """
    entries = accounts.read(machine)
    settings = sshd.read(machine)
    stays = _stays(machine)
    zone = local_zone(machine)
    found = _keys(machine, entries or (), settings)
    logins = sessions.last_logins(machine, {each.name: each.uid for each in entries or ()}, zone)
    all_sessions = None if stays is None else sessions.by_day(stays, zone)
    if entries is None:
        machine.missed("/etc/passwd: no account can be read", "unreadable")
    return Access(
        accounts=None if entries is None else tuple(_account(each, found, stays, logins, zone) for each in entries),
        sudo_rules=sudo.rules(machine),
        sshd=sshd.policy(settings) if settings else None,
        sshd_present=sshd.present(machine),
        authorized_keys=None if entries is None else _all_keys(found),
        sessions=all_sessions,
        remote_access_tools=remote.tools(machine),
    )


def _stays(machine: Machine) -> tuple[sessions.Stay, ...] | None:
    found = records.read(machine, machine.clock() - sessions.WINDOW)
    return None if found is None else sessions.stays(found, machine)


Keys = dict[str, tuple[AuthorizedKey, ...] | Reason]
"""Keys by account, or why they cannot be read."""


def _keys(machine: Machine, entries: Sequence[accounts.Entry], settings: sshd.Settings | None) -> Keys:
    """Return the keys of each account that gives a prompt."""
    patterns = (settings.get("authorizedkeysfile") if settings else ()) or _KEY_FILES
    if settings and settings.get("authorizedkeyscommand")[:1] not in {(), ("none",)}:
        machine.missed("keys that AuthorizedKeysCommand gives beside authorized_keys", "no_source")
    found: Keys = {each.name: keys.of_account(machine, each, patterns) for each in entries if each.interactive}
    refused = [each for each in found.values() if isinstance(each, str)]
    if refused:
        machine.missed(f"authorized_keys, accounts refused: {len(refused)}", refused[0], READ_FILES)
    return found


def _all_keys(found: Keys) -> tuple[AuthorizedKey, ...] | None:
    """Return every key that was read; None when no account let its keys be read."""
    readable = [each for each in found.values() if not isinstance(each, str)]
    return None if found and not readable else tuple(key for each in readable for key in each)


def _account(
    entry: accounts.Entry,
    found: Keys,
    stays: Sequence[sessions.Stay] | None,
    logins: dict[str, dt.date],
    zone: dt.tzinfo,
) -> Account:
    own = [each for each in stays or () if each.account == entry.name]
    days = {each.starts.astimezone(zone).date() for each in own}
    known = found.get(entry.name)
    return Account(
        name=entry.name,
        uid=entry.uid,
        interactive=entry.interactive,
        groups=entry.groups,
        system=entry.system,
        home=entry.home,
        last_login=max([*days, *([logins[entry.name]] if entry.name in logins else [])], default=None),
        login_days_90d=None if stays is None else len(days),
        distinct_sources_90d=None if stays is None else len({each.source for each in own} - {""}),
        concurrent_sources=entry.name in sessions.from_two_places(own),
        keys=None if known is None or isinstance(known, str) else len(known),
    )


COLLECTOR = Collector(
    name="access",
    block="access",
    source="/etc/passwd, /etc/group, sudoers, sshd, authorized_keys, wtmp, lastlog",
    collect=collect,
    limit_seconds=10.0,
)
