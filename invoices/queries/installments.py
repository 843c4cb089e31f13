"""Purchases in parcels: what has been billed and what is still to come."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Case, Count, F, OuterRef, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce

from buffet import money
from buffet.audit import history_of
from buffet.models import Book
from buffet.rest.times import instant
from invoices.models import Installment, InstallmentPlan, InvoiceLine

ZERO = Decimal(0)


#: As a parcel's own date is called like its type.
Day = date


@dataclass(frozen=True, slots=True)
class Parcel:
    """One parcel; `amount` is what it costs, in the card's currency, as `plan_total` is.

    That is what all parcels come to that were bought, `of` in number.
    """

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
    plan_total: Decimal
    purchased_on: Day
    card_name: str

    def state(self, today: Day) -> str:
        """Return whether it is billed, open, prepaid or cancelled."""
        return self.fate or ("billed" if self.closes_on < today else "open")


STATES = ("billed", "open", "prepaid", "cancelled")
_PARCELS = """
SELECT p.id, n.number, p.parcels, p.description, l.date, i.month, -l.amount, a.currency, p.card_id,
    n.transaction_id, i.id, i.closes_on, n.fate,
    p.total, p.purchased_on, a.name
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


def to_come(book_id: UUID, today: date, card_id: UUID | None = None) -> list[Parcel]:
    """Return the parcels on statements that have not closed, of all cards or of one."""
    condition = "AND i.closes_on >= %(today)s AND n.fate = ''"
    if card_id is not None:
        condition += " AND p.card_id = %(card)s"
    return _read(condition, book=book_id, today=today, card=card_id)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a plan comes to, of the parcels that are there; in the card's currency.

    `missing` counts those that were bought and are not, since their transactions are deleted: they
    are in none of the sums, and come back with their transactions.
    """

    total: Decimal
    parcels: int
    missing: int
    billed: Decimal
    remaining: Decimal


def figures(parcels: Sequence[Parcel], total: Decimal, of: int, today: date) -> Figures:
    """Return what is there of so many parcels, which cost a total."""
    states: dict[str, Decimal] = defaultdict(Decimal)
    for one in parcels:
        states[one.state(today)] += one.amount
    missing = of - len(parcels)
    return Figures(
        sum(states.values(), ZERO) if missing else total,
        len(parcels),
        missing,
        states["billed"] + states["prepaid"],
        states["open"],
    )


def standing(plans: QuerySet[InstallmentPlan]) -> QuerySet[InstallmentPlan]:
    """Let plans know how many parcels are `there` and what these come to, as `figures` says it.

    That is `stands`, in the card's currency.
    """
    parcels = Installment.objects.filter(plan=OuterRef(OuterRef("pk"))).values("transaction_id")
    lines = InvoiceLine.objects.filter(transaction_id__in=parcels, card=OuterRef("card"))
    of_a_plan = lines.order_by().values("card")
    there = Subquery(of_a_plan.annotate(found=Count("pk")).values("found"))
    cost = Subquery(of_a_plan.annotate(found=-Sum("amount")).values("found"))
    return plans.annotate(
        there=Coalesce(there, 0),
        stands=Case(When(parcels=F("there"), then=F("total")), default=Coalesce(cost, ZERO)),
    )


@dataclass(frozen=True, slots=True)
class Place:
    """A transaction that is a parcel, and what its plan comes to with it and without it."""

    parcel: Parcel
    figures: Figures
    without: Figures


def was_deleted(book: Book, plan_id: UUID) -> bool:
    """Whether the book had a plan of this id that is deleted."""
    gone = history_of(InstallmentPlan, pgh_label="delete", pgh_obj_id=plan_id, book=book)
    return gone.exists()


@dataclass(frozen=True, slots=True)
class Purchase:
    """The card that something was bought with, and its place in a plan; None for what it is not."""

    card_id: UUID | None
    place: Place | None


_BESIDE = f"""
SELECT (
    SELECT card_id FROM invoices_invoiceline
    WHERE book_id = %(book)s AND transaction_id = %(transaction)s
        AND section <> 'payment' AND amount < 0
    LIMIT 1
), q.*
FROM (SELECT) AS one LEFT JOIN (
    {_PARCELS} AND p.id = (
        SELECT plan_id FROM invoices_installment WHERE transaction_id = %(transaction)s
    )
) AS q ON true ORDER BY q.number
"""


def of_transaction(book_id: UUID, transaction_id: UUID, today: date) -> Purchase:
    """Return what a transaction is on a card, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_BESIDE, {"book": book_id, "transaction": transaction_id})
        (card_id, *first), *rest = cursor.fetchall()
    parcels = [Parcel(*row) for row in (first, *(row[1:] for row in rest)) if row[0] is not None]
    own = next((one for one in parcels if one.transaction_id == transaction_id), None)
    if own is None:
        return Purchase(card_id, None)
    others = [one for one in parcels if one is not own]
    there, without = (figures(some, own.plan_total, own.of, today) for some in (parcels, others))
    return Purchase(card_id, Place(own, there, without))


def summary(plan: InstallmentPlan, parcels: Sequence[Parcel], today: date) -> dict[str, Any]:
    """Return a plan as lists show it; amounts in the card's currency."""
    currency, told = plan.card.account.currency, figures(parcels, plan.total, plan.parcels, today)
    return {
        "id": plan.id,
        "card": plan.card_id,
        "card_name": plan.card.account.name,
        "description": plan.description,
        "purchased_on": plan.purchased_on,
        "currency": currency,
        "total": money.text(told.total, currency),
        "parcels": told.parcels,
        "missing": told.missing,
        "first_month": f"{plan.first_month:%Y-%m}",
        "cents_on": plan.cents_on,
        "cancelled_on": plan.cancelled_on,
        "billed": money.text(told.billed, currency),
        "remaining": money.text(told.remaining, currency),
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
