from __future__ import annotations

from analyzers.checks.gouvernance.privileged_access import CHECK
from analyzers.model.facts import Access, Account, SshPolicy, SudoRule
from tests import builders as b


def host(name: str, **fields):
    given = {
        "accounts": (Account(name="amartin", uid=1000, interactive=True),),
        "sudo_rules": (SudoRule(who="amartin"),),
        "sshd": SshPolicy(permit_root_login="no", password_authentication=False, allow_users=("amartin",)),
        "authorized_keys": (),
    }
    return b.host(name, access=Access(**(given | fields)))


HOSTS = (
    host("web1"),
    host("db1", sshd=SshPolicy(permit_root_login="yes", password_authentication=True), authorized_keys=None),
)


def test_hosts_that_meet_every_rule_are_counted_and_the_others_named() -> None:
    found = b.answer(CHECK, *HOSTS)
    assert str(found.message) == "1 of 2 hosts are known to meet every rule on remote entry, on privileges and on keys."
    assert found.subjects == ("db1",)


def test_each_part_of_a_host_is_worth_a_third() -> None:
    finding = b.finding(CHECK, *HOSTS)
    assert (finding.interval.low, finding.interval.high) == (b.Fraction(4, 6), b.Fraction(5, 6))
    assert finding.coverage == b.Fraction(5, 6)


def test_people_are_not_named() -> None:
    assert not any("amartin" in str(piece.value) for piece in b.finding(CHECK, *HOSTS).evidence)
