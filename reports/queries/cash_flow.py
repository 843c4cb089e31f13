"""What came in, what went out, and what was kept of it, month by month."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from accounts.models import AccountType, Kind
from buffet.money import Money
from reports.asking import Asked
from reports.periods import Month
from reports.queries.bringing import Beside, Brought, Conversion, beside
from reports.queries.chart import Chart, charted
from reports.queries.worth import ZERO, percent


class Missing(NamedTuple):
    """Of which parts of a flow what moved in which currencies had no rate."""

    income: frozenset[str]
    expenses: frozenset[str]
    investments: frozenset[str]

    @property
    def savings(self) -> frozenset[str]:
        """Of what was kept."""
        return self.income | self.expenses

    @property
    def all(self) -> frozenset[str]:
        """Of any part."""
        return self.savings | self.investments


COMPLETE = Missing(frozenset(), frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class Flow:
    """What came in and went out, in the report's currency; both positive, refunds taken off.

    `savings` is what was kept: income less expenses. `investments` is the part of it that
    investment accounts hold more than before; valuations and opening balances put nothing in.
    `missing` is told of a whole period.
    """

    income: Decimal
    expenses: Decimal
    investments: Decimal
    missing: Missing = COMPLETE

    @property
    def savings(self) -> Decimal:
        """What was kept."""
        return self.income - self.expenses

    @property
    def savings_rate(self) -> Decimal | None:
        """What was kept in percent of what came in; None when nothing came in."""
        return percent(self.savings, self.income)


@dataclass(frozen=True, slots=True)
class MonthFlow:
    """The flow of a month; `is_complete` tells whether all of it could be converted."""

    month: Month
    flow: Flow
    is_complete: bool


@dataclass(frozen=True, slots=True)
class CashFlow:
    """The flow of each month of a period and of all of it, beside the periods before.

    `left_out` is what had no rate, by currency: what came in, what went out, which is
    negative, and what was invested; so of the periods before.
    """

    asked: Asked
    months: Sequence[MonthFlow]
    total: Flow
    before: Flow
    year_before: Flow
    conversions: Sequence[Conversion]
    left_out: Sequence[Money]
    before_left_out: Sequence[Money]
    year_before_left_out: Sequence[Money]


def cash_flow(asked: Asked) -> CashFlow:
    """Return the cash flow of a period: one statement, and one for rates when any are needed.

    What valuations made of investments, or was there before, nobody put in.

    A card's purchase counts when it happens; paying its bill moves money between own accounts and
    counts as nothing.

    :raises NotFound: if an account or category is not in the book.
    """

    def ask(own: Chart) -> tuple[Beside, tuple[int, int]]:
        own.refuse_unknown(asked.accounts)
        invested = [] if asked.categories else own.of_kinds(Kind.INVESTMENT)
        found = beside(asked, [*_wanted(asked, own), *invested], valued=invested)
        return found, found.chart

    own, found = charted(asked.book_id, ask)
    flows = _flows(found.now, own)
    incomplete = found.now.incomplete
    now, before, year_before = found.periods
    return CashFlow(
        asked,
        [
            MonthFlow(month, flow, place not in incomplete)
            for place, (month, flow) in enumerate(zip(asked.period.months, flows, strict=True))
        ],
        _whole(now, own),
        _whole(before, own),
        _whole(year_before, own),
        now.conversions,
        _left_out(now, own),
        _left_out(before, own),
        _left_out(year_before, own),
    )


def _left_out(brought: Brought, own: Chart) -> list[Money]:
    # Income and expenses mirror what came onto accounts and left them.
    of = (
        (own.of_types(AccountType.INCOME), -1),
        (own.of_types(AccountType.EXPENSE), -1),
        (own.of_kinds(Kind.INVESTMENT), 1),
    )
    return [
        Money(sign * one.amount, one.currency)
        for ids, sign in of
        for one in brought.left_out_of({*ids})
        if one.amount
    ]


def _wanted(asked: Asked, own: Chart) -> list[str]:
    if asked.categories:
        return own.subtrees(asked.categories)
    return own.of_types(AccountType.INCOME, AccountType.EXPENSE)


def _flows(brought: Brought, own: Chart) -> list[Flow]:
    income = brought.total(own.of_types(AccountType.INCOME))
    expenses = brought.total(own.of_types(AccountType.EXPENSE))
    invested = brought.total(own.of_kinds(Kind.INVESTMENT))
    return [
        Flow(-came, went, kept) for came, went, kept in zip(income, expenses, invested, strict=True)
    ]


def _whole(brought: Brought, own: Chart) -> Flow:
    flows = _flows(brought, own)
    return Flow(
        sum((one.income for one in flows), ZERO),
        sum((one.expenses for one in flows), ZERO),
        sum((one.investments for one in flows), ZERO),
        Missing(
            brought.missing_of({*own.of_types(AccountType.INCOME)}),
            brought.missing_of({*own.of_types(AccountType.EXPENSE)}),
            brought.missing_of({*own.of_kinds(Kind.INVESTMENT)}),
        ),
    )
