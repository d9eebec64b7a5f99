"""What a flow is for: the work of a service, or what every machine, administrator and scan does."""

from __future__ import annotations

from typing import Literal, TypeAlias

from analyzers.measures.flows import Flow

Purpose: TypeAlias = Literal["service", "infrastructure", "administration", "scan"]

OWN = frozenset({"pasencore", "pasencore-agent", "pasencore-scan"})
"""Names under which the scanner and its agent run."""

TOOLS = frozenset({
    "apt", "apt-get", "aptitude", "bash", "btop", "curl", "dig", "dnf", "drill", "elinks", "ftp", "gdb", "git",
    "git-remote-http", "git-remote-https", "host", "htop", "kubectl", "ldapsearch", "lynx", "mariadb",
    "mosh-client", "mtr", "mysql", "nc", "ncat", "netcat", "nmap", "nslookup", "openssl", "pgcli", "ping",
    "pip", "psql", "redis-cli", "scp", "sftp", "sh", "smbclient", "snap", "socat", "sqlcmd", "ssh", "strace",
    "sudo", "tcpdump", "telnet", "tmux", "traceroute", "vim", "w3m", "wget", "whois", "yum", "zsh", "zypper",
})  # fmt: skip
"""Programs that a person types. A job that calls them runs under its unit or as cron, which is the name it bears."""

REMOTE_SHELLS = frozenset({"ssh", "sshd", "telnetd"})

EVERYWHERE = frozenset({("udp", 53), ("tcp", 53), ("tcp", 853), ("udp", 67), ("udp", 123), ("udp", 547), ("tcp", 4460)})
"""Names, addresses and time: each host of an estate asks for them, whatever runs there."""

LOCAL = frozenset({"dbus", "dbus-broker", "nscd", "polkit", "sssd"})
"""What programs of one host talk to through the system's own sockets."""


def purpose(flow: Flow) -> Purpose:
    """Return what a flow is for.

    The scanner's own traffic is the scanner's. A person's tool, and an unknown caller of a remote shell, are
    administration. Names, time and the system's own buses are infrastructure, wherever they are. The rest is the work
    of a service, and somebody should be able to say why.
    """
    source, destination = flow.source, flow.destination
    if OWN & {source.service, destination.service}:
        return "scan"
    if (flow.protocol, flow.port) in EVERYWHERE or _of_the_system(destination.service):
        return "infrastructure"
    if source.node.kind == "program" and source.service in TOOLS:
        return "administration"
    if destination.service in REMOTE_SHELLS and not source.service:
        return "administration"
    return "service"


def _of_the_system(service: str) -> bool:
    return service in LOCAL or service.startswith("systemd-")
