"""The figures of the reports, each a frozen dataclass from a few statements."""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import pstdev
from typing import Any

from django.db import connection

from buffet.models import Book
from buffet.money import Money
from reports.rates import Rate, Rates
from transactions.queries import balances

MONTHS = 60


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account in the overview; `converted` is in the report's currency, None without a rate."""

    account: dict[str, Any]
    balance: Money
    converted: Money | None
    rate: Rate


@dataclass(frozen=True, slots=True)
class Share:
    """A group of accounts: what they come to, and how much that is of all assets, in percent."""

    name: str
    total: Money
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class CurrencyLine:
    """All that is held in one currency."""

    total: Money
    converted: Money | None
    rate: Rate


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """Net worth at the end of a month, or of the report's day in its month.

    `missing` names the currencies that had no rate then; what was held in them is not counted.
    """

    month: date
    assets: Money
    liabilities: Money
    missing: frozenset[str]

    @property
    def is_complete(self) -> bool:
        """Whether everything held is counted."""
        return not self.missing

    @property
    def net_worth(self) -> Money:
        """Assets and liabilities together; liabilities are negative."""
        return self.assets + self.liabilities


@dataclass(frozen=True, slots=True)
class Change:
    """How net worth moved since a day, absolutely and in percent of what it was."""

    since: date
    amount: Money
    percent: Decimal | None


@dataclass(frozen=True, slots=True)
class PortfolioOverview:
    """What a book is worth at the end of a day, how it is spread, and how it came there.

    Changes are against the last month end, that of the same month a year ago, and (`growth`) the
    first of the history. `volatility` is the population standard deviation of the relative changes
    of net worth from month end to month end, in percent; `concentration` the largest asset
    account's share of all assets, in percent. Each is None where it says nothing: the book is too
    young, or the ends compared do not count the same currencies.
    """

    as_of: date
    currency: str
    net_worth: Money
    assets: Money
    liabilities: Money
    month_change: Change | None
    year_change: Change | None
    growth: Change | None
    accounts: Sequence[AccountLine]
    by_type: Sequence[Share]
    by_kind: Sequence[Share]
    by_broker: Sequence[Share]
    currencies: Sequence[CurrencyLine]
    not_converted: Sequence[Money]
    history: Sequence[MonthEnd]
    volatility: Decimal | None
    concentration: Decimal | None


_MONTHS = """
SELECT b.month, b.currency, a.type, sum(b.debit - b.credit)
FROM transactions_monthlybalance b JOIN accounts_account a ON a.id = b.account_id
WHERE b.book_id = %s AND b.month < %s AND a.type IN ('asset', 'liability')
GROUP BY b.month, b.currency, a.type ORDER BY b.month
"""


def portfolio_overview(book: Book, on: date, currency: str = "") -> PortfolioOverview:
    """Return the overview of a book at the end of `on`, in its base currency or another.

    Reads balances, monthly sums and rates: three statements, whatever the book's history.
    """
    target = currency or book.base_currency
    rows = balances.accounts(book.id, on)
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS, (book.id, on.replace(day=1)))
        months = cursor.fetchall()
    held = {row["currency"] for row in rows}
    ends = _month_ends(months, on)
    rates = Rates.read(target, held, [*ends, on])
    lines = [_line(row, rates, on) for row in rows]
    now = _now(on, lines, target)
    history = [*_history(months, ends, rates), now]
    assets = [line for line in lines if line.account["type"] == "asset"]
    whole = now.assets.amount
    return PortfolioOverview(
        as_of=on,
        currency=target,
        net_worth=now.net_worth,
        assets=now.assets,
        liabilities=now.liabilities,
        month_change=_change(history, 1, now),
        year_change=_change(history, 12, now),
        growth=_change(history, max(len(history) - 1, 1), now),
        accounts=[line for line in lines if line.balance or not line.account["archived_at"]],
        by_type=_shares(lines, "type", target, whole),
        by_kind=_shares(lines, "kind", target, whole),
        by_broker=_shares(lines, "broker_name", target, whole),
        currencies=_currencies(lines, rates, on),
        not_converted=_not_converted(lines),
        history=history,
        volatility=_volatility(history),
        concentration=_percent(
            max((line.converted.amount for line in assets if line.converted), default=Decimal(0)),
            whole,
        ),
    )


