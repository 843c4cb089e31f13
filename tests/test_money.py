"""Money is exact: what is not an amount is refused with a sentence."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buffet.money import (
    BadAmount,
    BadCurrency,
    CurrencyMismatch,
    Money,
    decimals,
    parse_amount,
    parse_currency,
    text,
)


@pytest.mark.parametrize(
    "wrong",
    [
        "NaN", "Infinity", "-Infinity", "1e400", "1E5", "1" * 30, "١٢.٥", "1_000", "1,5", " 1", "",
        ".5", "5.", "0x1", "1\x00", "--1", "1.2.3", None, 1, 1.5, True, [], "9" * 16,
        "0.123456789",
    ],
)  # fmt: skip
def test_what_is_no_plain_decimal_is_refused(wrong: object) -> None:
    with pytest.raises(BadAmount):
        parse_amount(wrong)


@pytest.mark.parametrize(
    ("currency", "places", "kept", "refused"),
    [
        ("JPY", 0, "1000", "1000.5"),
        ("BRL", 2, "268435457.01", "1.001"),
        ("KWD", 3, "1.234", "1.2345"),
        ("BTC", 8, "0.00000001", "0.000000001"),
    ],
)
def test_every_currency_has_its_own_decimals(
    currency: str, places: int, kept: str, refused: str
) -> None:
    assert decimals(currency) == places
    assert text(parse_amount(kept, currency), currency) == kept
    with pytest.raises(BadAmount):
        parse_amount(refused, currency)


def test_minus_zero_is_zero() -> None:
    assert text(parse_amount("-0.00", "BRL"), "BRL") == "0.00"


@pytest.mark.parametrize("wrong", ["brl", "BR", "ABC", "", None, 5, "BRL "])
def test_an_unknown_currency_is_refused(wrong: object) -> None:
    with pytest.raises(BadCurrency):
        parse_currency(wrong)


def test_currencies_never_mix() -> None:
    with pytest.raises(CurrencyMismatch):
        Money(Decimal(1), "BRL") + Money(Decimal(1), "USD")


def test_the_odd_cents_lie_on_the_named_part() -> None:
    whole = Money(Decimal("100.00"), "BRL")

    assert [str(part.amount) for part in whole.split(3)] == ["33.34", "33.33", "33.33"]
    assert [str(part.amount) for part in whole.split(3, extra="last")] == [
        "33.33",
        "33.33",
        "33.34",
    ]


@given(
    cents=st.integers(-(10**12), 10**12),
    parts=st.integers(1, 48),
    currency=st.sampled_from(["JPY", "BRL", "KWD", "BTC"]),
)
def test_parts_add_up_to_the_whole(cents: int, parts: int, currency: str) -> None:
    whole = Money(Decimal(cents).scaleb(-decimals(currency)), currency)

    shares = whole.split(parts)

    assert sum((share.amount for share in shares), Decimal(0)) == whole.amount
    assert len(shares) == parts
