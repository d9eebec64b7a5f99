from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors.packages import apt_settings
from tests.agent.collectors.fake_hosts import machine


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('APT::Periodic::Enable "1";', {"apt::periodic::enable": "1"}),
        ("APT::Periodic::Enable 1;", {"apt::periodic::enable": "1"}),
        (
            'APT { Periodic { Enable "1"; Other "x"; }; }; Dir "/";',
            {"apt::periodic::enable": "1", "apt::periodic::other": "x", "dir": "/"},
        ),
        ('// APT::A "1";\nAPT::B "2"; # APT::C "3";\n/* APT::D "4"; */', {"apt::b": "2"}),
        ('Unattended-Upgrade::Origins-Pattern { "origin=Debian"; };', {}),
        ('APT::NeverAutoRemove:: "x";', {}),
        ('Dir::Cache::pkgcache "";', {"dir::cache::pkgcache": ""}),
        ('A "1"; A "2";', {"a": "2"}),
        ('A "http://x//y";', {"a": "http://x//y"}),
        ("", {}),
    ],
)
def test_both_ways_to_write_a_setting(text: str, expected: dict[str, str]) -> None:
    assert apt_settings.parse(text) == expected


@given(st.text(alphabet='AB:{}";/*# \n1', max_size=200))
def test_no_file_breaks_the_reader(text: str) -> None:
    assert all(name == name.lower() for name in apt_settings.parse(text))


def test_the_last_file_wins_and_strange_names_are_passed_over(tmp_path: Path) -> None:
    files = {
        "/etc/apt/apt.conf.d/10first": 'A "first"; B "first";',
        "/etc/apt/apt.conf.d/20second.conf": 'A "second";',
        "/etc/apt/apt.conf.d/30third.bak": 'A "backup";',
        "/etc/apt/apt.conf.d/40fourth~": 'A "editor";',
        "/etc/apt/apt.conf": 'C "main";',
    }
    assert apt_settings.read(machine(tmp_path, files)) == {"a": "second", "b": "first", "c": "main"}
