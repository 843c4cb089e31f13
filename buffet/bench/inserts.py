"""What recording asks of the database, beside the bare inserts of the same rows.

The bare inserts go to tables of the same columns, checks, indexes and foreign keys, as an ORM would
send them: a row each for transaction and entries, in a transaction, without lock, triggers, version
or history. Both are sent over the same connection; CPU of client and backend together.
"""

from datetime import date
from decimal import Decimal
from itertools import count
from uuid import UUID

from django.db import connection
from django.db.transaction import atomic
from uuid_utils.compat import uuid7

from buffet.audit import Actor
from buffet.bench.book import Loaded
from buffet.bench.measuring import Send, backend, mean
from transactions import storage
from transactions.drafts import Draft, DraftEntry

_TABLES = ("transactions_transaction", "transactions_entry")
_FOREIGN_KEYS = """
SELECT pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'f' AND conrelid = %s::regclass
"""
_HEADER = """
INSERT INTO bare_transaction
    (id, book_id, date, description, vendor_id, notes, source, version, created_via)
VALUES (%s, %s, %s, %s, %s, '', 'manual', 1, 'api')
"""
_ENTRIES = """
INSERT INTO bare_entry
    (id, book_id, transaction_id, account_id, date, currency, amount, status, external_id, note)
VALUES (%s, %s, %s, %s, %s, %s, %s, 'cleared', '', ''),
    (%s, %s, %s, %s, %s, %s, %s, 'cleared', '', '')
"""


def ratio(loaded: Loaded, today: date, rounds: int) -> float:
    """Return how many times the bare inserts the SQL of recording one transaction costs."""
    _make_tables()
    pids = [backend()]
    ours, bare = _ours(loaded, today), _bare(loaded, today)
    best = {ours: float("inf"), bare: float("inf")}
    for _ in range(rounds):
        for send in best:
            best[send] = min(best[send], sum(mean(send, 10, pids)))
    return best[ours] / best[bare]


def _make_tables() -> None:
    """Make the bare tables, with the rows that are there."""
    with connection.cursor() as cursor:
        for table in _TABLES:
            bare = table.replace("transactions_", "bare_")
            cursor.execute(f"CREATE TABLE {bare} (LIKE {table} INCLUDING ALL)")
            cursor.execute(f"INSERT INTO {bare} SELECT * FROM {table}")
            cursor.execute(_FOREIGN_KEYS, (table,))
            for (key,) in cursor.fetchall():
                own = key.replace(f"REFERENCES {_TABLES[0]}", "REFERENCES bare_transaction")
                cursor.execute(f"ALTER TABLE {bare} ADD {own}")
            cursor.execute(f"ANALYZE {bare}")


def _ours(loaded: Loaded, today: date) -> Send:
    by = Actor(loaded.user.id, "api", "measured", loaded.user.email)
    numbers = count()

    def send() -> None:
        number = next(numbers)
        bank, category, vendor = _places(loaded, number)
        draft = Draft(today, f"Measured {number}", vendor_id=vendor)
        entries = (
            DraftEntry(bank, Decimal("-42.50"), "BRL"),
            DraftEntry(category, Decimal("42.50"), "BRL"),
        )
        assert storage.record(loaded.book.id, storage.Posting(uuid7(), draft, entries), by=by)

    return send


def _bare(loaded: Loaded, today: date) -> Send:
    numbers = count()

    def send() -> None:
        number = next(numbers)
        bank, category, vendor = _places(loaded, number)
        book, id = loaded.book.id, uuid7()
        header = (id, book, today, f"Measured {number}", vendor)
        first = (uuid7(), book, id, bank, today, "BRL", Decimal("-42.50"))
        second = (uuid7(), book, id, category, today, "BRL", Decimal("42.50"))
        with atomic(), connection.cursor() as cursor:
            cursor.execute(_HEADER, header)
            cursor.execute(_ENTRIES, (*first, *second))

    return send


def _places(loaded: Loaded, number: int) -> tuple[UUID, UUID, UUID]:
    return (
        loaded.accounts[number % 18],
        loaded.categories[number % 30],
        loaded.vendors[number % 40],
    )
