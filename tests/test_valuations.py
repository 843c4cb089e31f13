"""A valuation books what the ledger lacks as a gain or loss, and nothing else."""

from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from bookkeeping import TODAY, Bookkeeper
from conftest import Api
from django.db import connection

from accounts.models import Account, Kind
from buffet.audit import Actor
from buffet.errors import Invalid
from buffet.models import Book
from transactions import services as ledger
from transactions.drafts import Changes
from transactions.models import Entry, Transaction, TransactionEvent, TypeTotal
from transactions.queries import balances, points
from transactions.services.points import NotAValuation

MAY = date(2026, 5, 31)


@pytest.fixture
def funds(keeper: Bookkeeper) -> Account:
    """An investment of 1000.00 since January."""
    return keeper.open(
        "Funds", "investment", "BRL", opened_on=date(2026, 1, 2), opening_balance=Decimal("1000.00")
    )


def entries_of(transaction_id: UUID | None) -> dict[str, str]:
    """Return the amounts of a transaction by account."""
    rows = Entry.objects.filter(transaction=transaction_id).select_related("account")
    return {row.account.name: f"{row.amount.normalize():f}" for row in rows}


@pytest.mark.parametrize(
    ("balance", "gain"), [("1080.50", "80.5"), ("912.34", "-87.66"), ("-3.00", "-1003")]
)
def test_a_valuation_books_the_difference_against_unrealised_gains(
    book: Book, keeper: Bookkeeper, funds: Account, balance: str, gain: str
) -> None:
    point = keeper.point(funds, MAY, balance, kind="valuation")

    booked = point.transaction
    assert booked is not None
    assert (booked.date, booked.description, booked.source) == (MAY, "Valuation", "valuation")
    loss = f"{-Decimal(gain)}"
    assert entries_of(booked.id) == {"Funds": gain, "Unrealised gains": loss}
    assert balances.balance(book.id, funds.id, MAY) == Decimal(balance)
    assert balances.balance(book.id, funds.id, MAY - timedelta(1)) == 1000


def test_spending_and_income_are_not_touched(
    book: Book, keeper: Bookkeeper, funds: Account
) -> None:
    keeper.point(funds, MAY, "1080.50", kind="valuation")

    assert {row.type for row in TypeTotal.objects.filter(book=book)} == {"asset", "equity"}


def test_a_value_that_the_ledger_has_books_nothing(keeper: Bookkeeper, funds: Account) -> None:
    point = keeper.point(funds, MAY, "1000.00", kind="valuation")

    assert point.transaction_id is None
    assert not Transaction.objects.filter(source="valuation").exists()


@pytest.mark.parametrize("kind", ["investment", "property", "other", "loan"])
def test_what_has_a_price_is_valued(keeper: Bookkeeper, kind: str) -> None:
    account = keeper.open("It", kind, "BRL")

    point = keeper.point(account, MAY, "-10.00", kind="valuation")

    assert entries_of(point.transaction_id)["It"] == "-10"


@pytest.mark.parametrize("kind", ["checking", "savings", "cash", "receivable"])
def test_money_is_not_valued(keeper: Bookkeeper, kind: str) -> None:
    account = keeper.open("It", kind, "BRL")

    with pytest.raises(Invalid) as error:
        keeper.point(account, MAY, "-10.00", kind="valuation")

    assert [(one.pointer, one.code) for one in error.value.faults] == [("/account", "not_valued")]


def test_another_value_corrects_what_was_booked(
    book: Book, by: Actor, keeper: Bookkeeper, funds: Account
) -> None:
    point = keeper.point(funds, MAY, "1080.50", kind="valuation")
    booked = point.transaction_id

    ledger.change_point(book=book, by=by, point_id=point.id, balance=Decimal("990.00"))

    point.refresh_from_db()
    assert point.transaction_id == booked
    assert entries_of(booked) == {"Funds": "-10", "Unrealised gains": "10"}
    ledger.change_point(book=book, by=by, point_id=point.id, balance=Decimal("1000.00"))
    point.refresh_from_db()
    assert (point.transaction_id, point.booked_on) == (None, None)
    assert not Transaction.objects.filter(id=booked).exists()
    ledger.change_point(book=book, by=by, point_id=point.id, balance=Decimal("1001.00"))
    assert balances.balance(book.id, funds.id, MAY) == 1001


