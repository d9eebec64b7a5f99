"""Who knows a service by files, tickets and logins; whether it survives a departure; whether they are of the house."""

import datetime as dt
from collections import Counter
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from analyzers.measures.knowledge import sharing
from analyzers.measures.knowledge.loss import cut_sets
from analyzers.measures.knowledge.traces import Known, known
from analyzers.model import context as ctx
from analyzers.model.evidence import Member
from analyzers.model.facts import Access, Account, Host, Session
from analyzers.model.tickets import TicketFile
from tests import builders as b

BOUTIQUE = b.service("boutique", criticality=5, match={"units": ["nginx.service"]})
CATALOGUE = b.context(services=(BOUTIQUE,))


def session(account: str, day: int, source: str = "10.0.0.9") -> Session:
    return Session(account=account, day=b.TODAY - dt.timedelta(days=day), source=source)


def entered(**days: int) -> Host:
    """Return the host of the service, entered by each account on that many days."""
    sessions = tuple(session(account, day) for account, number in days.items() for day in range(number))
    return b.host("web1", listeners=(b.listener(),), access=Access(accounts=(), sessions=sessions))


def solved(*resolvers: str, age: float = 1, service: str = "Boutique") -> TicketFile:
    made = [b.ticket(rank, age, resolver=who, service=service) for rank, who in enumerate(resolvers)]
    return b.ticket_file(*made)


def member(*hosts: Host, **sources: Any) -> Member:
    found = sharing.shared(b.estate(*hosts, **({"context": CATALOGUE} | sources)))
    return b.by_name(found)["boutique"]


def asset(*hosts: Host, **sources: Any) -> Known:
    return known(b.estate(*hosts, **({"context": CATALOGUE} | sources))).assets["boutique"]


def outcome(found: Member) -> Any:
    return found.measured.low if found.measured is not None and found.measured.width == 0 else found.reason


@pytest.mark.parametrize(
    ("groups", "survives"),
    [
        pytest.param({"a": 3}, 0, id="one author"),
        pytest.param({"a": 3, "b": 1}, 0, id="another one knows a quarter"),
        pytest.param({"a": 1, "b": 1}, 1, id="half stays known"),
        pytest.param({"ab": 3, "a": 2}, 1, id="two authors of most files"),
        pytest.param({"a": 1, "": 2}, 0, id="most is known by nobody"),
        pytest.param({"a": 4, "b": 3, "c": 3}, 1, id="three of about the same share"),
        pytest.param({"": 2}, "too_few", id="programs wrote it all"),
        pytest.param({}, "too_few", id="no file counts"),
    ],
)
def test_files_tell_whether_a_service_survives(groups: dict[str, int], survives: Any) -> None:
    assert outcome(member(git=[b.history(boutique=groups)])) == survives


@pytest.mark.parametrize(
    ("resolvers", "survives"),
    [
        pytest.param("aaa", 0, id="one resolver"),
        pytest.param("aaabbb", 1, id="two of them"),
        pytest.param("aaaaabbb", 0, id="under three quarters of the best"),
        pytest.param("ab", "too_few", id="one ticket each"),
    ],
)
def test_tickets_tell_it_too(resolvers: str, survives: Any) -> None:
    names = [f"{each.upper()} Martin" for each in resolvers]
    assert outcome(member(tickets=[solved(*names)])) == survives


def test_a_resolver_adds_to_the_authors_and_old_tickets_fade() -> None:
    alone = b.history(boutique={"a": 3})
    assert outcome(member(git=[alone], tickets=[solved(*["C Prov"] * 3)])) == 1
    assert outcome(member(git=[alone], tickets=[solved(*["C Prov"] * 3, age=700)])) == 0
    assert outcome(member(git=[alone], tickets=[solved(*["C Prov"] * 3, service="another")])) == 0
    assert outcome(member(git=[alone], tickets=[solved(*["helpdesk"] * 3)])) == 0


@pytest.mark.parametrize(
    ("days", "survives"),
    [
        pytest.param({"alice": 9}, 0, id="one account"),
        pytest.param({"alice": 9, "bob": 8}, 1, id="two of about the same presence"),
        pytest.param({"alice": 9, "bob": 3}, 0, id="a rare one"),
        pytest.param({"alice": 3, "bob": 3}, "too_few", id="both rare"),
        pytest.param({"root": 20}, "partial", id="root is nobody"),
        pytest.param({"alice": 9, "deploy": 20}, "partial", id="who else came as deploy is not known"),
        pytest.param({}, "no_source", id="nobody entered"),
    ],
)
def test_logins_tell_it_where_nothing_is_written(days: dict[str, int], survives: Any) -> None:
    assert outcome(member(entered(**days))) == survives


