from __future__ import annotations

from fractions import Fraction

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.measures.privileges import privileged
from analyzers.model import context as ctx
from analyzers.model.facts import Access, Account, AuthorizedKey, SshPolicy, SudoRule
from analyzers.model.interval import Interval
from tests import builders as b
from tests import strategies as s

SSHD = SshPolicy(permit_root_login="no", password_authentication=False, allow_groups=("ssh",), effective=True)
ADMIN = Account(name="amartin", uid=1000, interactive=True, groups=("sudo",))
ROOT = Account(name="root", uid=0, interactive=True, system=True)
DAEMON = Account(name="zabbix", uid=112, interactive=False, system=True)
KEY = AuthorizedKey(account="amartin", type="ssh-ed25519", fingerprint="SHA256:aaaa")
MAPPED = (ctx.Person(id="a.martin", identities=ctx.Identities(key=("SHA256:aaaa",))),)

STRONG = Access(
    accounts=(ROOT, ADMIN, DAEMON),
    sudo_rules=(SudoRule(who="root"), SudoRule(who="%sudo")),
    sshd=SSHD,
    sshd_present=True,
    authorized_keys=(KEY,),
    sessions=(),
)


def member(people=None, missed=(), **parts):
    access = msgspec.structs.replace(STRONG, **parts)
    runs = (b.run("access", "partial", "no_permission", could_not_see=missed),) if missed else ()
    context = b.context(people=people) if people is not None else None
    return b.by_name(privileged(b.estate(b.host("web1", access=access, runs=runs), context=context)))["web1"]


def thirds(low, high=None) -> Interval:
    return Interval(Fraction(low, 3), Fraction(low if high is None else high, 3))


def test_a_host_that_meets_every_rule() -> None:
    found = member()
    assert (found.measured, found.reason) == (thirds(3), None)
    assert {each.key: each.value for each in found.evidence} == {
        "sshd.permit_root_login": "no",
        "sshd.password_authentication": False,
        "sshd.only_those_listed": True,
        "sudo.everything_without_password": 0,
        "sudo.named_admins": 1,
        "keys": 1,
        "keys.on_several_accounts": 0,
        "keys.weak": 0,
        "keys.of_root_without_a_person": 0,
    }


def sshd(**fields) -> SshPolicy:
    return msgspec.structs.replace(SSHD, **fields)


@pytest.mark.parametrize(
    ("policy", "value"),
    [
        (sshd(permit_root_login="prohibit-password"), thirds(3)),
        (sshd(permit_root_login="forced-commands-only"), thirds(3)),
        (sshd(allow_groups=(), allow_users=("amartin",)), thirds(3)),
        (sshd(permit_root_login="yes"), thirds(2)),
        (sshd(password_authentication=True), thirds(2)),
        (sshd(allow_groups=()), thirds(2)),
        (sshd(conditional=("PasswordAuthentication yes",)), thirds(2)),
        (sshd(conditional=("permitrootlogin yes",)), thirds(2)),
        (sshd(conditional=("allowusers amartin",)), thirds(3)),
        (sshd(permit_root_login=""), thirds(2, 3)),
        (sshd(password_authentication=None), thirds(2, 3)),
        (sshd(permit_root_login="", password_authentication=True), thirds(2)),
        (None, thirds(2, 3)),
    ],
)
def test_the_way_in(policy, value) -> None:
    found = member(sshd=policy)
    assert (found.measured, found.reason) == (value, "partial" if value.width else None)


@pytest.mark.parametrize("policy", [None, sshd(password_authentication=True)])
def test_without_a_server_nobody_comes_in(policy) -> None:
    assert member(sshd=policy, sshd_present=False).measured == thirds(3)


def test_a_list_may_stand_in_a_file_that_was_refused() -> None:
    policy = sshd(allow_groups=(), effective=False)
    found = member(sshd=policy, missed=("/etc/ssh/sshd_config.d/50-site.conf",))
    assert (found.measured, found.reason) == (thirds(2, 3), "no_permission")


def test_the_server_itself_leaves_no_doubt() -> None:
    assert member(sshd=sshd(allow_groups=()), missed=("/etc/ssh/sshd_config",)).measured == thirds(2)


