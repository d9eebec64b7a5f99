"""Incidents from tickets, declarations, pages and restarts: each once, and on the hosts that are known."""

from __future__ import annotations

import datetime as dt

import pytest

from analyzers.measures.history.incidents import Firing, firings, incidents
from analyzers.measures.history.moments import milliseconds
from analyzers.model.context import Incident as Told
from analyzers.model.context import Match
from analyzers.model.tickets import Ticket, TicketFile
from tests import builders as b
from tests.analyzers.measures.history.blocks import block

MINUTE = 60_000


def ticket(days_ago=2.0, kind="incident", service="boutique", hours=1.0):
    opened = b.days_ago(days_ago)
    closed = opened + dt.timedelta(hours=hours)
    return Ticket(id=f"T{days_ago}", opened=opened, closed=closed, service=service, kind=kind)


def estate(*tickets, **blocks):
    declared = b.service("boutique", match=Match(hosts=("web1",)))
    file = TicketFile(file="tickets.csv", tickets=tickets)
    return b.estate(b.host("web1"), tickets=(file,), context=b.context(services=(declared,), **blocks))


def found(known, names=("web1", "db1"), fired=(), restarts=None):
    return incidents(known, names, fired, restarts or {})


def test_a_ticket_is_an_incident_on_the_hosts_of_its_service():
    (one,) = found(estate(ticket()))
    assert one.origin == "ticket"
    assert one.start == milliseconds(b.days_ago(2))
    assert one.end == one.start + 60 * MINUTE
    assert one.hosts == {"web1"}


@pytest.mark.parametrize("kind", ["request", "change", "problem", "other"])
def test_other_tickets_are_none(kind):
    assert found(estate(ticket(kind=kind))) == ()


def test_an_unknown_service_is_nowhere():
    (one,) = found(estate(ticket(service="ghost")))
    assert one.hosts is None


def test_a_ticket_that_names_a_host_is_on_it():
    (one,) = found(estate(ticket(service="db1")))
    assert one.hosts == {"db1"}


def test_a_ticket_closed_days_later_lasts_a_day():
    (one,) = found(estate(ticket(hours=90)))
    assert one.end - one.start == 24 * 60 * MINUTE


def test_what_people_remember_counts():
    told = Told(start=b.days_ago(3), end=b.days_ago(2.9), services=("boutique",))
    (one,) = found(estate(incidents=(told,)))
    assert (one.origin, one.hosts) == ("declared", {"web1"})


def test_pages_and_restarts_of_an_hour_are_the_ticket():
    start = milliseconds(b.days_ago(2))
    fired = [Firing("web1", start - 5 * MINUTE, start + 9 * MINUTE), Firing("db1", start, start + MINUTE)]
    each = found(estate(ticket()), fired=fired, restarts={"web1": (start + 30 * MINUTE, start + 600 * MINUTE)})
    assert [(one.origin, sorted(one.hosts or ())) for one in each] == [
        ("ticket", ["web1"]),
        ("alert", ["db1"]),
        ("restart", ["web1"]),
    ]


def test_alerts_that_page_fire_in_spans():
    labels = {"__name__": "ALERTS", "alertname": "Down", "alertstate": "firing", "instance": "web1:9100"}
    samples = [(each * MINUTE, 1.0) for each in (1, 2, 3, 60, 61)]
    read = block(
        [
            ({**labels, "severity": "critical"}, samples),
            ({**labels, "severity": "warning"}, samples),
            ({**labels, "severity": "page", "alertstate": "pending"}, samples),
        ]
    )
    assert firings(read) == (
        Firing("web1", MINUTE, 3 * MINUTE),
        Firing("web1", 60 * MINUTE, 61 * MINUTE),
    )
