"""Periods of reports: presets, months and years by name, or any two days; and those beside them.

A month is named by the calendar month in which it begins. In a book whose months begin on the 25th,
2026-10 lasts from 25 October to 24 November.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import Any

from buffet.errors import invalid
from buffet.rest.query import Malformed, parse_day

DAY = timedelta(days=1)
#: No report has more months than this, or it would be a book of its own.
LONGEST = 120
#: No day lies before it.
FIRST_YEAR = 1900
PRESETS = (
    "this-month",
    "last-month",
    "this-quarter",
    "last-quarter",
    "this-year",
    "last-year",
    "last-12-months",
    "last-24-months",
)
_NAMED = re.compile(r"(\d{4})(?:-(?:(\d{2})|Q([1-4])))?", re.ASCII)


def _is_known(named: re.Match[str]) -> bool:
    return FIRST_YEAR <= int(named[1]) <= 2199 and 1 <= int(named[2] or 1) <= 12


def name_of_period(text: str) -> str:
    """Read the name of a period: a preset, a month (2026-10), a quarter (2026-Q4) or a year."""
    named = _NAMED.fullmatch(text)
    if text in PRESETS or (named is not None and _is_known(named)):
        return text
    raise Malformed(
        f"A period is one of {', '.join(PRESETS)}, or a year, quarter or month such as 2026, "
        "2026-Q4 or 2026-10."
    )


#: The query parameters that choose a period.
PARAMETERS = {"period": name_of_period, "date_from": parse_day, "date_to": parse_day}


@dataclass(frozen=True, slots=True)
class Month:
    """The days of a month that a period has: all of them, but for its first and last month."""

    name: date
    since: date
    until: date


@dataclass(frozen=True)
class Period:
    """Days from `since` to `until`, both among them.

    `name` is what it was asked for by, empty for any two days. `months` begin on `start_day`.
    `unit` is how many months it has when it is over; 0 for any two days.
    """

    since: date
    until: date
    name: str = ""
    start_day: int = 1
    unit: int = 0

    @cached_property
    def months(self) -> Sequence[Month]:
        """The months of the period, the first and last as far as they belong to it."""
        found, first = [], begin(self.since, self.start_day)
        while first <= self.until:
            following = later(first, 1)
            found.append(
                Month(
                    first.replace(day=1),
                    max(first, self.since),
                    min(following - DAY, self.until),
                )
            )
            first = following
        return tuple(found)

    @property
    def is_whole(self) -> bool:
        """Whether it begins and ends with its months."""
        return begin(self.since, self.start_day) == self.since and (
            begin(self.until + DAY, self.start_day) == self.until + DAY
        )

    @property
    def end(self) -> date:
        """Its last day when it is over, also where it has ended today so far."""
        return later(self.since, self.unit) - DAY if self.unit else self.until

    @cached_property
    def before(self) -> "Period":
        """The period before it: as many months when it begins with one, else as many days.

        Of a month or year that is not over, the same days of the one before.
        """
        if begin(self.since, self.start_day) == self.since:
            return self._moved(-self._length)
        days = self.until - self.since + DAY
        return Period(self.since - days, self.since - DAY, start_day=self.start_day)

    @cached_property
    def year_before(self) -> "Period":
        """The same days a year ago."""
        return self._moved(-12)

    @cached_property
    def after(self) -> "Period":
        """The period after it, to its end."""
        if begin(self.since, self.start_day) == self.since:
            first = later(self.since, self._length)
            end = later(first, self._length) - DAY
            return Period(first, end, start_day=self.start_day, unit=self.unit)
        days = self.until - self.since + DAY
        return Period(self.until + DAY, self.until + days, start_day=self.start_day)

    @property
    def previous(self) -> "Period":
        """The period before it, to its end also where this one is not over: where one steps to."""
        if not self.unit:
            return self.before
        first = later(self.since, -self.unit)
        return Period(first, self.since - DAY, start_day=self.start_day, unit=self.unit)

    @property
    def sent(self) -> Mapping[str, str]:
        """The parameters that `read` reads as these days, with the same days before them.

        The days themselves; of a quarter or year that is not over, which is told apart from its
        months so far, its name.
        """
        days = Period(self.since, self.until, start_day=self.start_day)
        if (days.before.since, days.before.until) == (self.before.since, self.before.until):
            return {"date_from": f"{self.since}", "date_to": f"{self.until}"}
        quarter = f"-Q{(self.since.month + 2) // 3}" if self.unit == 3 else ""
        return {"period": f"{self.since.year}{quarter}"}

    @property
    def _length(self) -> int:
        return self.unit or len(self.months)

    def _moved(self, months: int) -> "Period":
        since = later(self.since, months)
        following = self.until + DAY
        if begin(following, self.start_day) == following:
            end = later(following, months) - DAY
        else:
            end = later(self.until, months)
        return Period(since, max(end, since), start_day=self.start_day, unit=self.unit)


#: The earlier periods that a period is compared with, by what a request calls them.
EARLIER: Mapping[str, Callable[[Period], Period]] = {
    "before": attrgetter("before"),
    "year-before": attrgetter("year_before"),
}


def read(sent: dict[str, Any], *, today: date, start_day: int, default: str) -> Period:
    """Return the period that a request's parameters ask for; `default` when they name none.

    Presets that reach into the future end today: what is dated ahead has not happened yet.

    :raises Invalid: if two kinds of parameters were sent, the days are in the wrong order or there
        are more months between them than `LONGEST`.
    """
    dates = {name for name in ("date_from", "date_to") if name in sent}
    if "period" in sent and dates:
        raise invalid("?period", "two_periods", "Send a period, or date_from and date_to.")
    if not dates:
        return named(sent.get("period", default), today, start_day)
    until = sent.get("date_to", today)
    since = sent.get("date_from", begin(until, start_day))
    if since > until:
        raise invalid("?date_to", "wrong_order", "The last day lies before the first.")
    if is_too_long(since, until):
        raise invalid("?date_from", "too_long", f"A report has {LONGEST} months at the most.")
    return Period(since, until, start_day=start_day)


def is_too_long(since: date, until: date) -> bool:
    """Whether there are more months between these days than a report has."""
    return (until.year - since.year) * 12 + until.month - since.month >= LONGEST


@lru_cache(maxsize=256)
def named(name: str, today: date, start_day: int = 1) -> Period:
    """Return the period of a name that `name_of_period` knows; the same with its months on a day.

    To put a year's months together anew cost each report a third of a bare view.
    """
    month = begin(today, start_day)
    year = begin(today, start_day).replace(month=1)
    quarter = month.replace(month=3 * ((month.month - 1) // 3) + 1)
    begins, months = {
        "this-month": (month, 1),
        "last-month": (later(month, -1), 1),
        "this-quarter": (quarter, 3),
        "last-quarter": (later(quarter, -3), 3),
        "this-year": (year, 12),
        "last-year": (later(year, -12), 12),
        "last-12-months": (later(month, -11), 12),
        "last-24-months": (later(month, -23), 24),
    }.get(name, (None, 0))
    if begins is None:
        found = _NAMED.fullmatch(name)
        if found is None:
            raise ValueError(f"No period is named {name}.")
        own, of_month, of_quarter = found.groups()
        first = int(of_month or (3 * int(of_quarter) - 2 if of_quarter else 1))
        begins = date(int(own), first, start_day)
        months = 1 if of_month else 3 if of_quarter else 12
    until = later(begins, months) - DAY
    if begins <= today:
        until = min(until, today)
    return Period(begins, until, name, start_day, months)


def begin(day: date, start_day: int) -> date:
    """Return the first day of the month that a day lies in."""
    first = day.replace(day=start_day)
    return first if first <= day else later(first, -1)


def later(day: date, months: int) -> date:
    """Return the same day so many months later, or the last that its month has."""
    place = day.year * 12 + day.month - 1 + months
    year, month = divmod(place, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (following - DAY).day))
