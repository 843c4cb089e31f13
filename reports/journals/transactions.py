"""The transactions of a journal: their texts are made by the database, since Python is slow."""

from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType

from django.db import connection
from psycopg.sql import SQL, Literal

from buffet.models import Book
from buffet.money import decimals
from reports.exports.pieces import gathered

# A row for each transaction; what is said of a vendor is said once (OFFSET keeps it so). Of the
# formats of COPY, the binary one alone leaves texts as they are.
_COPY = """
COPY (
    SELECT concat({transaction}, string_agg({entry}, '' ORDER BY e.id))
    FROM transactions_transaction t
    LEFT JOIN (
        SELECT v.id, {vendor} AS said FROM transactions_vendor v WHERE v.book_id = {book} OFFSET 0
    ) AS v ON v.id = t.vendor_id
    JOIN transactions_entry e ON e.transaction_id = t.id
    JOIN unnest({ids}::uuid[], {names}::text[]) AS n (id, name) ON n.id = e.account_id
    WHERE t.book_id = {book} GROUP BY t.date, t.id ORDER BY t.date, t.id
) TO STDOUT (FORMAT binary)
"""
#: What stands before the first row: a signature, flags and the length of an extension, none.
_HEAD = 19
#: What stands before the text of each: how many columns it has, and the length of this one.
_ROW = 6


def transactions(
    book: Book, format: ModuleType, names: Mapping[str, str], currencies: Sequence[str]
) -> Iterator[str]:
    """Yield every transaction of the book in pieces, the oldest first.

    `format` has the SQL of what is said of a vendor, a transaction and an entry; `names` are those
    of the accounts by id, `currencies` those that the book uses.
    """
    places = " ".join(f"WHEN '{one}' THEN {decimals(one)}" for one in currencies)
    query = SQL(_COPY).format(
        vendor=SQL(format.VENDOR),
        transaction=SQL(format.TRANSACTION),
        # Quicker than to ask for each entry what its currency is among all that there are.
        entry=SQL(format.ENTRY).format(places=SQL(f"CASE e.currency {places} END")),
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
