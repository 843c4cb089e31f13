"""Read cards with all that their statements follow from, in one statement of the database.

As JSON, since what stands on a card are no columns of it; amounts as texts, so that no digit is
lost on the way.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from django.db.models import (
    DateField,
    DateTimeField,
    DecimalField,
    ForeignKey,
    TextField,
    UUIDField,
)
from django.db.models.expressions import RawSQL

from accounts.models import CreditCard
from invoices.models import Invoice
from invoices.settling import Choice, Paid


@dataclass(frozen=True, slots=True)
class Terms:
    """On which days a card's statements close and are due, from a month on."""

    from_month: date
    closing_day: int
    due_day: int


@dataclass(frozen=True, slots=True)
class Facts:
    """A card with its statements and terms, the earliest first, what paid it and what was chosen.

    `adjusted` are the ids of the statements on which something changed after they had closed.
    """

    card: CreditCard
    invoices: Sequence[Invoice]
    adjusted: frozenset[UUID]
    payments: Sequence[Paid]
    choices: Sequence[Choice]
    terms: Sequence[Terms]


#: How the fields of statements are read from JSON; the others are there as they are.
_READERS: dict[type, Callable[[str], Any]] = {
    DateField: date.fromisoformat,
    DateTimeField: datetime.fromisoformat,
    DecimalField: Decimal,
    ForeignKey: UUID,
    UUIDField: UUID,
}
_FIELDS = Invoice._meta.concrete_fields
_NAMES = [field.attname for field in _FIELDS]
_OF_FIELDS = [_READERS.get(type(field)) for field in _FIELDS]
_COLUMNS = ", ".join(
    f"i.{field.column}{'::text' if isinstance(field, DecimalField) else ''}" for field in _FIELDS
)
_FACTS = f"""json_build_array(
    (
        SELECT json_agg(json_build_array(
            EXISTS (SELECT FROM invoices_invoicechange c WHERE c.invoice_id = i.id), {_COLUMNS}
        ) ORDER BY i.month)
        FROM invoices_invoice i WHERE i.card_id = accounts_creditcard.id
    ), (
        SELECT json_agg(json_build_array(l.entry_id, l.transaction_id, l.date, l.amount::text))
        FROM invoices_invoiceline l
        WHERE l.card_id = accounts_creditcard.id AND l.section = 'payment'
    ), (
        SELECT json_agg(json_build_array(o.entry_id, o.invoice_id, o.refused, o.amount::text)
            ORDER BY o.id)
        FROM invoices_allocationchoice o JOIN invoices_invoice i ON i.id = o.invoice_id
        WHERE i.card_id = accounts_creditcard.id
    ), (
        SELECT json_agg(json_build_array(t.from_month, t.closing_day, t.due_day)
            ORDER BY t.from_month)
        FROM accounts_cardterms t WHERE t.card_id = accounts_creditcard.id
    )
)::text"""


def facts(book_id: UUID, card_ids: Sequence[UUID] | None = None) -> list[Facts]:
    """Return a book's cards, or some of them, with all that their statements follow from."""
    cards = CreditCard.objects.filter(book_id=book_id).select_related("account", "paying_account")
    if card_ids is not None:
        cards = cards.filter(id__in=card_ids)
    return [_facts(card) for card in cards.annotate(facts=RawSQL(_FACTS, (), TextField()))]


def _facts(card: CreditCard) -> Facts:
    found = orjson.loads(card.facts)  # type: ignore[attr-defined]  # annotated
    invoices, payments, choices, terms = (part or () for part in found)
    rows = [(_invoice(row), is_adjusted) for is_adjusted, *row in invoices]
    return Facts(
        card=card,
        invoices=[row for row, _ in rows],
        adjusted=frozenset(row.id for row, is_adjusted in rows if is_adjusted),
        payments=[
            Paid(UUID(entry), UUID(transaction), date.fromisoformat(day), Decimal(amount))
            for entry, transaction, day, amount in payments
        ],
        choices=[
            Choice(UUID(entry), UUID(invoice), refused, None if amount is None else Decimal(amount))
            for entry, invoice, refused, amount in choices
        ],
        terms=[Terms(date.fromisoformat(month), *days) for month, *days in terms],
    )


def _invoice(row: Sequence[Any]) -> Invoice:
    values = [
        read(value) if read is not None and value is not None else value
        for read, value in zip(_OF_FIELDS, row, strict=True)
    ]
    return Invoice.from_db("default", _NAMES, values)