def _line(row: dict[str, Any], rates: Rates, on: date) -> AccountLine:
    balance = Money(Decimal(row["balance"]), row["currency"])
    rate = rates.rate(balance.currency, on)
    return AccountLine(row, balance, rate.convert(balance.amount, rates.target), rate)


def _now(on: date, lines: Iterable[AccountLine], currency: str) -> MonthEnd:
    """Return net worth as the sum of the accounts as they are shown, each rounded."""
    totals = {"asset": Decimal(0), "liability": Decimal(0)}
    missing = set()
    for line in lines:
        if line.converted is not None:
            totals[line.account["type"]] += line.converted.amount
        elif line.balance:
            missing.add(line.balance.currency)
    assets, liabilities = Money(totals["asset"], currency), Money(totals["liability"], currency)
    return MonthEnd(on, assets, liabilities, frozenset(missing))


def _month_ends(months: Sequence[tuple[Any, ...]], on: date) -> list[date]:
    """Return the ends of the months before `on`'s, from the first with entries, 59 at the most."""
    if not months:
        return []
    ends, first = [], on.replace(day=1)
    while first > months[0][0] and len(ends) < MONTHS - 1:
        ends.append(first - timedelta(days=1))
        first = ends[-1].replace(day=1)
    return ends[::-1]


def _history(
    months: Sequence[tuple[Any, ...]], ends: Sequence[date], rates: Rates
) -> list[MonthEnd]:
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    found, position = [], 0
    for end in ends:
        while position < len(months) and months[position][0] <= end:
            _, currency, type, total = months[position]
            sums[currency, type] += total
            position += 1
        found.append(_month_end(end, sums, rates))
    return found


def _month_end(day: date, sums: dict[tuple[str, str], Decimal], rates: Rates) -> MonthEnd:
    totals = {"asset": Decimal(0), "liability": Decimal(0)}
    missing = set()
    for (currency, type), total in sums.items():
        if not total:
            continue
        rate = rates.rate(currency, day).rate
        if rate is None:
            missing.add(currency)
        else:
            totals[type] += total * rate
    return MonthEnd(
        day,
        Money(totals["asset"], rates.target),
        Money(totals["liability"], rates.target),
        frozenset(missing),
    )


def _change(history: Sequence[MonthEnd], months: int, now: MonthEnd) -> Change | None:
    if len(history) <= months:
        return None
    before = history[-1 - months]
    if before.missing != now.missing:
        return None
    moved = now.net_worth - before.net_worth
    return Change(before.month, moved, _percent(moved.amount, before.net_worth.amount))


def _percent(part: Decimal, whole: Decimal) -> Decimal | None:
    """Return part of whole in percent with one decimal; None where the whole is not positive."""
    return round(100 * part / whole, 1) if whole > 0 else None


def _shares(lines: Iterable[AccountLine], field: str, currency: str, whole: Decimal) -> list[Share]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        if line.converted is not None:
            sums[line.account[field] or ""] += line.converted.amount
    shares = [
        Share(name, Money(total, currency), _percent(total, whole) if total > 0 else None)
        for name, total in sums.items()
    ]
    return sorted(shares, key=lambda one: (-one.total.amount, one.name))


def _currencies(lines: Sequence[AccountLine], rates: Rates, on: date) -> list[CurrencyLine]:
    totals: dict[str, Decimal] = defaultdict(Decimal)
    converted: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        totals[line.balance.currency] += line.balance.amount
        if line.converted is not None:
            converted[line.balance.currency] += line.converted.amount
    return [
        CurrencyLine(
            Money(total, currency),
            Money(converted[currency], rates.target) if currency in converted else None,
            rates.rate(currency, on),
        )
        for currency, total in sorted(totals.items())
    ]


def _not_converted(lines: Iterable[AccountLine]) -> list[Money]:
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        if line.converted is None and line.balance:
            totals[line.balance.currency] += line.balance.amount
    return [Money(total, currency) for currency, total in sorted(totals.items())]


def _volatility(history: Sequence[MonthEnd]) -> Decimal | None:
    moves = [
        (after.net_worth.amount - before.net_worth.amount) / before.net_worth.amount
        for before, after in itertools.pairwise(history)
        if before.net_worth.amount > 0 and before.missing == after.missing
    ]
    return round(100 * pstdev(moves), 2) if len(moves) >= 2 else None
