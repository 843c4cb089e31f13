"""A closed month does not change, through no door, until it is reopened."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from conftest import Api
from drafting import correct, entries, ids, record

from accounts.models import Account
from buffet.audit import Actor
from buffet.errors import Invalid
from buffet.models import Book, Role, User
from transactions import services as ledger
from transactions.models import ClosedMonth, Transaction
from transactions.queries import balances
from transactions.services.months import AlreadyClosed, MonthNotOver, NotClosed

TODAY = date(2026, 6, 15)
MAY = date(2026, 5, 1)
LAST_OF_APRIL, FIRST_OF_JUNE = date(2026, 4, 30), date(2026, 6, 1)
FIRST_OF_MAY, LAST_OF_MAY = MAY, date(2026, 5, 31)


def close(book: Book, by: Actor, month: date = MAY) -> ClosedMonth:
    """Close a month, today."""
    return ledger.close_month(book=book, by=by, month=month, today=TODAY)


@pytest.fixture
def purchases(book: Book, by: Actor, checking: Account, groceries: Account) -> dict[date, UUID]:
    """A purchase on each side of May's borders; May is closed."""
    days = (LAST_OF_APRIL, FIRST_OF_MAY, LAST_OF_MAY, FIRST_OF_JUNE)
    made = {
        day: record(book, by, account=checking, amount="-1", category=groceries, date=day)
        for day in days
    }
    close(book, by)
    return made


# Closing and reopening


@pytest.mark.parametrize("day", [MAY, date(2026, 5, 17), LAST_OF_MAY])
def test_a_month_closes_by_any_of_its_days(book: Book, by: Actor, day: date) -> None:
    closed = close(book, by, day)

    assert (closed.month, closed.created_by, closed.created_via) == (MAY, by.user_id, "api")