def people(count):
    return tuple(Account(name=f"user-{n}x", uid=2000 + n, interactive=True, groups=("sudo",)) for n in range(count))


@pytest.mark.parametrize(
    ("rules", "value"),
    [
        ((SudoRule(who="amartin"),), thirds(3)),
        ((SudoRule(who="amartin", commands="/bin/ls, ALL"),), thirds(3)),
        ((SudoRule(who="#1000"),), thirds(3)),
        ((SudoRule(who="%sudo"), SudoRule(who="zabbix", no_password=True)), thirds(3)),
        ((SudoRule(who="%sudo"), SudoRule(who="amartin", commands="/bin/ls", no_password=True)), thirds(3)),
        ((SudoRule(who="%sudo"), SudoRule(who="root", no_password=True)), thirds(3)),
        ((SudoRule(who="amartin", no_password=True),), thirds(2)),
        ((SudoRule(who="%sudo", no_password=True),), thirds(2)),
        ((SudoRule(who="directory-user", no_password=True),), thirds(2)),
        ((SudoRule(who="ALL"),), thirds(2)),
        ((SudoRule(who="amartin", commands="/bin/ls"),), thirds(2)),
        ((SudoRule(who="zabbix"),), thirds(2)),
        ((), thirds(2)),
        ((SudoRule(who="directory-user"),), thirds(3)),
        ((SudoRule(who="%nobody-here"),), thirds(2, 3)),
        ((SudoRule(who="+netgroup"),), thirds(2, 3)),
        (None, thirds(2, 3)),
    ],
)
def test_the_way_up(rules, value) -> None:
    assert member(sudo_rules=rules).measured == value


@pytest.mark.parametrize(("count", "value"), [(1, thirds(3)), (5, thirds(3)), (6, thirds(2))])
def test_one_to_five_persons(count, value) -> None:
    assert member(accounts=(ROOT, *people(count))).measured == value


def test_a_role_is_not_a_named_person() -> None:
    shared = Account(name="admin", uid=1000, interactive=True, groups=("sudo",))
    assert member(accounts=(ROOT, shared)).measured == thirds(2)


def test_where_no_person_has_an_account_there_is_nothing_to_govern() -> None:
    assert member(accounts=(ROOT, DAEMON), sudo_rules=()).measured == thirds(3)


def test_six_names_are_too_many_whoever_they_are() -> None:
    rules = tuple(SudoRule(who=each.name) for each in people(6))
    assert member(sudo_rules=rules).measured == thirds(2)


@pytest.mark.parametrize(
    ("rules", "value"),
    [
        ((SudoRule(who="amartin"),), thirds(2, 3)),
        ((SudoRule(who="amartin", no_password=True),), thirds(2, 3)),
        ((SudoRule(who="%sudo", no_password=True),), thirds(2)),
        ((), thirds(2, 3)),
    ],
)
def test_without_the_accounts_only_a_group_is_known_to_be_people(rules, value) -> None:
    assert member(MAPPED, accounts=None, sudo_rules=rules).measured == value


def key(account="amartin", **fields) -> AuthorizedKey:
    return AuthorizedKey(**({"account": account, "type": "ssh-ed25519", "fingerprint": f"SHA256:{account}"} | fields))


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        ((), thirds(3)),
        ((key(type="ssh-rsa", bits=3072),), thirds(3)),
        ((key(type="ssh-rsa", bits=2048),), thirds(2)),
        ((key(type="ssh-rsa"),), thirds(2, 3)),
        ((key(type="ssh-dss"),), thirds(2)),
        ((key(), key("bleroy", fingerprint="SHA256:amartin")), thirds(2)),
        ((key(), key()), thirds(3)),
        ((key("root", restricted=True),), thirds(3)),
        ((key("root"),), thirds(2, 3)),
        (None, thirds(2, 3)),
    ],
)
def test_the_keys(keys, value) -> None:
    assert member(authorized_keys=keys).measured == value


def test_whose_the_keys_of_root_are_was_never_said() -> None:
    assert member(authorized_keys=(key("root"),)).reason == "not_declared"


@pytest.mark.parametrize(
    ("fingerprint", "value"), [("SHA256:aaaa", thirds(3)), ("SHA256:zzzz", thirds(2))], ids=["a person's", "nobody's"]
)
def test_the_keys_of_root_against_those_of_people(fingerprint, value) -> None:
    assert member(MAPPED, authorized_keys=(key("root", fingerprint=fingerprint),)).measured == value


