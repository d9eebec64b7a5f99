"""What one host says of itself. Facts only: nothing here is judged.

A block that is None was not read; the collector's run says why. An empty tuple was read and is empty.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec

from analyzers.model.reasons import Reason


class Fact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of every fact: immutable, named fields only, unset fields left out of files."""


class CollectorRun(Fact, frozen=True, kw_only=True):
    """How one collector fared.

    Attributes
    ----------
    outcome
        "ok": all was read. "partial": some was, `could_not_see` says what was not. "not_applicable": the thing
        does not exist here (no systemd, no dpkg). "unknown": nothing was read, for `reason`.
    could_not_see
        What was not allowed or not found, a phrase each.
    grant
        The exact command that would let the collector see it.
    """

    name: str
    outcome: Literal["ok", "partial", "not_applicable", "unknown"]
    reason: Reason | None = None
    detail: str = ""
    could_not_see: tuple[str, ...] = ()
    grant: str = ""
    source: str = ""
    duration_seconds: float = 0.0


class OperatingSystem(Fact, frozen=True, kw_only=True):
    """From os-release."""

    id: str
    version_id: str = ""
    codename: str = ""
    pretty_name: str = ""
    family: str = ""
    support_end: date | None = None


class Mount(Fact, frozen=True, kw_only=True):
    """A mounted file system; bytes and inodes are None where statvfs does not answer."""

    device: str
    mountpoint: str
    fstype: str
    remote: bool = False
    read_only: bool = False
    total_bytes: int | None = None
    used_bytes: int | None = None
    available_bytes: int | None = None
    inodes_total: int | None = None
    inodes_free: int | None = None


class Interface(Fact, frozen=True, kw_only=True):
    """A network interface."""

    name: str
    addresses: tuple[str, ...] = ()
    up: bool = True
    speed_mbps: int | None = None


class Inventory(Fact, frozen=True, kw_only=True):
    """The machine: system, processor, memory, disks, network."""

    os: OperatingSystem
    kernel: str
    architecture: str
    virtualization: str = ""
    container: bool = False
    cpu_logical: int
    cpu_physical: int | None = None
    cpu_model: str = ""
    memory_bytes: int
    swap_bytes: int = 0
    disks: tuple[str, ...] = ()
    mounts: tuple[Mount, ...] = ()
    interfaces: tuple[Interface, ...] = ()
    boot_time: datetime
    timezone: str = ""
    dns_servers: tuple[str, ...] = ()
    free_extents_bytes: int | None = None


class Listener(Fact, frozen=True, kw_only=True):
    """A listening socket, named as an operator would name its service."""

    address: str
    port: int
    protocol: Literal["tcp", "udp", "unix"]
    service: str
    process: str = ""
    unit: str = ""
    container: str = ""
    package: str = ""
    user: str = ""
    path: str = ""


class Connection(Fact, frozen=True, kw_only=True):
    """A flow between a service of this host and a peer; client ephemeral ports are collapsed.

    `direction` is "in" when the local port is one that the host listens on. `port` is the server's. Addresses are
    those that the other end knows; the path of a unix-domain socket is `peer_address`, its port 0.

    Attributes
    ----------
    observations
        Looks that showed it, and connections that were seen to end.
    failed
        Calls that nobody answered.
    nat
        What this end uses or asked for before the host translated it: an address, with its port where that differs.
    peer_service
        Who serves at the other end, where this host sees it: behind a unix-domain socket.
    """

    direction: Literal["in", "out"]
    service: str
    local_address: str
    peer_address: str
    port: int
    protocol: Literal["tcp", "udp", "unix"]
    first_seen: datetime
    last_seen: datetime
    observations: int = 1
    bytes_sent: int | None = None
    bytes_received: int | None = None
    failed: int = 0
    nat: str = ""
    peer_service: str = ""


class FlowWatch(Fact, frozen=True, kw_only=True):
    """How long the connections of a host have been watched, and how many times they were looked at, None: not known."""

    since: datetime
    polls: int | None = None


