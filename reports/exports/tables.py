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

# A look at the first sign spares nearly every cell the expression, most of them the list, too.
_CELL = (
    "CASE WHEN ascii({column}) BETWEEN 9 AND 64 "
    "AND ascii({column}) IN (9, 13, 39, 43, 45, 61, 64) AND {column} ~ {formula} "
    "AND {column} !~ {number} THEN concat('''', {column}) ELSE {column} END"
)
#: Column → what it is; texts that people and banks wrote are made harmless.
_COLUMNS = {
    "date": "e.date",
    "description": "text t.description",
    "vendor": "v.name",
    "account": "e.name",
    "account_type": "e.type",
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
_ENTRY = (
    "e.id, e.date, e.transaction_id, e.account_id, e.amount, e.currency, e.status, e.note, "
    "e.external_id"
)


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
        cells.append(f"{_cell(text) if kind else column} AS {name}")
    chosen = ["e.account_id = a.id"]
    values = {
        "book": Literal(book.id),
        "formula": Literal(FORMULA_SQL),
        "number": Literal(NUMBER_SQL),
    }
    for name, condition in (
        ("account", "e.account_id = {account}"),
        ("date_from", "e.date >= {date_from}"),
        ("date_to", "e.date <= {date_to}"),
    ):
        if name in asked:
            chosen.append(condition)
            values[name] = Literal(asked[name])
    # What is said of an account or a vendor is said once (OFFSET). Entries are sorted while they
    # are narrow, and meet their transactions in the order of these. Each has its own, but of an
    # outer join alone the planner knows how many rows it has.
    return SQL(f"""
        SELECT {", ".join(cells)}
        FROM (
            SELECT {_ENTRY}, a.name, a.type
            FROM (
                SELECT a.id, a.type, {_cell("a.name")} AS name
                FROM accounts_account a WHERE a.book_id = {{book}} OFFSET 0
            ) AS a
            JOIN transactions_entry e ON {" AND ".join(chosen)}
            ORDER BY e.date, e.transaction_id, e.id OFFSET 0
        ) AS e
        LEFT JOIN transactions_transaction t
            ON t.book_id = {{book}} AND t.date = e.date AND t.id = e.transaction_id
        LEFT JOIN (
            SELECT v.id, {_cell("v.name")} AS name
            FROM transactions_vendor v WHERE v.book_id = {{book}} OFFSET 0
        ) AS v ON v.id = t.vendor_id
        ORDER BY e.date, e.transaction_id, e.id
    """).format(**values)


def _cell(column: str) -> str:
    """Return the SQL of a text that is harmless."""
    return _CELL.replace("{column}", column)
