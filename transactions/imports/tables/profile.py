"""How the tables of a bank are to be read: what was detected, corrected and saved."""

import codecs
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeAlias

from buffet.errors import Fault, Invalid
from buffet.money import CURRENCIES
from transactions.imports.tables import words
from transactions.imports.tables.days import ORDERS

#: A column: its number, from 1, or its header.
Column: TypeAlias = int | str


@dataclass(frozen=True, slots=True)
class Profile:
    """What the columns of a table are and how its cells are written.

    None is what nobody said: the table itself is asked. A column is named by its header, or by
    its number from 1. `header` is the row that names the columns, as it stood in the file that
    the profile was made from; tables with the same header are of the same kind. Several date
    columns are looked at in their order, for the first with a day in it.
    """

    delimiter: str | None = None
    encoding: str | None = None
    quote: str | None = None
    header_row: int | None = None
    header: tuple[str, ...] | None = None
    skip_last: int = 0
    sheet: str | None = None
    date: tuple[Column, ...] | None = None
    date_order: str | None = None
    user_date: Column | None = None
    decimal_mark: str | None = None
    amount: Column | None = None
    negate: bool | None = None
    debit: Column | None = None
    credit: Column | None = None
    direction: Column | None = None
    debit_words: tuple[str, ...] = ()
    credit_words: tuple[str, ...] = ()
    fee: Column | None = None
    subtract_fee: bool | None = None
    balance: Column | None = None
    description: tuple[Column, ...] | None = None
    payee: Column | None = None
    external_id: Column | None = None
    currency: Column | None = None
    currency_code: str | None = None
    status: Column | None = None
    pending_words: tuple[str, ...] = ()
    void_words: tuple[str, ...] = ()
    posted_words: tuple[str, ...] = ()
    category: Column | None = None
    kind: Column | None = None
    check_number: Column | None = None
    account: Column | None = None

    @property
    def fingerprint(self) -> str:
        """Return what tables of the same kind share; empty where they have no header."""
        return fingerprint(self.header or ())

    @property
    def names_columns(self) -> bool:
        """Return whether somebody has said which columns there are."""
        return self.amount is not None or self.debit is not None or self.credit is not None

    def as_json(self) -> dict[str, Any]:
        """Return the profile as JSON carries it: only what is said."""
        return {
            field.name: list(value) if isinstance(value, tuple) else value
            for field in fields(self)
            if (value := getattr(self, field.name)) != field.default
        }

    def over(self, other: "Profile") -> "Profile":
        """Return the profile with what it leaves open answered by the other."""
        return replace(
            other, **{name: value for name, value in _said(self).items() if value not in (None, ())}
        )


def _said(profile: Profile) -> dict[str, Any]:
    return {field.name: getattr(profile, field.name) for field in fields(profile)}


def fingerprint(header: Sequence[str]) -> str:
    """Return the digest of a header, whatever its case and accents."""
    names = [words.plain(name) for name in header]
    while names and not names[-1]:
        names.pop()
    return hashlib.sha256("\x1f".join(names).encode()).hexdigest() if names else ""


def _column(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return "A column is its number, from 1, or the text of its header."
    if isinstance(value, int):
        return None if 1 <= value <= 1000 else "Columns are numbered from 1 to 1000."
    return None if 0 < len(value) <= 200 else "A header has 1 to 200 characters."


def _text(most: int) -> Callable[[Any], str | None]:
    def check(value: Any) -> str | None:
        fits = isinstance(value, str) and len(value) <= most and "\x00" not in value
        return None if fits else f"This is a text of at most {most} characters."

    return check


def _one_of(*choices: object) -> Callable[[Any], str | None]:
    def check(value: Any) -> str | None:
        known = any(value is one or (isinstance(value, str) and value == one) for one in choices)
        return None if known else f"This is one of: {', '.join(map(repr, choices))}."

    return check


def _several(check: Callable[[Any], str | None], most: int) -> Callable[[Any], str | None]:
    def each(value: Any) -> str | None:
        if not isinstance(value, list | tuple) or len(value) > most:
            return f"This is a list of at most {most}."
        return next((wrong for one in value if (wrong := check(one))), None)

    return each


def _whole(value: Any) -> str | None:
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10_000
    return None if fits else "This is a whole number from 0 to 10000."


def _encoding(value: Any) -> str | None:
    try:
        known = codecs.lookup(value)._is_text_encoding if isinstance(value, str) else False
    except (LookupError, ValueError):
        known = False
    return None if known else "This is the name of an encoding, such as utf-8 or cp1252."


def _order(value: Any) -> str | None:
    if value in ORDERS:
        return None
    said = isinstance(value, str) and len(value) <= 30 and "YY" in value
    if said and value.count("MM") == 1 and value.count("DD") == 1 and value.count("YY") <= 2:
        return None
    return "This is ymd, dmy, mdy, or a pattern such as DD.MM.YYYY."


def _currency(value: Any) -> str | None:
    return None if value in CURRENCIES else "This is the code of a currency, such as EUR."


_FLAG = _one_of(True, False)
_CHECKS: dict[str, Callable[[Any], str | None]] = {
    **dict.fromkeys((field.name for field in fields(Profile)), _column),
    **dict.fromkeys(("debit_words", "credit_words"), _several(_text(50), 50)),
    **dict.fromkeys(("pending_words", "void_words", "posted_words"), _several(_text(50), 50)),
    **dict.fromkeys(("date", "description"), _several(_column, 20)),
    **dict.fromkeys(("negate", "subtract_fee"), _FLAG),
    **dict.fromkeys(("header_row", "skip_last"), _whole),
    "delimiter": _one_of(",", ";", "\t", "|"),
    "quote": _one_of('"', "'", ""),
    "decimal_mark": _one_of(".", ","),
    "header": _several(_text(500), 500),
    "sheet": _text(100),
    "encoding": _encoding,
    "date_order": _order,
    "currency_code": _currency,
}


def from_json(data: Any, pointer: str = "/profile") -> Profile:
    """Return the profile that a body names; what it leaves out is left to the table.

    :raises Invalid: with a sentence for each field that is wrong or unknown.
    """
    if not isinstance(data, dict):
        raise Invalid([Fault(pointer, "invalid", "A profile is an object.")])
    faults: list[Fault] = []
    given: dict[str, Any] = {}
    for name, value in data.items():
        check = _CHECKS.get(name)
        if check is None:
            faults.append(Fault(f"{pointer}/{name}", "unknown_field", "There is no such field."))
        else:
            if wrong := check(value):
                faults.append(Fault(f"{pointer}/{name}", "invalid", wrong))
            given[name] = tuple(value) if isinstance(value, list) else value
    if not faults and "amount" in given and ("debit" in given or "credit" in given):
        sentence = "Amounts stand in one column, or in those of debits and credits: not in both."
        faults.append(Fault(f"{pointer}/amount", "invalid", sentence))
    if faults:
        raise Invalid(faults)
    return Profile(**given)
