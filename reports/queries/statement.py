"""A card's statement among its neighbours, and what changed on it after it had closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection

from buffet.errors import NotFound
from buffet.money import Money
from invoices.queries import statements
from invoices.queries.statements import CardStatements, Statement
from reports.queries.cards import standing


@dataclass(frozen=True, slots=True)
class StatementOfMonth:
    """A statement among those of its card."""

    card: CardStatements
    statement: Statement
    before: Statement | None
    after: Statement | None
    unpaid_before: Sequence[Statement]
    status: str

    def month_of(self, id: UUID) -> date:
        """Return the month of another statement of the card."""
        return next(one.invoice.month for one in self.card.statements if one.invoice.id == id)


def statement_of_month(book_id: UUID, card_id: UUID, month: date, today: date) -> StatementOfMonth:
    """Return the statement of a card's month.

    :raises NotFound: if the book has no such card, or the card no statement of the month.
    """
    card = statements.of_cards(book_id, today, [card_id]).get(card_id)
    every = card.statements if card else []
    place = next((n for n, one in enumerate(every) if one.invoice.month == month), None)
    if card is None or place is None:
        raise NotFound("There is no such statement in this book.")
    return StatementOfMonth(
        card=card,
        statement=every[place],
        before=every[place - 1] if place else None,
        after=every[place + 1] if place + 1 < len(every) else None,
        unpaid_before=[
            one for one in every[:place] if one.remaining and one.invoice.closes_on < today
        ],
        status=standing(every[place], today),
    )


@dataclass(frozen=True, slots=True)
class LateChange:
    """What changed on a statement after it had closed; a side is None where there was no line.

    `description` is empty when the transaction is gone.
    """

    at: datetime
    date: date
    transaction_id: UUID
    description: str
    before: Money | None
    after: Money | None
    by: str


_CHANGES = """
SELECT c.changed_at, c.date, c.transaction_id, coalesce(t.description, ''),
    -c.before, -c.after, coalesce(nullif(u.name, ''), u.email, '')
FROM invoices_invoicechange c
LEFT JOIN transactions_transaction t ON t.id = c.transaction_id AND t.book_id = c.book_id
LEFT JOIN buffet_user u ON u.id = c.changed_by
WHERE c.invoice_id = %(invoice)s AND c.book_id = %(book)s
ORDER BY c.id DESC LIMIT %(limit)s
"""


def late_changes(book_id: UUID, one: Statement, limit: int) -> list[LateChange]:
    """Return what changed on a statement after it had closed, the latest first."""
    if not one.adjusted:
        return []
    values: dict[str, UUID | int] = {"invoice": one.invoice.id, "book": book_id, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_CHANGES, values)
        return [
            LateChange(at, day, id, description, _money(before, one), _money(after, one), by)
            for at, day, id, description, before, after, by in cursor.fetchall()
        ]


def _money(amount: Decimal | None, one: Statement) -> Money | None:
    return None if amount is None else Money(amount, one.currency)
