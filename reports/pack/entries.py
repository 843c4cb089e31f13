"""All entries of a period in the order of their days, some at a time."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from reports.asking import Asked

#: How many are read at once.
CHUNK = 1000


class Entry(NamedTuple):
    """An entry with its transaction; `across` names the accounts on its other side.

    `amount` is signed as in the ledger: debits are positive.
    """

    date: date
    transaction_id: UUID
    entry_id: UUID
    description: str
    vendor: str
    account_id: str
    account: str
    type: str
    across: str
    amount: Decimal
    currency: str
    status: str


_COLUMNS = """
SELECT t.date, t.id, e.id, t.description, coalesce(v.name, ''), a.id::text, a.name, a.type,
    coalesce((
        SELECT string_agg(DISTINCT b.name, ', ' ORDER BY b.name)
        FROM transactions_entry o JOIN accounts_account b ON b.id = o.account_id
        WHERE o.transaction_id = t.id AND o.account_id <> e.account_id
    ), ''),
    e.amount, e.currency, e.status
"""
_NAMES = """
JOIN accounts_account a ON a.id = e.account_id
LEFT JOIN transactions_vendor v ON v.id = t.vendor_id
"""
# What was read last is said twice: once as the index has it, and once to the entry.
_OF_BOOK = f"""
{_COLUMNS} FROM transactions_transaction t JOIN transactions_entry e ON e.transaction_id = t.id
{_NAMES}
WHERE t.book_id = %(book)s AND t.date <= %(until)s AND (t.date, t.id) >= (%(date)s, %(transaction)s)
    AND (t.date, t.id, e.id) > (%(date)s, %(transaction)s, %(entry)s)
ORDER BY t.date, t.id, e.id LIMIT %(limit)s
"""
_OF_ACCOUNT = f"""
{_COLUMNS} FROM transactions_entry e JOIN transactions_transaction t ON t.id = e.transaction_id
{_NAMES}
WHERE e.account_id = %(account)s AND e.date <= %(until)s
    AND (e.date, e.transaction_id) >= (%(date)s, %(transaction)s)
    AND (e.date, e.transaction_id, e.id) > (%(date)s, %(transaction)s, %(entry)s)
ORDER BY e.date, e.transaction_id, e.id LIMIT %(limit)s
"""
_FIRST = UUID(int=0)


def entries(asked: Asked, account_id: str | None = None) -> Iterator[Entry]:
    """Yield the entries of a period, of the book or of one of its accounts, the oldest first."""
    sql = _OF_BOOK if account_id is None else _OF_ACCOUNT
    values: dict[str, UUID | str | date | int | None] = {
        "book": asked.book_id,
        "account": account_id,
        "until": asked.period.until,
        "date": asked.period.since,
        "transaction": _FIRST,
        "entry": _FIRST,
        "limit": CHUNK,
    }
    while True:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            page = [Entry._make(row) for row in cursor.fetchall()]
        yield from page
        if len(page) < CHUNK:
            return
        last = page[-1]
        values |= {
            "date": last.date,
            "transaction": last.transaction_id,
            "entry": last.entry_id,
        }
