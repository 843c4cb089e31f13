"""Statements as their readers see them: sums from the database, settlement from the facts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import CreditCard
from buffet import money
from buffet.errors import NotFound
from buffet.remembering import Latest
from buffet.rest.times import instant
from invoices.models import Invoice, InvoiceChange
from invoices.queries import reading
from invoices.queries.reading import Facts, Terms
from invoices.settling import Allocation, InvoiceStatus, Owed, Settlement, settle, status_of

ZERO = Decimal(0)


@dataclass(frozen=True)
class Statement:
    """One statement with what follows from all of its card; amounts in the card's currency.

    `total` is what it adds to the debt; `carried_over` what was left of earlier ones when it
    closed (less than zero: a credit), as on paper; `balance` both, the card's debt at its end.
    `scheduled` are the payments dated after today that are for it; they have paid nothing yet.
    """

    invoice: Invoice
    currency: str
    name: str
    status: InvoiceStatus
    total: Decimal
    paid: Decimal
    carried_over: Decimal
    adjusted: bool
    allocations: tuple[Allocation, ...]
    scheduled: tuple[Allocation, ...] = ()

    @property
    def remaining(self) -> Decimal:
        """What is still owed of it."""
        return max(self.total - self.paid, ZERO)

    @property
    def scheduled_sum(self) -> Decimal:
        """What of that is scheduled to be paid."""
        return sum((one.amount for one in self.scheduled), ZERO)

    @property
    def scheduled_on(self) -> date | None:
        """The day on which the last of that is paid; None if nothing is scheduled."""
        return max((one.payment.date for one in self.scheduled if one.payment), default=None)

    @property
    def unscheduled(self) -> Decimal:
        """What nobody has paid or scheduled."""
        return self.remaining - self.scheduled_sum

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands on it, and it asks for nothing of earlier ones."""
        return not (self.invoice.lines or self.carried_over)

    @property
    def balance(self) -> Decimal:
        """What the card owed at its end."""
        return self.carried_over + self.total

    @cached_property
    def summary(self) -> dict[str, Any]:
        """It as lists show it; it lasts as long as the statement, and is not to be changed."""
        return _summary(self)


@dataclass(slots=True)
class CardStatements:
    """All the statements of a card, the earliest first, and what no statement has asked for.

    `committed` is what purchases, parcels and fees dated ahead add to the debt; payments and
    refunds dated ahead lower it only when their day has come.
    """

    card: CreditCard
    terms: Sequence[Terms]
    statements: list[Statement] = field(default_factory=list)
    settlement: Settlement = field(default_factory=Settlement)
    committed: Decimal = ZERO

    def current(self, today: date) -> Statement | None:
        """Return the statement that collects purchases on a day."""
        found = [one for one in self.statements if one.invoice.opens_on <= today]
        return found[-1] if found else None

    def terms_on(self, today: date) -> Terms:
        """Return the terms of the statement that collects purchases on a day."""
        current = self.current(today)
        month = current.invoice.month if current else today.replace(day=1)
        held = [one for one in self.terms if one.from_month <= month]
        return held[-1] if held else self.terms[0]

    def following(self, today: date) -> Statement | None:
        """Return the statement that comes after the current one."""
        later = [one for one in self.statements if one.invoice.opens_on > today]
        return later[0] if later else None


@dataclass(frozen=True, slots=True)
class _State:
    """The statements of a book's cards in a state of them, as they stand on a day."""

    version: int | None
    today: date
    cards: Mapping[UUID, CardStatements]


#: By book. Purchases that are on no card leave them as they are, and to make some dozens of
#: statements of ten cards cost more than all else of a report.
_states: Latest[_State] = Latest(
    20_000, lambda state: 1 + sum(len(card.statements) for card in state.cards.values())
)


def of_cards(
    book_id: UUID, today: date, card_ids: Sequence[UUID] | None = None
) -> Mapping[UUID, CardStatements]:
    """Return the statements of a book's cards by card; one statement, however many there are.

    Those of all cards are remembered: who asks for them does not change them.
    """
    if card_ids is not None or connection.in_atomic_block:
        return _by_card(reading.facts(book_id, today, card_ids), today)
    known = _known(book_id, today)
    version, found = reading.changed(book_id, today, None if known is None else known.version)
    if known is not None and known.version == version:
        return known.cards
    state = _State(version, today, _by_card(found, today))
    if version is not None:
        _states.keep(book_id, state)
    return state.cards


def of_version(book_id: UUID, today: date, version: int | None) -> Mapping[UUID, CardStatements]:
    """Return the same for those who have read `reading.VERSION`: if it is known, without asking."""
    if version is None:
        return {}
    known = None if connection.in_atomic_block else _known(book_id, today)
    if known is not None and known.version == version:
        return known.cards
    return of_cards(book_id, today)


def _known(book_id: UUID, today: date) -> _State | None:
    known = _states.of(book_id)
    return known if known is not None and known.today == today else None


def _by_card(facts: Iterable[Facts], today: date) -> dict[UUID, CardStatements]:
    return {one.card.id: _settled(one, today) for one in facts}


