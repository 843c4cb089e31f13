"""Days as they stand in bank files; a time beside them never moves them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from transactions.imports.statement import AmbiguousFile, Options, Question, UnreadableFile

_PARTS = re.compile(r"([0-9]{1,2})\s*([./-])\s*([0-9]{1,2})\s*([./'-])\s*([0-9]{4}|[0-9]{1,2})")
_YEAR_FIRST = re.compile(r"([0-9]{4})([./-])([0-9]{1,2})\2([0-9]{1,2})|([0-9]{4})(..)(..)")
_NEW = re.compile(r"'\s*([0-9]{1,2})$")
#: So many different days in order are no chance.
_ENOUGH = 6


def calendar_day(year: int, month: int, day: int) -> date | None:
    """Return the day; None where there is none, or it is in no century of bank files."""
    try:
        return date(year, month, day) if 1900 <= year <= 2199 else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class _Written:
    """A date as it is written: two numbers that are day and month, or month and day."""

    first: int
    second: int
    year: int
    mark: str
    text: str
    line: int

    def day(self, *, day_first: bool) -> date | None:
        month, day = (self.second, self.first) if day_first else (self.first, self.second)
        return calendar_day(self.year, month, day)


def days(written: Iterable[tuple[str, int]], options: Options, name: str) -> list[date]:
    """Return the days of texts such as 12/31/24, 31.12.2024 or 1/ 5'24, each with its line.

    Whether the day or the month comes first is decided by all of them together: by a number above
    12, by points (nobody who puts the month first sets them), or by their order where they have
    one in one reading only. Where nothing decides, `options` do.

    :raises UnreadableFile: if one is no date, or nothing decides.
    """
    listed = list(written)
    newest = max((int(one[1]) for text, _ in listed if (one := _NEW.search(text))), default=None)
    read = [_read(text, line, name, newest) for text, line in listed]
    unclear = [one for one in read if isinstance(one, _Written)]
    day_first = _day_first(unclear, options, name)
    found = [one.day(day_first=day_first) if isinstance(one, _Written) else one for one in read]
    for day, (text, line) in zip(found, listed, strict=True):
        if day is None:
            raise _no_date(text, line, name)
    return [day for day in found if day is not None]


def _read(text: str, line: int, name: str, newest: int | None) -> "_Written | date":
    text = text.strip()
    if match := _YEAR_FIRST.fullmatch(text):
        year, month, number = (match[1], match[3], match[4]) if match[1] else match.group(5, 6, 7)
        digits = month.isascii() and number.isascii() and month.isdigit() and number.isdigit()
        day = calendar_day(int(year), int(month), int(number)) if digits else None
        if day is not None:
            return day
    match = _PARTS.fullmatch(text)
    if match is None:
        raise _no_date(text, line, name)
    year = int(match[5])
    if match[4] == "'" and year < 100:
        year += 2000
    elif len(match[5]) < 4:
        year = _of_a_century(year, newest)
        if year is None:
            sentence = f"{name} “{text}” may be of either century: write its year with four digits."
            raise UnreadableFile(sentence, line)
    return _Written(int(match[1]), int(match[3]), year, match[2], text, line)


def _of_a_century(year: int, newest: int | None) -> int | None:
    """Return the year that has two digits without an apostrophe; None where it may be either.

    Where Quicken writes 1/5'24 for this century, 1/5/24 is in the last. Other programs mix both,
    so it is in this one up to a year after the newest that has an apostrophe.
    """
    if year >= 70 and (newest is None or year > newest + 1):
        return year + 1900
    return year + 2000 if newest is None or year <= newest + 1 else None


def _no_date(text: str, line: int, name: str) -> UnreadableFile:
    return UnreadableFile(f"{name} is not a date: “{text[:40]}”.", line)


def _day_first(found: Sequence[_Written], options: Options, name: str) -> bool:
    """Return whether the day is the first of the two numbers in these dates."""
    if all(one.first == one.second for one in found):
        return False
    with_day = [one for one in found if one.first > 12 or one.mark == "."]
    with_month = [one for one in found if one.second > 12]
    if with_day and with_month:
        one, other = with_day[0], with_month[0]
        sentence = (
            f"{name} “{one.text}” has the day first, “{other.text}” in line {other.line} the month."
        )
        raise UnreadableFile(sentence, one.line)
    if with_day or with_month:
        return bool(with_day)
    if options.day_first is not None:
        return options.day_first
    orders = {order for order in (True, False) if _has_order(found, day_first=order)}
    if len(orders) == 1:
        return orders.pop()
    one = next(one for one in found if one.first != one.second)
    early, late = one.day(day_first=True), one.day(day_first=False)
    sentence = (
        f"{name} “{one.text}” may be {early} or {late}: no date in the file tells "
        "whether the day or the month comes first."
    )
    choices = (("true", f"The day comes first: {early}"),
               ("false", f"The month comes first: {late}"))  # fmt: skip
    raise AmbiguousFile([Question("day_first", name, sentence, one.line, choices)])


def _has_order(found: Sequence[_Written], *, day_first: bool) -> bool:
    """Say whether the dates, read so, go forwards or backwards all the way."""
    days = [one.day(day_first=day_first) for one in found]
    listed = [day for day in days if day is not None]
    if len(listed) < len(days) or len(set(listed)) < _ENOUGH:
        return False
    return listed in (sorted(listed), sorted(listed, reverse=True))
