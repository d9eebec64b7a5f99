"""Local accounts, from ``/etc/passwd`` alone: a directory behind NSS may hang."""

from __future__ import annotations

from dataclasses import dataclass

from agent.collectors.machine import Machine

FIRST_HUMAN = 1000
NOBODY = 65534


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalAccount:
    """One line of ``/etc/passwd``."""

    name: str
    uid: int
    home: str

    @property
    def human(self) -> bool:
        """Tell whether the number is one that people get."""
        return self.uid >= FIRST_HUMAN and self.uid != NOBODY


def local_accounts(machine: Machine) -> tuple[LocalAccount, ...]:
    """Return the accounts of ``/etc/passwd`` (passwd(5)); lines that are not accounts are left out."""
    found = []
    for line in (machine.read("/etc/passwd") or "").splitlines():
        fields = line.split(":")
        if len(fields) >= 7 and fields[2].isdecimal():  # noqa: PLR2004 - passwd(5)
            found.append(LocalAccount(name=fields[0], uid=int(fields[2]), home=fields[5]))
    return tuple(found)
