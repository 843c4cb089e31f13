"""What is left to do before a month is closed: of each account, and of the book."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from invoices.queries import statements
from invoices.queries.statements import Statement
from reports.periods import DAY
from reports.queries.closing_accounts import AccountLine, Days, in_month
from transactions.queries import months, subscriptions
from transactions.queries.balances import month_after
from transactions.queries.months import Closing, Closings, Reopening


class Left(StrEnum):
    """What may be left to look at."""

    DIFFERS = "differs"
    NOT_BACKED = "not_backed"
    NOT_VALUED = "not_valued"
    PENDING = "pending"
    UNCATEGORISED = "uncategorised"
    UNPAID = "unpaid"
    MISSED = "missed"


class Standing(StrEnum):
    """Where a month stands."""

    READY = "ready"
    LEFT = "left"
    CLOSED = "closed"
    NOT_OVER = "not_over"


@dataclass(frozen=True, slots=True)
class Task:
    """Something to look at before the month is closed: of an account, of a statement, or of all."""

    what: Left
    account: AccountLine | None = None
    statement: Statement | None = None
    count: int = 0


@dataclass(frozen=True)
class MonthToClose:
    """A month as it stands on a day: what is on its accounts, and what is left to look at.

    `month` is its first day. `ahead` counts the transactions of the book that are dated after
    today; of themselves they are nothing to look at. `open_since` is the first month before this
    one, since anything moved, that is open: what is recorded there is carried into the balances of
    this one, also when it is closed. `missed` counts payments of subscriptions that were expected
    in it and have not come.
    """

    month: date
    today: date
    closing: Closing | None
    reopened: Sequence[Reopening]
    accounts: Sequence[AccountLine]
    unpaid: Sequence[Statement]
    uncategorised: int
    ahead: int
    open_since: date | None = None
    missed: int = 0

    @property
    def until(self) -> date:
        """Its last day."""
        return month_after(self.month) - DAY

    @property
    def is_over(self) -> bool:
        """Whether it may be closed at all."""
        return self.until < self.today.replace(day=1)

    @property
    def status(self) -> Standing:
        """Where it stands."""
        if self.closing:
            return Standing.CLOSED
        if not self.is_over:
            return Standing.NOT_OVER
        return Standing.LEFT if self.left else Standing.READY

    @property
    def pending(self) -> int:
        """How many entries the banks have not confirmed."""
        return sum(line.pending for line in self.accounts)

    @cached_property
    def left(self) -> Sequence[Task]:
        """What is left to look at, what the banks say first."""
        return [
            *_of_accounts(self.accounts),
            *([Task(Left.PENDING, count=self.pending)] if self.pending else []),
            *([Task(Left.UNCATEGORISED, count=self.uncategorised)] if self.uncategorised else []),
            *(Task(Left.UNPAID, statement=one) for one in self.unpaid),
            *([Task(Left.MISSED, count=self.missed)] if self.missed else []),
        ]


def _of_accounts(lines: Iterable[AccountLine]) -> Iterator[Task]:
    for line in lines:
        if line.differs:
            yield Task(Left.DIFFERS, line)
        if line.gaps:
            yield Task(Left.NOT_BACKED, line, count=sum(_length(days) for days in line.gaps))
        if not line.is_valued:
            yield Task(Left.NOT_VALUED, line)


def _length(days: Days) -> int:
    return (days[1] - days[0]).days + 1


def month_to_close(found: Closings, today: date) -> date:
    """Return the latest month that is over and not closed; else the one that was closed last."""
    last = (today.replace(day=1) - DAY).replace(day=1)
    month = last
    while found.first is not None and month >= found.first:
        if month not in found.closed:
            return month
        month = (month - DAY).replace(day=1)
    return max(found.closed, default=last)


def month_end(
    book_id: UUID, month: date, today: date, found: Closings | None = None
) -> MonthToClose:
    """Return what is left to do before a month is closed; `found` are the book's closings.

    In three statements besides the one of those; in one more if some balance differs, and in four
    for the cards' statements if any is due in the month.
    """
    found = found or months.closings(book_id)
    there = in_month(book_id, month, today)
    return MonthToClose(
        month=month,
        today=today,
        closing=found.closed.get(month),
        reopened=found.reopened.get(month, ()),
        accounts=there.accounts,
        unpaid=_unpaid(book_id, today, there.cards, month),
        uncategorised=there.uncategorised,
        ahead=there.ahead,
        open_since=found.open_before(month),
        missed=len(subscriptions.missed(book_id, today, month, month_after(month) - DAY)),
    )


def _unpaid(book_id: UUID, today: date, cards: Sequence[UUID], month: date) -> list[Statement]:
    """Return the cards' statements due in the month of which something is still owed."""
    following = month_after(month)
    found = statements.of_cards(book_id, today, cards) if cards else {}
    unpaid = [
        one
        for card in found.values()
        for one in card.statements
        if month <= one.invoice.due_on < following and one.remaining
    ]
    return sorted(unpaid, key=lambda one: (one.invoice.due_on, one.name, str(one.invoice.id)))
