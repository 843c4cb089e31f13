"""The day in a time zone, which is asked for at every request."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from buffet import days

#: The last of them has days of 23 and 25 hours, the first had days without a midnight.
ZONES = ("America/Sao_Paulo", "Pacific/Kiritimati", "Asia/Kathmandu", "Europe/Berlin")


@pytest.mark.parametrize("zone", ZONES)
def test_it_is_what_the_calendar_there_says_at_every_quarter_of_an_hour(
    zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, end = datetime(2018, 10, 1, tzinfo=UTC), datetime(2019, 4, 5, tzinfo=UTC)
    while at < end:
        moment = at.timestamp()
        monkeypatch.setattr(days.time, "time", lambda moment=moment: moment)
        assert days.day_in(zone) == at.astimezone(ZoneInfo(zone)).date(), at
        at += timedelta(minutes=15)


def test_a_clock_that_is_set_back_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    for moment, day in (
        (datetime(2026, 3, 10, tzinfo=UTC), date(2026, 3, 9)),
        (datetime(2026, 3, 8, tzinfo=UTC), date(2026, 3, 7)),
    ):
        monkeypatch.setattr(days.time, "time", moment.timestamp)
        assert days.day_in("America/Sao_Paulo") == day