@pytest.mark.parametrize(
    "said",
    [(), (ctx.Person(id="a.martin"),), (msgspec.structs.replace(MAPPED[0], date=s.DATES[4]),)],
    ids=["nobody", "without keys", "long ago"],
)
def test_people_without_keys_say_nothing_of_the_keys_of_root(said) -> None:
    assert member(said, authorized_keys=(key("root", fingerprint="SHA256:aaaa"),)).measured == thirds(2, 3)


def test_a_second_root_is_root() -> None:
    toor = Account(name="toor", uid=0, interactive=True)
    assert member(MAPPED, accounts=(ROOT, toor, ADMIN), authorized_keys=(key("toor"),)).measured == thirds(2)


def test_without_the_accounts_any_key_may_open_root() -> None:
    assert member(MAPPED, accounts=None, authorized_keys=(key(),)).measured == thirds(1, 3)


@pytest.mark.parametrize(
    ("missed", "value"),
    [
        ("/root/.ssh/authorized_keys", thirds(2, 3)),
        ("/etc/sudoers.d/90-cloud", thirds(2, 3)),
        ("/var/log/wtmp", thirds(3)),
    ],
)
def test_what_was_refused_leaves_its_part_open(missed, value) -> None:
    found = member(missed=(missed,))
    assert (found.measured, found.reason) == (value, "no_permission" if value.width else None)


def test_nothing_read_at_all_is_unknown() -> None:
    found = b.by_name(privileged(b.estate(b.host("web1", access=Access(), runs=(b.run("access", "unknown"),)))))
    assert (found["web1"].measured, found["web1"].reason) == (None, "partial")


accesses = st.builds(
    Access,
    accounts=s.maybe(
        s.unique(
            st.builds(
                Account,
                name=st.sampled_from(("root", "amartin", "bleroy", "admin", "zabbix")),
                uid=st.sampled_from((0, 112, 1000)),
                interactive=st.booleans(),
                system=st.booleans(),
                groups=s.some(st.sampled_from(("sudo", "wheel")), 1),
            ),
            "name",
        )
    ),
    sudo_rules=s.maybe(
        s.some(
            st.builds(
                SudoRule,
                who=st.sampled_from(("amartin", "%sudo", "%wheel", "ALL", "zabbix", "#0", "elsewhere")),
                commands=st.sampled_from(("ALL", "/bin/ls")),
                no_password=st.booleans(),
            )
        )
    ),
    sshd=s.maybe(
        st.builds(
            SshPolicy,
            permit_root_login=st.sampled_from(("no", "yes", "")),
            password_authentication=s.yes_no_unknown,
            allow_groups=s.some(st.just("ssh"), 1),
            effective=st.just(True),
        )
    ),
    sshd_present=st.sampled_from((True, None)),
    authorized_keys=s.maybe(
        s.some(
            st.builds(
                key,
                account=st.sampled_from(("root", "amartin", "bleroy")),
                type=st.sampled_from(("ssh-ed25519", "ssh-rsa", "ssh-dss")),
                fingerprint=st.sampled_from(("SHA256:aaaa", "SHA256:zzzz")),
                restricted=st.booleans(),
                bits=s.maybe(st.sampled_from((2048, 4096))),
            )
        )
    ),
)


PARTS = ("accounts", "sudo_rules", "sshd", "authorized_keys")


def value_of(access: Access, said) -> Interval:
    (found,) = privileged(b.estate(b.host("web1", access=access), context=b.context(people=said))).members
    return found.measured_only


@settings(deadline=None, max_examples=200)
@given(
    accesses, st.sampled_from((MAPPED, None)), st.sampled_from(("accounts", "sudo_rules", "sshd", "authorized_keys"))
)
def test_what_is_no_longer_read_never_raises_low(access, said, part) -> None:
    blind = msgspec.structs.replace(access, **{part: None})
    assert value_of(blind, said).contains(value_of(access, said))


@settings(deadline=None)
@given(accesses)
def test_saying_whose_the_keys_are_stays_inside(access) -> None:
    assert value_of(access, None).contains(value_of(access, MAPPED))
