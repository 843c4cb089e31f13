"""Query parameters: each one known, read and checked, or refused by name."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import QueryDict

from buffet.errors import Fault, Invalid
from buffet.money import BadAmount, parse_amount

Reader = Callable[[str], Any]


class Malformed(ValueError):
    """A parameter's value cannot be read; the message is the sentence for people."""


def uuid(text: str) -> UUID:
    """Read an id."""
    try:
        return UUID(text)
    except ValueError:
        raise Malformed("This is not an id.") from None


def day(text: str) -> date:
    """Read a date."""
    return parse_day(text)


def amount(text: str) -> Decimal:
    """Read an amount of any currency."""
    try:
        return parse_amount(text)
    except BadAmount as error:
        raise Malformed(str(error)) from None


def flag(text: str) -> bool:
    """Read true or false."""
    if text not in ("true", "false"):
        raise Malformed("This is true or false.")
    return text == "true"


def whole(least: int, most: int) -> Reader:
    """Return the reader of a whole number within limits."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise Malformed("This is a whole number.")
        if not least <= int(text) <= most:
            raise Malformed(f"This is a number from {least} to {most}.")
        return int(text)

    return read


def one_of(*choices: str) -> Reader:
    """Return the reader of a word from a list."""

    def read(text: str) -> str:
        if text not in choices:
            raise Malformed(f"This is one of: {', '.join(choices)}.")
        return text

    return read


def words_of(*choices: str) -> Reader:
    """Return the reader of a list of different words, separated by commas."""

    def read(text: str) -> tuple[str, ...]:
        found = tuple(text.split(","))
        if wrong := [word[:60] for word in found if word not in choices]:
            raise Malformed(f"Unknown here: {', '.join(wrong[:5])}. Known: {', '.join(choices)}.")
        if len(set(found)) < len(found):
            raise Malformed("A word stands in it more than once.")
        return found

    return read


def words(text: str) -> str:
    """Read a text to search for."""
    if "\x00" in text or len(text) > 200:
        raise Malformed("A text to search for has at most 200 characters and no NUL.")
    return text.strip()


def parse_day(text: object) -> date:
    """Return the calendar day in `text`, YYYY-MM-DD between 1900 and 2199.

    :raises Malformed: if it is no such day.
    """
    found = parse_any_day(text)
    if not 1900 <= found.year <= 2199:
        raise Malformed("Dates lie between 1900-01-01 and 2199-12-31.")
    return found


def parse_any_day(text: object) -> date:
    """Return the calendar day in `text`, YYYY-MM-DD in whatever year.

    :raises Malformed: if it is no such day.
    """
    if isinstance(text, str) and len(text) == 10 and text.isascii():
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise Malformed("This is not a day of the calendar, YYYY-MM-DD.") from None
    raise Malformed("A date is written YYYY-MM-DD.")


#: What begins and what ends with each of these, and what is said of an end before the beginning.
_ENDS = (
    ("date_from", "date_to", "The last day lies before the first."),
    ("amount_min", "amount_max", "The largest amount is less than the smallest."),
)


def read(sent: QueryDict, known: Mapping[str, Reader]) -> dict[str, Any]:
    """Return the parameters that were sent, read by `known`.

    :raises Invalid: naming each parameter that is unknown, sent twice or malformed, or that ends
        something before it begins.
    """
    if not sent:
        return {}
    found: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, values in sent.lists():
        pointer = f"?{name[:60]}"
        if name not in known:
            allowed = ", ".join(sorted(known)) or "none"
            faults.append(
                Fault(pointer, "unknown_parameter", f"Unknown parameter; known here: {allowed}.")
            )
        elif len(values) > 1:
            faults.append(Fault(pointer, "repeated", "This parameter was sent more than once."))
        else:
            try:
                found[name] = known[name](values[0])
            except Malformed as error:
                faults.append(Fault(pointer, "malformed", str(error)))
    faults += [
        Fault(f"?{last}", "wrong_order", detail)
        for first, last, detail in _ENDS
        if first in found and last in found and found[last] < found[first]
    ]
    if faults:
        raise Invalid(faults)
    return found
