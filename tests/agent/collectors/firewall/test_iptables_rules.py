from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agent.collectors.firewall.iptables import parse, parse_rule
from agent.collectors.firewall.rules import Family, effect, written

RECORDED = Path(__file__).parent / "recorded"


def marks(options: str) -> str:
    chain, found = parse_rule(f"-A INPUT {options}")
    assert chain == "INPUT"
    names = [name for name in ("limited", "partial", "unsure") if getattr(found, name)]
    return " ".join(
        [f"{found.verdict}{':' + found.target if found.target else ''}", *written(found.ports or ()), *names]
    )


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("-j ACCEPT", "accept"),
        ("-j DROP", "drop"),
        ("-j REJECT --reject-with icmp-port-unreachable", "drop"),
        ("-j RETURN", "return"),
        ("-j LOG --log-prefix '[UFW BLOCK] ' --log-level 4", "none"),
        ("-j MARK --set-xmark 0x1/0xffffffff", "none unsure"),
        ("-j ufw-user-input", "jump:ufw-user-input"),
        ("-g other", "goto:other"),
        ("-j NFQUEUE --queue-num 0", "accept unsure"),
        ("-p tcp -m tcp --dport 22 -j ACCEPT", "accept tcp/22"),
        ("-p tcp -m tcp --dport 8000:8100 -j ACCEPT", "accept tcp/8000-8100"),
        ("-p udp -m multiport --dports 53,6000:6010 -j ACCEPT", "accept udp/53 udp/6000-6010"),
        ("-p tcp -m tcp --dport 99999 -j ACCEPT", "accept tcp/0-65535 unsure"),
        ("-p tcp -m tcp ! --dport 22 -j DROP", "drop tcp/22 unsure"),
        ("-p tcp -j ACCEPT", "accept tcp/0-65535"),
        ("-p icmp -m icmp --icmp-type 8 -j ACCEPT", "accept limited"),
        ("-p vrrp -j ACCEPT", "accept limited"),
        ("-p 253 -j ACCEPT", "accept unsure"),
        ("-i lo -j ACCEPT", "accept limited"),
        ("-i docker0 -p tcp -m tcp --dport 5432 -j ACCEPT", "accept tcp/5432 limited"),
        ("-i eth0 -p tcp -m tcp --dport 22 -j ACCEPT", "accept tcp/22 partial"),
        ("! -i lo -j DROP", "drop"),
        ("-s 10.0.0.0/8 -p tcp -m tcp --dport 5432 -j ACCEPT", "accept tcp/5432 limited"),
        ("! -s 10.0.0.0/8 -p tcp -m tcp --dport 5432 -j DROP", "drop tcp/5432"),
        ("-s 0.0.0.0/0 -j ACCEPT", "accept"),
        ("-m set --match-set f2b-sshd src -j REJECT", "drop limited"),
        ("-m set ! --match-set trusted src -j DROP", "drop"),
        ("-p tcp -m set --match-set open dst -j ACCEPT", "accept tcp/0-65535 unsure"),
        ("-m iprange --src-range 10.0.0.1-10.0.0.9 -j ACCEPT", "accept limited"),
        ("-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT", "accept limited"),
        ("-m state --state NEW -p tcp -m tcp --dport 22 -j ACCEPT", "accept tcp/22"),
        ("-m conntrack ! --ctstate INVALID -j ACCEPT", "accept"),
        ("-m conntrack --ctstatus DNAT -j ACCEPT", "accept limited"),
        ("-p tcp -m tcp --dport 22 -m limit --limit 3/min --limit-burst 5 -j ACCEPT", "accept tcp/22 partial"),
        (
            "-p tcp -m tcp --dport 22 -m recent --update --seconds 60 --hitcount 4 --rsource -j DROP",
            "drop tcp/22 partial",
        ),
        ("-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j ACCEPT", "accept tcp/0-65535 partial"),
        ("-p tcp -m tcp --dport 22 --syn -j ACCEPT", "accept tcp/22"),
        ("-d 224.0.0.251/32 -p udp -m udp --dport 5353 -j ACCEPT", "accept udp/5353 limited"),
        ("-d 203.0.113.5/32 -p tcp -m tcp --dport 443 -j ACCEPT", "accept tcp/443 partial"),
        ("-p udp -m udp --sport 67 --dport 68 -j ACCEPT", "accept udp/68 limited partial"),
        ("-p udp -m udp --sport 53 -j ACCEPT", "accept udp/0-65535 partial"),
        ("-m addrtype --dst-type LOCAL -j RETURN", "return"),
        ("-m addrtype --dst-type BROADCAST -j DROP", "drop limited"),
        ("-m mark --mark 0x1 -j ACCEPT", "accept unsure"),
        ("-m owner --uid-owner 0 -j ACCEPT", "accept unsure"),
        ('-p tcp -m tcp --dport 22 -m comment --comment "let them in" -j ACCEPT', "accept tcp/22"),
        ('-m comment --comment "unclosed -j ACCEPT', "accept"),
        ("! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80", "dnat tcp/8080"),
        ("-p tcp -m tcp --dport 80 -j REDIRECT --to-ports 8080", "none tcp/80 unsure"),
    ],
)
def test_rules(options: str, expected: str) -> None:
    assert marks(options) == expected


