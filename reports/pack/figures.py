"""The reports of a period that go into the pack, all of one state of the book."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

from django.db import connection
from django.db.transaction import atomic

from buffet.models import Book
from buffet.money import Money
from reports.asking import Asked
from reports.queries import PortfolioOverview, portfolio_overview
from reports.queries.bringing import Conversion
from reports.queries.cards import CardFigures, cards
from reports.queries.cash_flow import CashFlow, cash_flow
from reports.queries.net_worth import NetWorth, net_worth
from reports.queries.spending import Spending, spending
from reports.queries.trial_balance import TrialBalance, TrialLine, trial_balance


@dataclass(frozen=True, slots=True)
class Figures:
    """What the reports say of a book in a period; `on` is the last day that balances are of."""

    book: Book
    asked: Asked
    cash_flow: CashFlow
    spending: Spending
    net_worth: NetWorth
    trial_balance: TrialBalance
    balances: PortfolioOverview
    cards: Sequence[CardFigures]

    @property
    def on(self) -> date:
        """The last day of the period."""
        return self.asked.period.until

    @property
    def real(self) -> Sequence[TrialLine]:
        """The lines of the accounts that hold money."""
        return [one for one in self.trial_balance.lines if one.node.type in ("asset", "liability")]

    @property
    def converted(self) -> Sequence[tuple[str, CashFlow | Spending | NetWorth | TrialBalance]]:
        """The reports of the period with amounts brought into its currency, by name."""
        return (
            ("cash-flow", self.cash_flow),
            ("spending", self.spending),
            ("net-worth", self.net_worth),
            ("trial-balance", self.trial_balance),
        )

    @property
    def left_out(self) -> Iterator[tuple[str, Sequence[Money], date | str]]:
        """Yield what had no rate, with the name of the report; and of what, if not of the period.

        Net worth tells it of each day but the last, which is the period's own.
        """
        worth = self.net_worth
        for name, report in self.converted:
            yield name, report.left_out, ""
        for day in (worth.opening, *(step.worth for step in worth.steps[:-1])):
            yield "net-worth", day.left_out, day.on
        compared: Sequence[tuple[str, CashFlow | Spending]] = (
            ("cash-flow", self.cash_flow),
            ("spending", self.spending),
        )
        for name, flows in compared:
            yield name, flows.before_left_out, "period before"
            yield name, flows.year_before_left_out, "year before"
        yield "balances", self.balances.not_converted, ""

    @property
    def rates(self) -> Iterator[tuple[str, Conversion]]:
        """Yield at which rate what was converted, with the name of the report."""
        for name, report in self.converted:
            yield from ((name, one) for one in report.conversions if one.rate.rate is not None)
        for line in self.balances.currencies:
            if line.total.currency != self.asked.currency and line.rate.rate is not None:
                yield "balances", Conversion(line.total.currency, self.on, line.rate)


def figures(book: Book, asked: Asked) -> Figures:
    """Return the reports of a period, as the book is at this instant."""
    asked = replace(asked, version=Book.objects.values_list("version", flat=True).get(id=book.id))
    return Figures(
        book,
        asked,
        cash_flow(asked),
        spending(asked),
        net_worth(asked),
        trial_balance(asked),
        portfolio_overview(book, asked.period.until, asked.currency),
        cards(book.id, asked.today),
    )


@contextmanager
def one_state() -> Iterator[None]:
    """Let all statements see the book in one state, however long they take together."""
    if connection.in_atomic_block:
        # What was known is told in one; a test sees its own.
        yield
        return
    with atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