def test_back_dated_entries_leave_a_difference_until_it_is_valued_again(
    book: Book, by: Actor, keeper: Bookkeeper, funds: Account
) -> None:
    point = keeper.point(funds, MAY, "1080.50", kind="valuation")
    booked = point.transaction_id
    keeper.move(funds, date(2026, 3, 1), "50.00")
    assert points.get(book.id, point.id).difference == Decimal("-50.00")

    ledger.revalue(book=book, by=by, point_id=point.id)

    assert points.get(book.id, point.id).ok
    assert entries_of(booked)["Funds"] == "30.5"


def test_what_somebody_made_something_else_of_is_booked_anew(
    book: Book, by: Actor, keeper: Bookkeeper, funds: Account
) -> None:
    point = keeper.point(funds, MAY, "1080.50", kind="valuation")
    booked = point.transaction_id
    moved = Changes({"date": date(2026, 6, 3)})
    ledger.correct(book=book, by=by, transaction_id=booked, changes=moved)
    point.refresh_from_db()
    assert point.booked_on == date(2026, 6, 3)

    ledger.revalue(book=book, by=by, point_id=point.id)

    point.refresh_from_db()
    assert point.transaction_id != booked
    assert not Transaction.objects.filter(id=booked).exists()
    assert points.get(book.id, point.id).ok
    assert balances.balance(book.id, funds.id, TODAY) == Decimal("1080.50")


def test_a_gain_that_somebody_deleted_is_booked_again(
    book: Book, by: Actor, keeper: Bookkeeper, funds: Account
) -> None:
    point = keeper.point(funds, MAY, "1080.50", kind="valuation")
    booked = point.transaction_id
    ledger.delete(book=book, by=by, transaction_ids=[booked])
    point.refresh_from_db()
    assert (point.transaction_id, point.booked_on) == (None, None)
    assert not points.get(book.id, point.id).ok

    ledger.revalue(book=book, by=by, point_id=point.id)

    assert points.get(book.id, point.id).ok


def test_a_deleted_valuation_takes_its_gain_along(
    book: Book, by: Actor, keeper: Bookkeeper, funds: Account
) -> None:
    point = keeper.point(funds, MAY, "1080.50", kind="valuation")

    ledger.delete_point(book=book, by=by, point_id=point.id, reason="Misread")

    assert balances.balance(book.id, funds.id, MAY) == 1000
    event = TransactionEvent.objects.get(pgh_label="delete")
    assert event.pgh_context.metadata["reason"] == "Misread"


def test_a_statement_is_not_booked(
    book: Book, by: Actor, keeper: Bookkeeper, funds: Account
) -> None:
    point = keeper.point(funds, MAY, "1080.50")

    with pytest.raises(NotAValuation):
        ledger.revalue(book=book, by=by, point_id=point.id)

    assert balances.balance(book.id, funds.id, MAY) == 1000


def test_a_closed_month_has_no_new_value(
    book: Book, by: Actor, api: Api, keeper: Bookkeeper, funds: Account
) -> None:
    april = date(2026, 4, 30)
    point = keeper.point(funds, april, "1080.50", kind="valuation")
    ledger.close_month(book=book, by=by, month=april, today=TODAY)
    body = {"account": str(funds.id), "on": "2026-04-29", "balance": "1.00", "kind": "valuation"}

    answers: list[Any] = [
        api.post("/balance-points", body),
        api.patch(f"/balance-points/{point.id}", {"balance": "7.00"}),
        api.delete(f"/balance-points/{point.id}"),
    ]

    assert [answer.status_code for answer in answers] == [400, 400, 400]
    for answer in answers:
        assert {error["code"] for error in answer.json()["errors"]} == {"month_closed"}
    assert answers[0].json()["errors"][0]["pointer"] == "/on"
    assert points.get(book.id, point.id).expected == Decimal("1080.50")


def test_a_new_book_has_an_account_for_gains(book: Book, checking: Account) -> None:
    Bookkeeper(book, Actor(None, "command")).move(checking, MAY, "1.00")

    (equity,) = Account.objects.filter(book=book, kind=Kind.VALUATION)
    assert (equity.type, equity.name, equity.is_system) == ("equity", "Unrealised gains", True)


def test_books_of_before_get_their_account_by_migration(book: Book, checking: Account) -> None:
    Bookkeeper(book, Actor(None, "command")).move(checking, MAY, "1.00")
    Account.objects.filter(kind=Kind.VALUATION)._raw_delete("default")
    empty = Book.objects.create(name="New", base_currency="EUR")
    migration = import_module("accounts.migrations.0012_valuation_accounts")

    for _ in range(2):
        migration.open_accounts(None, SimpleNamespace(connection=connection))

    assert Account.objects.get(kind=Kind.VALUATION).book == book
    assert not Account.objects.filter(book=empty).exists()
