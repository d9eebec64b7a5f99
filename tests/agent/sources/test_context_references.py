import datetime as dt
from pathlib import Path

import pytest

from agent.sources.context_file import parse_context
from agent.sources.context_references import MOST_DOUBTS

HEAD = "schema: pasencore.context/1\ndate: 2026-11-20\nauthor: a.martin\n"
CHECKS = frozenset({"patching", "exposure"})


def warnings(block: str) -> list[str]:
    read = parse_context((HEAD + block).encode(), Path("p.yaml"), today=dt.date(2026, 11, 23), known_checks=CHECKS)
    return [str(each) for each in read.warnings]


@pytest.mark.parametrize(
    ("block", "says"),
    [
        (
            "services:\n- name: boutique\n  depends_on: [paiment]\n- name: paiement",
            "p.yaml:6: services[0].depends_on[0]: services has no entry named 'paiment'; did you mean 'paiement'?",
        ),
        (
            "services: [{name: a}]\nrestore_tests: [{service: zz, date: 2026-01-01}]",
            "restore_tests[0].service: services has no",
        ),
        (
            "services: [{name: a}]\nresponsibilities: {zz: {}}",
            "p.yaml:5: responsibilities.zz: services has no entry named 'zz'",
        ),
        (
            "services: [{name: a}]\nperimeters: [{name: p, services: [a, zz]}]",
            "perimeters[0].services[1]: services has no",
        ),
        (
            "services: [{name: a}]\ncontracts: [{provider: p, assets: {services: [zz]}}]",
            "contracts[0].assets.services[0]:",
        ),
        (
            "services: [{name: a, provider: InfoServe}]\nproviders: [{name: InfoServ}]",
            "providers has no entry named 'InfoServe'",
        ),
        (
            "providers: [{name: p}]\nrituals: [{kind: k, cadence_days: 1, provider: q}]",
            "rituals[0].provider: providers has no",
        ),
        (
            "people: [{id: a.martin}]\nservices: [{name: a, owner: a.martn}]",
            "services[0].owner: people has no entry named 'a.martn'; did",
        ),
        (
            "people: [{id: a.martin}]\non_call: [{team: t, hours: h, people: [zz]}]",
            "on_call[0].people[0]: people has no entry",
        ),
        (
            "people: [{id: a.martin}]\nrunbooks: [{name: r, rehearsed: [{date: 2026-01-01, by: zz}]}]",
            "runbooks[0].rehearsed[0].by:",
        ),
        (
            "runbooks: [{name: rb/a.md}]\nautomatable: [{name: a, runbook: rb/b.md}]",
            "automatable[0].runbook: runbooks has no",
        ),
        (
            "waivers: [{check: paching, owner: o, reason: r, expires: 2027-01-01}]",
            "p.yaml:4: waivers[0].check: no question is called 'paching'; did you mean 'patching'?",
        ),
        (
            "waivers: [{check: zzz, owner: o, reason: r, expires: 2027-01-01}]",
            "waivers[0].check: no question is called 'zzz'",
        ),
        (
            "services: [{name: a, depends_on: [b]}, {name: b, depends_on: [c]}, {name: c, depends_on: [a]}]",
            "services[2].depends_on: circular: a -> b -> c -> a",
        ),
        ("services: [{name: a, depends_on: [a]}]", "services[0].depends_on: circular: a -> a"),
        (
            "people: [{id: a.martin, identities: {login: [ops]}}, {id: b.leroy, identities: {login: [OPS]}}]",
            "people[1].identities.login: 'OPS' is also a.martin: what it does counts for the first of the two",
        ),
    ],
)
def test_a_name_that_nothing_explains_is_said_with_its_line(block: str, says: str) -> None:
    said = warnings(block)
    assert len(said) == 1
    assert says in said[0]


@pytest.mark.parametrize(
    "block",
    [
        "contracts: [{provider: InfoServ}]",
        "services: [{name: a, owner: whoever, provider: whoever}]",
        "people: [{id: a.martin, team: infra}]\nservices: [{name: a, owner: infra}]",
        "people: [{id: a.martin}]\nproviders: [{name: InfoServ}]\nservices: [{name: a, deputy: InfoServ}]",
        "people: [{id: a}]\non_call: [{team: nuit, hours: 24x7, people: [a]}]\nrisks: [{title: t, owner: nuit}]",
        "services: [{name: a, depends_on: [b, c]}, {name: b, depends_on: [c]}, {name: c}]",
        "people: [{id: a, identities: {login: [x], git: [x]}}]",
    ],
)
def test_nothing_is_said_where_nothing_is_declared_or_all_is_explained(block: str) -> None:
    assert warnings(block) == []


def test_a_circle_of_many_is_shortened() -> None:
    services = ", ".join(f"{{name: s{n}, depends_on: [s{(n + 1) % 30}]}}" for n in range(30))
    assert (
        "circular: s0 -> s1 -> s2 -> s3 -> s4 -> s5 -> s6 -> ... -> s29 -> s0" in warnings(f"services: [{services}]")[0]
    )


def test_a_long_chain_costs_no_stack_and_a_reader_is_not_flooded() -> None:
    chain = "services:\n" + "".join(f"- {{name: s{n}, depends_on: [s{n + 1}]}}\n" for n in range(5000))
    assert len(warnings(chain)) == 1
    lost = "services:\n" + "".join(f"- {{name: s{n}, depends_on: [t{n}]}}\n" for n in range(200))
    assert len(warnings(lost)) == MOST_DOUBTS
