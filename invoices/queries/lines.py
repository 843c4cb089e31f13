"""The lines of a statement, as on paper."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from buffet import money

# Of a line's transaction, the one category; none when it is split. A parcel was moved where it is
# on another statement than its plan's.
_LINES = """
SELECT l.entry_id, l.transaction_id, l.date, t.description, t.vendor_id, v.name, l.section,
    -l.amount, c.id, c.name, c.is_split, l.chosen_month IS DISTINCT FROM n.month, e.currency,
    e.note, t.version
FROM invoices_invoiceline l
JOIN transactions_entry e ON e.id = l.entry_id
JOIN transactions_transaction t ON t.id = l.transaction_id
LEFT JOIN transactions_vendor v ON v.id = t.vendor_id
LEFT JOIN LATERAL (
    SELECT (p.first_month + make_interval(months => i.number - 1))::date AS month
    FROM invoices_installment i JOIN invoices_installmentplan p ON p.id = i.plan_id
    WHERE i.transaction_id = l.transaction_id
) AS n ON true
LEFT JOIN LATERAL (
    SELECT CASE WHEN count(*) = 1 THEN min(a.id::text)::uuid END AS id,
        CASE WHEN count(*) = 1 THEN min(a.name) END AS name, count(*) > 1 AS is_split
    FROM transactions_entry x JOIN accounts_account a ON a.id = x.account_id
    WHERE x.transaction_id = l.transaction_id AND a.kind = 'category'
) AS c ON true
WHERE l.book_id = %(book)s
"""


def page(
    book_id: UUID,
    invoice_id: UUID,
    *,
    limit: int | None = None,
    place: tuple[date, UUID] | None = None,
    falling: bool = False,
) -> list[dict[str, Any]]:
    """Return up to `limit` lines beside `place`, the nearest to it leading, by date.

    Amounts are as on paper: what is owed is positive, refunds and payments are negative.
    """
    sql, order = f"{_LINES} AND l.invoice_id = %(invoice)s", "DESC" if falling else "ASC"
    values: dict[str, Any] = {"invoice": invoice_id, "book": book_id}
    if place is not None:
        sql += f" AND (l.date, l.entry_id) {'<' if falling else '>'} (%(day)s, %(entry)s)"
        values |= {"day": place[0], "entry": place[1]}
    sql += f" ORDER BY l.date {order}, l.entry_id {order}"
    if limit is not None:
        sql += f" LIMIT {int(limit)}"
    return _read(sql, values)


def ahead(book_id: UUID, card_id: UUID, today: date, limit: int) -> list[dict[str, Any]]:
    """Return up to `limit` entries of a card that are dated ahead, the earliest first.

    Their amounts, as on paper, are what is committed: neither payments nor refunds are among them.
    """
    only = "l.card_id = %(card)s AND l.date > %(today)s AND l.amount < 0"
    sql = f"{_LINES} AND {only} ORDER BY l.date, l.entry_id"
    values = {"book": book_id, "card": card_id, "today": today, "limit": limit}
    return _read(f"{sql} LIMIT %(limit)s", values)


def _read(sql: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [_line(*row) for row in cursor.fetchall()]


def _line(*row: Any) -> dict[str, Any]:
    return {
        "id": row[0],
        "transaction": row[1],
        "date": row[2],
        "description": row[3],
        "vendor": row[4],
        "vendor_name": row[5],
        "section": row[6],
        "amount": money.text(row[7], row[12]),
        "currency": row[12],
        "category": row[8],
        "category_name": row[9],
        "is_split": row[10],
        "moved": row[11],
        "note": row[13],
        "transaction_version": row[14],
    }
