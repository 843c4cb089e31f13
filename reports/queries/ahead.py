"""What a forecast begins with: what is on the accounts, and what is recorded and dated ahead.

All of it in one statement, as JSON, since what several cost beside their work is more than the
work; amounts as texts, so that no digit is lost on the way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from accounts.rates import STATE, State
from invoices.queries import reading
from transactions.queries import balances, subscribed


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


@dataclass(frozen=True, slots=True)
class Beginning:
    """The accounts that hold money by name, with what is on them, and what is dated ahead.

    `cards` and `subscriptions` are the numbers of their states, as `of_version` of either takes
    it; None where the book has none. `rates` is the state of all rates.
    """

    accounts: Mapping[UUID, dict[str, Any]]
    ahead: Sequence[Ahead]
    cards: int | None
    subscriptions: int | None
    rates: State


# The few transactions of these days are found by (book, date), whatever lies behind them. Parcels
# that were brought forward or cancelled are not to come.
_AHEAD = """
SELECT t.date, e.amount, e.currency, t.description, NULL::int AS number, NULL::int AS of, t.id,
    e.account_id, NULL::uuid AS invoice_id, NULL::uuid AS card_id, t.id AS transaction_id
FROM transactions_transaction t
JOIN transactions_entry e ON e.transaction_id = t.id
JOIN accounts_account a ON a.id = e.account_id AND a.type = 'asset'
WHERE t.book_id = %(book)s AND t.date > %(today)s AND t.date <= %(last)s
UNION ALL
SELECT l.date, l.amount, a.currency, p.description, n.number, p.parcels, p.id, NULL, l.invoice_id,
    p.card_id, l.transaction_id
FROM invoices_installmentplan p
JOIN invoices_installment n ON n.plan_id = p.id AND n.fate = ''
JOIN invoices_invoiceline l ON l.transaction_id = n.transaction_id AND l.card_id = p.card_id
JOIN accounts_creditcard c ON c.id = p.card_id JOIN accounts_account a ON a.id = c.account_id
WHERE p.book_id = %(book)s AND l.date > %(today)s AND l.date <= %(last)s
"""
_BEGINNING = f"""
{balances.MOVES}
SELECT (
    SELECT json_agg(
        json_build_array(a.id, a.name, a.kind, a.currency, ({balances.BALANCE})::text)
        ORDER BY a.name, a.id
    )
    FROM accounts_account a {balances.BALANCES}
    WHERE a.book_id = %(book)s AND a.type = 'asset' AND a.archived_at IS NULL
)::text, (
    SELECT json_agg(json_build_array(
        f.date, f.amount::text, f.currency, f.description, f.number, f.of, f.id, f.account_id,
        f.invoice_id, f.card_id, f.transaction_id
    )) FROM ({_AHEAD}) AS f
)::text, {reading.VERSION}, {subscribed.VERSION}, rates.*
FROM {STATE} AS rates
"""


def beginning(book_id: UUID, today: date, last: date) -> Beginning:
    """Return what is on the accounts at the end of today, and dated after it up to the last day."""
    values = balances.parameters(book_id, today) | {"today": today, "last": last}
    with connection.cursor() as cursor:
        cursor.execute(_BEGINNING, values)
        accounts, ahead, cards, subscriptions, *rates = cursor.fetchone()
    return Beginning(
        {
            UUID(id): {"name": name, "kind": kind, "currency": currency, "balance": Decimal(held)}
            for id, name, kind, currency, held in orjson.loads(accounts or "[]")
        },
        [_ahead(row) for row in orjson.loads(ahead or "[]")],
        cards,
        subscriptions,
        State(*rates),
    )


def _ahead(row: Sequence[Any]) -> Ahead:
    on, amount, currency, description, number, of, *ids = row
    id, account, invoice, card, transaction = ids
    return Ahead(
        date.fromisoformat(on),
        Decimal(amount),
        currency,
        description,
        number,
        of,
        UUID(id),
        _id(account),
        _id(invoice),
        _id(card),
        UUID(transaction),
    )


def _id(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)
