"""Read cards with all that their statements follow from, in one statement of the database.

As JSON, since what stands on a card are no columns of it; amounts as texts, so that no digit is
lost on the way.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import DateField, DateTimeField, DecimalField, ForeignKey, UUIDField

from accounts.models import Account, CreditCard
from buffet.postgresql.columns import Columns
from invoices.models import Invoice
from invoices.settling import Choice, Paid


@dataclass(frozen=True, slots=True)
class Terms:
    """On which days a card's statements close and are due, from a month on."""

    from_month: date
    closing_day: int
    due_day: int


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is dated after a day: what it adds to a card's debt, and what comes back by it.

    Payments are neither, unless they take money from the card.
    """

    charges: Decimal
    refunds: Decimal


@dataclass(frozen=True, slots=True)
class Facts:
    """A card with its statements and terms, the earliest first, what paid it and what was chosen.

    `adjusted` are the ids of the statements on which something changed after they had closed,
    `ahead` what is dated ahead on each that has such lines.
    """

    card: CreditCard
    invoices: Sequence[Invoice]
    adjusted: frozenset[UUID]
    ahead: Mapping[UUID, Ahead]
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
            EXISTS (SELECT FROM invoices_invoicechange n WHERE n.invoice_id = i.id), {_COLUMNS}
        ) ORDER BY i.month)
        FROM invoices_invoice i WHERE i.card_id = c.id
    ), (
        SELECT json_agg(json_build_array(l.entry_id, l.transaction_id, l.date, l.amount::text))
        FROM invoices_invoiceline l
        WHERE l.card_id = c.id AND l.section = 'payment'
    ), (
        SELECT json_agg(json_build_array(o.entry_id, o.invoice_id, o.refused, o.amount::text)
            ORDER BY o.id)
        FROM invoices_allocationchoice o JOIN invoices_invoice i ON i.id = o.invoice_id
        WHERE i.card_id = c.id
    ), (
        SELECT json_agg(json_build_array(t.from_month, t.closing_day, t.due_day)
            ORDER BY t.from_month)
        FROM accounts_cardterms t WHERE t.card_id = c.id
    ), (
        SELECT json_agg(json_build_array(s.invoice_id, s.charges::text, s.refunds::text))
        FROM (
            SELECT l.invoice_id, coalesce(sum(-l.amount) FILTER (WHERE l.amount < 0), 0) AS charges,
                coalesce(
                    sum(l.amount) FILTER (WHERE l.amount > 0 AND l.section <> 'payment'), 0
                ) AS refunds
            FROM invoices_invoiceline l WHERE l.card_id = c.id AND l.date > %(today)s
            GROUP BY l.invoice_id
        ) AS s
    )
)::text"""


_CARD, _ACCOUNT = Columns(CreditCard), Columns(Account)
_CARDS = f"""
SELECT {_FACTS}, {_CARD.of("c")}, {_ACCOUNT.of("a")}, {_ACCOUNT.of("p")}
FROM accounts_creditcard c JOIN accounts_account a ON a.id = c.account_id
LEFT JOIN accounts_account p ON p.id = c.paying_account_id
WHERE c.book_id = %(book)s
"""
_SOME = f"{_CARDS} AND c.id = ANY(%(cards)s) ORDER BY c.id"
_ALL = f"{_CARDS} ORDER BY c.id"
_STAMPED = (
    "accounts_creditcard",
    "accounts_cardterms",
    "accounts_account",
    "invoices_invoice",
    "invoices_allocationchoice",
    "buffet_tombstone",
)
#: The number of the state of all that `facts` reads of a book; null where it has no card. A line or
#: a change of a statement changes the statement, too; what is deleted leaves a tombstone.
VERSION = f"""CASE
    WHEN EXISTS (SELECT FROM accounts_creditcard WHERE book_id = %(book)s)
    THEN greatest({
    ", ".join(f"(SELECT max(version) FROM {one} WHERE book_id = %(book)s)" for one in _STAMPED)
})
END"""
# OFFSET 0, or the version would be found out once more for each place that names it.
_CHANGED = f"""
SELECT state.version, changed.*
FROM (SELECT {VERSION} AS version OFFSET 0) AS state
LEFT JOIN LATERAL (
    {_CARDS} AND state.version IS DISTINCT FROM %(known)s::bigint ORDER BY c.id
) AS changed ON true
"""


def facts(book_id: UUID, today: date, card_ids: Sequence[UUID] | None = None) -> list[Facts]:
    """Return a book's cards, or some of them, with all that their statements follow from."""
    cards = None if card_ids is None else [*card_ids]
    values: dict[str, Any] = {"book": book_id, "today": today, "cards": cards}
    with connection.cursor() as cursor:
        cursor.execute(_ALL if card_ids is None else _SOME, values)
        return [_facts(_card(rest), found) for found, *rest in cursor.fetchall()]


def changed(book_id: UUID, today: date, known: int | None) -> tuple[int | None, list[Facts]]:
    """Return the number of the state of a book's cards, and them if it is not the known one.

    `known` is that of the same day.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, {"book": book_id, "today": today, "known": known})
        rows = cursor.fetchall()
    found = [_facts(_card(rest), found) for _, found, *rest in rows if found is not None]
    return rows[0][0], found


def _card(values: Sequence[Any]) -> CreditCard:
    """Return a card with its account and the one that pays it."""
    paying = len(_CARD) + len(_ACCOUNT)
    card = _CARD.row(values[: len(_CARD)])
    card.account = _ACCOUNT.row(values[len(_CARD) : paying])
    card.paying_account = _ACCOUNT.row(values[paying:]) if card.paying_account_id else None
    return card


def _facts(card: CreditCard, found: str) -> Facts:
    invoices, payments, choices, terms, ahead = (part or () for part in orjson.loads(found))
    rows = [(_invoice(row), is_adjusted) for is_adjusted, *row in invoices]
    return Facts(
        card=card,
        invoices=[row for row, _ in rows],
        adjusted=frozenset(row.id for row, is_adjusted in rows if is_adjusted),
        ahead={UUID(id): Ahead(*map(Decimal, amounts)) for id, *amounts in ahead},
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
