"""The transactions of a journal: their texts are made by the database, since Python is slow."""

from collections.abc import Iterator, Mapping
from types import ModuleType

from django.db import connection
from psycopg.sql import SQL, Literal

from buffet.models import Book
from reports.exports.pieces import gathered

# A row for each transaction. Of the formats, the binary one alone leaves texts as they are.
_COPY = """
COPY (
    SELECT concat({transaction}, string_agg({entry}, '' ORDER BY e.id))
    FROM transactions_transaction t
    LEFT JOIN transactions_vendor v ON v.id = t.vendor_id
    JOIN transactions_entry e ON e.transaction_id = t.id
    JOIN unnest({ids}::uuid[], {names}::text[]) AS n (id, name) ON n.id = e.account_id
    WHERE t.book_id = {book} GROUP BY t.date, t.id ORDER BY t.date, t.id
) TO STDOUT (FORMAT binary)
"""
#: What stands before the first row: a signature, flags and the length of an extension, none.
_HEAD = 19
#: What stands before the text of each: how many columns it has, and the length of this one.
_ROW = 6


def transactions(book: Book, format: ModuleType, names: Mapping[str, str]) -> Iterator[str]:
    """Yield every transaction of the book in pieces, the oldest first.

    `format` has the SQL of what stands once for a transaction and once for an entry; `names` are
    those of the accounts by id.
    """
    query = SQL(_COPY).format(
        transaction=SQL(format.TRANSACTION),
        entry=SQL(format.ENTRY),
        ids=Literal(list(names)),
        names=Literal(list(names.values())),
        book=Literal(book.id),
    )
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(query) as rows,
    ):
        for piece in gathered(_texts(rows)):
            yield piece.decode()


def _texts(rows: Iterator[memoryview]) -> Iterator[memoryview]:
    """Yield the one column of each row; the end, which is shorter, has none."""
    start = _HEAD
    for row in rows:
        text = row[start + _ROW :]
        start = 0
        if text:
            yield text
