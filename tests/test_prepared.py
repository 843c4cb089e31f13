"""Statements that the driver's library sends say what a cursor would have said."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, DataError, OperationalError, connection
from django.db.transaction import atomic
from psycopg.pq import TransactionStatus

from buffet.models import Book
from buffet.postgresql import prepared

pytestmark = pytest.mark.django_db(transaction=True)


def told(sql: str, *parameters: Any) -> Sequence[bytes | None]:
    """Return the first row of an answer."""
    found = prepared.answer(sql, parameters)
    return [found.get_value(0, column) for column in range(found.nfields)]


def names() -> dict[str, bytes]:
    """Return what statements are called in this connection."""
    known = prepared._known.get(connection.connection)
    return known.names if known else {}


def often(sql: str, *parameters: Any) -> Sequence[bytes | None]:
    """Ask so often that the statement is prepared, and once more."""
    answers = {tuple(told(sql, *parameters)) for _ in range(prepared.THRESHOLD + 1)}
    assert sql in names()
    (answer,) = answers
    return answer


def test_every_kind_of_parameter_is_read_as_a_cursor_reads_it() -> None:
    sql = """SELECT %s::uuid, %s::date, %s::numeric, %s::bigint, %s::text, 7 %% 4,
        (%s, %s) < (date '2026-03-02', 1)"""
    id = UUID(int=7)
    given = (id, date(2026, 3, 1), Decimal("-0.10"), 12, "It's 5% \\ ü", date(2026, 3, 1), 9)

    assert [one and one.decode() for one in often(sql, *given)] == [
        *(str(id), "2026-03-01", "-0.10", "12", "It's 5% \\ ü", "3", "t")
    ]


def test_a_list_or_nothing_goes_through_a_cursor() -> None:
    for _ in range(prepared.THRESHOLD + 1):
        assert told("SELECT cardinality(%s::int[])", [1, 2]) == [b"2"]
        assert told("SELECT %s::int", None) == [None]
    assert names() == {}


def test_what_a_transaction_has_changed_is_seen_in_it(book: Book) -> None:
    sql = "SELECT name FROM buffet_book WHERE id = %s"
    assert often(sql, book.id) == (b"Household",)
    with atomic():
        assert told(sql, book.id) == [b"Household"]
        assert connection.connection.info.transaction_status == TransactionStatus.INTRANS
        Book.objects.filter(id=book.id).update(name="Changed")
        assert told(sql, book.id) == [b"Changed"]
    assert told(sql, book.id) == [b"Changed"]


def test_errors_are_those_of_a_cursor() -> None:
    sql = "SELECT 10 / %s::int"
    assert often(sql, 5) == (b"2",)
    with pytest.raises(DataError, match="division by zero"):
        told(sql, 0)
    assert told(sql, 2) == [b"5"]
    for _ in range(prepared.THRESHOLD + 1):
        with pytest.raises(DatabaseError, match="nowhere"):
            told("SELECT %s::int FROM nowhere", 1)


def test_a_connection_that_ends_is_told_of_and_the_next_knows_nothing() -> None:
    sql = "SELECT %s::int"
    often(sql, 1)
    (pid,) = told("SELECT pg_backend_pid()")
    with pytest.raises(OperationalError):
        told("SELECT pg_terminate_backend(%s::int), pg_sleep(5)", int(pid or 0))
    with pytest.raises(OperationalError):
        told(sql, 1)
    connection.close()

    assert told(sql, 2) == [b"2"]
    assert names() == {}


def test_only_so_many_are_prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "MOST", 2)
    for n in range(4):
        for _ in range(prepared.THRESHOLD + 1):
            assert told(f"SELECT {n} + %s::int", 1) == [str(n + 1).encode()]
    assert len(names()) == 2


def test_statements_are_counted_and_watched() -> None:
    sql = "SELECT %s::int"
    often(sql, 1)
    seen = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        told(sql, 3)

    assert seen == [(sql, (3,))]
