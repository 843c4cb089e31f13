"""What is to come in a book: one list, whatever it comes from.

What is owed on a card leaves the account that pays it on the day its statement is due, unless its
payment is scheduled: that is a transaction of its own day. What will be bought with a card until
then is part of that statement, and is listed but moves no account itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from invoices.queries import statements
from invoices.queries.statements import CardStatements, Statement
from reports.queries.ahead import Ahead, Beginning
from transactions.models import Subscription
from transactions.queries import subscribed, subscriptions
from transactions.queries.proposals import NEAR_DAYS, paid_since, proposed


class Source(StrEnum):
    """Why something is expected."""

    STATEMENT = "statement"
    SUBSCRIPTION = "subscription"
    INSTALLMENT = "installment"
    TRANSACTION = "transaction"
    WHAT_IF = "what_if"


@dataclass(frozen=True, slots=True)
class Coming:
    """Something to come; `amount` is signed as it moves money, less than zero for what goes out.

    `account_id` is the account whose balance it moves; None for what a card's statement includes
    (`invoice_id`), and for what no account is named to pay. `id` is the source's own;
    `transaction_id` that of what is recorded already.
    """

    on: date
    amount: Decimal
    currency: str
    source: Source
    title: str
    id: UUID | None
    account_id: UUID | None
    invoice_id: UUID | None = None
    card_id: UUID | None = None
    transaction_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Bill:
    """A card's statement, with what subscriptions will add to it (`expected`)."""

    statement: Statement
    expected: Decimal

    @property
    def amount(self) -> Decimal:
        """What it will come to."""
        return self.statement.total + max(self.expected, -self.statement.remaining)

    @property
    def left(self) -> Decimal:
        """What of that is still to be paid, be it scheduled or not."""
        return self.statement.remaining + max(self.expected, -self.statement.remaining)

    @property
    def due(self) -> Decimal:
        """What of that no payment is scheduled for: those are listed on their own days."""
        return max(self.statement.unscheduled + self.expected, Decimal(0))


class Paid(NamedTuple):
    """The account of a card, and that which its statements leave; None if none can be foreseen."""

    account_id: UUID
    payer_id: UUID | None


@dataclass(frozen=True, slots=True)
class ToCome:
    """What is to come in its order, all the statements of cards, and the accounts that pay them.

    `cards` are the accounts of each card, by the card's id; `missed` what subscriptions were to
    take before today and did not.
    """

    coming: tuple[Coming, ...]
    bills: tuple[Bill, ...]
    payers: tuple[UUID, ...]
    cards: Mapping[UUID, Paid]
    missed: tuple[subscriptions.Missed, ...]


def to_come(book_id: UUID, today: date, until: date, begins: Beginning) -> ToCome:
    """Return what is to come up to and including `until`; overdue statements today.

    What is due today is to come until it is paid; what is recorded today has come.
    """
    cards = statements.of_version(book_id, today, begins.cards)
    rows = subscribed.of_version(book_id, paid_since(today, NEAR_DAYS), until, begins.subscriptions)
    expected = _subscribed(book_id, today, until, rows)
    coming, bills = _of_cards(cards, expected, today, until)
    payers = (one.card.paying_account_id for one in cards.values())
    return ToCome(
        coming=tuple(sorted((*_recorded(begins.ahead), *coming), key=in_order)),
        bills=tuple(bills),
        payers=tuple(id for id in payers if id is not None),
        cards={id: Paid(one.card.account_id, _payer(one)) for id, one in cards.items()},
        missed=tuple(subscriptions.missed_among(rows, today)),
    )


def in_order(one: Coming) -> tuple[date, str, str, str]:
    """Return what the list is sorted by."""
    return one.on, one.source, one.title, str(one.id)


def _recorded(ahead: Iterable[Ahead]) -> Iterator[Coming]:
    """Yield what is recorded already: entries on assets and parcels that are dated ahead."""
    for one in ahead:
        parcel = f" ({one.number}/{one.of})" if one.number else ""
        yield Coming(
            on=one.date,
            amount=one.amount,
            currency=one.currency,
            source=Source.INSTALLMENT if one.number else Source.TRANSACTION,
            title=f"{one.description}{parcel}",
            id=one.id,
            account_id=one.account_id,
            invoice_id=one.invoice_id,
            card_id=one.card_id,
            transaction_id=one.transaction_id,
        )


def _of_cards(
    cards: Mapping[UUID, CardStatements],
    expected: Iterable[subscriptions.Expected],
    today: date,
    until: date,
) -> tuple[list[Coming], list[Bill]]:
    """Return what falls due and what will be on statements, and all statements."""
    found = []
    by_account = {one.card.account_id: one for one in cards.values()}
    # Of statements that fall due by the end, what they collect began before it.
    extra: dict[UUID, Decimal] = defaultdict(Decimal)
    for one in expected:
        card = by_account.get(one.account_id)
        statement = _on(card, one.due_on) if card else None
        if statement is not None:
            extra[statement.invoice.id] -= one.amount
        found.append(
            Coming(
                on=one.due_on,
                amount=one.amount,
                currency=one.currency,
                source=Source.SUBSCRIPTION,
                title=one.name,
                id=one.subscription_id,
                account_id=None if card else one.account_id,
                invoice_id=statement.invoice.id if statement else None,
                card_id=card.card.id if card else None,
            )
        )
    bills = []
    for card in cards.values():
        for statement in card.statements:
            bill = Bill(statement, extra[statement.invoice.id])
            bills.append(bill)
            if bill.due > 0 and statement.invoice.due_on <= until:
                found.append(_due(card, bill, today))
    return found, bills


def _subscribed(
    book_id: UUID, today: date, until: date, rows: Sequence[Subscription]
) -> list[subscriptions.Expected]:
    """Return what subscriptions will take, from today on.

    What is due today is left out if it looks paid: then the balance has it, linked or not.
    """
    found = subscriptions.expected(rows, today, until)
    if all(one.due_on > today for one in found):
        return found
    near = proposed(book_id, rows, today, NEAR_DAYS)
    likely = {(one.subscription_id, one.due_on) for one in near}
    return [one for one in found if (one.subscription_id, one.due_on) not in likely]


def _on(card: CardStatements, day: date) -> Statement | None:
    """Return the statement that collects a day; None before the first and behind the last."""
    found = [one for one in card.statements if one.invoice.opens_on <= day]
    if not found or (found[-1] is card.statements[-1] and day > found[-1].invoice.closes_on):
        return None
    return found[-1]


def _payer(card: CardStatements) -> UUID | None:
    """Return the account that a card's statements leave, if it is known."""
    payer = card.card.paying_account
    # What another currency will cost on the day, nobody knows.
    pays = payer is not None and payer.currency == card.card.account.currency
    return payer.id if payer is not None and pays and payer.archived_at is None else None


def _due(card: CardStatements, bill: Bill, today: date) -> Coming:
    one = bill.statement
    return Coming(
        on=max(one.invoice.due_on, today),
        amount=-bill.due,
        currency=one.currency,
        source=Source.STATEMENT,
        title=f"{one.name}, {one.invoice.month:%Y-%m}",
        id=one.invoice.id,
        account_id=_payer(card),
        invoice_id=one.invoice.id,
        card_id=card.card.id,
    )
