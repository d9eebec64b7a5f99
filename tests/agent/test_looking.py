import datetime as dt
import time
from typing import Literal

import pytest

from agent import looking
from analyzers.model.facts import CollectorRun, Host


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("UTC", "2026-11-23T23:30:00+00:00", "2026-11-23"),
        ("Europe/Paris", "2026-11-23T23:30:00+00:00", "2026-11-24"),
        ("Europe/Paris", "2026-11-23T12:00:00+00:00", "2026-11-23"),
        ("America/New_York", "2026-11-24T01:00:00+00:00", "2026-11-24"),
    ],
)
def test_what_people_date_today_is_not_in_the_future(
    monkeypatch: pytest.MonkeyPatch, zone: str, moment: str, day: str
) -> None:
    monkeypatch.setattr(looking, "now", lambda: dt.datetime.fromisoformat(moment))
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert looking.last_day() == dt.date.fromisoformat(day)
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("outcomes", "reason"),
    [
        ((), None),
        (("ok", "not_applicable"), None),
        (("ok", "partial"), "partial"),
        (("unknown",), "partial"),
    ],
)
def test_a_host_answered_in_full_only_when_every_collector_saw_everything(
    outcomes: tuple[Literal["ok", "partial", "not_applicable", "unknown"], ...], reason: str | None
) -> None:
    runs = tuple(CollectorRun(name="packages", outcome=each) for each in outcomes)
    host = Host(id="1", name="web1", collected_at=dt.datetime(2026, 11, 23, tzinfo=dt.UTC), runs=runs)
    assert looking.host_origin(host).reason == reason
