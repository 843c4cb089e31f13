"""What am I worth: accounts, how they are spread, and how net worth came there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from buffet.models import Book
from buffet.money import Money
from reports.queries.rates import Rate, Rates
from reports.queries.worth import (
    NOTHING,
    ZERO,
    Change,
    MonthEnd,
    MonthSum,
    change,
    history,
    month_ends,
    percent,
    volatility,
)
from transactions.queries import balances


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account in the overview; `converted` is in the report's currency, None without a rate."""

    id: UUID
    name: str
    type: str
    kind: str
    broker_id: UUID | None
    broker: str
    is_archived: bool
    balance: Money
    converted: Money | None
    rate: Rate


@dataclass(frozen=True, slots=True)
class Share:
    """Some accounts: what they come to, and how much that is of all that is held, in percent.

    Held is what is on the asset accounts above zero: an overdrawn one is nobody's share.
    `missing` names the currencies among them that had no rate and are not counted.
    """

    name: str
    total: Money
    share: Decimal | None
    missing: frozenset[str]


@dataclass(frozen=True, slots=True)
class CurrencyLine:
    """All that is held in one currency."""

    total: Money
    converted: Money | None
    rate: Rate


@dataclass(frozen=True, slots=True)
class PortfolioOverview:
    """What a book is worth at the end of a day, how it is spread, and how it came there.

    Changes are against the last month end, that of the same month a year ago, and (`growth`) the
    first of the history. `concentration` is the largest asset account's share of all that is held,
    in percent. What says nothing is None: the book is too young, or nothing is held.
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


# One walk over the months of the real accounts, summed both ways.
_SUMS = """
SELECT b.account_id, b.month, b.currency, a.type = 'asset' AS is_asset, sum(b.debit - b.credit)
FROM accounts_account a
JOIN transactions_monthlybalance b ON b.book_id = a.book_id AND b.account_id = a.id
WHERE a.book_id = %s AND a.type IN ('asset', 'liability') AND b.month <= %s
GROUP BY GROUPING SETS ((b.account_id), (b.month, b.currency, is_asset))
"""
_ACCOUNTS = (
    balances.BALANCES
    + """
SELECT a.id, a.name, a.type, a.kind, a.currency, a.broker_id, coalesce(br.name, ''),
    a.archived_at IS NOT NULL, coalesce(p.total, 0)
FROM accounts_account a
LEFT JOIN part p ON p.account_id = a.id
LEFT JOIN accounts_broker br ON br.id = a.broker_id
WHERE a.book_id = %(book)s AND a.type IN ('asset', 'liability')
ORDER BY a.name, a.id
"""
)


def portfolio_overview(book: Book, on: date, currency: str = "") -> PortfolioOverview:
    """Return the overview of a book at the end of `on`, in its base currency or another.

    Reads monthly sums, accounts and rates: three statements, whatever the book's history.
    """
    target = currency or book.base_currency
    totals, months, rows = _read(book.id, on)
    ends = month_ends(min(months)[0] if months else None, on)
    rates = Rates.read(target, {row[4] for row in rows}, [*ends, on])
    current = {currency: rates.rate(currency, on) for currency in {row[4] for row in rows}}
    every = [_line(row, totals.get(row[0], ZERO), current[row[4]], target) for row in rows]
    lines = [line for line in every if line.balance or not line.is_archived]
    now = _now(on, lines, target)
    past = [*history(months, ends, rates), now]
    held = [_counted(line) for line in lines if line.type == "asset" and _counted(line) > 0]
    whole = sum(held, ZERO)
    return PortfolioOverview(
        as_of=on,
        currency=target,
        net_worth=Money(now.net_worth, target),
        assets=Money(now.assets, target),
        liabilities=Money(now.liabilities, target),
        month_change=change(past, 1, target),
        year_change=change(past, 12, target),
        growth=change(past, len(past) - 1, target),
        accounts=lines,
        by_type=_shares(((line.type, line) for line in lines), whole, target),
        by_kind=_shares(((line.kind, line) for line in lines), whole, target),
        by_broker=_shares(((line.broker, line) for line in lines), whole, target),
        currencies=_currencies(lines, current, target),
        not_converted=_not_converted(lines),
        history=past,
        volatility=volatility(past),
        concentration=percent(max(held, default=ZERO), whole),
    )


def _read(
    book_id: UUID, on: date
) -> tuple[dict[UUID, Decimal], list[MonthSum], list[tuple[Any, ...]]]:
    """Return the accounts' sums of whole months, the sums by month before `on`'s, the accounts."""
    parameters = balances.parameters(book_id, on)
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, (book_id, parameters["months"]))
        sums = cursor.fetchall()
        cursor.execute(_ACCOUNTS, parameters)
        rows = cursor.fetchall()
    first = on.replace(day=1)
    totals = {row[0]: row[4] for row in sums if row[0] is not None}
    return totals, [row[1:] for row in sums if row[0] is None and row[1] < first], rows


def _line(row: tuple[Any, ...], whole: Decimal, rate: Rate, target: str) -> AccountLine:
    id, name, type, kind, currency, broker_id, broker, is_archived, part = row
    balance = Money(whole + part, currency)
    converted = rate.convert(balance.amount, target)
    return AccountLine(
        id, name, type, kind, broker_id, broker, is_archived, balance, converted, rate
    )


def _counted(line: AccountLine) -> Decimal:
    return ZERO if line.converted is None else line.converted.amount


def _now(on: date, lines: Sequence[AccountLine], currency: str) -> MonthEnd:
    """Return net worth as the sum of the accounts as they are shown, each rounded."""
    assets = sum((_counted(line) for line in lines if line.type == "asset"), ZERO)
    liabilities = sum((_counted(line) for line in lines if line.type == "liability"), ZERO)
    missing = frozenset(
        line.balance.currency for line in lines if line.converted is None and line.balance
    )
    return MonthEnd(on, assets, liabilities, assets + liabilities, missing)


def _shares(named: Iterable[tuple[str, AccountLine]], whole: Decimal, currency: str) -> list[Share]:
    sums: dict[str, Decimal] = {}
    missing: dict[str, frozenset[str]] = {}
    for name, line in named:
        sums[name] = sums.get(name, ZERO) + _counted(line)
        if line.converted is None and line.balance:
            missing[name] = missing.get(name, NOTHING) | {line.balance.currency}
    return [
        Share(
            name,
            Money(total, currency),
            percent(total, whole) if total > 0 else None,
            missing.get(name, NOTHING),
        )
        for name, total in sorted(sums.items(), key=lambda one: (-one[1], one[0]))
    ]


def _currencies(
    lines: Iterable[AccountLine], rates: Mapping[str, Rate], target: str
) -> list[CurrencyLine]:
    totals: dict[str, Decimal] = {}
    converted: dict[str, Decimal] = {}
    for line in lines:
        currency = line.balance.currency
        totals[currency] = totals.get(currency, ZERO) + line.balance.amount
        converted[currency] = converted.get(currency, ZERO) + _counted(line)
    found = []
    for currency, total in sorted(totals.items()):
        rate = rates[currency]
        worth = None if rate.rate is None else Money(converted[currency], target)
        found.append(CurrencyLine(Money(total, currency), worth, rate))
    return found


def _not_converted(lines: Iterable[AccountLine]) -> list[Money]:
    totals: dict[str, Decimal] = {}
    for line in lines:
        if line.converted is None and line.balance:
            currency = line.balance.currency
            totals[currency] = totals.get(currency, ZERO) + line.balance.amount
    return [Money(total, currency) for currency, total in sorted(totals.items())]
