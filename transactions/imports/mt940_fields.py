"""Fields of SWIFT statements: balances (60, 62, 64) and movements (61)."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from buffet.money import CURRENCIES
from transactions.imports import amounts
from transactions.imports.dates import calendar_day
from transactions.imports.statement import UnreadableFile

_AMOUNT = r"([0-9]{1,20}(?:[.,][0-9]{0,10})?)"
_BALANCE = re.compile(rf"([CD])([0-9]{{6}})([A-Z]{{3}})\s*{_AMOUNT}")
_MOVEMENT = re.compile(
    r"([0-9]{6})(?:([0-9]{4})|\s{4})?\s*([RE]?[CD])\s*([A-Z])?\s*"
    rf"{_AMOUNT}\s*([NSF][A-Z0-9 ]{{3}})?([^\n]*)(?:\n([\s\S]*))?"
)
#: What banks write where there is no reference.
_NONE = frozenset(("", "NONREF", "NOREF", "NOTPROVIDED", "NON REF"))


@dataclass(frozen=True, slots=True)
class Balance:
    """What was on the account at the end of a day, or what is available then."""

    on: date | None
    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Movement:
    """A movement, with the bank's reference and the further details that stand in its field."""

    on: date
    amount: Decimal
    is_pending: bool
    kind: str
    reference: str
    further: str


def read_balance(text: str, line: int) -> Balance:
    """Return the balance in a field.

    :raises UnreadableFile: if it is none.
    """
    match = _BALANCE.fullmatch(text.strip())
    if match is None or match[3] not in CURRENCIES:
        raise UnreadableFile(f"This is not a balance: “{text[:40]}”.", line)
    # 000000 is what banks write for an account that had none before.
    on = None if match[2] == "000000" else _day(match[2], line)
    amount = _amount(match[4], line)
    return Balance(on, match[3], -amount if match[1] == "D" else amount)


def read_movement(text: str, line: int) -> Movement:
    """Return the movement in a field; its day is the day of booking, or else of its value.

    :raises UnreadableFile: if it is none.
    """
    match = _MOVEMENT.fullmatch(text.strip())
    # What follows an amount is no more of it: 1'000,00 is not 1.
    if match is None or (not match[6] and re.match(r"\s*[0-9'.,’]", match[7] or "")):
        raise UnreadableFile(f"This is not a movement: “{text[:40]}”.", line)
    valued = _day(match[1], line)
    booked = match[2] if match[2] and match[2] != "0000" else None
    amount = _amount(match[5], line)
    # RC takes a credit back, and RD a debit.
    is_out = match[3] in ("D", "ED", "RC")
    own, _, banks = (match[7] or "").strip().partition("//")
    return Movement(
        on=_nearest(valued, booked, line) if booked else valued,
        amount=-amount if is_out else amount,
        # EC and ED are expected.
        is_pending=match[3].startswith("E"),
        kind=(match[6] or "").strip().lower(),
        reference="" if banks.strip().upper() in _NONE else banks.strip(),
        further=match[8] or ("" if own.upper() in _NONE else own),
    )


def _amount(text: str, line: int) -> Decimal:
    if re.search(r"\.[0-9]{3}$", text):
        # SWIFT's mark is the comma: this may be thousands.
        raise UnreadableFile(f"The amount “{text}” may be two.", line)
    return amounts.amount(text, "The amount", line, comma=True)


def _day(text: str, line: int) -> date:
    year = int(text[:2])
    day = calendar_day(year + (1900 if year >= 80 else 2000), int(text[2:4]), int(text[4:]))
    if day is None:
        raise UnreadableFile(f"This is not a date: “{text}”.", line)
    return day


def _nearest(valued: date, booked: str, line: int) -> date:
    """Return the day of booking, which has no year, in the year that brings it nearest."""
    years = (valued.year - 1, valued.year, valued.year + 1)
    found = [calendar_day(year, int(booked[:2]), int(booked[2:])) for year in years]
    days = [day for day in found if day is not None]
    if not days:
        raise UnreadableFile(f"This is not a day of booking: “{booked}”.", line)
    return min(days, key=lambda day: abs(day - valued))
