"""Which day it is somewhere: asked at every request, and another once a day."""

import time
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones


class _Day(NamedTuple):
    """A day, from when until when it is: seconds since 1970."""

    day: date
    begins: float
    ends: float


#: The latest day in each time zone that was asked for.
_latest: dict[str, _Day] = {}


def zones() -> frozenset[str]:
    """Return the names of the time zones of places: none that is this machine's or of nowhere."""
    return frozenset(available_timezones() - {"localtime", "Factory"})


def day_in(zone: str) -> date:
    """Return today in a time zone."""
    now = time.time()
    known = _latest.get(zone)
    if known is None or not known.begins <= now < known.ends:
        known = _latest[zone] = _day_of(now, ZoneInfo(zone))
    return known.day


def _day_of(now: float, zone: ZoneInfo) -> _Day:
    day = datetime.fromtimestamp(now, zone).date()
    # Where midnight is left out or comes twice, the day begins and ends with the first of it.
    begins, ends = (
        datetime.combine(one, time_of_day(), zone).timestamp()
        for one in (day, day + timedelta(days=1))
    )
    return _Day(day, begins, ends)
