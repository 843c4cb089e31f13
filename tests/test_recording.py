"""What people may record, and the entries that it becomes."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from drafting import DAY, draft
from raw import check_now, monthly

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from transactions import services as ledger
from transactions.models import Entry, Transaction
from transactions.queries.transactions import get

Record = Callable[..., dict[str, Any]]


@pytest.fixture
def record(book: Book, by: Actor) -> Record:
    """Record one transaction: `record(account=, amount=, …)` returns it as it is read."""

    def record_one(**fields: Any) -> dict[str, Any]:
        (id,) = ledger.record(book=book, by=by, drafts=[draft(**fields)])
        check_now()
        return get(book.id, id)

    return record_one


def amounts(read: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return the entries of a transaction that was read: (account, amount, currency) each."""
    return [(e["account_name"], e["amount"], e["currency"]) for e in read["entries"]]


def test_a_purchase_has_two_entries(record: Record, checking: Account, groceries: Account) -> None:
    read = record(account=checking, amount="-42.5", category=groceries)

    assert amounts(read) == [("Checking", "-42.50", "BRL"), ("Groceries", "42.50", "BRL")]
    assert (read["kind"], read["amount"]) == ("expense", "-42.50")
    assert read["category_name"] == "Groceries"


@pytest.mark.parametrize(
    ("amount", "kind", "other"),
    [("-5", "expense", "Uncategorised expenses"), ("5", "income", "Uncategorised income")],
)
def test_without_a_category_the_sign_decides(
    record: Record, checking: Account, amount: str, kind: str, other: str
) -> None:
    read = record(account=checking, amount=amount)

    assert (read["kind"], read["entries"][1]["account_name"]) == (kind, other)
    assert read["category"] is None


def test_a_refund_is_negative_spending(
    record: Record, checking: Account, groceries: Account
) -> None:
    record(account=checking, amount="-50", category=groceries)
    record(account=checking, amount="20", category=groceries)

    assert monthly(groceries) == {("2026-06", "BRL"): ("50", "20", 2)}


@pytest.mark.parametrize(("amount", "there"), [("-10", "10.00"), ("10", "-10.00")])
def test_a_transfer_moves_the_same_amount(
    record: Record, checking: Account, savings: Account, amount: str, there: str
) -> None:
    read = record(account=checking, amount=amount, transfer_to=savings)

    assert [entry["amount"] for entry in read["entries"]] == [f"{amount}.00", there]
    assert (read["kind"], read["transfer_to_name"]) == ("transfer", "Savings")
    assert read["transfer_amount"] is None


@pytest.mark.parametrize(("amount", "sign", "back"), [("-10", "", "-"), ("10", "-", "")])
def test_a_transfer_between_currencies_goes_through_the_conversion_account(
    record: Record, checking: Account, dollars: Account, amount: str, sign: str, back: str
) -> None:
    read = record(account=checking, amount=amount, transfer_to=dollars, transfer_amount="2")

    assert amounts(read) == [
        ("Checking", f"{amount}.00", "BRL"),
        ("Dollars", f"{sign}2.00", "USD"),
        ("Currency conversion", f"{sign}10.00", "BRL"),
        ("Currency conversion", f"{back}2.00", "USD"),
    ]
    assert (read["kind"], read["transfer_amount"]) == ("transfer", "2.00")


def test_a_split_keeps_the_order_of_its_entries(
    record: Record, checking: Account, groceries: Account, salary: Account
) -> None:
    read = record(
        entries=[
            (checking, "2500"),
            (salary, "-3000"),
            (groceries, "500"),
        ]
    )

    assert [entry[1] for entry in amounts(read)] == ["2500.00", "-3000.00", "500.00"]
    assert (read["kind"], read["amount"], read["category"]) == ("split", "2500.00", None)


@pytest.mark.parametrize(
    ("currency", "amount"),
    [("JPY", "1000000"), ("KWD", "0.001"), ("BTC", "0.00000001"), ("BRL", "999999999999999.99")],
)
def test_amounts_keep_the_decimals_of_their_currency(
    book: Book, by: Actor, record: Record, currency: str, amount: str
) -> None:
    account = ledger.open_account(
        book=book, by=by, today=DAY, name="Own", kind="cash", currency=currency
    )

    read = record(account=account, amount=amount)

    assert (read["amount"], read["currency"]) == (amount, currency)
    assert read["entries"][1]["amount"] == f"-{amount}"


def test_an_opening_balance_stands_against_equity(book: Book, by: Actor) -> None:
    account = ledger.open_account(
        book=book,
        by=by,
        today=DAY,
        name="Loan",
        kind="loan",
        currency="BRL",
        opened_on=date(2026, 5, 1),
        opening_balance=Decimal("-100.50"),
    )

    read = get(book.id, Transaction.objects.get().id)
    assert amounts(read) == [("Loan", "-100.50", "BRL"), ("Opening balances", "100.50", "BRL")]
    assert (read["date"], read["source"], read["kind"]) == (date(2026, 5, 1), "opening", "equity")
    assert monthly(account) == {("2026-05", "BRL"): ("0", "100.5", 1)}


def test_several_are_recorded_in_order(book: Book, by: Actor, checking: Account) -> None:
    wanted = [draft(account=checking, amount="-1", description=f"{number}") for number in range(30)]

    ids = ledger.record(book=book, by=by, drafts=wanted)

    assert ids == sorted(ids)
    kept = Transaction.objects.order_by("id").values_list("id", "description")
    assert list(kept) == [(id, f"{number}") for number, id in enumerate(ids)]


def test_the_same_external_id_is_free_on_another_account(
    record: Record, checking: Account, savings: Account
) -> None:
    record(account=checking, amount="-1", external_id="bank-1")
    record(account=savings, amount="-1", external_id="bank-1")

    assert Entry.objects.filter(external_id="bank-1").count() == 2
