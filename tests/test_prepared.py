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


def test_parameters_are_read_as_a_cursor_reads_them() -> None:
    sql = "SELECT %s::uuid, %s::date, 7 %% 4, (%s, %s) < (date '2026-03-02', %s)"
    id, other = UUID(int=7), UUID(int=8)
    given = (id, date(2026, 3, 1), date(2026, 3, 2), id, other)

    assert [one and one.decode() for one in often(sql, *given)] == [
        *(str(id), "2026-03-01", "3", "t")
    ]


def test_all_others_go_through_a_cursor() -> None:
    for _ in range(prepared.THRESHOLD + 1):
        assert told("SELECT cardinality(%s::int[])", [1, 2]) == [b"2"]
        assert told("SELECT %s::int", None) == [None]
        assert told("SELECT %s || %s", "50% %s", 1) == [b"50% %s1"]
    assert names() == {}


def test_a_text_has_the_type_that_a_cursor_gives_it() -> None:
    sql = "SELECT pg_typeof(%s || 'x'), %s::numeric, %s = 7, %s::json->>'a', upper(%s), %s::bigint"
    given = ("1", "0.10", "7", '{"a": "\\u00fc %s"}', "It's 5% \\ ü", "-1")
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        row = cursor.fetchone()
    assert row == ("text", Decimal("0.10"), True, "ü %s", "IT'S 5% \\ Ü", -1)

    told_of = [one and one.decode() for one in often(sql, *given)]
    assert told_of == ["text", "0.10", "t", "ü %s", "IT'S 5% \\ Ü", "-1"]


def test_a_text_that_no_database_holds_is_refused_and_not_cut() -> None:
    sql = "SELECT %s::text"
    assert often(sql, "one") == (b"one",)
    with pytest.raises(DataError, match="NUL"):
        told(sql, "one\0two")
    assert told(sql, "two") == [b"two"]


def test_what_is_written_is_written_once(book: Book) -> None:
    sql = """UPDATE buffet_book SET name = name || %s WHERE id = %s RETURNING name"""
    for n in range(prepared.THRESHOLD + 2):
        assert told(sql, "!", book.id) == [b"Household" + b"!" * (n + 1)]
    assert sql in names()
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")

    assert told(sql, "?", book.id) == [b"Household" + b"!" * (prepared.THRESHOLD + 2) + b"?"]
    book.refresh_from_db()
    assert book.name == "Household" + "!" * (prepared.THRESHOLD + 2) + "?"


def test_a_statement_that_a_connection_has_forgotten_is_prepared_again(book: Book) -> None:
    sql = "SELECT name FROM buffet_book WHERE id = %s"
    often(sql, book.id)
    with connection.cursor() as cursor:
        # As psycopg does after a rollback.
        cursor.execute("DEALLOCATE ALL")

    assert told(sql, book.id) == [b"Household"]
    assert names() == {}
    assert often(sql, book.id) == (b"Household",)


def test_a_write_that_is_refused_leaves_the_next_question_its_answer(book: Book) -> None:
    sql = "SELECT name FROM buffet_book WHERE id = %s"
    often(sql, book.id)

    def refused() -> None:
        with atomic():
            Book.objects.filter(id=book.id).update(name="Changed")
            Book.objects.filter(id=book.id).update(base_currency=None)

    for _ in range(2):
        with pytest.raises(DatabaseError):
            refused()
        assert often(sql, book.id) == (b"Household",)


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
    sql = "SELECT 10 / (%s::date - date '2026-03-01')"
    assert often(sql, date(2026, 3, 6)) == (b"2",)
    with pytest.raises(DataError, match="division by zero"):
        told(sql, date(2026, 3, 1))
    assert told(sql, date(2026, 3, 3)) == [b"5"]
    for _ in range(prepared.THRESHOLD + 1):
        with pytest.raises(DatabaseError, match="nowhere"):
            told("SELECT %s::date FROM nowhere", date(2026, 3, 1))


def test_a_connection_that_ends_is_told_of_and_the_next_knows_nothing() -> None:
    sql, day = "SELECT %s::date", date(2026, 3, 1)
    often(sql, day)
    (pid,) = told("SELECT pg_backend_pid()")
    with pytest.raises(OperationalError):
        told("SELECT pg_terminate_backend(%s::int), pg_sleep(5)", int(pid or 0))
    with pytest.raises(OperationalError):
        told(sql, day)
    connection.close()

    assert told(sql, day) == [b"2026-03-01"]
    assert names() == {}


def test_only_so_many_are_prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    day = date(2026, 3, 1)
    monkeypatch.setattr(prepared, "MOST", 2)
    for n in range(4):
        for _ in range(prepared.THRESHOLD + 1):
            assert told(f"SELECT {n} FROM (SELECT %s::date) d", day) == [str(n).encode()]
    assert len(names()) == 2


def test_statements_are_counted_and_watched() -> None:
    sql, day = "SELECT %s::date", date(2026, 3, 1)
    often(sql, day)
    seen = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        told(sql, day)

    assert seen == [(sql, (day,))]
