from __future__ import annotations

from analyzers.measures.graph.turning import services_in_circles
from tests import builders as b
from tests.analyzers.measures.graph.planted import catalogue, hosts

RUNNING = {"app1": ("boutique",), "mail1": ("mailer",), "db1": ("postgresql",), "erp1": ("erp",)}
CIRCLE = [("boutique", "mailer"), ("mailer", "erp"), ("erp", "boutique"), ("erp", "postgresql")]


def turning(calls=CIRCLE, needs=None, extra=(), **blocks):
    context = catalogue(*needs) if needs is not None else None
    population = services_in_circles(b.estate(*hosts(RUNNING, calls, **blocks), *extra, context=context))
    return {each.name: each.measured.low if each.measured is not None else each.declared for each in population.members}


def test_a_planted_circle_is_found_whole_and_nothing_else() -> None:
    assert turning() == {"boutique": 0, "mailer": 0, "erp": 0, "postgresql": 1}


def test_the_way_round_is_shown() -> None:
    member = b.by_name(services_in_circles(b.estate(*hosts(RUNNING, CIRCLE))))["boutique"]
    assert [str(each.value) for each in member.evidence] == [
        "app1/boutique -> mail1/mailer:2525/tcp",
        "mail1/mailer -> erp1/erp:9000/tcp",
        "erp1/erp -> app1/boutique:8080/tcp",
    ]


def test_two_ways_to_one_thing_are_no_circle() -> None:
    calls = [("boutique", "mailer"), ("boutique", "erp"), ("mailer", "postgresql"), ("erp", "postgresql")]
    assert set(turning(calls).values()) == {1}


def test_a_circle_that_is_only_said_is_declared() -> None:
    said = (("boutique", ("mailer",)), ("mailer", ("boutique",)), ("erp", ()), ("postgresql", ()))
    found = turning((), said, flow_watch=None)
    assert found == {"boutique": 0, "mailer": 0, "erp": 1, "postgresql": 1}
    assert set(turning((), said).values()) == {1}, "watched for a week: the circle is a ghost"


def test_a_short_look_proves_no_absence() -> None:
    assert turning(flow_watch=None) == {"boutique": 0, "mailer": 0, "erp": 0, "postgresql": None}


def test_a_host_that_was_not_read_may_close_a_circle() -> None:
    said = (("boutique", ()),)
    assert turning((), said, extra=(b.refused("dark1"),)) == dict.fromkeys(
        ("boutique", "mailer", "erp", "postgresql", "dark1")
    )
