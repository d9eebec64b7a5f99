from __future__ import annotations

from pathlib import Path

import pytest

from agent.collectors import firewall
from agent.collectors.machine import NotSeenError
from analyzers.model.facts import Firewall
from tests.agent.collectors.fake_hosts import machine
from tests.agent.collectors.live_hosts import DENIED, live

RECORDED = Path(__file__).parent / "recorded"
INET6 = {"/proc/net/if_inet6": "fe80000000000000f4b693fffe93fb77 03 40 20 c0       d0\n"}
LOOPBACK6 = {"/proc/net/if_inet6": "00000000000000000000000000000001 01 80 10 80       lo\n"}
INIT = {"/proc/1/comm": "systemd\n"}


def recorded(name: str) -> str:
    return (RECORDED / name).read_text()


FOREIGN = (
    '{"nftables": [{"chain": {"family": "%s", "table": "filter", "name": "INPUT"}}, {"rule": {"family": "%s",'
    ' "table": "filter", "chain": "INPUT", "expr": [{"xt": {"type": "match", "name": "x"}}]}}]}'
)
IPTABLES = "*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\nCOMMIT\n"


@pytest.mark.parametrize(
    ("answers", "files", "expected"),
    [
        (
            {"nft list": recorded("firewalld.json")},
            INET6,
            Firewall(kind="firewalld", active=True, default_drop=True, open_ports=("tcp/22", "tcp/9090")),
        ),
        (
            {"nft list": recorded("one-family.json")},
            INET6,
            Firewall(kind="nftables", active=True, default_drop=False),
        ),
        (
            {"nft list": recorded("one-family.json")},
            LOOPBACK6,
            Firewall(kind="nftables", active=True, default_drop=True, open_ports=("tcp/22",)),
        ),
        (
            {"nft list": recorded("fail2ban.json")},
            {},
            Firewall(kind="nftables", active=True, default_drop=False),
        ),
        (
            {"nft list": '{"nftables": []}'},
            INET6,
            Firewall(kind="none", active=False, default_drop=False),
        ),
        (
            {"nft list": FOREIGN % ("ip", "ip"), "iptables-save": recorded("ufw.iptables-save")},
            {},
            Firewall(kind="ufw", active=True, default_drop=True, open_ports=("tcp/22", "tcp/2222", "udp/6000-6010")),
        ),
        (
            {"nft list": '{"nftables": []}', "iptables-legacy-save": IPTABLES},
            {"/proc/net/ip_tables_names": "filter\n"},
            Firewall(kind="iptables", active=True, default_drop=True, open_ports=("tcp/22",)),
        ),
        (
            {"iptables-save": IPTABLES, "ip6tables-save": IPTABLES},
            INET6,
            Firewall(kind="iptables", active=True, default_drop=True, open_ports=("tcp/22",)),
        ),
        (
            {"iptables-save": "*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n"},
            {},
            Firewall(kind="none", active=False, default_drop=False),
        ),
    ],
)
def test_filters(tmp_path: Path, answers: dict[str, str], files: dict[str, str], expected: Firewall) -> None:
    host = live(tmp_path, answers, {**INIT, **files})
    assert firewall.collect(host) == expected
    assert host.could_not_see == []


def test_rules_that_are_not_understood_are_a_blind_spot(tmp_path: Path) -> None:
    host = live(tmp_path, {"nft list": recorded("marked.json")}, INIT)
    assert firewall.collect(host) == Firewall(kind="nftables", active=True)
    assert host.reason == "partial"


def test_a_ruleset_too_long_is_asked_for_without_its_sets(tmp_path: Path) -> None:
    answers = {"nft -t list": recorded("firewalld.json"), "nft list": '{"nftables": [ cut'}
    host = live(tmp_path, answers, INIT)
    assert firewall.collect(host).default_drop is True
    assert [words[2] for words in host.asked[:2]] == ["list", "-t"]


@pytest.mark.parametrize(
    ("answers", "reason", "grant"),
    [
        ({"nft list": DENIED}, "no_permission", "sudo"),
        ({"iptables-save": DENIED}, "no_permission", "sudo"),
        ({"nft list": DENIED, "iptables-save": DENIED, "ip6tables-save": DENIED}, "no_permission", "sudo"),
        ({}, "no_source", "install nftables"),
        ({"nft list": ""}, "unreadable", "sudo"),
    ],
)
def test_a_filter_that_may_not_be_read_is_unknown(
    tmp_path: Path, answers: dict[str, str], reason: str, grant: str
) -> None:
    with pytest.raises(NotSeenError) as caught:
        firewall.collect(live(tmp_path, answers, INIT))
    assert caught.value.reason == reason
    assert grant in caught.value.grant


def test_the_filter_of_another_root_cannot_be_asked(tmp_path: Path) -> None:
    with pytest.raises(NotSeenError):
        firewall.collect(machine(tmp_path))