def total(invoice: Invoice) -> Decimal:
    """Return what a statement adds to the debt of its card."""
    added = invoice.purchases + invoice.fees + invoice.interest + invoice.taxes
    return added + invoice.adjustments - invoice.refunds


def _settled(facts: Facts, today: date) -> CardStatements:
    account = facts.card.account
    ahead = facts.ahead
    owed = [
        Owed(
            row.id, row.month, row.closes_on, row.due_on, total(row),
            ahead[row.id].refunds if row.id in ahead else ZERO,
        )
        for row in facts.invoices
    ]  # fmt: skip
    found = CardStatements(
        facts.card,
        facts.terms,
        settlement=settle(owed, facts.payments, facts.choices, today=today),
        committed=sum((one.charges for one in facts.ahead.values()), ZERO),
    )
    paying, scheduled = _each(found.settlement.allocations), _each(found.settlement.scheduled)
    before = ZERO
    for row, its in zip(facts.invoices, owed, strict=True):
        before -= row.payments
        paid = sum((one.amount for one in paying[row.id]), ZERO)
        found.statements.append(
            Statement(
                invoice=row,
                currency=account.currency,
                name=account.name,
                status=status_of(its, paid, today),
                total=its.total,
                paid=paid,
                carried_over=before,
                adjusted=row.id in facts.adjusted,
                allocations=tuple(paying[row.id]),
                scheduled=tuple(scheduled[row.id]),
            )
        )
        before += its.total
    return found


def _each(allocations: Iterable[Allocation]) -> Mapping[UUID, list[Allocation]]:
    found: dict[UUID, list[Allocation]] = defaultdict(list)
    for one in allocations:
        found[one.invoice_id].append(one)
    return found


def get(book_id: UUID, invoice_id: UUID, today: date) -> Statement:
    """Return one statement.

    :raises NotFound: if the book has no such statement.
    """
    card_id = (
        Invoice.objects.filter(book_id=book_id, id=invoice_id)
        .values_list("card_id", flat=True)
        .first()
    )
    if card_id is None:
        raise NotFound("There is no such invoice in this book.")
    statements = of_cards(book_id, today, [card_id])[card_id].statements
    return next(one for one in statements if one.invoice.id == invoice_id)


def listed(book_id: UUID, today: date, card_ids: Sequence[UUID] | None = None) -> list[Statement]:
    """Return the statements of a book that have opened or have lines, and each card's next one."""
    found = []
    for card in of_cards(book_id, today, card_ids).values():
        following = card.following(today)
        found += [
            one
            for one in card.statements
            if one.invoice.lines or one.invoice.opens_on <= today or one is following
        ]
    return found


def summary(one: Statement) -> dict[str, Any]:
    """Return a statement as lists show it."""
    return one.summary


def _summary(one: Statement) -> dict[str, Any]:
    row, currency = one.invoice, one.currency

    def text(amount: Decimal) -> str:
        return money.text(amount, currency)

    return {
        "id": row.id,
        "card": row.card_id,
        "card_name": one.name,
        "month": f"{row.month:%Y-%m}",
        "opens_on": row.opens_on,
        "closes_on": row.closes_on,
        "due_on": row.due_on,
        "dates_kept": row.dates_kept,
        "status": one.status,
        "currency": currency,
        "total": text(one.total),
        "paid": text(one.paid),
        "remaining": text(one.remaining),
        "scheduled": text(one.scheduled_sum),
        "scheduled_on": one.scheduled_on,
        "balance": text(one.balance),
        "minimum_payment": None if row.minimum_payment is None else text(row.minimum_payment),
        "totals": {
            "carried_over": text(one.carried_over),
            "purchases": text(row.purchases),
            "refunds": text(row.refunds),
            "fees": text(row.fees),
            "interest": text(row.interest),
            "taxes": text(row.taxes),
            "adjustments": text(row.adjustments),
            "payments": text(row.payments),
        },
        "lines": row.lines,
        "adjusted": one.adjusted,
        "version": row.version,
        "created_at": instant(row.created_at),
        "updated_at": instant(row.updated_at),
    }


def detail(one: Statement) -> dict[str, Any]:
    """Return a statement with what paid it and what changed after it had closed."""
    currency = one.currency
    return summary(one) | {
        "allocations": [_part(part, currency) for part in one.allocations],
        "scheduled_allocations": [_part(part, currency) for part in one.scheduled],
        "adjustments": [
            {
                "at": instant(row.changed_at),
                "entry": row.entry_id,
                "transaction": row.transaction_id,
                "date": row.date,
                "before": None if row.before is None else money.text(-row.before, currency),
                "after": None if row.after is None else money.text(-row.after, currency),
                "by": row.changed_by,
                "via": row.changed_via,
            }
            for row in InvoiceChange.objects.filter(invoice=one.invoice).order_by("-id")[:100]
        ],
    }


def _part(one: Allocation, currency: str) -> dict[str, Any]:
    return {
        "amount": money.text(one.amount, currency),
        "payment": one.payment.entry_id if one.payment else None,
        "transaction": one.payment.transaction_id if one.payment else None,
        "date": one.payment.date if one.payment else None,
        "credit_of": one.credit_of,
        "chosen": one.chosen,
    }
