"""What a journal is made of, read from a book some hundreds of rows at a time."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from accounts.models import REAL_TYPES
from buffet.models import Book
from reports.journals.names import account_names
from reports.queries.chart import chart

CHUNK = 500


class JournalAccount(NamedTuple):
    """An account by its name in the journal; `title` is the one people gave it.

    `closes_on` is the first day on which an archived account has no more entries.
    """

    id: str
    name: str
    title: str
    kind: str
    currency: str
    broker: str
    opens_on: date
    closes_on: date | None


class JournalRate(NamedTuple):
    """What one unit of a currency was worth on a day."""

    date: date
    base: str
    quote: str
    rate: Decimal


class JournalBalance(NamedTuple):
    """What an account comes to when a month begins."""

    date: date
    account: str
    amount: Decimal
    currency: str


_ACCOUNTS = """
SELECT a.id::text, a.name, a.kind, a.currency, coalesce(b.name, ''),
    coalesce(least(a.opened_on, kept.since), a.created_at::date),
    CASE WHEN a.archived_at IS NOT NULL
        THEN greatest(a.archived_at::date, a.opened_on, kept.until) END
FROM accounts_account a
LEFT JOIN accounts_broker b ON b.id = a.broker_id
LEFT JOIN (
    SELECT account_id, min(month) AS since, (max(month) + interval '1 month')::date AS until
    FROM transactions_monthlybalance WHERE book_id = %(book)s AND entries > 0 GROUP BY account_id
) AS kept ON kept.account_id = a.id
WHERE a.book_id = %(book)s ORDER BY a.id
"""


def accounts(book: Book) -> list[JournalAccount]:
    """Return every account of the chart, those that were made first leading."""
    names = account_names(chart(book.id))
    with connection.cursor() as cursor:
        cursor.execute(_ACCOUNTS, {"book": book.id})
        return [JournalAccount(id, names[id], *row) for id, *row in cursor.fetchall()]


_CURRENCIES = """
SELECT currency FROM transactions_accounttotal WHERE book_id = %(book)s
UNION SELECT currency FROM accounts_account WHERE book_id = %(book)s AND currency <> ''
"""


def currencies(book: Book) -> list[str]:
    """Return the currencies that the book uses, its own among them."""
    with connection.cursor() as cursor:
        cursor.execute(_CURRENCIES, {"book": book.id})
        return sorted({book.base_currency, *(row[0] for row in cursor.fetchall())})


_BALANCES = """
SELECT (k.month + interval '1 month')::date, k.account_id::text,
    sum(k.debit - k.credit) OVER (PARTITION BY k.account_id, k.currency ORDER BY k.month),
    k.currency
FROM transactions_monthlybalance k JOIN accounts_account a ON a.id = k.account_id
WHERE k.book_id = %(book)s AND a.type = ANY(%(types)s) AND k.entries > 0
ORDER BY 1, 2
"""


def balances(book: Book, names: Mapping[str, str]) -> Iterator[JournalBalance]:
    """Yield what each real account came to after each month in which it moved."""
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES, {"book": book.id, "types": [*map(str, REAL_TYPES)]})
        while rows := cursor.fetchmany(CHUNK):
            for day, id, amount, currency in rows:
                yield JournalBalance(day, names[id], amount, currency)
