"""Filters that a kernel really has, in network namespaces of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import msgspec
import pytest

from analyzers.model.facts import Firewall

pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("unshare"), reason="needs root and unshare"),
]

CANNOT = 77
"""Exit code of a setup that this kernel refuses; what fails after it is a fault of the collector."""

COLLECT = """
import sys, msgspec
from agent.collectors import firewall
from agent.collectors.machine import Machine
host = Machine()
found = firewall.collect(host)
sys.stdout.write(msgspec.json.encode(found).decode())
"""
IPV6 = "ip link set lo up && (ip link add v0 type veth peer name v1 && ip link set v0 up && ip link set v1 up || true)"


def filtered(setup: str) -> Firewall:
    """Return what the collector says in a fresh network namespace after some commands."""
    script = f"trap 'exit {CANNOT}' EXIT\n{IPV6}\n{setup}\ntrap - EXIT\nexec \"$@\""
    argv = ["unshare", "-n", "sh", "-ec", script, "sh", sys.executable, "-c", COLLECT]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode == CANNOT:
        pytest.skip(f"this kernel cannot: {done.stderr.strip()[-200:]}")
    assert done.returncode == 0, done.stderr
    return msgspec.json.decode(done.stdout, type=Firewall)


def test_a_fresh_namespace_filters_nothing() -> None:
    assert filtered("true") == Firewall(kind="none", active=False, default_drop=False)


NFT = """nft -f - <<'END'
table inet filter {
  set web { type inet_service; flags interval; elements = { 80, 443, 8000-8100 }; }
  chain input { type filter hook input priority 0; policy drop;
    ct state vmap { established : accept, related : accept, invalid : drop }
    iifname lo accept
    meta l4proto { icmp, ipv6-icmp } accept
    tcp dport @web accept
    ip saddr 10.0.0.0/8 tcp dport 5432 accept
    tcp dport vmap { 22 : accept, 25 : jump mail }
  }
  chain mail {
    counter accept
  }
}
END"""


def test_rules_of_nftables() -> None:
    assert filtered(NFT) == Firewall(
        kind="nftables",
        active=True,
        default_drop=True,
        open_ports=("tcp/22", "tcp/25", "tcp/80", "tcp/443", "tcp/8000-8100"),
    )


IPTABLES = """
for tool in iptables ip6tables; do
  $tool -P INPUT DROP
  $tool -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
  $tool -A INPUT -i lo -j ACCEPT
  $tool -A INPUT -p tcp -m multiport --dports 22,443 -m comment --comment 'let them in' -j ACCEPT
done
iptables -A INPUT -s 10.0.0.0/8 -p tcp --dport 5432 -j ACCEPT
iptables -t nat -A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
"""


def test_rules_of_iptables() -> None:
    assert filtered(IPTABLES) == Firewall(
        kind="iptables", active=True, default_drop=True, open_ports=("tcp/22", "tcp/443", "tcp/8080")
    )


def test_a_filter_of_one_family_leaves_the_other_open() -> None:
    found = filtered(
        "iptables -P INPUT DROP; iptables -A INPUT -p tcp --dport 22 -j ACCEPT; ip -6 addr show dev v0 | grep -q inet6"
    )
    assert (found.active, found.default_drop) == (True, False)


def test_one_port_closed() -> None:
    found = filtered("iptables -A INPUT -p tcp --dport 5432 -j DROP; ip6tables -A INPUT -p tcp --dport 5432 -j DROP")
    assert (found.default_drop, found.closed_ports) == (False, ("tcp/5432",))
