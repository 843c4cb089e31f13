"""Open accounts and move money as briefly as the tests of reports say it."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.models import Account, BookRate, ExchangeRate
from buffet.audit import Actor
from buffet.models import Book
from transactions import services as ledger
from transactions.drafts import Draft, DraftEntry
from transactions.models import BalancePoint

TODAY = date(2026, 6, 15)


class Bookkeeper:
    """Someone who keeps one book."""

    def __init__(self, book: Book, by: Actor) -> None:
        self.who = {"book": book, "by": by}

    def open(self, name: str, kind: str, currency: str, **more: Any) -> Account:
        """Open an account: `open("Car", "loan", "BRL")`."""
        return ledger.open_account(
            **self.who, today=TODAY, name=name, kind=kind, currency=currency, **more
        )

    def move(self, account: Account, day: date, amount: str, **more: Any) -> UUID:
        """Record a transaction and return its id: `move(account, day, "-12.50")`."""
        given = {"description": "x", **more}
        draft = Draft(date=day, account_id=account.id, amount=Decimal(amount), **given)
        return ledger.record(**self.who, drafts=[draft])[0]

    def record(self, day: date, *entries: tuple[Account, str, str]) -> None:
        """Record what some entries have: an account, an amount and its currency."""
        drafted = tuple(
            DraftEntry(account.id, Decimal(amount), currency)
            for account, amount, currency in entries
        )
        ledger.record(**self.who, drafts=[Draft(date=day, description="x", entries=drafted)])

    def point(
        self, account: Account, day: date, balance: str, kind: str = "statement"
    ) -> BalancePoint:
        """Say what is on an account at the end of a day."""
        return ledger.create_point(
            **self.who,
            today=TODAY,
            account_id=account.id,
            on=day,
            balance=Decimal(balance),
            kind=kind,
        )


def rate(base: str, quote: str, on: date, value: str) -> None:
    """Keep what one unit of `base` was worth on a day."""
    ExchangeRate.objects.create(base=base, quote=quote, on=on, rate=Decimal(value), source="test")


def own_rate(book: Book, base: str, quote: str, on: date, value: str) -> BookRate:
    """Keep a rate of a book's own."""
    return BookRate.objects.create(book=book, base=base, quote=quote, on=on, rate=Decimal(value))
