from __future__ import annotations

import datetime as dt
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.measures.accounts import is_generic, shared
from analyzers.model import context as ctx
from analyzers.model.facts import Access, Account, AuthorizedKey, Session
from analyzers.model.interval import ONE, UNKNOWN, Interval
from tests import builders as b
from tests import strategies as s

DISCOUNT = Fraction(3, 10)
YES, NO = Interval.point(1), Interval.point(0)


def account(name="amartin", uid=1000, **fields) -> Account:
    return Account(**({"name": name, "uid": uid, "interactive": True, "keys": 1} | fields))


def session(name="admin", days=10, source="10.0.9.9") -> Session:
    return Session(account=name, day=b.TODAY - dt.timedelta(days=days), source=source)


def member(*accounts, people=None, keys=None, sessions=()):
    access = Access(accounts=accounts, sessions=sessions, authorized_keys=keys)
    context = b.context(people=people) if people is not None else None
    return b.by_name(shared(b.estate(b.host("web1", access=access), context=context)))["web1"]


def person(login, name="a.martin", **fields) -> ctx.Person:
    return ctx.Person(id=name, identities=ctx.Identities(login=(login,)), **fields)


@pytest.mark.parametrize(
    "name",
    ["admin", "Admin", "admin1", "support", "infog", "ops", "exploit", "deploy", "test", "user", "ubuntu", "ec2-user",
     "it-support", "svc_backup"],
)  # fmt: skip
def test_names_of_roles(name) -> None:
    assert is_generic(name)


@pytest.mark.parametrize("name", ["amartin", "infoserv", "postgres", "b.admin", "administer", "42", "", "root"])
def test_other_names(name) -> None:
    assert not is_generic(name)


@pytest.mark.parametrize(
    ("fields", "sessions"),
    [
        ({"login_days_90d": 3}, ()),
        ({"last_login": b.TODAY - dt.timedelta(days=90)}, ()),
        ({}, (session(),)),
        ({}, (session(source=""),)),
        ({"login_days_90d": 1}, None),
    ],
)
def test_a_role_that_somebody_entered_by_may_be_shared(fields, sessions) -> None:
    found = member(account("admin", **fields), account(), sessions=sessions)
    assert (found.measured, found.reason, found.declared) == (UNKNOWN, "partial", None)
    assert [(each.key, each.value) for each in found.evidence][1:] == [("role_account_in_use", "admin")]


@pytest.mark.parametrize("people", [None, (person("admin"),)], ids=["nobody's", "claimed"])
def test_a_role_that_is_in_several_places_at_once_is_shared(people) -> None:
    found = member(account("admin", login_days_90d=3, concurrent_sources=True), people=people)
    assert found.measured == NO
    assert (found.evidence[0].key, found.evidence[0].value) == ("role_account_from_several_places_at_once", "admin")


@pytest.mark.parametrize(
    ("fields", "sessions"),
    [
        ({"last_login": b.TODAY - dt.timedelta(days=91)}, ()),
        ({}, (session(days=91),)),
        ({}, (session("amartin"),)),
        ({"interactive": False, "login_days_90d": 3}, ()),
    ],
)
def test_a_role_that_nobody_enters_by_shares_nothing(fields, sessions) -> None:
    assert member(account("admin", **fields), account(), sessions=sessions).measured == YES


@pytest.mark.parametrize(
    ("source", "value"), [("10.0.9.9", NO), ("", YES), ("127.0.0.1", YES), ("::1", YES), ("bkp1", NO)]
)
def test_root_is_shared_when_entered_from_the_network(source, value) -> None:
    found = member(account("root", 0), sessions=(session("root", source=source),))
    assert found.measured == value
    if value == NO:
        assert (found.evidence[0].key, found.evidence[0].value) == ("root_entered_from_the_network", "root")


def test_a_second_root_is_root() -> None:
    found = member(account("toor", 0), sessions=(session("toor"),))
    assert (found.measured, found.evidence[0].value) == (NO, "an account")


def key(fingerprint, name="amartin") -> AuthorizedKey:
    return AuthorizedKey(account=name, type="ssh-ed25519", fingerprint=fingerprint)


