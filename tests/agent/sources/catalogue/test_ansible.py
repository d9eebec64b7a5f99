from __future__ import annotations

import pytest

from agent.sources.catalogue.ansible import read_ansible
from tests.agent.sources.catalogue.folder import said, write


def hosts(reading):
    return {each.name: (each.line, each.aliases) for file in reading.files for each in file.hosts}


def test_hosts_ranges_and_addresses_of_an_ini(tmp_path) -> None:
    folder = write(
        tmp_path,
        hosts_ini="""\
            ; by hand
            mail ansible_host=10.0.0.25
            [web]
            web[08:10].example ansible_user=root
            app-[a:c:2]
            [db]
            db1:2222 ansible_ssh_host="10.0.0.2"
            mail
            [db:vars]
            x=[1]
            """,
    )
    assert hosts(read_ansible(folder / "hosts.ini")) == {
        "mail": (2, ("10.0.0.25",)),
        "web08.example": (4, ()),
        "web09.example": (4, ()),
        "web10.example": (4, ()),
        "app-a": (5, ()),
        "app-c": (5, ()),
        "db1": (7, ("10.0.0.2",)),
    }


def test_hosts_of_a_yaml_with_tags_and_children(tmp_path) -> None:
    folder = write(
        tmp_path,
        inventory__site_yml="""\
            all:
              hosts: {mail: {ansible_host: 10.0.0.25, secret: !vault "abc"}}
              children:
                web:
                  hosts:
                    web[1:2]:
                    vm1: {ansible_host: "{{ lookup('x') }}"}
            """,
    )
    found = {"mail": (2, ("10.0.0.25",)), "web1": (6, ()), "web2": (6, ()), "vm1": (7, ())}
    assert hosts(read_ansible(folder / "inventory")) == found


@pytest.mark.parametrize("pattern", ["db[5:1]", "db[a:9]", "db[0:99999]", "db[1:5:0]", "d[0:999]b[0:999]"])
def test_ranges_that_make_no_sense_are_said(pattern, tmp_path) -> None:
    folder = write(tmp_path, hosts_ini=f"ok\n{pattern}\n")
    reading = read_ansible(folder / "hosts.ini")
    assert list(hosts(reading)) == ["ok"]
    assert len(reading.said) == 1
    assert said(reading, tmp_path)[0].startswith("hosts.ini:2: a range that cannot be read: [")


def test_circles_of_groups_and_broken_sections_are_said(tmp_path) -> None:
    folder = write(tmp_path, hosts_ini="[a:children]\nb\n[b:children]\na\n[c\nx\n")
    reading = read_ansible(folder / "hosts.ini")
    assert said(reading, tmp_path) == [
        "hosts.ini:5: a section that cannot be read - write [group], [group:vars] or [group:children]",
        "hosts.ini:3: circular: a -> b -> a",
    ]


def test_a_folder_without_inventory_is_said(tmp_path) -> None:
    assert [each.line() for each in read_ansible(tmp_path).said] == [f"{tmp_path}: no inventory in it - give its file"]
