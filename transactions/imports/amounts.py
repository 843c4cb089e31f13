"""Amounts as banks write them in their formats, read exactly or not at all."""

import re
from collections.abc import Sequence
from decimal import Decimal

from buffet.money import MAX_DECIMALS, MAX_INTEGER_DIGITS
from transactions.imports.statement import AmbiguousFile, Question, UnreadableFile

_USUAL = re.compile(r"-?[0-9]{1,15}\.[0-9]{1,2}")
_PLAIN = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]*)?|[+-]?[.,][0-9]+")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:([., '])[0-9]{3})+(?:([.,])[0-9]+)?")
#: As in India: 12,34,567.00.
_LAKHS = re.compile(r"[+-]?[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}(?:\.[0-9]+)?")
_MARKED = re.compile(
    r"(?:^|[^0-9])0+([.,])[0-9]{3}$|[0-9]{4}([.,])[0-9]{3}$|([.,])(?:[0-9]{1,2}|[0-9]{4,})$"
)
_SIGNS = str.maketrans({
    "\u2212": "-", "\u2013": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2019": "'",
})  # fmt: skip


class Doubtful(ValueError):
    """The amount has one mark before three digits: thousands, or thousandths?"""


def amount(text: str, name: str, line: int | None, comma: bool | None = None) -> Decimal:
    """Return the amount in `text`, which stands under `name`; `comma`: whether it is decimal.

    :raises UnreadableFile: if it is none, or has too many digits.
    :raises Doubtful: if it could be two, and `comma` is None.
    """
    if _USUAL.fullmatch(text):
        return Decimal(text)
    found = _number(_tidy(text), comma) if len(text) <= 60 else None
    if found is None:
        raise UnreadableFile(f"{name} is not a plain amount: “{text[:40]}”.", line)
    places = -int(found.normalize().as_tuple().exponent)
    if abs(found) >= Decimal(10) ** MAX_INTEGER_DIGITS or places > MAX_DECIMALS:
        raise UnreadableFile(f"{name} has too many digits: “{text[:40]}”.", line)
    return found


def decimal_mark(text: str) -> str:
    """Return the mark in `text` that cannot but be decimal; empty where there is none.

    One that other than three digits follow, or that stands behind a zero or four digits.
    """
    match = _MARKED.search(_tidy(text))
    return match[1] or match[2] or match[3] if match else ""


def comma_is_decimal(marks: Sequence[str] | set[str], said: bool | None = None) -> bool | None:
    """Return whether amounts with these decimal marks have a comma; None where they do not tell.

    `said` is what the caller knows.
    """
    if ("," in marks) == ("." in marks):
        return said
    return "," in marks


def doubtful(text: str, name: str, line: int | None) -> AmbiguousFile:
    """Return the refusal of an amount that could be two."""
    plain, other = text[:40].replace(",", "."), text[:40].replace(",", "").replace(".", "")
    sentence = f"{name} “{text[:40]}” may be {plain} or {other}; nothing in the file tells."
    choices = (("true", "A comma is decimal"), ("false", "A point is decimal"))
    return AmbiguousFile([Question("decimal_comma", name, sentence, line, choices)])


def _tidy(text: str) -> str:
    """Return an amount with its sign, if any, in front of it."""
    text = text.translate(_SIGNS).strip()
    if text.startswith("(") and text.endswith(")") and not set(text) & set("+-"):
        text = f"-{text[1:-1].strip()}"
    elif text.endswith(("-", "+")) and text[0] not in "+-":
        text = f"{text[-1]}{text[:-1].strip()}"
    return text[0] + text[1:].strip() if text[:1] in ("-", "+") else text


def _number(text: str, comma: bool | None) -> Decimal | None:
    """Return the number in `text`; None where it is none."""
    if _LAKHS.fullmatch(text):
        return Decimal(text.replace(",", ""))
    grouped = _GROUPED.fullmatch(text)
    if grouped is None:
        return Decimal(text.replace(",", ".")) if _PLAIN.fullmatch(text) else None
    group, mark = grouped[1], grouped[2]
    if mark == group:
        return None
    if mark:
        return Decimal(text.replace(group, "").replace(mark, "."))
    if group in " '" or text.count(group) > 1:
        return Decimal(text.replace(group, ""))
    if text.lstrip("+-").startswith("0"):
        # Nobody groups behind a zero: 0.125.
        return Decimal(text.replace(",", "."))
    # One mark and three digits: thousands or thousandths? The file's other amounts tell.
    if comma is None:
        raise Doubtful
    return Decimal(text.replace(group, "." if group == ("," if comma else ".") else ""))
