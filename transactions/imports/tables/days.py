"""Days as banks write them, by the column's order of day, month and year."""

import re
from collections.abc import Callable
from datetime import date

from transactions.imports.tables.amounts import BadCell
from transactions.imports.tables.words import plain

ORDERS = ("ymd", "dmy", "mdy")
_PATTERNS = {"ymd": "YYYY-MM-DD", "dmy": "DD/MM/YYYY", "mdy": "MM/DD/YYYY"}
SAID = {"ymd": "year, month, day", "dmy": "day, month, year", "mdy": "month, day, year"}
_TIME = re.compile(r"(?:[T ,]+|\s+-\s+)[0-9]{1,2}[:h][0-9]{2}.{0,30}$", re.DOTALL)
_PARTS = re.compile(r"([0-9]{1,4})([./\- ]|\. )([0-9]{1,2})\2([0-9]{1,4})\.?")
_DIGITS = re.compile(r"[0-9]{8}|[0-9]{6}")
_DAY_FIRST = re.compile(
    r"([0-9]{1,2}) (?:st |nd |rd |th )?(?:de |of )?([a-z]{3,10}) (?:de )?([0-9]{2,4})"
)
_MONTH_FIRST = re.compile(r"([a-z]{3,10}) ([0-9]{1,2})(?: ?st| ?nd| ?rd| ?th)? ([0-9]{4})")
_MONTHS = (
    "january januar janeiro enero janvier gennaio januari",
    "february februar fevereiro febrero fevrier febbraio februari",
    "march marz maerz marco marzo mars maart mrt",
    "april abril avril aprile",
    "may mai maio mayo maggio mei",
    "june juni junho junio juin giugno",
    "july juli julho julio juillet luglio",
    "august agosto aout augustus",
    "september setembro septiembre septembre settembre sept",
    "october oktober outubro octubre octobre ottobre",
    "november novembro noviembre novembre",
    "december dezember dezembro diciembre decembre dicembre",
)


def _by_beginning() -> dict[str, int]:
    """Return the month of each beginning of a name that is no other month's: jul, but not ju."""
    found: dict[str, set[int]] = {}
    for month, names in enumerate(_MONTHS, 1):
        for name in names.split():
            for length in range(3, len(name) + 1):
                found.setdefault(name[:length], set()).add(month)
    return {name: months.pop() for name, months in found.items() if len(months) == 1}


MONTHS = _by_beginning()


def _day(year: str, month: str | int, day: str) -> date | None:
    full = int(year)
    if len(year) == 2:
        full += 2000 if full < 80 else 1900
    elif len(year) != 4:
        return None
    try:
        return date(full, int(month), int(day)) if 1900 <= full <= 2199 else None
    except ValueError:
        return None


def _numeric(first: str, second: str, third: str, mark: str) -> dict[str, date]:
    if len(first) == 4:
        # Nobody writes year, day, month: such a day reads the same in any column.
        only = _day(first, second, third)
        return dict.fromkeys(ORDERS, only) if only else {}
    found = {"dmy": _day(third, second, first), "mdy": _day(third, first, second)}
    if "." in mark:
        del found["mdy"]
    if len(first) == len(third) == 2:
        found["ymd"] = _day(first, second, third)
    return {order: day for order, day in found.items() if day}


def readings(text: str) -> dict[str, date]:
    """Return which day a text is in each order that it can be read in.

    A time behind it does not move the day, whatever its zone.

    :raises BadCell: if it is no day in any order.
    """
    bare = _TIME.sub("", text.strip()) if len(text) <= 60 else ""
    found: dict[str, date] = {}
    if match := _PARTS.fullmatch(bare):
        found = _numeric(match[1], match[3], match[4], match[2])
    elif _DIGITS.fullmatch(bare):
        found = _compact(bare)
    elif any(letter.isalpha() for letter in bare):
        only = _named(plain(bare))
        found = dict.fromkeys(ORDERS, only) if only else {}
    if not found:
        if is_missing(text):
            raise BadCell(f"“{text[:40]}” is not a day of the calendar.")
        raise BadCell(f"“{text[:40]}” is not a date.")
    return found


def is_missing(text: str) -> bool:
    """Return whether a text is written as a day, of a month that has not so many: 31/02/2026."""
    bare = _TIME.sub("", text.strip()) if len(text) <= 60 else ""
    match = _PARTS.fullmatch(bare)
    parts = (match[1], match[3], match[4]) if match else ()
    years = [one for one in parts if len(one) == 4]
    others = [int(one) for one in parts if len(one) < 4]
    is_written_so = len(years) == 1 and 1 <= min(others) <= 12 and 29 <= max(others) <= 31
    return is_written_so and not (match and _numeric(match[1], match[3], match[4], match[2]))


def _compact(bare: str) -> dict[str, date]:
    year = len(bare) - 4
    found = {
        "ymd": _day(bare[:year], bare[year:-2], bare[-2:]),
        "dmy": _day(bare[4:], bare[2:4], bare[:2]),
        "mdy": _day(bare[4:], bare[:2], bare[2:4]),
    }
    return {order: day for order, day in found.items() if day}


def _named(bare: str) -> date | None:
    """Return the day of “31 Jan 2025”, “Jan 31, 2025” or “31 de janeiro de 2025”."""
    if match := _DAY_FIRST.fullmatch(bare):
        day, month, year = match[1], match[2], match[3]
    elif match := _MONTH_FIRST.fullmatch(bare):
        month, day, year = match[1], match[2], match[3]
    else:
        # “Fri, 31 Jan 2025”
        return _named(bare.split(" ", 1)[1]) if bare[:1].isalpha() and " " in bare else None
    return _day(year, MONTHS.get(month, 0), day)


def pattern_reader(pattern: str) -> Callable[[str], date]:
    """Return what reads days of a pattern of YYYY or YY, MM and DD, as DD/MM/YYYY.

    What follows, such as a time, is not looked at.
    """
    names = {"YYYY": r"(?P<y>[0-9]{4})", "YY": r"(?P<y>[0-9]{2})", "MM": r"(?P<m>[0-9]{1,2})",
             "DD": r"(?P<d>[0-9]{1,2})"}  # fmt: skip
    parts = re.split("(YYYY|YY|MM|DD)", pattern)
    shape = re.compile("".join(names.get(part) or re.escape(part) for part in parts))

    def read(text: str) -> date:
        match = shape.match(text.strip())
        day = _day(match["y"], match["m"], match["d"]) if match else None
        if match is None or day is None or text.strip()[match.end() : match.end() + 1].isdigit():
            raise BadCell(f"“{text[:40]}” is not a date written as {pattern}.")
        return day

    return read


def reader(order: str | None) -> Callable[[str], date]:
    """Return what reads the days of a column; None: they are the same in any order."""
    if order is not None and order not in ORDERS:
        return _remembering(pattern_reader(order))

    pattern = _PATTERNS[order or "ymd"]

    def read(text: str) -> date:
        found = readings(text)
        if order is None and len(set(found.values())) == 1:
            return next(iter(found.values()))
        if order not in found:
            raise BadCell(f"“{text[:40]}” is not a date written as {pattern}.")
        return found[order]

    return _remembering(read)


def _remembering(read: Callable[[str], date]) -> Callable[[str], date]:
    """Return the reader, which looks at each of a file's days once."""
    known: dict[str, date] = {}

    def recall(text: str) -> date:
        day = known.get(text)
        if day is None:
            day = read(text)
            if len(known) < 5_000:
                known[text] = day
        return day

    return recall
