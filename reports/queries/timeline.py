"""An account day by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection

from buffet.errors import invalid
from reports.asking import Asked
from reports.periods import DAY
from reports.queries.worth import ZERO
from transactions.queries import balances

#: No timeline has more days than this.
LONGEST = 1100


@dataclass(frozen=True, slots=True)
class DayOfAccount:
    """What moved an account on a day, by how many entries, and what it came to."""

    on: date
    moved: Decimal
    entries: int
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Timeline:
    """Every day of a period, in the account's currency; `account` is as the API reads it."""

    asked: Asked
    account: dict[str, object]
    opening: Decimal
    days: Sequence[DayOfAccount]


_DAYS = """
SELECT date, sum(amount), count(*) FROM transactions_entry
WHERE account_id = %s AND date >= %s AND date <= %s GROUP BY date ORDER BY date
"""


def timeline(asked: Asked, account_id: UUID) -> Timeline:
    """Return an account's balance at the end of each day of a period, in two statements.

    Reads the account's entries of these days; what was on it before them follows.

    :raises NotFound: if the book has no such account.
    :raises Invalid: if there are more days than `LONGEST`.
    """
    period = asked.period
    if (period.until - period.since).days >= LONGEST:
        raise invalid("?date_from", "too_long", f"A timeline has {LONGEST} days at the most.")
    found = balances.account(asked.book_id, account_id, period.until)
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, (account_id, period.since, period.until))
        moves = {day: (moved, entries) for day, moved, entries in cursor.fetchall()}
    closing = Decimal(str(found["balance"]))
    opening = closing - sum((moved for moved, _ in moves.values()), ZERO)
    days, balance, day = [], opening, period.since
    while day <= period.until:
        moved, entries = moves.get(day, (ZERO, 0))
        balance += moved
        days.append(DayOfAccount(day, moved, entries, balance))
        day += DAY
    return Timeline(asked, found, opening, days)
