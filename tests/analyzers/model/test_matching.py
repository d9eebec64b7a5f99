from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from analyzers.model.matching import Entries, matches, means_program
from tests import builders as b
from tests import strategies as s

names = st.sampled_from(("nginx", "postgres", "db*", "boutique"))
rules = st.fixed_dictionaries({}, optional={
    "units": s.some(names.map(lambda each: f"{each}.service"), 2),
    "containers": s.some(names, 2),
    "processes": s.some(names, 1),
    "hosts": s.some(st.sampled_from(("web*", "db1")), 1),
    "ports": s.some(st.sampled_from(s.PORTS), 2),
})  # fmt: skip
catalogues = st.lists(st.builds(b.service, st.sampled_from(s.SERVICES), match=st.none() | rules), max_size=6)
sockets = st.builds(
    b.listener,
    st.sampled_from(s.SERVICES),
    st.sampled_from(s.PORTS),
    unit=st.sampled_from(("", "nginx.service", "db.service")),
    container=st.sampled_from(("", "boutique", "dbx")),
    process=st.sampled_from(("", "nginx", "postgres")),
)


@given(catalogues, sockets, st.sampled_from(("web1", "db1")))
def test_the_first_entry_that_matches_is_found_without_asking_each(catalogue, socket, name) -> None:
    host = b.host(name)
    expected = next((each.name for each in catalogue if matches(each, host, socket)), "")
    assert Entries(catalogue).meaning(host, socket) == expected


def test_a_program_is_meant_by_its_unit_container_or_process_whatever_the_ports() -> None:
    host = b.host("web1")
    entry = b.service("ventes", match={"units": ("ventes-*.service",), "ports": (80,), "hosts": ("web*",)})
    assert means_program(entry, host, "ventes-worker")
    assert not means_program(entry, host, "ventes")
    assert not means_program(entry, b.host("db1"), "ventes-worker")
    assert means_program(b.service("x", match={"containers": ("shop-x-*",)}), host, "shop-x-1")
    assert means_program(b.service("x", match={"ports": (80,)}), host, "x")
    assert means_program(b.service("x"), host, "x")
    assert not means_program(b.service("x"), host, "y")
