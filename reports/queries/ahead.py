"""What is recorded already and dated ahead: on the accounts that hold money, and as parcels."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection


@dataclass(frozen=True, slots=True)
class Ahead:
    """An entry on an asset (`account_id`), or a parcel of a plan on a card's statement.

    `number` of `of` parcels; `id` is the plan's, or else the transaction's.
    """

    date: date
    amount: Decimal
    currency: str
    description: str
    number: int | None
    of: int | None
    id: UUID
    account_id: UUID | None
    invoice_id: UUID | None
    card_id: UUID | None
    transaction_id: UUID


# The few transactions of these days are found by (book, date), whatever lies behind them.
_AHEAD = """
SELECT t.date, e.amount, e.currency, t.description, NULL::int, NULL::int, t.id, e.account_id,
    NULL::uuid, NULL::uuid, t.id
FROM transactions_transaction t
JOIN transactions_entry e ON e.transaction_id = t.id
JOIN accounts_account a ON a.id = e.account_id AND a.type = 'asset'
WHERE t.book_id = %(book)s AND t.date > %(today)s AND t.date <= %(until)s
UNION ALL
SELECT l.date, l.amount, a.currency, p.description, n.number, p.parcels, p.id, NULL, l.invoice_id,
    p.card_id, l.transaction_id
FROM invoices_installmentplan p
JOIN invoices_installment n ON n.plan_id = p.id AND n.fate = ''
JOIN invoices_invoiceline l ON l.transaction_id = n.transaction_id AND l.card_id = p.card_id
JOIN accounts_creditcard c ON c.id = p.card_id JOIN accounts_account a ON a.id = c.account_id
WHERE p.book_id = %(book)s AND l.date > %(today)s AND l.date <= %(until)s
"""


def ahead(book_id: UUID, today: date, until: date) -> list[Ahead]:
    """Return what is dated after today, up to and including `until`, in one statement.

    Parcels that were brought forward or cancelled are not to come.
    """
    with connection.cursor() as cursor:
        cursor.execute(_AHEAD, {"book": book_id, "today": today, "until": until})
        return [Ahead(*row) for row in cursor.fetchall()]
