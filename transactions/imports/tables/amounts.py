"""Amounts as people and banks write them, by the column's decimal mark."""

import re
from collections.abc import Callable
from decimal import Decimal

from buffet.money import CURRENCIES, MAX_DECIMALS, MAX_INTEGER_DIGITS

MARKS = (".", ",")
_DRESSED = re.compile(
    r"""(?P<open>\()?\s*(?P<first>[+-])?\s*(?P<before>(?:[^\W\d]{1,3}[.$]?|\$)?|[€$£¥₹₽₺₩]|[A-Z]{3})\s*
    (?P<second>[+-])?\s*(?P<digits>[0-9][0-9.,'\ ]*|[.,][0-9]+)\s*(?P<third>[+-])?\s*
    (?P<after>(?:[^\W\d]{1,3}[.$]?|\$)?|[€$£¥₹₽₺₩]|[A-Z]{3})\s*(?P<fourth>[+-])?(?P<close>\))?""",
    re.VERBOSE,
)
_NAMES = {"R$": "BRL", "€": "EUR", "£": "GBP", "¥": "", "$": "", "₹": "INR", "₽": "RUB", "₺": "TRY",
          "₩": "KRW", "US$": "USD", "kr": "", "kr.": "", "zł": "PLN", "Kč": "CZK", "Ft": "HUF",
          "Fr.": "CHF", "Fr": "CHF", "Rs.": "INR", "Rs": "INR", "A$": "AUD", "C$": "CAD",
          "CA$": "CAD", "lei": "RON"}  # fmt: skip
_SIDES = {"D": -1, "DR": -1, "C": 1, "CR": 1, "S": -1, "H": 1, "Dr": -1, "Cr": 1, "Db": -1}
_SPACES = str.maketrans({
    "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2007": " ", "\u2019": "'", "\u2212": "-",
    "\u2013": "-", "\u00b4": "'", "\u2011": "-",
})  # fmt: skip
_SHAPES = {
    mark: re.compile(
        r"([0-9]*)(?:{mark}([0-9]*))?"
        r"|([1-9][0-9]{{0,2}}(?:(?:{other}[0-9]{{3}})+|(?:'[0-9]{{3}})+|(?:\ [0-9]{{3}})+))"
        r"(?:{mark}([0-9]*))?"
        # As in India: 12,34,567.
        r"|([1-9][0-9]?(?:{other}[0-9]{{2}})+{other}[0-9]{{3}})(?:{mark}([0-9]*))?".format(
            mark=re.escape(mark), other=re.escape("," if mark == "." else ".")
        )
    )
    for mark in MARKS
}
_PLAIN = {mark: re.compile(rf"[+-]?[0-9]{{1,15}}(?:\{mark}[0-9]{{1,8}})?") for mark in MARKS}


class BadCell(ValueError):
    """A cell does not hold what its column is about; the message says why in a sentence."""

    code = "bad_cell"


class Written:
    """An amount taken apart: its digits, its sign, and what stands around them."""

    __slots__ = ("currency", "digits", "has_side", "is_negative")

    def __init__(self, text: str) -> None:
        match = _DRESSED.fullmatch(text.translate(_SPACES).strip()) if len(text) <= 60 else None
        if match is None or bool(match["open"]) != bool(match["close"]):
            raise BadCell(f"“{text[:40]}” is not an amount.")
        signs = [match[name] for name in ("first", "second", "third", "fourth") if match[name]]
        self.digits, self.currency = match["digits"].strip(), ""
        self.is_negative, self.has_side = "-" in signs or bool(match["open"]), False
        self._dress(match["before"], text, is_last=False)
        self._dress(match["after"], text, is_last=True)
        if len(signs) + bool(match["open"]) + self.has_side * bool(signs) > 1:
            # -12.00 D or (-12.00) could be meant either way.
            raise BadCell(f"“{text[:40]}” has more than one sign.")

    def _dress(self, around: str, text: str, *, is_last: bool) -> None:
        if not around:
            return
        if is_last and around in _SIDES:
            self.has_side, self.is_negative = True, self.is_negative or _SIDES[around] < 0
        elif around in _NAMES:
            self.currency = _NAMES[around]
        elif around in CURRENCIES:
            self.currency = around
        else:
            raise BadCell(f"“{text[:40]}” is not an amount.")


def number(digits: str, mark: str) -> Decimal | None:
    """Return the number in `digits` where `mark` is the decimal mark; None if it is none then."""
    match = _SHAPES[mark].fullmatch(digits)
    if match is None or not any(match.groups()):
        return None
    whole = match[1] or match[3] or match[5] or ""
    part = match[2] or match[4] or match[6] or ""
    whole = "".join(one for one in whole if one.isdigit()) or "0"
    return Decimal(f"{whole}.{part}") if part else Decimal(whole)


def readings(text: str) -> dict[str, Decimal]:
    """Return what a text's number is with a decimal point, and with a decimal comma.

    :raises BadCell: if it is an amount with neither.
    """
    digits = Written(text).digits
    found = {mark: number(digits, mark) for mark in MARKS}
    known = {mark: value for mark, value in found.items() if value is not None}
    if not known:
        raise BadCell(f"“{text[:40]}” is not an amount.")
    return known


def reader(mark: str | None, currency: str = "") -> Callable[[str], Decimal]:
    """Return what reads the amounts of a column, none of which may be in another currency.

    None: they read the same with either mark.
    """
    if mark is None:
        return _either
    plain = _PLAIN[mark].fullmatch

    def read(text: str) -> Decimal:
        if plain(text):
            return Decimal(text if mark == "." else text.replace(",", "."))
        written = Written(text)
        if written.currency and currency and written.currency != currency:
            raise BadCell(f"“{text[:40]}” is not in {currency}.")
        amount = number(written.digits, mark)
        if amount is None:
            raise BadCell(f"“{text[:40]}” is not an amount with the decimal mark “{mark}”.")
        checked(amount, text)
        return -amount if written.is_negative else amount

    return read


def _either(text: str) -> Decimal:
    """Return an amount that is the same with a decimal point and with a decimal comma."""
    found = readings(text)
    if len(found) == 1 or found["."] != found[","]:
        raise BadCell(f"“{text[:40]}” could have a decimal point or a decimal comma.")
    amount = checked(found["."], text)
    return -amount if Written(text).is_negative else amount


def checked(amount: Decimal, text: str) -> Decimal:
    """Return the amount.

    :raises BadCell: if it has more digits than the ledger keeps.
    """
    exponent = amount.as_tuple().exponent
    has_few_decimals = isinstance(exponent, int) and -exponent <= MAX_DECIMALS
    if amount.adjusted() >= MAX_INTEGER_DIGITS or not has_few_decimals:
        raise BadCell(f"“{text[:40]}” has too many digits.")
    return amount
