"""The patterns of the OpenAPI document fit what is read."""

import re
from collections.abc import Callable

import pytest

from buffet.money import BadAmount, BadCurrency, parse_amount, parse_currency
from buffet.rest import documents
from buffet.rest.query import Malformed, parse_day

GOOD_AMOUNTS = ("0", "-42.50", "+1", "007", f"000{10**15 - 1}", "1.12345678", "1.1234567800")
BAD_AMOUNTS = ("1" * 16, "1.123456789", "1.", ".5", "", "-", "1e3", "1,5", " 1", "1\n", "\uff11")
CODES = ("BRL", "EUR", "brl", "BR", "BRLX", "B1L", "")
DAYS = ("1899-12-31", "1900-01-01", "2026-06-15", "2199-12-31", "2200-01-01", "0190-01-01")
MONTHS = ("1899-12", "1900-01", "2026-00", "2026-12", "2026-13", "2199-12", "2026-1", "2026-123")


def is_read(reader: Callable[[str], object], text: str) -> bool:
    try:
        reader(text)
    except (Malformed, BadAmount, BadCurrency):
        return False
    return True


@pytest.mark.parametrize(
    ("pattern", "reader", "texts"),
    [
        (documents.DECIMAL, parse_amount, GOOD_AMOUNTS + BAD_AMOUNTS),
        (documents.CODE, parse_currency, CODES),
        (documents.YEARS, parse_day, DAYS),
        (documents.MONTHS, lambda month: parse_day(f"{month}-01"), MONTHS),
    ],
)
def test_a_pattern_fits_what_is_read(
    pattern: str, reader: Callable[[str], object], texts: tuple[str, ...]
) -> None:
    # In JSON Schema, `$` is the end, and not the line before it.
    said = re.compile(pattern.replace("$", r"\Z"))

    assert {text: bool(said.search(text)) for text in texts} == {
        text: is_read(reader, text) for text in texts
    }
