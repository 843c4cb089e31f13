"""Keep a card as briefly as the tests of statements say it."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.models import Account, CreditCard
from buffet.audit import Actor
from buffet.models import Book
from invoices import services
from invoices.models import InvoiceLine
from invoices.queries import statements
from invoices.queries.statements import Statement
from transactions import services as ledger
from transactions.drafts import Draft, DraftEntry


class Cardholder:
    """Someone with one card of a book, and an account that pays it."""

    def __init__(
        self, book: Book, by: Actor, payer: Account, *, closing_day: int, due_day: int, **more: Any
    ) -> None:
        self.book, self.who, self.payer = book, {"book": book, "by": by}, payer
        self.card: CreditCard = services.create_card(
            **self.who,
            today=date(2025, 1, 1),
            closing_day=closing_day,
            due_day=due_day,
            paying_account_id=payer.id,
            **({"name": "Platinum", "currency": "BRL"} | more),
        )

    def spend(self, day: str, amount: str, category: Account, **more: Any) -> UUID:
        """Spend with the card, or get something back (a negative amount)."""
        draft = Draft(
            date=date.fromisoformat(day),
            description=more.pop("description", "Something"),
            account_id=self.card.account_id,
            amount=-Decimal(amount),
            category_id=category.id,
            **more,
        )
        return ledger.record(**self.who, drafts=[draft])[0]

    def spend_abroad(self, day: str, amount: str, foreign: str, category: Account) -> UUID:
        """Spend dollars with the card: the category keeps them, the card what the bank bills."""
        (conversion,) = Account.objects.filter(book=self.book, kind="conversion")
        parts = (
            (self.card.account_id, -Decimal(amount), "BRL"),
            (conversion.id, Decimal(amount), "BRL"),
            (conversion.id, -Decimal(foreign), "USD"),
            (category.id, Decimal(foreign), "USD"),
        )
        draft = Draft(
            date=date.fromisoformat(day),
            description="Abroad",
            entries=tuple(DraftEntry(*part) for part in parts),
        )
        return ledger.record(**self.who, drafts=[draft])[0]

    def transfer(self, day: str, amount: str) -> UUID:
        """Pay the card as an imported transfer does: for no statement in particular."""
        draft = Draft(
            date=date.fromisoformat(day),
            description="Transfer",
            account_id=self.payer.id,
            amount=-Decimal(amount),
            transfer_to_id=self.card.account_id,
        )
        return ledger.record(**self.who, drafts=[draft])[0]

    def pay(self, month: str, day: str, amount: str | None = None) -> UUID:
        """Pay a statement; without an amount, what remains."""
        on = date.fromisoformat(day)
        return services.pay(
            **self.who,
            invoice_id=self.statement(month, day).invoice.id,
            today=on,
            on=on,
            amount=None if amount is None else Decimal(amount),
        )

    def statements(self, today: str) -> dict[str, Statement]:
        """Return the statements that matter on a day, by month."""
        found = statements.listed(self.book.id, date.fromisoformat(today), [self.card.id])
        return {f"{one.invoice.month:%Y-%m}": one for one in found}

    def statement(self, month: str, today: str) -> Statement:
        """Return one statement as it stands on a day."""
        return self.statements(today)[month]

    def line(self, transaction_id: UUID) -> InvoiceLine:
        """Return the line of a transaction on the card."""
        return InvoiceLine.objects.get(transaction_id=transaction_id, card=self.card)

    def move(self, transaction_id: UUID, month: str, today: str) -> None:
        """Move a line to another statement by hand."""
        services.move_line(
            **self.who,
            entry_id=self.line(transaction_id).entry_id,
            invoice_id=self.statement(month, today).invoice.id,
        )