def test_who_enters_does_not_know_what_others_write() -> None:
    assert outcome(member(entered(alice=9, bob=9), git=[b.history(boutique={"a": 3})])) == 0


def test_shared_accounts_are_counted_and_are_nobody() -> None:
    found = asset(entered(root=4, ansible=2, alice=6))
    assert found.unattributed == 6
    assert found.knowers() == ["alice"]


def test_sessions_of_a_system_account_or_out_of_the_window_are_no_traces() -> None:
    accounts = (Account(name="postgres", uid=110, interactive=True, system=True),)
    sessions = tuple(session("alice", day) for day in range(100, 120)) + tuple(session("postgres", d) for d in range(9))
    host = b.host("web1", listeners=(b.listener(),), access=Access(accounts=accounts, sessions=sessions))
    assert asset(host).knowers() == []


@pytest.mark.parametrize(
    ("groups", "reason", "survives"),
    [
        pytest.param({"a": 3}, "partial", "partial", id="one author in a shallow clone"),
        pytest.param({}, "timed_out", "timed_out", id="not read"),
        pytest.param({"ab": 3}, "partial", 1, id="two are two all the same"),
    ],
)
def test_a_source_that_was_not_read_may_hold_a_second_person(
    groups: dict[str, int], reason: Any, survives: Any
) -> None:
    history = replace(b.history(boutique=groups), reason=reason)
    assert outcome(member(git=[history])) == survives


def test_a_dark_host_matters_only_where_logins_speak() -> None:
    dark = b.refused("web1", listeners=(b.listener(),))
    assert outcome(member(dark)) == "no_permission"
    assert outcome(member(dark, git=[b.history(boutique={"a": 1})])) == 0


def test_names_of_one_person_are_joined_by_address_login_and_declaration() -> None:
    history = b.history(boutique={"ab": 2})
    people = (ctx.Person(id="alice", identities=ctx.Identities(git=("a@dupont.example", "B Martin"))),)
    assert outcome(member(git=[history])) == 1
    declared = b.context(services=(BOUTIQUE,), people=people)
    assert outcome(member(git=[history], context=declared)) == 0
    assert asset(git=[history], context=declared).knowers() == ["alice"]
    same = asset(entered(a=9, c=9), git=[b.history(boutique={"a": 1})])
    assert set(same.knowers()) == {"a@dupont.example", "c"}


def test_ticket_names_join_git_names() -> None:
    found = asset(git=[b.history(boutique={"a": 1})], tickets=[solved(*["a. MARTIN"] * 3)])
    assert found.knowers() == ["a@dupont.example"]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        pytest.param({"owner": "a", "deputy": "b"}, 1, id="owner and deputy"),
        pytest.param({"owner": "a", "deputy": "a"}, None, id="the same person twice"),
        pytest.param({"owner": "a"}, None, id="no deputy"),
        pytest.param({"owner": "a", "deputy": "b", "date": dt.date(2020, 1, 1)}, None, id="stale"),
    ],
)
def test_what_is_declared_is_a_statement(entry: dict[str, Any], said: Any) -> None:
    context = b.context(services=(b.service("boutique", criticality=5, **entry),))
    assert member(context=context).declared == said


def test_the_population_is_what_may_be_critical() -> None:
    services = (
        b.service("boutique", criticality=4),
        b.service("erp"),
        b.service("wiki", criticality=2),
        b.service("paiement", criticality=5, external=True),
    )
    found = sharing.shared(b.estate(context=b.context(services=services)))
    assert [each.name for each in found.members] == ["boutique", "erp"]
    assert found.complete
    assert sharing.shared(b.estate()).missing == "not_declared"
    assert sharing.shared(b.estate(context=b.context(services=()))).declared_empty == "services"


def test_an_owner_who_does_not_know_the_service_is_confronted() -> None:
    def facts(**entry: Any) -> list[str]:
        people = (ctx.Person(id="b", identities=ctx.Identities(git=("b@dupont.example",))),)
        context = b.context(services=(b.service("boutique", criticality=5, **entry),), people=people)
        return [each.key for each in member(git=[b.history(boutique={"a": 1})], context=context).evidence]

    assert sharing.KNOWN_BEST_BY_ANOTHER in facts(owner="b")
    assert sharing.KNOWN_BEST_BY_ANOTHER not in facts(owner="a")
    assert sharing.KNOWN_BEST_BY_ANOTHER not in facts()
    assert sharing.KNOWN_BEST_BY_ANOTHER not in facts(owner="who.might.be.a"), "nobody says under which name"


