"""Does something renew a certificate by itself?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from agent.collectors.machine import Machine
from agent.collectors.scheduled import Scheduled, scheduled
from agent.collectors.systemd import booted, first, show
from agent.collectors.traces import processes, units

_TOOLS: tuple[tuple[str, str, str], ...] = (
    ("certbot", r"/etc/letsencrypt/live/.+", r"\bcertbot(?:-auto)?\b.*\brenew\b"),
    ("acme.sh", r".*/\.acme\.sh/.+", r"\bacme\.sh\b.*--(?:cron|renew)"),
    ("lego", r".*/\.?lego/certificates/.+", r"\blego\b.*\brenew\b"),
    ("dehydrated", r"/(?:var/lib|etc)/dehydrated/certs/.+", r"\bdehydrated\b.*(?:-c\b|--cron)"),
)
"""Tool, where its certificates are, and the command that renews them."""

_BY_ITSELF: tuple[tuple[str, str], ...] = (
    (r"/var/lib/caddy/.+", "caddy"),
    (r"/etc/cockpit/ws-certs\.d/0-self-signed\.cert", "cockpit-ws"),
)
"""Certificates that the service which serves them makes anew, and its process; cockpit starts on demand."""


@dataclass(frozen=True, slots=True)
class Renewals:
    """What renews certificates here: by tool, True when its job is scheduled and did not fail last time."""

    working: dict[str, bool]
    running: frozenset[str]

    def of(self, path: str) -> bool | None:
        """Tell whether the certificate at a path is renewed; None when no tool that we know has it."""
        for tool, place, _ in _TOOLS:
            if re.fullmatch(place, path):
                return self.working[tool]
        for place, process in _BY_ITSELF:
            if re.fullmatch(place, path):
                return process in self.running or process == "cockpit-ws"
        return None


def read(machine: Machine) -> Renewals:
    """Return which tools renew certificates by the clock."""
    jobs = scheduled(machine, units(machine))
    return Renewals(
        working={tool: _works(machine, jobs, command) for tool, _, command in _TOOLS},
        running=processes(machine),
    )


def _works(machine: Machine, jobs: Iterable[Scheduled], command: str) -> bool:
    renewing = [job for job in jobs if re.search(command, job.text)]
    services = [job.unit for job in renewing if job.unit]
    failed = {
        first(each, "Id")
        for each in (show(machine, services, ("Id", "Result")) if services and booted(machine) else None) or ()
        if first(each, "Result") not in {"", "success"}
    }
    return any(job.unit not in failed for job in renewing)
