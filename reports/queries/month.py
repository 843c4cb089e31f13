"""What of all that is to come lies in a month: to be paid, coming in, and what is on cards."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from django.urls import reverse

from buffet.money import Money
from reports.queries.cards import standing
from reports.queries.coming import Bill, Coming, Source
from reports.queries.forecast import Forecast

ZERO = Decimal(0)


class Part(StrEnum):
    """How something counts: what a statement includes, and what stays in the book, does not."""

    TO_PAY = "to_pay"
    COMING_IN = "coming_in"
    ON_CARD = "on_card"
    TRANSFER = "transfer"


@dataclass(frozen=True, slots=True)
class Row:
    """Something on a day: how much, and of that what is paid already and what is left to pay.

    `accounts` are the names of those it moves; `bill` is the statement that it is, or that
    includes it. `expected` is what of a statement is not recorded yet. What is scheduled for a
    statement is left to pay; the payment stands on its own day, as a transfer.
    """

    date: date
    amount: Decimal
    currency: str
    source: Source
    part: Part
    title: str
    status: str
    transaction_id: UUID | None = None
    subscription_id: UUID | None = None
    accounts: Sequence[str] = ()
    bill: Bill | None = None
    paid: Decimal = ZERO
    left: Decimal = ZERO
    expected: Decimal = ZERO

    @property
    def link(self) -> str:
        """Where it is shown; empty for what has no page of its own."""
        if self.source == Source.STATEMENT:
            return self.statement_link
        if self.subscription_id:
            return reverse("subscription", args=(self.subscription_id,))
        return reverse("transaction", args=(self.transaction_id,)) if self.transaction_id else ""

    @property
    def statement_link(self) -> str:
        """Where its statement is shown, if it is one or is on one."""
        if self.bill is None:
            return ""
        invoice = self.bill.statement.invoice
        return reverse("statement", args=(invoice.card_id, invoice.month))


@dataclass(frozen=True, slots=True)
class Total:
    """What the rows of one currency come to."""

    amount: Money
    paid: Money
    left: Money
    coming_in: Money


def of_month(found: Forecast, first: date, last: date) -> list[Row]:
    """Return what lies between two days, both included, by day, part and title.

    Statements stand on the day that they are due, those that are paid too.
    """
    rows = [_bill(one, found.as_of) for one in found.bills if one.amount > 0]
    rows += _plans(found)
    rows = [row for row in rows if first <= row.date <= last]
    return sorted(rows, key=lambda row: (row.date, row.part, row.title, str(row.transaction_id)))


def overdue(found: Forecast, before: date) -> list[Row]:
    """Return the statements that were due before a day and are not paid, the oldest first."""
    rows = [_bill(one, found.as_of) for one in found.bills if one.left > 0]
    return sorted((row for row in rows if row.date < before), key=lambda row: (row.date, row.title))


def totals(rows: Iterable[Row]) -> list[Total]:
    """Return what rows come to, by currency: amounts of two currencies are never added."""
    sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in rows:
        if row.part == Part.TO_PAY:
            sums[row.currency]["amount"] += row.amount
            sums[row.currency]["left"] += row.left
        elif row.part == Part.COMING_IN:
            sums[row.currency]["coming_in"] += row.amount
    return [
        Total(
            amount=Money(own["amount"], currency),
            paid=Money(own["amount"] - own["left"], currency),
            left=Money(own["left"], currency),
            coming_in=Money(own["coming_in"], currency),
        )
        for currency, own in sorted(sums.items())
    ]


def _bill(one: Bill, today: date) -> Row:
    statement = one.statement
    return Row(
        date=statement.invoice.due_on,
        amount=one.amount,
        currency=statement.currency,
        source=Source.STATEMENT,
        part=Part.TO_PAY,
        title=statement.name,
        status=standing(statement, today),
        bill=one,
        paid=statement.paid,
        left=one.left,
        expected=one.amount - statement.total,
    )


def _plans(found: Forecast) -> Iterator[Row]:
    """Yield what is to come besides the statements; the sides of a transaction together."""
    bills = {one.statement.invoice.id: one for one in found.bills}
    cards = {one.statement.invoice.card_id: one.statement.name for one in found.bills}
    accounts = {id: row["name"] for id, row in found.accounts.items()}
    sides: dict[tuple[UUID, str], list[Coming]] = defaultdict(list)
    for one in found.coming:
        if one.source == Source.TRANSACTION and one.transaction_id:
            sides[one.transaction_id, one.currency].append(one)
        elif one.card_id and one.source != Source.STATEMENT:
            bill = bills.get(one.invoice_id) if one.invoice_id else None
            yield _row(one, Part.ON_CARD, abs(one.amount), [cards[one.card_id]], bill)
        elif one.source == Source.SUBSCRIPTION:
            yield _moving([one], accounts)
    others: dict[tuple[UUID | None, str], list[Coming]] = defaultdict(list)
    for one in found.others:
        others[one.transaction_id, one.currency].append(one)
    bound = _payments(found.bills)
    for key, several in sides.items():
        yield _moving(several, accounts, others.get(key, ()), pays_card=key[0] in bound)


def _payments(bills: Iterable[Bill]) -> set[UUID]:
    """Return the transactions that are scheduled to pay bills."""
    parts = (part for one in bills for part in one.statement.scheduled)
    return {part.payment.transaction_id for part in parts if part.payment}


def _moving(
    sides: Sequence[Coming],
    names: Mapping[UUID, str],
    others: Sequence[Coming] = (),
    *,
    pays_card: bool = False,
) -> Row:
    """Return what moves accounts: what it takes from all of them together, or brings.

    What only moves on to an account that was not asked for, among the `others`, is a transfer too,
    and so is what pays a card: its bill stands beside it.
    """
    every = (*sides, *others)
    net = sum((one.amount for one in sides), ZERO)
    if not sum((one.amount for one in every), ZERO):
        sides, net = every, ZERO
    between = sum((one.amount for one in sides if one.amount > 0), ZERO)
    part = Part.TO_PAY if net < 0 else Part.COMING_IN if net else Part.TRANSFER
    if pays_card:
        part = Part.TRANSFER
    ordered = sorted(sides, key=lambda one: one.amount)
    own = [names[id] for one in ordered if (id := one.account_id) and id in names]
    return _row(sides[0], part, abs(net) or between, own)


def _row(
    one: Coming, part: Part, amount: Decimal, accounts: Sequence[str], bill: Bill | None = None
) -> Row:
    return Row(
        date=one.on,
        amount=amount,
        currency=one.currency,
        source=one.source,
        part=part,
        title=one.title,
        status="expected" if one.source == Source.SUBSCRIPTION else "dated_ahead",
        transaction_id=one.transaction_id,
        subscription_id=one.id if one.source == Source.SUBSCRIPTION else None,
        accounts=accounts,
        bill=bill,
        left=amount if part == Part.TO_PAY else ZERO,
    )
