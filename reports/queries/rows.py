"""The rows behind a figure: the entries on some accounts in a period."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from accounts.models import Kind
from reports.periods import DAY
from reports.queries.figures import Behind
from reports.queries.parts import mirrored

PAGE, CHUNK = 50, 500


class Row(NamedTuple):
    """An entry with its transaction; `across` names the accounts on its other side.

    `amount` is as the money's owner sees it: less than zero for what was spent.
    """

    date: date
    transaction_id: UUID
    entry_id: UUID
    description: str
    vendor: str
    account: str
    across: str
    amount: Decimal
    currency: str
    status: str


_ROWS = """
SELECT r.date, r.transaction_id, r.id, t.description, coalesce(v.name, ''), a.name,
    coalesce((
        SELECT string_agg(DISTINCT b.name, ', ' ORDER BY b.name)
        FROM transactions_entry o JOIN accounts_account b ON b.id = o.account_id
        WHERE o.transaction_id = r.transaction_id AND o.account_id <> r.account_id
    ), ''),
    r.amount * CASE WHEN a.type = ANY(%(mirrored)s) THEN -1 ELSE 1 END, r.currency, r.status
FROM (
    SELECT e.* FROM unnest(%(ids)s::uuid[]) AS w (id) CROSS JOIN LATERAL (
        SELECT * FROM transactions_entry e
        WHERE e.account_id = w.id AND e.date >= %(since)s AND e.date <= %(until)s
        {narrowed}
        ORDER BY e.date DESC, e.transaction_id DESC, e.id DESC LIMIT {limit}
    ) AS e
    ORDER BY e.date DESC, e.transaction_id DESC, e.id DESC LIMIT {limit}
) AS r
JOIN transactions_transaction t ON t.id = r.transaction_id
JOIN accounts_account a ON a.id = r.account_id
LEFT JOIN transactions_vendor v ON v.id = t.vendor_id
ORDER BY r.date DESC, r.transaction_id DESC, r.id DESC
"""
_THROUGH = """AND EXISTS (
    SELECT FROM transactions_entry x
    WHERE x.transaction_id = e.transaction_id AND x.account_id = ANY(%(through)s)
)"""
# What moved investments but for valuations: of a transaction that has a valuation and more, both,
# since what it added is taken off.
_INVESTED = f"""AND EXISTS (
    SELECT FROM transactions_entry x JOIN accounts_account b ON b.id = x.account_id
    WHERE x.transaction_id = e.transaction_id
    HAVING bool_or(b.kind = '{Kind.INVESTMENT}') AND NOT (
        bool_or(b.kind = '{Kind.VALUATION}')
        AND bool_and(b.kind IN ('{Kind.INVESTMENT}', '{Kind.VALUATION}'))
    )
)"""
_COUNT = """
SELECT count(*) FROM transactions_entry e
WHERE e.account_id = ANY(%(ids)s::uuid[]) AND e.date >= %(since)s AND e.date <= %(until)s
{narrowed}
"""
_AFTER = "AND (e.date, e.transaction_id, e.id) < (%(date)s, %(transaction)s, %(entry)s)"


def rows(found: Behind, after: tuple[Any, ...] | None = None, limit: int = PAGE + 1) -> list[Row]:
    """Return the rows of a figure, the newest first, those after a (date, transaction, entry)."""
    narrowed, values = _narrowed(found)
    if after is not None:
        narrowed.append(_AFTER)
        values |= {"date": after[0], "transaction": after[1], "entry": after[2]}
    sql = _ROWS.format(narrowed=" ".join(narrowed), limit=int(limit))
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [Row._make(row) for row in cursor.fetchall()]


def count(found: Behind) -> int:
    """Return how many rows there are, by reading them all."""
    narrowed, values = _narrowed(found)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(narrowed=" ".join(narrowed)), values)
        return int(cursor.fetchone()[0])


def _narrowed(found: Behind) -> tuple[list[str], dict[str, Any]]:
    """Return what is asked of an entry `e`, and with which values."""
    asked, part, narrowed = found.asked, found.part, []
    since, until = asked.period.since, asked.period.until
    if part.balance:
        since, until = date.min, since - DAY if part.balance == "opening" else until
    values: dict[str, Any] = {
        "ids": list(found.ids),
        "since": since,
        "until": until,
        "mirrored": mirrored(part),
    }
    if asked.accounts and not part.is_whole:
        narrowed.append(_THROUGH)
        values["through"] = list(asked.accounts)
    if part.flow == "invested":
        narrowed.append(_INVESTED)
    if part.only:
        narrowed.append(part.only.sql)
        values |= part.only._asdict()
    return narrowed, values


def every(found: Behind) -> Iterator[Row]:
    """Yield all rows of a figure, some hundreds at a time."""
    page = rows(found, limit=CHUNK)
    while page:
        yield from page
        last = page[-1]
        page = rows(found, (last.date, last.transaction_id, last.entry_id), CHUNK)
