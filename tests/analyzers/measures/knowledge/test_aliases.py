import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.measures.knowledge.aliases import Author, is_bot, normalised_name, persons

NAMES = st.sampled_from(["A Martin", "a.martin", "B Leroy", "b-leroy", "root", "", "Á MARTIN"])
ADDRESSES = st.sampled_from(["a@one.example", "A@ONE.example", "b@one.example", "noreply@github.com", ""])
AUTHORS = st.lists(st.tuples(NAMES, ADDRESSES), max_size=12)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param(("A Martin", "a@x.example"), ("am", "A@x.example "), True, id="one address, two names"),
        pytest.param(("A Martin", "a@x.example"), ("a.martin", "a@home.example"), True, id="one name, two addresses"),
        pytest.param(("Á  Martin", "a@x.example"), ("a martin", "b@x.example"), True, id="accents and spaces"),
        pytest.param(("A Martin", "a@x.example"), ("B Leroy", "b@x.example"), False, id="two persons"),
        pytest.param(("root", "root@web1"), ("root", "root@db1"), False, id="an account is nobody's name"),
        pytest.param(("", "a@x.example"), ("", "b@x.example"), False, id="no name"),
        pytest.param(
            ("A Martin", "noreply@github.com"), ("B Leroy", "noreply@github.com"), False, id="an address of a forge"
        ),
    ],
)
def test_who_is_the_same_person(one: Author, other: Author, same: bool) -> None:
    found = persons([one, other])
    assert (found[one] == found[other]) is same


def test_aliases_chain_through_address_and_name() -> None:
    chain = [("A Martin", "a@x.example"), ("a.martin", "am@y.example"), ("am", "am@y.example")]
    assert set(persons(chain).values()) == {"a@x.example"}


def test_a_person_without_an_address_of_their_own_stands_by_name() -> None:
    assert persons([("A Martin", "noreply@github.com")]) == {("A Martin", "noreply@github.com"): "A Martin"}


def test_a_shared_name_at_a_shared_address_is_told_by_both() -> None:
    assert persons([("root", "root@localhost")]) == {("root", "root@localhost"): "root <root@localhost>"}


@pytest.mark.parametrize(("name", "bot"), [("dependabot[bot]", True), ("Renovate[BOT] ", True), ("abbot", False)])
def test_a_program_says_so(name: str, bot: bool) -> None:
    assert is_bot((name, "x@y.example")) is bot


def test_normalised_names_keep_letters_and_digits() -> None:
    assert normalised_name("  Élo-ïse  2 ") == "eloise2"


@given(AUTHORS, st.randoms())
def test_order_and_repetition_do_not_matter(authors: list[Author], random) -> None:
    shuffled = [*authors, *authors]
    random.shuffle(shuffled)
    assert persons(shuffled) == persons(authors)


@given(AUTHORS, st.tuples(NAMES, ADDRESSES))
def test_one_more_alias_never_splits_a_person(authors: list[Author], more: Author) -> None:
    before, after = persons(authors), persons([*authors, more])
    for one in authors:
        for other in authors:
            if before[one] == before[other]:
                assert after[one] == after[other]
