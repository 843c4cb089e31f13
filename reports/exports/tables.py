"""The entries of a book as CSV, made by the database: cells are harmless, and come back as were."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.db import connection
from psycopg.sql import SQL, Composed, Literal

from accounts.services import get_account
from buffet.cells import FORMULA_SQL, NUMBER_SQL
from buffet.models import Book
from reports.exports.pieces import gathered

# A look at the first sign spares nearly every cell the expression.
_CELL = (
    "CASE WHEN ascii({column}) IN (9, 13, 39, 43, 45, 61, 64) AND {column} ~ {formula} "
    "AND {column} !~ {number} THEN concat('''', {column}) ELSE {column} END"
)
#: Column → what it is; texts that people and banks wrote are made harmless.
_COLUMNS = {
    "date": "e.date",
    "description": "text t.description",
    "vendor": "text v.name",
    "account": "text a.name",
    "account_type": "a.type",
    "amount": "round(e.amount, buffet_decimals(e.currency))",
    "currency": "e.currency",
    "status": "e.status",
    "notes": "text t.notes",
    "note": "text e.note",
    "external_id": "text e.external_id",
    "source": "t.source",
    "transaction_id": "e.transaction_id",
    "entry_id": "e.id",
    "account_id": "e.account_id",
}


def entries(book: Book, today: date, asked: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield the entries, the oldest transaction first; of an account and between days if asked.

    :raises NotFound: if the book has no such account.
    """
    if "account" in asked:
        get_account(book, asked["account"])
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(
            SQL("COPY ({}) TO STDOUT (FORMAT csv, HEADER)").format(_query(book, asked))
        ) as lines,
    ):
        yield from gathered(lines)


def _query(book: Book, asked: Mapping[str, Any]) -> Composed:
    cells = []
    for name, column in _COLUMNS.items():
        kind, _, text = column.rpartition(" ") if column.startswith("text ") else ("", "", column)
        cells.append(f"{_CELL.replace('{column}', text) if kind else column} AS {name}")
    where = ["t.book_id = {book}"]
    values = {
        "book": Literal(book.id),
        "formula": Literal(FORMULA_SQL),
        "number": Literal(NUMBER_SQL),
    }
    for name, condition in (
        ("account", "e.account_id = {account}"),
        ("date_from", "t.date >= {date_from}"),
        ("date_to", "t.date <= {date_to}"),
    ):
        if name in asked:
            where.append(condition)
            values[name] = Literal(asked[name])
    return SQL(f"""
        SELECT {", ".join(cells)}
        FROM transactions_transaction t JOIN transactions_entry e ON e.transaction_id = t.id
        JOIN accounts_account a ON a.id = e.account_id
        LEFT JOIN transactions_vendor v ON v.id = t.vendor_id
        WHERE {" AND ".join(where)} ORDER BY t.date, t.id, e.id
    """).format(**values)