def recorded(name: str, family: Family) -> list[str]:
    found = effect(parse((RECORDED / name).read_text(), family), (family,))
    assert found.active
    assert found.default_drop is True
    return list(written(found.opened))


@pytest.mark.parametrize(("name", "family"), [("ufw.iptables-save", "ip"), ("ufw.ip6tables-save", "ip6")])
def test_what_ufw_writes(name: str, family: Family) -> None:
    assert recorded(name, family) == ["tcp/22", "tcp/2222", "udp/6000-6010"]


DOCKER = """\
*nat
:PREROUTING ACCEPT [0:0]
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A DOCKER -i docker0 -j RETURN
-A DOCKER ! -i docker0 -p tcp -m tcp --dport 5432 -j DNAT --to-destination 172.17.0.2:5432
-A DOCKER -d 127.0.0.1/32 ! -i docker0 -p tcp -m tcp --dport 6379 -j DNAT --to-destination 172.17.0.3:6379
COMMIT
*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
-A INPUT -i lo -j ACCEPT
-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT
COMMIT
"""


def test_ports_that_docker_publishes_pass_beside_the_input_chain() -> None:
    found = effect(parse(DOCKER, "ip"), ("ip",))
    assert written(found.opened) == ("tcp/22", "tcp/5432")


LAMP = """\
*filter
:INPUT ACCEPT [0:0]
-A INPUT -p tcp -m tcp --dport 3306 -s 10.0.0.0/8 -j ACCEPT
-A INPUT -p tcp -m tcp --dport 3306 -j DROP
COMMIT
"""


def test_a_port_that_is_closed_on_an_open_host() -> None:
    found = effect(parse(LAMP, "ip"), ("ip",))
    assert (found.default_drop, written(found.closed)) == (False, ("tcp/3306",))


@example(":")
@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    effect(parse(text, "ip"), ("ip",))


WORDS = [
    "-A INPUT",
    "-p tcp",
    "--dport",
    "22",
    "!",
    "-s",
    "10.0.0.0/8",
    "-j ACCEPT",
    "-j",
    "\n",
    "*filter",
    ":INPUT DROP [0:0]",
    "COMMIT",
    '"',
    "-m",
]


@given(st.lists(st.sampled_from(WORDS), max_size=40))
def test_no_shuffle_of_its_words_breaks_the_reader(words: list[str]) -> None:
    effect(parse(" ".join(words), "ip"), ("ip",))
    parse_rule(" ".join(words))
