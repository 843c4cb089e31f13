"""What is owed on cards: their figures, and the statements that ask for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from buffet.money import Money
from invoices.queries import cards as questions
from invoices.queries import statements
from invoices.queries.statements import CardStatements, Statement


@dataclass(frozen=True, slots=True)
class CardFigures:
    """A card as the API says it (`row`), with its statements; money in the card's currency.

    What is owed is positive. `used` and `promised` are the shares of the limit that are outstanding
    and committed, in percent; None without a limit.
    """

    row: dict[str, Any]
    found: CardStatements
    today: date

    def _money(self, name: str) -> Money | None:
        sent = self.row[name]
        return None if sent is None else Money(Decimal(sent), self.row["currency"])

    @property
    def outstanding(self) -> Money | None:
        """What is owed at the end of today."""
        return self._money("outstanding")

    @property
    def overpaid(self) -> Money | None:
        """What the bank owes at the end of today; None if nothing."""
        owed = self.outstanding
        return Money(-owed.amount, owed.currency) if owed and owed.amount < 0 else None

    @property
    def committed(self) -> Money | None:
        """What purchases dated ahead add to it."""
        return self._money("committed")

    @property
    def available(self) -> Money | None:
        """What is left of the limit."""
        return self._money("available")

    @property
    def limit(self) -> Money | None:
        """How much may be owed."""
        return self._money("limit")

    @property
    def used(self) -> Decimal | None:
        """The share of the limit that is outstanding, in percent; none where too much was paid."""
        share = self.row["utilisation"]
        return None if share is None else max(100 * Decimal(share), Decimal(0))

    @property
    def promised(self) -> Decimal | None:
        """The share of the limit that is committed, in percent."""
        if not self.limit or self.committed is None:
            return None
        return 100 * self.committed.amount / self.limit.amount

    @property
    def unpaid(self) -> Sequence[Statement]:
        """The closed statements of which something is owed, the one that is due first leading."""
        owed = [one for one in self.found.statements if self.is_closed(one) and one.remaining]
        return sorted(owed, key=lambda one: (one.invoice.due_on, one.invoice.month))

    @property
    def current(self) -> Statement | None:
        """The statement that collects purchases today."""
        return self.found.current(self.today)

    @property
    def latest(self) -> Statement | None:
        """The statement that closed last, if it has lines."""
        closed = [one for one in self.found.statements if self.is_closed(one) and one.invoice.lines]
        return closed[-1] if closed else None

    @property
    def listed(self) -> Sequence[Statement]:
        """The statements worth a row, the newest first: opened or with lines, and the next one."""
        following = self.found.following(self.today)
        return [
            one
            for one in reversed(self.found.statements)
            if one.invoice.lines or one.invoice.opens_on <= self.today or one is following
        ]

    def is_closed(self, one: Statement) -> bool:
        """Whether a statement collects no more purchases."""
        return one.invoice.closes_on < self.today


def cards(book_id: UUID, today: date, ids: Sequence[UUID] | None = None) -> list[CardFigures]:
    """Return a book's cards by name; as many database statements for one as for a hundred."""
    found = statements.of_cards(book_id, today, ids)
    rows = questions.shown(book_id, today, found)
    return [CardFigures(row, found[row["id"]], today) for row in rows]


def standing(one: Statement, today: date) -> str:
    """Return a statement's status, "coming" if it has not opened yet."""
    return "coming" if one.invoice.opens_on > today else str(one.status)