@pytest.mark.parametrize(
    ("count", "keys", "value"),
    [
        (2, None, NO),
        (1, None, YES),
        (None, (key("SHA256:a"), key("SHA256:b")), NO),
        (None, (key("SHA256:a"), key("SHA256:a")), YES),
        (None, (key("SHA256:a"), key("SHA256:b", "bleroy")), YES),
        (None, None, UNKNOWN),
        (1, (key("SHA256:a"), key("SHA256:b")), NO),
    ],
)
def test_several_keys_and_places_at_once_are_several_people(count, keys, value) -> None:
    found = member(account(keys=count, concurrent_sources=True), keys=keys)
    assert found.measured == value
    assert found.reason == ("partial" if value == UNKNOWN else None)


def test_several_keys_of_somebody_who_is_in_one_place_at_a_time() -> None:
    assert member(account(keys=4)).measured == YES


def test_a_person_is_never_named() -> None:
    found = member(account(keys=2, concurrent_sources=True))
    assert [(each.key, each.value) for each in found.evidence] == [("several_keys_and_places_at_once", "an account")]


def test_without_sessions_nobody_knows() -> None:
    found = member(account("admin"), sessions=None)
    assert (found.measured, found.reason, found.declared) == (UNKNOWN, "partial", None)
    assert (found.evidence[0].key, found.evidence[0].value) == ("interactive_accounts", 1)


def test_without_sessions_and_without_a_prompt_nobody_shares() -> None:
    assert member(account("daemon", 1, interactive=False), sessions=None).measured == YES


IN_USE = account("admin", login_days_90d=3)


def test_a_role_that_one_person_owns_is_declared_to_be_theirs() -> None:
    found = member(IN_USE, people=(person("admin"),))
    assert (found.measured, found.declared, found.reason) == (UNKNOWN, ONE, "partial")
    assert found.evidence[-1].provenance.query == "people[0].identities.login"
    assert b.ends(found) == (Fraction(7, 10), 1)


@pytest.mark.parametrize(
    "people",
    [
        (person("amartin"),),
        (person("admin"), person("admin", "b.leroy")),
        (person("admin", date=b.TODAY - dt.timedelta(days=400)),),
    ],
    ids=["somebody else's", "two people's", "said long ago"],
)
def test_a_role_that_is_nobodys_own_is_not_declared(people) -> None:
    found = member(IN_USE, people=people)
    assert (found.measured, found.declared) == (UNKNOWN, None)


def test_a_claim_that_sessions_disprove_is_contradicted() -> None:
    found = member(account("admin", login_days_90d=3, keys=2, concurrent_sources=True), people=(person("admin"),))
    assert (found.measured, found.declared) == (NO, ONE)
    assert found.contradicted(DISCOUNT)


def test_one_claim_does_not_cover_another_role() -> None:
    found = member(IN_USE, account("support", 1001, login_days_90d=1), people=(person("admin"),))
    assert (found.measured, found.declared) == (UNKNOWN, None)


@pytest.mark.parametrize("access", [None, Access(sessions=())])
def test_accounts_that_nobody_read(access) -> None:
    runs = (b.run("access", "unknown", "no_permission"),)
    (found,) = shared(b.estate(b.host("web1", access=access, runs=runs))).members
    assert (found.measured, found.reason) == (None, "no_permission")


accounts = st.builds(
    account,
    name=st.sampled_from(("root", "admin", "support", "amartin")),
    uid=st.sampled_from((0, 1000)),
    interactive=st.booleans(),
    login_days_90d=s.maybe(st.integers(0, 2)),
    last_login=s.maybe(s.dates),
    concurrent_sources=st.booleans(),
    keys=s.maybe(st.integers(0, 3)),
)
sessions = st.builds(
    session,
    name=st.sampled_from(("root", "admin", "amartin")),
    days=st.sampled_from((3, 200)),
    source=st.sampled_from(("", "10.0.9.9")),
)
accesses = st.builds(
    Access, accounts=s.maybe(s.unique(accounts, "name")), sessions=s.maybe(s.some(sessions)), authorized_keys=st.none()
)


def value_of(access: Access, people=None):
    (found,) = shared(b.estate(b.host("web1", access=access), context=b.context(people=people))).members
    return found


@settings(deadline=None)
@given(accesses, st.sampled_from(("accounts", "sessions")))
def test_what_is_no_longer_read_never_raises_low(access, part) -> None:
    blind = msgspec.structs.replace(access, **{part: None})
    assert value_of(blind).measured_only.low <= value_of(access).measured_only.low


@settings(deadline=None)
@given(accesses)
def test_a_claim_earns_no_full_point_and_costs_none(access) -> None:
    said, silent = value_of(access, (person("admin"),)), value_of(access)
    assert said.interval(DISCOUNT).low >= silent.interval(DISCOUNT).low
    assert said.measured_only == silent.measured_only
