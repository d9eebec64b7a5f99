import datetime as dt
import time

import pytest

from agent import looking


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
