"""Some accounts at the end of two days, and how they changed from one to the other."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from accounts import rates
from buffet.models import Book
from buffet.money import Money
from reports.queries.portfolio import AccountLine, counted, line_of
from reports.queries.portfolio_part import PortfolioPart, asked_for
from reports.queries.worth import Change, percent
from transactions.queries import balances


@dataclass(frozen=True, slots=True)
class Changed:
    """An account at the end of both days, and how it changed in the report's currency.

    Where something is held without a rate on one of the days, nobody knows the change: it is None.
    """

    before: AccountLine
    now: AccountLine
    change: Money | None


@dataclass(frozen=True, slots=True)
class PortfolioSince:
    """Some accounts on two days, each day as it is asked for alone, and each account on both.

    `lines` has each that is on either day: one that was opened or archived meanwhile, too.
    """

    before: PortfolioPart
    now: PortfolioPart
    lines: Sequence[Changed]

    @property
    def incomparable(self) -> Sequence[str]:
        """The currencies that had no rate on one of the days alone: nobody knows the change."""
        before, now = ({one.currency for one in day.not_converted} for day in self.days)
        return sorted(before ^ now)

    @property
    def days(self) -> Sequence[PortfolioPart]:
        """Both days."""
        return self.before, self.now

    @property
    def change(self) -> Change | None:
        """How all of them changed together; None where the days do not count the same currencies.

        What is counted on neither day is in no change.
        """
        if self.incomparable:
            return None
        before, now = self.before.total, self.now.total
        return Change(
            self.before.as_of, now - before, percent((now - before).amount, before.amount)
        )


_WHERE = "a.book_id = %(book)s AND a.type IN ('asset', 'liability')"
# What was on each account on the first of the days, whose parameters are called otherwise.
_BEFORE = re.sub(
    r"%\((?!book\))(\w+)\)s",
    r"%(before_\1)s",
    f"""{balances.MOVES}
SELECT a.id, {balances.BALANCE} AS total FROM accounts_account a {balances.BALANCES}
WHERE {_WHERE}""",
)
# Both days in one statement, so that nothing is recorded between them.
_ACCOUNTS = f"""
{balances.MOVES}
SELECT a.id::text, a.name, a.type, a.kind, a.currency, a.broker_id::text, coalesce(br.name, ''),
    a.archived_at IS NOT NULL, {balances.BALANCE}, before.total, rates.*
FROM {rates.STATE} AS rates
JOIN accounts_account a ON {_WHERE}
JOIN ({_BEFORE}) AS before ON before.id = a.id
{balances.BALANCES}
LEFT JOIN accounts_broker br ON br.id = a.broker_id
ORDER BY a.name, a.id
"""


def portfolio_since(
    book: Book, since: date, on: date, currency: str, wanted: Mapping[str, Any]
) -> PortfolioSince:
    """Return the accounts that `PARTS` ask for, all where none does, at the end of both days.

    In the book's base currency or another. Reads them in one statement, and the rates of both days
    in one when they changed since this process last read them.

    :raises NotFound: if one that is named is no real account of the book.
    """
    target = currency or book.base_currency
    rows = _read(book.id, since, on)
    state = rates.State(*rows[0][-3:] if rows else ())
    currencies = frozenset(row[4] for row in rows)
    known = rates.rates_of(book.id, target, currencies, (since, on), state)
    is_wanted = asked_for(wanted, {row[0] for row in rows})
    found = []
    for *about, total, was, _, _, _ in rows:
        before = line_of((*about, was), known.rate(about[4], since), target)
        now = line_of((*about, total), known.rate(about[4], on), target)
        if is_wanted(now) and not (before.is_over and now.is_over):
            found.append(_changed(before, now, target))
    return PortfolioSince(
        PortfolioPart(since, target, [one.before for one in found if not one.before.is_over]),
        PortfolioPart(on, target, [one.now for one in found if not one.now.is_over]),
        found,
    )


def _read(book_id: UUID, since: date, on: date) -> list[tuple[Any, ...]]:
    """Return the accounts with what is on them now and what was before, and the rates' state."""
    before = balances.parameters(book_id, since)
    values = {f"before_{name}": value for name, value in before.items()}
    with connection.cursor() as cursor:
        cursor.execute(_ACCOUNTS, values | balances.parameters(book_id, on))
        return cursor.fetchall()


def _changed(before: AccountLine, now: AccountLine, currency: str) -> Changed:
    is_known = all(line.converted is not None or not line.balance for line in (before, now))
    moved = Money(counted(now) - counted(before), currency) if is_known else None
    return Changed(before, now, moved)
