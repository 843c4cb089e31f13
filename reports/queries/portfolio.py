"""What am I worth: accounts, how they are spread, and how net worth came there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from accounts import rates
from accounts.rates import Rate, not_converted
from buffet.errors import NotFound
from buffet.models import Book
from buffet.money import Money
from reports.periods import DAY, begin
from reports.queries.portfolio_past import Past, past_of
from reports.queries.worth import (
    NOTHING,
    ZERO,
    Change,
    MonthEnd,
    change,
    month_ends,
    percent,
    volatility,
)
from transactions.queries import balances
from transactions.queries.balances import month_after


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account in the overview; `converted` is in the report's currency, None without a rate."""

    id: str
    name: str
    type: str
    kind: str
    broker_id: str | None
    broker: str
    is_archived: bool
    balance: Money
    converted: Money | None
    rate: Rate

    @property
    def is_over(self) -> bool:
        """Whether it is archived with nothing on it: no report of the day shows it."""
        return self.is_archived and not self.balance


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
    """What a book, or some of its accounts, is worth at the end of a day, and how it came there.

    Months are the book's. Changes are against the last month end, that of the same month a year
    ago, and (`growth`) the first of the history. `left_out` are archived accounts with nothing on
    them, by their ids. `concentration` is the largest asset account's share of all that is held,
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
    left_out: frozenset[str]
    by_type: Sequence[Share]
    by_kind: Sequence[Share]
    by_broker: Sequence[Share]
    currencies: Sequence[CurrencyLine]
    not_converted: Sequence[Money]
    past: Past
    now: MonthEnd
    volatility: Decimal | None
    concentration: Decimal | None

    @property
    def history(self) -> Sequence[MonthEnd]:
        """Net worth at the end of each month, the report's day last."""
        return (*self.past.months, self.now)


# Each account with what is on it, and what tells whether a remembered past still holds: since when
# there is one, and the version of the months that any real account of the book had before.
_STATEMENT = f"""
{{moves}}
SELECT a.id::text, a.name, a.type, a.kind, a.currency, a.broker_id::text, coalesce(br.name, ''),
    a.archived_at IS NOT NULL, {balances.BALANCE}, past.since, past.version, rates.*
FROM (
    SELECT {{since}} AS since, max(version) AS version FROM transactions_typetotal
    WHERE book_id = %(book)s AND type IN ('asset', 'liability') AND month < %(first)s
) AS past
CROSS JOIN {rates.STATE} AS rates
JOIN accounts_account a ON a.book_id = %(book)s AND a.type IN ('asset', 'liability') {{some}}
{balances.BALANCES}
LEFT JOIN accounts_broker br ON br.id = a.broker_id
ORDER BY a.name, a.id
"""
_ACCOUNTS = _STATEMENT.format(
    moves=balances.MOVES, since="min(month) FILTER (WHERE entries <> 0)", some=""
)
_SOME_ACCOUNTS = _STATEMENT.format(
    moves=balances.MOVES_OF,
    since="""(
        SELECT min(month) FROM transactions_monthlybalance
        WHERE book_id = %(book)s AND account_id = ANY(%(ids)s::uuid[]) AND month < %(first)s
            AND entries <> 0
    )""",
    some="AND a.id = ANY(%(ids)s::uuid[])",
)