@pytest.mark.parametrize(
    ("month", "today"),
    [
        (date(2026, 6, 1), date(2026, 6, 30)),
        (date(2026, 7, 1), date(2026, 6, 30)),
        (date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_a_month_that_is_not_over_does_not_close(
    book: Book, by: Actor, month: date, today: date
) -> None:
    with pytest.raises(MonthNotOver):
        ledger.close_month(book=book, by=by, month=month, today=today)


def test_a_month_closes_on_the_day_after_its_last(book: Book, by: Actor) -> None:
    closed = ledger.close_month(book=book, by=by, month=date(2025, 12, 31), today=date(2026, 1, 1))

    assert closed.month == date(2025, 12, 1)


def test_a_month_closes_once_and_reopens_once(book: Book, by: Actor) -> None:
    close(book, by)
    with pytest.raises(AlreadyClosed):
        close(book, by)

    ledger.reopen_month(book=book, by=by, month=LAST_OF_MAY, reason="x")

    with pytest.raises(NotClosed):
        ledger.reopen_month(book=book, by=by, month=MAY, reason="x")
    close(book, by)


def test_a_month_of_one_book_is_open_in_another(book: Book, by: Actor) -> None:
    other = Book.objects.create(name="Other", base_currency="BRL")
    cash = ledger.open_account(
        book=other, by=by, today=TODAY, name="Cash", kind="cash", currency="BRL"
    )

    close(book, by)

    record(other, by, account=cash, amount="-1", date=LAST_OF_MAY)


# What a closed month refuses


def add(book: Book, by: Actor, id: UUID, checking: Account) -> None:
    """Record another one."""
    record(book, by, account=checking, amount="-1", date=LAST_OF_MAY)


def delete(book: Book, by: Actor, id: UUID, checking: Account) -> None:
    """Delete one."""
    ledger.delete(book=book, by=by, transaction_ids=[id])


def correction(**given: Any) -> Callable[..., None]:
    """Return the correction of one."""

    def change(book: Book, by: Actor, id: UUID, checking: Account) -> None:
        correct(book, by, id, **given)

    return change


def note(book: Book, by: Actor, id: UUID, checking: Account) -> None:
    """Put a note on an entry."""
    correct(book, by, id, entries=[(ids(id)[0], {"note": "x"})])


def open_late(book: Book, by: Actor, id: UUID, checking: Account) -> None:
    """Open an account back then."""
    ledger.open_account(
        book=book, by=by, today=TODAY, name="Late", kind="cash", currency="BRL", opened_on=MAY,
        opening_balance=Decimal(1),
    )  # fmt: skip


@pytest.mark.parametrize("day", [FIRST_OF_MAY, LAST_OF_MAY])
@pytest.mark.parametrize(
    "change",
    [
        add,
        delete,
        note,
        open_late,
        correction(amount="-2"),
        correction(description="Renamed"),
        correction(status="reconciled"),
        correction(date=date(2026, 5, 2)),
        correction(date=FIRST_OF_JUNE),
    ],
)
def test_nothing_changes_in_it(
    book: Book,
    by: Actor,
    checking: Account,
    purchases: dict[date, UUID],
    change: Callable[..., None],
    day: date,
) -> None:
    before = balances.accounts(book.id, LAST_OF_MAY), entries(purchases[day])

    with pytest.raises(Invalid, match="2026-05 is closed") as refused:
        change(book, by, purchases[day], checking)

    assert {fault.code for fault in refused.value.faults} == {"month_closed"}
    assert (balances.accounts(book.id, LAST_OF_MAY), entries(purchases[day])) == before


@pytest.mark.parametrize("day", [LAST_OF_APRIL, FIRST_OF_JUNE])
def test_nothing_moves_into_it(
    book: Book, by: Actor, purchases: dict[date, UUID], day: date
) -> None:
    with pytest.raises(Invalid, match="2026-05 is closed") as refused:
        correct(book, by, purchases[day], date=LAST_OF_MAY)

    assert [fault.pointer for fault in refused.value.faults] == ["/date"]


@pytest.mark.parametrize("day", [LAST_OF_APRIL, FIRST_OF_JUNE])
def test_the_months_beside_it_change(
    book: Book, by: Actor, purchases: dict[date, UUID], day: date
) -> None:
    correct(book, by, purchases[day], amount="-2")
    ledger.delete(book=book, by=by, transaction_ids=[purchases[day]])

    assert Transaction.objects.count() == 3


def test_of_several_none_is_deleted_when_one_lies_in_it(
    book: Book, by: Actor, purchases: dict[date, UUID]
) -> None:
    with pytest.raises(Invalid):
        ledger.delete(book=book, by=by, transaction_ids=list(purchases.values()))

    assert Transaction.objects.count() == 4


def test_a_reopened_month_changes_again(book: Book, by: Actor, purchases: dict[date, UUID]) -> None:
    ledger.reopen_month(book=book, by=by, month=MAY, reason="x")

    correct(book, by, purchases[LAST_OF_MAY], amount="-2", date=FIRST_OF_MAY)

    assert entries(purchases[LAST_OF_MAY])[0][1] == "-2"


# Through the API


def test_a_month_to_come_does_not_close_and_a_past_one_does(api: Api, book: Book) -> None:
    assert api.post("/closed-months", {"month": "2099-01"}).json()["code"] == "month_not_over"
    assert api.post("/closed-months", {"month": "2020-02"}).status_code == 201
    assert [month["month"] for month in api.get("/closed-months").json()["results"]] == ["2020-02"]


def test_only_an_owner_reopens_a_month(
    api: Api,
    book: Book,
    by: Actor,
    person: Callable[..., User],
    sign_in: Callable[..., Api],
) -> None:
    close(book, by)

    address = "/closed-months/2026-05?reason=A%20late%20bill"
    refused = sign_in(person("editor", book, Role.EDITOR)).delete(address)
    reopened = api.delete(address)

    assert (refused.status_code, refused.json()["code"]) == (403, "owners_only")
    assert reopened.status_code == 204
    assert api.delete(address).json()["code"] == "not_closed"


@pytest.mark.parametrize("query", ["", "?reason=", "?reason=%20"])
def test_a_month_is_not_reopened_without_a_reason(
    api: Api, book: Book, by: Actor, query: str
) -> None:
    close(book, by)

    refused = api.delete(f"/closed-months/2026-05{query}")

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "?reason")
    assert ClosedMonth.objects.exists()
