"""Reach the ledger's tables as psql would: past the services and the models."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection
from django.db.transaction import atomic
from uuid_utils.compat import uuid7

from accounts.models import Account
from buffet.ids import id_at, midnight
from buffet.models import Book

JUNE = date(2026, 6, 10)


def run(sql: str, *parameters: object) -> list[tuple[Any, ...]]:
    """Run one statement and return its rows, if it has any."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)
        return cursor.fetchall() if cursor.description else []


def one(sql: str, *parameters: object) -> Any:
    """Return the first value of the first row."""
    return run(sql, *parameters)[0][0]


class Beside:
    """A connection beside the one that is tested, which stays warm when that one is lost.

    It sees what is committed.
    """

    def __init__(self) -> None:
        self._connection = connection.copy()

    def one(self, sql: str, *parameters: object) -> Any:
        """Return the first row."""
        with self._connection.cursor() as cursor:
            cursor.execute(sql, parameters or None)
            return cursor.fetchone()

    def close(self) -> None:
        """Let the database be dropped."""
        self._connection.close()


def check_now() -> None:
    """Look at everything that is otherwise looked at when the database transaction ends."""
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def refused(constraint: str) -> Iterator[None]:
    """Expect the database to refuse what happens inside, or its commit, by this constraint."""
    try:
        with atomic():
            yield
            check_now()
    except IntegrityError as error:
        found = error.__cause__.diag.constraint_name  # type: ignore[union-attr]  # psycopg's
    else:
        pytest.fail(f"{constraint} refused nothing")
    assert found == constraint


def put_transaction(book: Book, on: date = JUNE, recorded: date | None = None) -> UUID:
    """Insert a transaction without its entries, with the id of another day if that is said."""
    id = uuid7() if recorded is None else id_at(midnight(recorded))
    run(
        "INSERT INTO transactions_transaction (id, book_id, date, description, notes, source) "
        "VALUES (%s, %s, %s, 'Raw', '', 'manual')",
        id,
        book.id,
        on,
    )
    return id


def put_entries(
    book: Book,
    transaction_id: UUID,
    *entries: tuple[Account, str],
    on: date = JUNE,
    currency: str = "BRL",
    external_id: str = "",
) -> list[UUID]:
    """Insert entries, (account, amount) each, in one statement; the first has the external id."""
    ids = [uuid7() for _ in entries]
    run(
        "INSERT INTO transactions_entry (id, book_id, transaction_id, account_id, date, currency, "
        "amount, status, external_id, note) SELECT e.id, %s, %s, e.account_id, %s, %s, e.amount, "
        "'cleared', e.external_id, '' FROM unnest(%s::uuid[], %s::uuid[], %s::numeric[], "
        "%s::text[]) AS e (id, account_id, amount, external_id)",
        book.id,
        transaction_id,
        on,
        currency,
        ids,
        [account.id for account, _ in entries],
        [amount for _, amount in entries],
        [external_id, *[""] * (len(entries) - 1)],
    )
    return ids


def put(
    book: Book,
    *entries: tuple[Account, str],
    on: date = JUNE,
    currency: str = "BRL",
    external_id: str = "",
) -> UUID:
    """Insert a transaction with its entries and return its id."""
    id = put_transaction(book, on)
    put_entries(book, id, *entries, on=on, currency=currency, external_id=external_id)
    return id


def monthly(account: Account) -> dict[tuple[str, str], tuple[str, str, int]]:
    """Return the kept sums of an account, those at zero left out.

    {(month, currency): (debit, credit, entries)}
    """
    rows = run(
        "SELECT to_char(month, 'YYYY-MM'), currency, trim_scale(debit)::text, "
        "trim_scale(credit)::text, entries FROM transactions_monthlybalance "
        "WHERE account_id = %s AND (debit, credit, entries) <> (0, 0, 0)",
        account.id,
    )
    return {(month, currency): tuple(sums) for month, currency, *sums in rows}
