"""The day as of which a report is asked, as an instant."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from buffet.errors import Refusal
from buffet.models import Book


class NotYet(Refusal):
    """What will be known on a day to come, nobody knows today."""

    code = "not_yet"
    status = 400
    pointer = "?known_on"


def end_of_day(book: Book, day: date, now: datetime) -> datetime:
    """Return the last instant of a day in the book's zone; of today, `now`.

    :raises NotYet: if the day has not begun.
    """
    if day > book.day(now):
        raise NotYet
    following = datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(book.time_zone))
    return min(following - timedelta(microseconds=1), now)