PEOPLE = (
    ctx.Person(id="a", employer="internal"),
    ctx.Person(id="b", employer="InfoServ"),
    ctx.Person(id="c", employer="Atelier Dupont"),
    ctx.Person(id="d", employer="internal", date=dt.date(2020, 1, 1)),
)


@pytest.mark.parametrize(
    ("groups", "ends"),
    [
        pytest.param({"a": 1}, (1, 1), id="an employee"),
        pytest.param({"b": 1}, (0, 0), id="a provider"),
        pytest.param({"a": 1, "b": 3}, (Fraction(1, 4), Fraction(1, 4)), id="a quarter"),
        pytest.param({"ac": 1, "ab": 1}, (Fraction(3, 4), Fraction(3, 4)), id="shared files count by half"),
        pytest.param({"a": 1, "x": 1}, (Fraction(1, 2), 1), id="nobody says who employs x"),
        pytest.param({"b": 1, "d": 1}, (0, Fraction(1, 2)), id="said too long ago"),
        pytest.param({"x": 1}, (0, 1), id="nothing is known of anybody"),
        pytest.param({"": 1}, (0, 1), id="nobody knows"),
    ],
)
def test_knowledge_inside(groups: dict[str, int], ends: tuple[Any, Any]) -> None:
    context = b.context(people=PEOPLE, organisation=ctx.Organisation(name="Atelier Dupont"))
    found = sharing.inside(b.estate(git=[b.history(outils=groups)], context=context))
    assert b.ends(b.by_name(found)["outils"]) == ends


def skills(*people: ctx.Person) -> dict[str, Any]:
    found = sharing.skills(b.estate(context=b.context(people=people)))
    return {each.name: each.declared if each.declared is not None else each.reason for each in found.members}


def test_the_three_skills() -> None:
    old = dt.date(2020, 1, 1)
    assert skills(
        ctx.Person(id="a", employer="internal", skills=("Security",)),
        ctx.Person(id="b", employer="InfoServ", skills=("it-business",)),
    ) == {"it-business": 0, "security": 1, "provider-audit": 0}
    assert skills(ctx.Person(id="a", skills=("security",)))["security"] == "not_declared"
    assert skills(ctx.Person(id="a", employer="internal", skills=("security",), date=old))["security"] == "stale"
    assert set(skills(ctx.Person(id="a", employer="internal")).values()) == {"not_declared"}
    assert sharing.skills(b.estate()).missing == "not_declared"


PERSONS = "abcde"
GROUPS = st.dictionaries(
    st.frozensets(st.sampled_from(PERSONS), max_size=3).map(lambda s: "".join(sorted(s))),
    st.integers(1, 4),
    min_size=1,
    max_size=5,
)


def survives(groups: dict[str, int]) -> Any:
    return outcome(member(git=[b.history(boutique=groups)]))


@given(GROUPS, st.sampled_from(PERSONS), st.data())
def test_a_knower_more_never_lowers_and_one_less_never_raises(groups: dict[str, int], person: str, data: Any) -> None:
    place = data.draw(st.sampled_from(sorted(groups)))
    richer = Counter({name: files for name, files in groups.items() if name != place})
    richer["".join(sorted({*place, person}))] += groups[place]
    poorer: Counter[str] = Counter()
    for name, files in groups.items():
        poorer[name.replace(person, "")] += files
    before, more, less = (survives(dict(each)) for each in (groups, richer, poorer))
    values = {"too_few": 0}
    assert values.get(less, less) <= values.get(before, before) <= values.get(more, more)


@given(GROUPS)
def test_cut_sets_are_all_the_smallest_groups_that_take_half_along(groups: dict[str, int]) -> None:
    from itertools import combinations

    counted = Counter({frozenset(name): files for name, files in groups.items()})
    total = counted.total()

    def falls(gone: frozenset[str]) -> bool:
        return 2 * sum(files for knowers, files in counted.items() if knowers - gone) < total

    tried = [frozenset(each) for size in range(1, 4) for each in combinations(PERSONS, size)]
    all_of_them = [each for each in tried if falls(each)]
    expected = {each for each in all_of_them if not any(other < each for other in all_of_them)}
    assert set(cut_sets(counted)) == (set() if falls(frozenset()) else expected)


@given(GROUPS, st.permutations(PERSONS))
def test_names_do_not_decide(groups: dict[str, int], order: list[str]) -> None:
    renamed = {"".join(sorted(order[PERSONS.index(each)] for each in name)): files for name, files in groups.items()}
    assert survives(renamed) == survives(groups)
