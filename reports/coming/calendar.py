"""A month as a grid of weeks, and what is to come on its days."""

from calendar import Calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from reports.queries.forecast import DAYS
from reports.queries.month import Row
from transactions.queries.balances import month_after

_DAY = timedelta(days=1)
#: The months that an address can name.
FIRST, LAST = date(1900, 1, 1), date(2199, 12, 1)
#: How many days ahead months are foreseen: as far as statements are made.
REACH = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of the grid, with what is to come on it."""

    day: date
    is_in_month: bool
    is_today: bool
    rows: Sequence[Row]


def end_of(month: date) -> date:
    """Return the last day of a month."""
    return month_after(month) - _DAY


def foreseen_until(month: date, today: date) -> date:
    """Return until when to look ahead for a month: this one comes with the whole forecast."""
    is_now = month == today.replace(day=1)
    end = today + timedelta(days=DAYS) if is_now else max(end_of(month), today)
    return min(end, today + REACH)


def grid(month: date, rows: Sequence[Row], today: date) -> list[list[Cell]]:
    """Return the weeks of a month, Monday first; the days of other months have nothing on them."""
    weeks = Calendar().monthdatescalendar(month.year, month.month)
    return [
        [
            Cell(
                day,
                day.month == month.month,
                day == today,
                [row for row in rows if row.date == day],
            )
            for day in week
        ]
        for week in weeks
    ]