class Unit(Fact, frozen=True, kw_only=True):
    """A systemd unit that is loaded."""

    name: str
    load: str = "loaded"
    active: str = "active"
    sub: str = ""
    restarts: int | None = None
    restart_policy: str = ""
    result: str = ""
    enabled: str = ""
    packaged: bool | None = None


class Job(Fact, frozen=True, kw_only=True):
    """A scheduled job. `command` is redacted: what looks like a secret is replaced.

    Attributes
    ----------
    packaged
        A package of the distribution owns the file: known, owned and versioned by it. None: not known.
    versioned
        The file lies in a version-controlled folder. None: not known.
    personal
        It lives in the account of a person, not of a service or root.
    """

    name: str
    kind: Literal["cron", "timer", "at", "rc.local", "anacron"]
    schedule: str = ""
    command: str = ""
    user: str = ""
    file: str = ""
    packaged: bool | None = None
    versioned: bool | None = None
    personal: bool = False
    reboot: bool = False
    last_run: datetime | None = None
    next_run: datetime | None = None


class PendingUpdate(Fact, frozen=True, kw_only=True):
    """A package that has a newer version."""

    name: str
    installed: str = ""
    candidate: str = ""
    security: bool = False


class Packages(Fact, frozen=True, kw_only=True):
    """Installed software and its pending updates."""

    manager: Literal["dpkg", "rpm", "apk", "pacman", "other"]
    installed: int
    pending: tuple[PendingUpdate, ...] | None = None
    lists_updated_at: datetime | None = None
    last_upgrade_at: datetime | None = None
    last_security_upgrade_at: datetime | None = None
    automatic_updates: bool | None = None
    reboot_required: bool | None = None


class Clock(Fact, frozen=True, kw_only=True):
    """Time synchronisation. `offset_seconds` is None when no daemon says it."""

    synchronized: bool | None = None
    offset_seconds: float | None = None
    source: str = ""
    servers: int | None = None
    timezone: str = ""


class Account(Fact, frozen=True, kw_only=True):
    """A local account. `distinct_sources` counts addresses of its sessions in the last 90 days."""

    name: str
    uid: int
    interactive: bool
    groups: tuple[str, ...] = ()
    system: bool = False
    home: str = ""
    last_login: date | None = None
    login_days_90d: int | None = None
    distinct_sources_90d: int | None = None
    concurrent_sources: bool = False
    keys: int | None = None


class SudoRule(Fact, frozen=True, kw_only=True):
    """One line of sudoers. `who` starts with % for a group."""

    who: str
    commands: str = "ALL"
    no_password: bool = False


class SshPolicy(Fact, frozen=True, kw_only=True):
    """Effective sshd settings for everyone; None where the file does not say and the default is unknown.

    `conditional` holds what Match blocks set for some, such as "passwordauthentication yes".
    """

    permit_root_login: str = ""
    password_authentication: bool | None = None
    allow_groups: tuple[str, ...] = ()
    allow_users: tuple[str, ...] = ()
    effective: bool = False
    conditional: tuple[str, ...] = ()


class AuthorizedKey(Fact, frozen=True, kw_only=True):
    """An SSH key that opens an account; the key and its comment stay on the host."""

    account: str
    type: str
    fingerprint: str
    restricted: bool = False
    bits: int | None = None


class Session(Fact, frozen=True, kw_only=True):
    """Logins of one account from one source on one day: no finer grain is kept."""

    account: str
    day: date
    source: str = ""
    count: int = 1
    hours: tuple[int, ...] = ()


class Access(Fact, frozen=True, kw_only=True):
    """Who may enter and act. None: that part could not be read."""

    accounts: tuple[Account, ...] | None = None
    sudo_rules: tuple[SudoRule, ...] | None = None
    sshd: SshPolicy | None = None
    sshd_present: bool | None = None
    authorized_keys: tuple[AuthorizedKey, ...] | None = None
    sessions: tuple[Session, ...] | None = None
    remote_access_tools: tuple[str, ...] = ()


