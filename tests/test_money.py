"""Money is exact: what is not an amount is refused with a sentence."""

from decimal import Decimal

import pytest
from conftest import Api
from hypothesis import given
from hypothesis import strategies as st
from raw import run

from accounts.models import Account
from buffet.money import (
    CURRENCIES,
    BadAmount,
    BadCurrency,
    CurrencyMismatch,
    Money,
    decimals,
    parse_amount,
    parse_currency,
    round_to,
    text,
)
from transactions.models import Transaction


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


def test_the_database_knows_the_same_decimals(db: None) -> None:
    known = {currency: decimals(currency) for currency in CURRENCIES | {"XXX"}}

    sql = "SELECT code, buffet_decimals(code) FROM unnest(%s::text[]) AS known (code)"
    assert dict(run(sql, list(known))) == known


def test_minus_zero_is_zero() -> None:
    assert text(parse_amount("-0.00", "BRL"), "BRL") == "0.00"
    assert text(parse_amount("-0"), "JPY") == "0"
    assert text(Decimal("-0.004"), "BRL") == "0.00"
    assert str(round_to(Decimal("-0.004"), "BRL")) == "0.00"
    assert str(-Money(Decimal(0), "BRL")) == "0.00 BRL"


@pytest.mark.parametrize(
    ("exact", "kept"),
    [
        ("0.005", "0.00"),
        ("0.015", "0.02"),
        ("-0.025", "-0.02"),
        ("2.675", "2.68"),
        ("9.995", "10.00"),
    ],
)
def test_half_a_cent_goes_to_the_even_one(exact: str, kept: str) -> None:
    assert text(round_to(Decimal(exact), "BRL"), "BRL") == kept


def test_leading_zeros_and_a_plus_are_no_harm() -> None:
    assert parse_amount("+0000000000000000012.50", "BRL") == Decimal("12.50")
    assert parse_amount("1.500000", "BRL") == Decimal("1.50")


@pytest.mark.parametrize("wrong", ["brl", "BR", "ABC", "", None, 5, "BRL "])
def test_an_unknown_currency_is_refused(wrong: object) -> None:
    with pytest.raises(BadCurrency):
        parse_currency(wrong)


def test_currencies_never_mix() -> None:
    real, dollar = Money(Decimal(1), "BRL"), Money(Decimal(1), "USD")

    for mix in (lambda: real + dollar, lambda: real - dollar):
        with pytest.raises(CurrencyMismatch, match="BRL and USD"):
            mix()
    assert real != dollar
    assert real + real == Money(Decimal("2.00"), "BRL")
    assert not real - real


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
    # The odd units lie on the first alone, and none has the other sign.
    assert len(set(shares[1:])) <= 1
    assert all(share.amount * whole.amount >= 0 for share in shares)
    assert abs(shares[0].amount - shares[-1].amount) < parts * Decimal(1).scaleb(
        -decimals(currency)
    )


@pytest.mark.parametrize(("parts", "extra"), [(0, "first"), (-1, "first"), (2, "middle")])
def test_a_split_into_nothing_is_refused(parts: int, extra: str) -> None:
    with pytest.raises(ValueError, match="one or more parts"):
        Money(Decimal(1), "BRL").split(parts, extra=extra)


# Through the API, between whose JSON and the column there is no float


@pytest.mark.parametrize(
    "amount",
    [
        '"NaN"', '"Infinity"', "NaN", "1e400", '"1e400"', f'"{"9" * 30}"', '"١٢.٥"', '"1_000"',
        '"1\\u0000"', "-42.5", "-42", "true", "null", '""', '"0"', '"-0"', '"0.001"', '["1"]',
    ],
)  # fmt: skip
def test_an_amount_that_is_none_is_refused_by_the_api(
    api: Api, checking: Account, amount: str
) -> None:
    body = (
        f'{{"account": "{checking.id}", "date": "2026-06-01", "description": "x", '
        f'"amount": {amount}}}'
    )

    answer = api.client.post(
        "/api/v1/transactions",
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {api.token}"},
    )

    assert answer.status_code == 400
    assert answer.json()["detail"].endswith(".")
    assert not Transaction.objects.exists()


@pytest.mark.parametrize(
    "amount", ["-0.01", "-0.10", "-268435456.01", "-268435457.00", "-999999999999999.99"]
)
def test_an_amount_comes_back_as_it_was_sent(api: Api, checking: Account, amount: str) -> None:
    body = {"account": str(checking.id), "date": "2026-06-01", "description": "x"}

    sent = api.post("/transactions", body | {"amount": amount}).json()

    assert api.get(f"/transactions/{sent['id']}").json()["amount"] == amount
    assert api.get(f"/accounts/{checking.id}").json()["balance"] == amount


def test_a_tenth_ten_times_is_one(api: Api, checking: Account) -> None:
    body = {"account": str(checking.id), "date": "2026-06-01", "description": "x", "amount": "0.10"}

    api.post("/transactions/bulk", {"transactions": [body] * 10})

    assert api.get(f"/accounts/{checking.id}").json()["balance"] == "1.00"
