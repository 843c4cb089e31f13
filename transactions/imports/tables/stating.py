"""The rows of a table that state a balance instead of a movement, by all that they say."""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from transactions.imports.tables import days, words
from transactions.imports.tables.amounts import BadCell
from transactions.imports.tables.source import Row

_BALANCES = words.OPENING | words.CLOSING | words.DAILY
_BEGINNINGS = tuple(one for one in _BALANCES if len(one) > 3)
_FIRST_WORDS = frozenset(one.split()[0] for one in _BALANCES) | {"b/f", "c/f"}
#: What a shop may be called, too, or a payment's purpose: it is a balance if nothing else is said.
_SHORT = frozenset(one for one in words.DAILY if " " not in one)


def _one_of(names: frozenset[str]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


_MONTH = rf"(?:{_one_of(frozenset(days.MONTHS))})"
_DAY = (
    r"(?:[0-9]{1,2} [0-9]{1,2}(?: (?:[0-9]{4}|[0-9]{2}))?|[0-9]{4} [0-9]{1,2} [0-9]{1,2}"
    rf"|[0-9]{{8}}|[0-9]{{1,2}} [0-9]{{4}}|{_MONTH} (?:[0-9]{{1,2}} |de |del )?[0-9]{{4}}"
    rf"|[0-9]{{1,2}}(?: ?(?:er|o|st|nd|rd|th))? (?:de |of )?{_MONTH}"
    r"(?: (?:de |del )?[0-9]{2,4})?)"
)
#: What stands before the day of a balance, in the languages of the lists.
_LINK = (
    "(?:em|no dia|do dia|del dia|dia|de|a|ao|ate|au|al|alla data del|del|am|vom|zum|per|op|on|as of"
    "|as at|as on|at|le|el|en|in data|a la fecha|a data de|from"
    "|for)"
)
_PERIOD = (
    " (?:do|da|de|del|della|du|de la|of|of the|for the|van de|der|des|im)"
    " (?:periodo|periode|period|mes|mois|month|mese|maand|monats|monat|extrato|extracto|statement)"
)
_STATED = re.compile(
    rf"(?:(?P<daily>{_one_of(words.DAILY)})|(?P<opening>{_one_of(words.OPENING)})"
    rf"|(?P<closing>{_one_of(words.CLOSING)}))"
    rf"(?:{_PERIOD})?(?P<on>(?: (?P<link>{_LINK}))? {_DAY}(?: (?:a|ate|au|al|to|bis|tot) {_DAY})?)?"
)
_YEAR = re.compile("[0-9]{4}")
_NUMBER = re.compile("(?:[A-Z]{2})?[0-9][0-9A-Z ]{6,33}")

#: How many cells are empty before an account's number that ends a table, and its least digits.
_GAP, _DIGITS = 3, 8


@dataclass(slots=True)
class Ends:
    """What the rows that state a balance say of the beginning and of the end."""

    opening: set[tuple[date, Decimal]] = field(default_factory=set)
    closing: set[tuple[date, Decimal]] = field(default_factory=set)

    def opened(self, starts_on: date | None) -> Decimal | None:
        """Return the only balance that is none after the first movement."""
        told = {amount for day, amount in self.opening if starts_on and day <= starts_on}
        return told.pop() if len(told) == 1 else None

    def closed(self, ends_on: date | None) -> tuple[Decimal | None, date | None]:
        """Return the only balance that is none before the last movement, and its day."""
        told = [(day, amount) for day, amount in self.closing if ends_on and day >= ends_on]
        return (told[0][1], told[0][0]) if len(told) == 1 else (None, None)


def stated(found: str) -> str | None:
    """Return which balance a text is about: opening, closing or daily; None if it says more."""
    if found.partition(" ")[0].rstrip(":").lower() not in _FIRST_WORDS:
        return None
    said = words.plain(found)
    match = _STATED.fullmatch(said) if len(said) <= 100 else None
    if match is None:
        return None
    if match["daily"] in _SHORT and match["on"] and not (match["link"] or _YEAR.search(said)):
        return None
    return next(kind for kind in ("daily", "opening", "closing") if match[kind])


def may_be_called(found: str) -> bool:
    """Return whether a text that states a balance could be a name, too."""
    return words.plain(found) in _SHORT


def begins_as_balance(found: str) -> bool:
    """Return whether a text begins as one that states a balance."""
    is_known = found.partition(" ")[0].rstrip(":").lower() in _FIRST_WORDS
    return is_known and words.plain(found).startswith(_BEGINNINGS)


class AccountRow:
    """Finds the row that ends a table without a header with the account's balance and its number.

    It has neither words nor anything else that the rows before it have, and its number stands in a
    column of its own: day, amount, empty cells, number.
    """

    def __init__(self) -> None:
        self.filled: set[int] = set()
        self.line: int | None = None

    def is_next(self, number: int, row: Row, places: set[int]) -> bool:
        """Return whether the next row is it, where `places` have what every row has.

        :raises BadCell: if such a row is above it, so that it ended nothing.
        """
        if self.line is not None:
            line = self.line
            sentence = (
                f"Line {line} has only a balance and an account's number: nothing may follow."
            )
            raise BadCell(sentence)
        there = {place for place, one in enumerate(row) if one != ""}
        others = sorted(there - places)
        is_it = len(others) == 1 and self._has_number(row, others[0], places)
        self.filled |= there
        self.line = number if is_it else None
        return is_it

    def _has_number(self, row: Row, place: int, places: set[int]) -> bool:
        found = row[place]
        if not self.filled or place in self.filled or place <= max(places) + _GAP:
            return False
        is_shaped = isinstance(found, str) and bool(_NUMBER.fullmatch(found))
        return is_shaped and sum(map(str.isdigit, str(found))) >= _DIGITS
