"""Purchases in parcels: what has been billed and what is still to come."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from buffet import money
from buffet.rest.times import instant
from invoices.models import InstallmentPlan

ZERO = Decimal(0)


#: As a parcel's own date is called like its type.
Day = date


@dataclass(frozen=True, slots=True)
class Parcel:
    """One parcel; `amount` is what it costs, in the card's currency."""

    plan_id: UUID
    number: int
    of: int
    description: str
    date: date
    month: Day
    amount: Decimal
    currency: str
    card_id: UUID
    transaction_id: UUID
    invoice_id: UUID
    closes_on: Day
    fate: str

    def state(self, today: Day) -> str:
        """Return whether it is billed, open, prepaid or cancelled."""
        return self.fate or ("billed" if self.closes_on < today else "open")


STATES = ("billed", "open", "prepaid", "cancelled")
_PARCELS = """
SELECT p.id, n.number, p.parcels, p.description, l.date, i.month, -l.amount, a.currency, p.card_id,
    n.transaction_id, i.id, i.closes_on, n.fate
FROM invoices_installmentplan p
JOIN invoices_installment n ON n.plan_id = p.id
JOIN invoices_invoiceline l ON l.transaction_id = n.transaction_id AND l.card_id = p.card_id
JOIN invoices_invoice i ON i.id = l.invoice_id
JOIN accounts_creditcard c ON c.id = p.card_id JOIN accounts_account a ON a.id = c.account_id
WHERE p.book_id = %(book)s
"""


def _read(condition: str, **values: Any) -> list[Parcel]:
    with connection.cursor() as cursor:
        cursor.execute(f"{_PARCELS} {condition} ORDER BY p.id, n.number", values)
        return [Parcel(*row) for row in cursor.fetchall()]


def of_plans(book_id: UUID, plan_ids: Iterable[UUID]) -> dict[UUID, list[Parcel]]:
    """Return the parcels of some plans by plan, in their order."""
    found: dict[UUID, list[Parcel]] = defaultdict(list)
    ids = list(plan_ids)
    for one in _read("AND p.id = ANY(%(plans)s)", book=book_id, plans=ids):
        found[one.plan_id].append(one)
    return found


def to_come(book_id: UUID, today: date) -> list[Parcel]:
    """Return the parcels on statements that have not closed."""
    return _read("AND i.closes_on >= %(today)s AND n.fate = ''", book=book_id, today=today)


def summary(plan: InstallmentPlan, parcels: Sequence[Parcel], today: date) -> dict[str, Any]:
    """Return a plan as lists show it; amounts in the card's currency."""
    currency = plan.card.account.currency
    states: dict[str, Decimal] = defaultdict(Decimal)
    for one in parcels:
        states[one.state(today)] += one.amount
    return {
        "id": plan.id,
        "card": plan.card_id,
        "card_name": plan.card.account.name,
        "description": plan.description,
        "purchased_on": plan.purchased_on,
        "currency": currency,
        "total": money.text(plan.total, currency),
        "parcels": plan.parcels,
        "first_month": f"{plan.first_month:%Y-%m}",
        "cents_on": plan.cents_on,
        "cancelled_on": plan.cancelled_on,
        "billed": money.text(states["billed"] + states["prepaid"], currency),
        "remaining": money.text(states["open"], currency),
        "notes": plan.notes,
        "version": plan.version,
        "created_at": instant(plan.created_at),
        "updated_at": instant(plan.updated_at),
    }


def detail(plan: InstallmentPlan, today: date) -> dict[str, Any]:
    """Return a plan with its parcels."""
    parcels = of_plans(plan.book_id, [plan.id])[plan.id]
    return summary(plan, parcels, today) | {
        "installments": [
            {
                "number": one.number,
                "date": one.date,
                "amount": money.text(one.amount, one.currency),
                "state": one.state(today),
                "invoice": one.invoice_id,
                "month": f"{one.month:%Y-%m}",
                "transaction": one.transaction_id,
            }
            for one in parcels
        ]
    }


def committed(book_id: UUID, today: date) -> dict[str, Any]:
    """Return what parcels still come to: by card and month, and in all by currency."""
    months: dict[tuple[UUID, str, str], Decimal] = defaultdict(Decimal)
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for one in to_come(book_id, today):
        months[one.card_id, one.currency, f"{one.month:%Y-%m}"] += one.amount
        totals[one.currency] += one.amount
    return {
        "months": [
            {
                "card": card,
                "month": month,
                "amount": money.text(amount, currency),
                "currency": currency,
            }
            for (card, currency, month), amount in sorted(
                months.items(), key=lambda one: (one[0][2], str(one[0][0]))
            )
        ],
        "totals": [
            {"amount": money.text(amount, currency), "currency": currency}
            for currency, amount in sorted(totals.items())
        ],
    }
