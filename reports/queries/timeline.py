"""An account day by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from buffet.errors import NotFound, invalid
from reports.asking import Asked
from reports.periods import DAY
from reports.queries.worth import ZERO
from transactions.queries import balances

#: No timeline has more days than this.
LONGEST = 1100


class DayOfAccount(NamedTuple):
    """What moved an account on a day, by how many entries, and what it came to."""

    on: date
    moved: Decimal
    entries: int
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Timeline:
    """Every day of a period, in the account's currency."""

    asked: Asked
    account_id: UUID
    name: str
    currency: str
    opening: Decimal
    days: Sequence[DayOfAccount]


# What is on the account at the end, and what moved it on which days before.
_DAYS = f"""
{balances.MOVES_OF}
SELECT a.name, a.currency, {balances.BALANCE}, days.dates, days.moved, days.entries
FROM accounts_account a {balances.BALANCES}
CROSS JOIN LATERAL (
    SELECT array_agg(date) AS dates, array_agg(moved) AS moved, array_agg(entries) AS entries
    FROM (
        SELECT date, sum(amount) AS moved, count(*) AS entries FROM transactions_entry
        WHERE account_id = a.id AND date >= %(first)s AND date <= %(last)s GROUP BY date
    ) AS moves
) AS days
WHERE a.book_id = %(book)s AND a.id = ANY(%(ids)s::uuid[]) AND a.type IN ('asset', 'liability')
"""


def timeline(asked: Asked, account_id: UUID) -> Timeline:
    """Return an account's balance at the end of each day of a period, in one statement.

    Reads the account's entries of these days; what was on it before them follows.

    :raises NotFound: if the book has no such account.
    :raises Invalid: if there are more days than `LONGEST`.
    """
    period = asked.period
    if (period.until - period.since).days >= LONGEST:
        raise invalid("?date_from", "too_long", f"A timeline has {LONGEST} days at the most.")
    values = balances.parameters(asked.book_id, period.until) | {"ids": [account_id]}
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, values | {"first": period.since, "last": period.until})
        row = cursor.fetchone()
    if row is None:
        raise NotFound("There is no such account in this book.")
    name, currency, closing, dates, *rest = row
    moves = dict(zip(dates, zip(*rest, strict=True), strict=True)) if dates else {}
    opening = closing - sum((moved for moved, _ in moves.values()), ZERO)
    days, balance, day = [], opening, period.since
    while day <= period.until:
        moved, entries = moves.get(day, (ZERO, 0))
        balance += moved
        days.append(DayOfAccount(day, moved, entries, balance))
        day += DAY
    return Timeline(asked, account_id, name, currency, opening, days)