def portfolio_overview(
    book: Book, on: date, currency: str = "", accounts: Iterable[UUID] = ()
) -> PortfolioOverview:
    """Return the overview of a book at the end of `on`, in its base currency or another.

    Of some `accounts` alone where they are named, as if the book had no others. Reads them with
    their balances in one statement; the months before, and the rates, in one each when they changed
    since this process last read them.

    :raises NotFound: if one that is named is no real account of the book.
    """
    target = currency or book.base_currency
    ids = tuple(sorted({*accounts}))
    first = begin(on, book.month_start_day)
    rows = _read(book.id, on, ids, month_after(first - DAY))
    if len(rows) < len(ids):
        raise NotFound("There is no such account in this book.")
    since, changed, *state = rows[0][-5:] if rows else (None, None)
    currencies = frozenset(row[4] for row in rows)
    start_day = book.month_start_day
    days = (*month_ends(since, on, start_day), on)
    known = rates.rates_of(book.id, target, currencies, days, rates.State(*state))
    past = past_of(book.id, ids, since, first, changed, known, start_day)
    current = {currency: known.rate(currency, on) for currency in currencies}
    every = [line_of(row, current[row[4]], target) for row in rows]
    lines = [line for line in every if not line.is_over]
    now = worth_now(on, lines, target)._replace(start_day=start_day)
    months = [*past.months, now]
    whole = all_held(lines)
    return PortfolioOverview(
        as_of=on,
        currency=target,
        net_worth=Money(now.net_worth, target),
        assets=Money(now.assets, target),
        liabilities=Money(now.liabilities, target),
        month_change=change(months, 1, target),
        year_change=change(months, 12, target),
        growth=change(months, len(months) - 1, target),
        accounts=lines,
        left_out=frozenset(line.id for line in every if line.is_over),
        by_type=shares(((line.type, line) for line in lines), whole, target),
        by_kind=shares(((line.kind, line) for line in lines), whole, target),
        by_broker=shares(((line.broker, line) for line in lines), whole, target),
        currencies=_currencies(lines, current, target),
        not_converted=not_converted(line.balance for line in lines if line.converted is None),
        past=past,
        now=now,
        volatility=volatility(months),
        concentration=percent(max(map(_held, lines), default=ZERO), whole),
    )


def _read(book_id: UUID, on: date, ids: Sequence[UUID], first: date) -> list[tuple[Any, ...]]:
    """Return the accounts with their balances, and of calendar months before `first` the past's.

    That is the first month, and the version of the last change of one.
    """
    wanted = balances.parameters(book_id, on) | {"first": first, "ids": [*ids]}
    with connection.cursor() as cursor:
        cursor.execute(_SOME_ACCOUNTS if ids else _ACCOUNTS, wanted)
        return cursor.fetchall()


def line_of(row: tuple[Any, ...], rate: Rate, target: str) -> AccountLine:
    """Return an account of what a statement found of it, its balance at last."""
    id, name, type, kind, currency, broker_id, broker, is_archived, total = row[:9]
    balance = Money(total, currency)
    converted = balance if currency == target else rate.convert(balance.amount, target)
    return AccountLine(
        id, name, type, kind, broker_id, broker, is_archived, balance, converted, rate
    )


def counted(line: AccountLine) -> Decimal:
    """Return what an account counts in the report's currency: nothing without a rate."""
    return ZERO if line.converted is None else line.converted.amount


def worth_now(on: date, lines: Sequence[AccountLine], currency: str) -> MonthEnd:
    """Return net worth as the sum of the accounts as they are shown, each rounded."""
    assets = sum((counted(line) for line in lines if line.type == "asset"), ZERO)
    liabilities = sum((counted(line) for line in lines if line.type == "liability"), ZERO)
    missing = frozenset(
        line.balance.currency for line in lines if line.converted is None and line.balance
    )
    return MonthEnd(on, assets, liabilities, assets + liabilities, missing)


def all_held(lines: Iterable[AccountLine]) -> Decimal:
    """Return what is on the asset accounts above zero."""
    return sum((found for line in lines if (found := _held(line)) > 0), ZERO)


def _held(line: AccountLine) -> Decimal:
    return counted(line) if line.type == "asset" else ZERO


def shares(named: Iterable[tuple[str, AccountLine]], whole: Decimal, currency: str) -> list[Share]:
    """Return what accounts come to by the names beside them, the most first."""
    sums: dict[str, Decimal] = {}
    missing: dict[str, frozenset[str]] = {}
    for name, line in named:
        sums[name] = sums.get(name, ZERO) + counted(line)
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
    lines: Iterable[AccountLine], current: Mapping[str, Rate], target: str
) -> list[CurrencyLine]:
    totals: dict[str, Decimal] = {}
    converted: dict[str, Decimal] = {}
    for line in lines:
        currency = line.balance.currency
        totals[currency] = totals.get(currency, ZERO) + line.balance.amount
        converted[currency] = converted.get(currency, ZERO) + counted(line)
    found = []
    for currency, total in sorted(totals.items()):
        rate = current[currency]
        worth = None if rate.rate is None else Money(converted[currency], target)
        found.append(CurrencyLine(Money(total, currency), worth, rate))
    return found
