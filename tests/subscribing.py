"""Subscribe and pay as briefly as the tests of subscriptions say it."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from transactions import services as ledger
from transactions.drafts import Draft
from transactions.models import Subscription
from transactions.queries import subscriptions as queries

TODAY = date(2026, 6, 15)


class Subscriber:
    """Someone who keeps the subscriptions of one book, all paid from one account."""

    def __init__(self, book: Book, by: Actor, account: Account) -> None:
        self.who = {"book": book, "by": by}
        self.book, self.account = book, account

    def subscribe(self, name: str = "Music", **more: Any) -> Subscription:
        """Add a subscription: 20.00 a month from 10 January on, if nothing else is said."""
        given = {
            "account_id": self.account.id,
            "amount": "20.00",
            "cadence": "monthly",
            "starts_on": date(2026, 1, 10),
        } | more
        given["amount"] = Decimal(given["amount"])
        return ledger.create_subscription(**self.who, name=name, **given)

    def spend(self, day: date, amount: str = "-20.00", **more: Any) -> UUID:
        """Record a transaction on the account and return its id."""
        given = {"description": "x", "account_id": self.account.id} | more
        draft = Draft(date=day, amount=Decimal(amount), **given)
        return ledger.record(**self.who, drafts=[draft])[0]

    def link(self, row: Subscription, paid: UUID, due_on: date | None = None) -> None:
        """Link a transaction."""
        ledger.link_payment(**self.who, subscription_id=row.id, transaction_id=paid, due_on=due_on)

    def pay(self, row: Subscription, *days: date, amount: str = "-20.00") -> list[UUID]:
        """Pay on some days, and link each."""
        paid = [self.spend(day, amount) for day in days]
        for one in paid:
            self.link(row, one)
        return paid

    def standing(self, row: Subscription, today: date = TODAY) -> queries.Standing:
        """Return where a subscription stands."""
        return queries.standing(queries.of_book(self.book.id, today).get(id=row.id), today)

    def due_dates(self, row: Subscription) -> list[date]:
        """Return the due dates that are paid."""
        return list(row.payments.order_by("due_on").values_list("due_on", flat=True))
