"""Bodies: what each field of a JSON object may hold, read quickly and refused by pointer."""

import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from buffet.errors import Fault, Invalid, invalid
from buffet.money import BadAmount, BadCurrency, parse_amount, parse_currency
from buffet.rest.query import Malformed as Malformed
from buffet.rest.query import parse_day

Reader = Callable[[object], Any]
#: Whoever sends more nonsense than this is told of no more.
MOST_FAULTS = 100


def identity(value: object) -> UUID:
    """Read an id."""
    if isinstance(value, str) and len(value) == 36:
        try:
            return _id(value)
        except ValueError:
            pass
    raise Malformed("This is not an id.")


#: A thousand rows name some dozens of accounts, categories and vendors.
_id = lru_cache(4096)(UUID)


def day(value: object) -> Any:
    """Read a calendar day."""
    return parse_day(value)


def amount(value: object) -> Any:
    """Read an amount; its currency, checked later, may allow fewer decimals."""
    try:
        return parse_amount(value)
    except BadAmount as error:
        raise Malformed(str(error)) from None


def in_currency(sent: dict[str, Any], name: str, written: object) -> None:
    """Read the amount `name` anew, as it was written, in the currency that was sent beside it.

    :raises Invalid: if the currency has not so many decimals.
    """
    if name not in sent:
        return
    try:
        sent[name] = parse_amount(written, sent["currency"])
    except BadAmount as error:
        raise invalid(f"/{name}", "malformed", str(error)) from None


def currency(value: object) -> str:
    """Read the code of a currency."""
    try:
        return parse_currency(value)
    except BadCurrency as error:
        raise Malformed(str(error)) from None


def flag(value: object) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise Malformed("This is true or false.")
    return value


def secret(value: object) -> str:
    """Read a password or token: any text, kept as it is."""
    if not isinstance(value, str) or not 0 < len(value) <= 4096 or "\x00" in value:
        raise Malformed("A text of 1 to 4096 characters is expected, in quotes.")
    return value


def instant(value: object) -> datetime:
    """Read an instant of UTC, such as 2027-01-31T12:00:00Z."""
    try:
        if isinstance(value, str) and len(value) <= 40 and value.endswith("Z"):
            return datetime.fromisoformat(value.removesuffix("Z")).replace(tzinfo=UTC)
    except ValueError:
        pass
    raise Malformed("An instant is written 2027-01-31T12:00:00Z.")


def email(value: object) -> str:
    """Read an e-mail address, kept in lower case."""
    try:
        if isinstance(value, str) and len(value) <= 254:
            validate_email(value.strip())
            return value.strip().lower()
    except ValidationError:
        pass
    raise Malformed("This is no e-mail address.")


def whole(least: int, most: int) -> Reader:
    """Return the reader of a whole number within limits; in JSON, 30 and 30.0 are one number."""

    def read_whole(value: object) -> int:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise Malformed(f"This is a whole number from {least} to {most}.")
        return value

    return read_whole


#: Reads the version of a row.
version = whole(0, 2**62 - 1)


def _is_refused(sign: str, lines: bool) -> bool:
    """Whether a character is a control character or half of a surrogate pair."""
    if lines and sign in "\n\t\r":
        return False
    return unicodedata.category(sign) in ("Cc", "Cs")


def text(most: int, *, least: int = 0, lines: bool = False) -> Reader:
    """Return the reader of a text of `least` to `most` characters, on one line unless `lines`."""

    def read_text(value: object) -> str:
        if not isinstance(value, str):
            raise Malformed("A text is expected, in quotes.")
        kept = unicodedata.normalize("NFC", value).strip()
        # Nearly every text is printable as a whole, which is quick to see.
        if not kept.isprintable() and any(_is_refused(sign, lines) for sign in kept):
            raise Malformed("This text has control characters.")
        # As it was sent, too: that is what the document counts.
        if not least <= len(kept) <= most or len(value) > most:
            if least and not kept:
                raise Malformed("This may not be empty.")
            raise Malformed(f"This text has at most {most} characters.")
        return kept

    return read_text


def one_of(*choices: str) -> Reader:
    """Return the reader of a word from a list."""

    def read_word(value: object) -> str:
        if not isinstance(value, str) or value not in choices:
            raise Malformed(f"This is one of: {', '.join(choices)}.")
        return value

    return read_word


def optional(reader: Reader) -> Reader:
    """Return a reader that also takes null."""

    def read_optional(value: object) -> Any:
        return None if value is None else reader(value)

    return read_optional


def cleared(reader: Reader) -> Reader:
    """Return a reader of a text that null clears: it becomes empty."""

    def read_cleared(value: object) -> Any:
        return "" if value is None else reader(value)

    return read_cleared


def read(
    sent: object,
    known: Mapping[str, Reader],
    *,
    required: tuple[str, ...] = (),
    pointer: str = "",
    faults: list[Fault] | None = None,
) -> dict[str, Any]:
    """Return the fields that were sent, read by `known`.

    With `faults` given, what is wrong is appended there instead of raised.

    :raises Invalid: naming each field that is missing, unknown or malformed.
    """
    wrong: list[Fault] = [] if faults is None else faults
    found: dict[str, Any] = {}
    if not isinstance(sent, dict):
        wrong.append(Fault(pointer, "not_an_object", "This is a JSON object."))
    else:
        for name, value in sent.items():
            if len(wrong) >= MOST_FAULTS:
                break
            reader = known.get(name)
            if reader is None:
                where = f"{pointer}/{name[:60].replace('~', '~0').replace('/', '~1')}"
                wrong.append(Fault(where, "unknown_field", "This field is not known here."))
                continue
            try:
                found[name] = reader(value)
            except Malformed as error:
                wrong.append(Fault(f"{pointer}/{name}", "malformed", str(error)))
            except Invalid as error:
                wrong.extend(
                    Fault(f"{pointer}/{name}{fault.pointer}", fault.code, fault.detail)
                    for fault in error.faults
                )
        wrong.extend(
            Fault(f"{pointer}/{name}", "required", "This field is required.")
            for name in required
            if name not in sent
        )
    if faults is None and wrong:
        raise Invalid(wrong)
    return found
