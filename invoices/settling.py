"""Which payment settles which statement: from the facts alone, the same each time.

A payment settles the statement that a person chose for it, then the oldest that is still owed, and
what is left goes on to the next. A closed statement of which more came back than was spent is a
source as a payment is. What is dated after the day has paid nothing yet: it is scheduled, for what
all else leaves to pay. Nothing of this is stored, so nothing of it can be out of date.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

ZERO = Decimal(0)


class InvoiceStatus(StrEnum):
    """Where a statement stands; it follows from its dates, its total and what paid it."""

    OPEN = "open"
    CLOSED = "closed"
    PARTIALLY_PAID = "partially_paid"
    PAID = "paid"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Owed:
    """What one statement adds to the debt, less than zero when more came back than was spent.

    `returning` is what of it comes back after the day.
    """

    id: UUID
    month: date
    closes_on: date
    due_on: date
    total: Decimal
    returning: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment: an entry on the card's account that came from another account."""

    entry_id: UUID
    transaction_id: UUID
    date: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person decided: this payment for this statement, `amount` of it if given; or not."""

    entry_id: UUID
    invoice_id: UUID
    refused: bool = False
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Allocation:
    """A part of a payment, or else of another statement's credit, that settles a statement.

    Exactly one of `payment` and `credit_of` is there.
    """

    invoice_id: UUID
    amount: Decimal
    payment: Paid | None = None
    credit_of: UUID | None = None
    chosen: bool = False


@dataclass(slots=True)
class Settlement:
    """Who paid what on one card, and what was paid beyond all statements.

    `scheduled` is what payments dated after the day are for; `awaited` what of them, and of
    refunds that are dated so, no statement asks for.
    """

    allocations: list[Allocation] = field(default_factory=list)
    scheduled: list[Allocation] = field(default_factory=list)
    left: dict[UUID, Decimal] = field(default_factory=dict)
    awaited: dict[UUID, Decimal] = field(default_factory=dict)

    @property
    def credit(self) -> Decimal:
        """Return what no statement has asked for yet."""
        return sum(self.left.values(), ZERO)


def settle(
    statements: Iterable[Owed],
    payments: Iterable[Paid],
    choices: Iterable[Choice] = (),
    *,
    today: date,
) -> Settlement:
    """Allocate the payments of one card to its statements, as it stands on a day.

    What came back in a statement that is still open settles no earlier one: more may be spent.
    """
    ordered = sorted(statements, key=lambda one: one.month)
    open_ = {one.id: one.total for one in ordered if one.total > 0}
    found = Settlement()
    sources = sorted(payments, key=lambda one: (one.date, one.entry_id))
    made = [one for one in sources if one.date <= today]
    left = {one.entry_id: one.amount for one in sources}
    refused: set[tuple[UUID, UUID]] = set()
    wanted: dict[UUID, list[Choice]] = defaultdict(list)
    for choice in choices:
        if not choice.refused:
            wanted[choice.entry_id].append(choice)
        # So much, and no more.
        if choice.refused or choice.amount is not None:
            refused.add((choice.entry_id, choice.invoice_id))

    first = 0

    def give(to: list[Allocation], invoice_id: UUID, most: Decimal, **source: Any) -> Decimal:
        amount = min(open_.get(invoice_id, ZERO), most)
        if amount > 0:
            open_[invoice_id] -= amount
            to.append(Allocation(invoice_id, amount, **source))
        return max(amount, ZERO)

    def still() -> Iterator[UUID]:
        # What is settled stays so: whoever comes later need not look at it again.
        nonlocal first
        while first < len(ordered) and not open_.get(ordered[first].id):
            first += 1
        for place in range(first, len(ordered)):
            if open_.get(ordered[place].id):
                yield ordered[place].id

    def spread(to: list[Allocation], payments: Sequence[Paid], credits: Sequence[Owed]) -> None:
        for one in payments:
            for choice in wanted[one.entry_id]:
                most = left[one.entry_id]
                most = most if choice.amount is None else min(most, choice.amount)
                left[one.entry_id] -= give(to, choice.invoice_id, most, payment=one, chosen=True)
        for _day, _, source in _in_order(payments, credits):
            id = source.id if isinstance(source, Owed) else source.entry_id
            by: dict[str, Any] = {"payment": source}
            if isinstance(source, Owed):
                by = {"credit_of": id}
            for invoice_id in still():
                if not left[id]:
                    break
                if (id, invoice_id) not in refused:
                    left[id] -= give(to, invoice_id, left[id], **by)

    back = [one for one in ordered if one.total < 0]
    left |= {one.id: max(-one.total - one.returning, ZERO) for one in back}
    spread(found.allocations, made, [one for one in back if one.closes_on < today])
    spread(found.scheduled, sources[len(made) :], [])
    later = {one.entry_id for one in sources[len(made) :]}
    found.left = {id: rest for id, rest in left.items() if rest and id not in later}
    found.awaited = {id: left[id] for id in later if left[id]} | {
        one.id: min(one.returning, -one.total) for one in back if one.returning
    }
    return found


def _in_order(
    payments: Sequence[Paid], credits: Sequence[Owed]
) -> list[tuple[date, str, Paid | Owed]]:
    every: list[tuple[date, str, Paid | Owed]] = [
        (one.date, str(one.entry_id), one) for one in payments
    ]
    every += [(one.closes_on, str(one.id), one) for one in credits]
    return sorted(every, key=lambda one: one[:2])


def status_of(owed: Owed, paid: Decimal, today: date) -> InvoiceStatus:
    """Return where a statement stands on a day."""
    if today <= owed.closes_on:
        return InvoiceStatus.OPEN
    if owed.total - paid <= 0:
        return InvoiceStatus.PAID
    if today > owed.due_on:
        return InvoiceStatus.OVERDUE
    return InvoiceStatus.PARTIALLY_PAID if paid else InvoiceStatus.CLOSED
