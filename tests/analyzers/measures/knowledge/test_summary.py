"""Key people of an estate: smallest groups, worst losses, teams and providers that leave as one."""

from collections import Counter
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from analyzers.measures.knowledge.loss import worst_loss, worst_loss_of_cuts
from analyzers.measures.knowledge.summary import KeyPeople, inside_share, key_people
from analyzers.measures.knowledge.traces import known
from analyzers.model.context import Person
from tests import builders as b

PEOPLE = (
    Person(id="a", team="infra", employer="internal"),
    Person(id="b", team="infra", employer="internal"),
    Person(id="c", team="support", employer="InfoServ"),
    Person(id="d", team="support", employer="InfoServ"),
)
CODE = b.history(boutique={"a": 3}, erp={"ab": 2}, wiki={"cd": 4}, paie={"c": 1, "d": 1}, vide={})


def of(*git: object, people: tuple[Person, ...] = PEOPLE) -> KeyPeople:
    return key_people(known(b.estate(git=git, context=b.context(people=people))))


def test_services_have_their_smallest_groups() -> None:
    found = of(CODE)
    assert {name: (own.people, own.proved) for name, own in found.services.items()} == {
        "boutique": (("a",), 1),
        "erp": (("a", "b"), 2),
        "paie": (("c", "d"), 2),
        "wiki": (("c", "d"), 2),
    }


def test_the_worst_losses_name_what_goes() -> None:
    worst = of(CODE).worst
    assert (worst[1].people, worst[1].assets) == (("a",), ("boutique",))
    assert worst[2].assets in {("boutique", "erp"), ("paie", "wiki")}
    assert worst[3].assets == ("boutique", "paie", "wiki")
    assert all(each.exact for each in worst.values())


def test_a_provider_or_a_team_leaves_as_one() -> None:
    found = of(CODE)
    assert [(each.name, each.people, each.assets) for each in found.providers] == [
        ("InfoServ", ("c", "d"), ("paie", "wiki"))
    ]
    assert [(each.name, each.assets) for each in found.whole_teams] == [
        ("infra", ("boutique", "erp")),
        ("support", ("paie", "wiki")),
    ]
    assert {name: len(own.people) for name, own in found.teams.items()} == {"infra": 2, "support": 2}


def test_each_person_who_is_missed_is_told_with_what_goes() -> None:
    assert [(each.people, each.assets) for each in of(CODE).alone] == [(("a",), ("boutique",))]


def test_shares_outside_and_unsaid() -> None:
    found = of(CODE, people=PEOPLE[1:])
    assert (found.outside, found.unsaid) == (b.Fraction(1, 2), b.Fraction(3, 8))
    estate = known(b.estate(git=[CODE], context=b.context(people=PEOPLE[1:])))
    erp = inside_share(estate.assets["erp"], estate)
    assert erp is not None
    assert (erp.low, erp.high) == (b.Fraction(1, 2), 1)


def test_nothing_is_claimed_of_an_estate_without_traces() -> None:
    found = key_people(known(b.estate()))
    assert (found.estate, found.outside, found.alone, found.providers) == (None, None, (), ())
    assert found.worst[3].assets == ()


def test_every_asset_weighs_the_same_in_the_estate() -> None:
    found = of(b.history(large={"a": 997}, small={"b": 1}, other={"b": 2}))
    assert found.estate is not None
    assert found.estate.people == ("b",)


CUTS = st.lists(st.lists(st.frozensets(st.sampled_from("abcdef"), min_size=1, max_size=3), max_size=4), max_size=8).map(
    lambda assets: {f"s{index}": tuple(cuts) for index, cuts in enumerate(assets)}
)


@given(CUTS, st.integers(1, 3))
def test_the_worst_loss_of_assets_with_several_cut_sets_is_that_of_all_groups_tried(
    cuts: dict[str, tuple[frozenset[str], ...]], leavers: int
) -> None:
    def lost(gone: frozenset[str]) -> int:
        return sum(any(cut <= gone for cut in found) for found in cuts.values())

    found = worst_loss_of_cuts(cuts, leavers)
    tried = [frozenset(each) for size in range(leavers + 1) for each in combinations("abcdef", size)]
    assert found.exact
    assert lost(frozenset(found.people)) == found.orphans == max(map(lost, tried))


@given(st.lists(st.frozensets(st.sampled_from("abcdef"), max_size=3), max_size=10), st.integers(1, 3))
def test_cut_sets_of_whole_assets_are_their_knowers(sets: list[frozenset[str]], leavers: int) -> None:
    knowledge = {f"f{index}": knowers for index, knowers in enumerate(sets)}
    cuts = {name: (knowers,) for name, knowers in knowledge.items()}
    assert worst_loss_of_cuts(cuts, leavers).orphans == worst_loss(knowledge, leavers).orphans
    assert Counter(sets).total() == len(sets)
