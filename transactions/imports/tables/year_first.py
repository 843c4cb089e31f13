"""Whether dates of three numbers of two digits begin with their year, by all of them together.

Read in the wrong order, the days of a month become years: the dates lie decades apart, some years
have none, and they go forwards and backwards. Nothing of the calendar says so of a single date.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import TypeAlias

_SHORT = re.compile(r"[0-9]{2}([./\- ]|\. |)[0-9]{1,2}\1[0-9]{2}(?![0-9])")
#: Hardly anybody who sets these writes the year before them.
_DAY_FIRST_MARKS = ("/", ".", ". ")
_YEAR = 365
#: More years than a file tells of, and years that some file may pass over.
_MANY_YEARS, _YEARS_APART = 12, 3
_Readings: TypeAlias = dict[str, date]


def is_short(said: str) -> bool:
    """Return whether a text begins with a date whose year may be its first two digits."""
    return _SHORT.match(said) is not None


def likely(possible: set[str], dates: Sequence[tuple[str, _Readings]]) -> set[str]:
    """Return the orders that are likely of those that are possible.

    `dates` are the different texts that may begin with a year, in the order of the file, each with
    what it is in each order.
    """
    others = possible - {"ymd"}
    if not dates or len(others) == len(possible) or not others:
        return possible
    first = [found["ymd"] for _, found in dates]
    by_order = {order: [found[order] for _, found in dates] for order in others}
    # What is scattered in one order and together in another is written in the other.
    if all(_is_scattered(listed, first) for listed in by_order.values()):
        is_sure = not any(_goes_on(listed) for listed in by_order.values())
        return {"ymd"} if is_sure or not _has_day_first_mark(dates) else possible
    if _has_day_first_mark(dates):
        return others
    is_other = any(_is_scattered(first, listed) for listed in by_order.values())
    return others if is_other else possible


def _is_scattered(listed: Sequence[date], beside: Sequence[date]) -> bool:
    """Return whether days lie years apart, and together when they are read in another way."""
    span, other = _span(listed), _span(beside)
    if span < _YEARS_APART * _YEAR or span < 2 * other:
        return False
    years = {day.year for day in listed}
    has_gaps = len(years) <= max(years) - min(years)
    return len(years) > _MANY_YEARS or has_gaps


def _span(listed: Sequence[date]) -> int:
    return (max(listed) - min(listed)).days


def _goes_on(listed: Sequence[date]) -> bool:
    """Return whether days go forwards all the way, or backwards."""
    return list(listed) in (sorted(listed), sorted(listed, reverse=True))


def _has_day_first_mark(dates: Sequence[tuple[str, _Readings]]) -> bool:
    found = _SHORT.match(dates[0][0])
    return found is not None and found[1] in _DAY_FIRST_MARKS