class Firewall(Fact, frozen=True, kw_only=True):
    """Local packet filter. `default_drop` with `open_ports` when the rules could be read and understood.

    Ports are written "tcp/22" and "udp/6000-6100". Open: accepted from any source although the rest is dropped, or
    forwarded to a container. Closed: dropped although the rest is accepted.
    """

    kind: str
    active: bool | None = None
    default_drop: bool | None = None
    open_ports: tuple[str, ...] = ()
    closed_ports: tuple[str, ...] = ()


class BackupTool(Fact, frozen=True, kw_only=True):
    """Evidence of one backup tool. Times come from a success line or metric, never from a file's date alone."""

    name: str
    evidence: tuple[str, ...] = ()
    scheduled: bool | None = None
    last_success: datetime | None = None
    last_integrity_check: datetime | None = None
    last_restore: datetime | None = None
    off_site: bool | None = None
    covers: tuple[str, ...] = ()


class Certificate(Fact, frozen=True, kw_only=True):
    """A certificate that a service is configured to serve."""

    path: str
    subject: str
    not_after: datetime
    names: tuple[str, ...] = ()
    self_signed: bool = False
    authority: bool = False
    renewal: bool | None = None
    used_by: tuple[str, ...] = ()


class Logs(Fact, frozen=True, kw_only=True):
    """Where logs go and how far back they reach."""

    journal: bool | None = None
    persistent: bool | None = None
    oldest_entry: datetime | None = None
    rotated_at: datetime | None = None
    shippers: tuple[str, ...] = ()
    admin_trail: bool | None = None


class ConfigurationTool(Fact, frozen=True, kw_only=True):
    """A tool that applies the configuration of the host, or keeps its history (`applies` False: etckeeper).

    Attributes
    ----------
    last_run
        When it last ran or committed; None: it is here, and nobody knows when it ran.
    failed
        Its last run says that something failed; None: it does not say.
    """

    name: str
    evidence: str
    last_run: datetime | None = None
    failed: bool | None = None
    applies: bool = True


class MonitoringAgent(Fact, frozen=True, kw_only=True):
    """A monitoring agent that runs here, ours or another's."""

    name: str
    evidence: str


class Pressure(Fact, frozen=True, kw_only=True):
    """Load of the host at the moment of collection, and since boot where the kernel counts it.

    Shares are in [0, 1]; `*_stalled_share` is time in which some task waited over time since boot.
    """

    cpu_used_share: float | None = None
    memory_used_share: float | None = None
    swap_used_share: float | None = None
    load_per_cpu: float | None = None
    cpu_stalled_share: float | None = None
    memory_stalled_share: float | None = None
    io_stalled_share: float | None = None
    oom_kills: int | None = None
    file_handles_share: float | None = None
    conntrack_share: float | None = None
    since_boot_seconds: float | None = None


class Host(Fact, frozen=True, kw_only=True):
    """One host: its identity and what each collector read."""

    id: str
    name: str
    fqdn: str = ""
    addresses: tuple[str, ...] = ()
    collected_at: datetime
    privileged: bool = False
    tool: str = ""
    runs: tuple[CollectorRun, ...] = ()
    inventory: Inventory | None = None
    listeners: tuple[Listener, ...] | None = None
    connections: tuple[Connection, ...] | None = None
    flow_watch: FlowWatch | None = None
    units: tuple[Unit, ...] | None = None
    jobs: tuple[Job, ...] | None = None
    packages: Packages | None = None
    clock: Clock | None = None
    access: Access | None = None
    firewall: Firewall | None = None
    backups: tuple[BackupTool, ...] | None = None
    certificates: tuple[Certificate, ...] | None = None
    logs: Logs | None = None
    configuration: tuple[ConfigurationTool, ...] | None = None
    agents: tuple[MonitoringAgent, ...] | None = None
    pressure: Pressure | None = None

    def run(self, collector: str) -> CollectorRun:
        """Return how a collector fared; one that never ran is unknown for want of a source."""
        for each in self.runs:
            if each.name == collector:
                return each
        return CollectorRun(name=collector, outcome="unknown", reason="no_source")
