"""Monthly balances are kept by the database, whichever way entries are written."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection
from django.db.transaction import savepoint, savepoint_rollback
from raw import JUNE, check_now, monthly, put, put_entries, put_transaction, run
from uuid_utils.compat import uuid7

from accounts.models import Account
from buffet.models import Book
from transactions.models import Entry, Transaction
from transactions.queries.verification import verify

MAY = date(2026, 5, 31)
COLUMNS = (
    "id, book_id, transaction_id, account_id, date, currency, amount, status, external_id, note"
)
Rows = list[tuple[Account, str]]
Write = Callable[[Book, Rows, UUID], None]


def bulk_create(book: Book, rows: Rows, id: UUID) -> None:
    """Write entries as Django does, one statement a row."""
    Entry.objects.bulk_create(
        [
            Entry(
                id=uuid7(),
                book=book,
                transaction_id=id,
                account=account,
                date=JUNE,
                currency="BRL",
                amount=Decimal(amount),
            )
            for account, amount in rows
        ],
        batch_size=1,
    )


def copy(book: Book, rows: Rows, id: UUID) -> None:
    """Write entries as a bulk loader does."""
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY transactions_entry ({COLUMNS}) FROM STDIN") as stream,
    ):
        for account, amount in rows:
            stream.write_row(
                (uuid7(), book.id, id, account.id, JUNE, "BRL", amount, "cleared", "", "")
            )


def in_one_statement(book: Book, rows: Rows, id: UUID) -> None:
    """Write entries as psql does."""
    put_entries(book, id, *rows)


def upsert(book: Book, rows: Rows, id: UUID) -> None:
    """Write entries that are there already, and change them."""
    ids = put_entries(book, id, *[(account, "1") for account, _ in rows])
    for entry, (account, amount) in zip(ids, rows, strict=True):
        run(
            f"INSERT INTO transactions_entry ({COLUMNS}) VALUES (%s, %s, %s, %s, %s, 'BRL', %s, "
            "'cleared', '', '') ON CONFLICT (id) DO UPDATE SET amount = excluded.amount",
            *(entry, book.id, id, account.id, JUNE, amount),
        )


@pytest.fixture(autouse=True)
def _sound(book: Book) -> Iterator[None]:
    """Whatever a test does, all of the book adds up at its end."""
    yield
    check_now()
    assert [check for check in verify() if not check.ok] == []


@pytest.mark.parametrize("write", [bulk_create, copy, in_one_statement, upsert])
def test_new_entries_are_added(
    book: Book,
    checking: Account,
    groceries: Account,
    salary: Account,
    write: Write,
) -> None:
    put(book, (checking, "-1.00"), (groceries, "1.00"))

    write(
        book,
        [(checking, "-9.50"), (checking, "0.50"), (groceries, "10.00"), (salary, "-1.00")],
        put_transaction(book),
    )

    assert monthly(checking) == {("2026-06", "BRL"): ("0.5", "10.5", 3)}
    assert monthly(groceries) == {("2026-06", "BRL"): ("11", "0", 2)}
    assert monthly(salary) == {("2026-06", "BRL"): ("0", "1", 1)}


def test_months_and_currencies_are_apart(
    book: Book, groceries: Account, checking: Account, dollars: Account
) -> None:
    put(book, (checking, "-1.00"), (groceries, "1.00"), on=MAY)
    put(book, (checking, "-2.00"), (groceries, "2.00"))
    put(book, (dollars, "-4.00"), (groceries, "4.00"), currency="USD")

    assert monthly(groceries) == {
        ("2026-05", "BRL"): ("1", "0", 1),
        ("2026-06", "BRL"): ("2", "0", 1),
        ("2026-06", "USD"): ("4", "0", 1),
    }


def test_changed_entries_are_added_again(
    book: Book, checking: Account, savings: Account, groceries: Account
) -> None:
    put(book, (checking, "-1.00"), (groceries, "1.00"))
    put(book, (checking, "-2.00"), (groceries, "2.00"))

    Entry.objects.filter(account=checking).update(account=savings)
    run("UPDATE transactions_entry SET amount = amount * 3")
    run("UPDATE transactions_entry SET amount = -amount WHERE abs(amount) = 3")

    assert monthly(checking) == {}
    assert monthly(savings) == {("2026-06", "BRL"): ("3", "6", 2)}
    assert monthly(groceries) == {("2026-06", "BRL"): ("6", "3", 2)}


def test_a_transaction_takes_its_entries_to_its_new_day(
    book: Book, checking: Account, groceries: Account
) -> None:
    put(book, (checking, "-1.00"), (groceries, "1.00"))
    put(book, (checking, "-2.00"), (groceries, "2.00"))

    Transaction.objects.update(date=MAY)

    assert set(Entry.objects.values_list("date", flat=True)) == {MAY}
    assert monthly(checking) == {("2026-05", "BRL"): ("0", "3", 2)}


def test_deleted_entries_are_taken_off(book: Book, checking: Account, groceries: Account) -> None:
    gone = put(book, (checking, "-1.00"), (groceries, "1.00"))
    put(book, (checking, "-2.00"), (groceries, "2.00"))

    run("DELETE FROM transactions_entry WHERE transaction_id = %s", gone)
    run("DELETE FROM transactions_transaction WHERE id = %s", gone)

    assert monthly(checking) == {("2026-06", "BRL"): ("0", "2", 1)}


def test_what_a_savepoint_undoes_was_never_added(
    book: Book, checking: Account, groceries: Account
) -> None:
    before = savepoint()
    put(book, (checking, "-1.00"), (groceries, "1.00"))
    savepoint_rollback(before)

    assert monthly(checking) == {}
