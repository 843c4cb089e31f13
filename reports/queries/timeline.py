"""An account day by day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from accounts.rates import STATE, Rate, State, rates_of
from buffet.errors import NotFound, invalid
from buffet.money import Money
from buffet.remembering import Latest
from reports.asking import Asked
from reports.periods import DAY
from reports.queries.worth import ZERO
from transactions.queries import balances

#: No timeline has more days than this.
LONGEST = 1100


class DayOfAccount(NamedTuple):
    """What moved an account on a day, by how many entries, and what it came to.

    `converted` is the balance at the day's `rate`, both None where no currency was asked for;
    without a rate of the day, `converted` alone.
    """

    on: date
    moved: Decimal
    entries: int
    balance: Decimal
    converted: Money | None = None
    rate: Rate | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """Every day of a period, in the account's currency.

    `target` is the other currency that it was asked for in, empty if it was in none.
    """

    asked: Asked
    account_id: UUID
    name: str
    currency: str
    opening: Decimal
    days: Sequence[DayOfAccount]
    target: str = ""


class _State(NamedTuple):
    """What is on an account at a period's end, and its days that moved, by what they follow from.

    `stamps` are the versions of the account itself and of all that moved up to the last month.
    """

    stamps: tuple[int, int]
    name: str
    currency: str
    closing: Decimal
    moves: Mapping[date, tuple[Decimal, int]]


_states: Latest[_State] = Latest(20_000, lambda state: len(state.moves) + 1)

# What is on the account at the end, and what moved it on which days before; nothing of it is read
# (hence OFFSET 0) if both states are those that are known.
_DAYS = f"""
{balances.MOVES_OF}
SELECT rates.*, own.version, stamp.version, own.name, own.currency, found.*
FROM accounts_account own
CROSS JOIN {STATE} AS rates
CROSS JOIN (
    SELECT coalesce(max(version), 0) AS version FROM transactions_typetotal
    WHERE book_id = %(book)s AND month <= %(last)s
) AS stamp
LEFT JOIN LATERAL (
    SELECT {balances.BALANCE}, days.dates, days.moved, days.entries
    FROM accounts_account a {balances.BALANCES}
    CROSS JOIN (
        SELECT array_agg(date) AS dates, array_agg(moved) AS moved, array_agg(entries) AS entries
        FROM (
            SELECT date, sum(amount) AS moved, count(*) AS entries FROM transactions_entry
            WHERE account_id = %(account)s AND date >= %(first)s AND date <= %(last)s GROUP BY date
        ) AS moves
    ) AS days
    WHERE a.id = %(account)s
        AND (own.version, stamp.version) IS DISTINCT FROM (%(own)s::bigint, %(stamp)s::bigint)
    OFFSET 0
) AS found ON true
WHERE own.book_id = %(book)s AND own.id = %(account)s AND own.type IN ('asset', 'liability')
"""


def _state(asked: Asked, account_id: UUID) -> tuple[_State, State]:
    """Return an account's days: read, or as they are known where nothing moved since.

    And the state of the rates at which they would be converted.

    :raises NotFound: if the book has no such account.
    """
    first, last = asked.period.since, asked.period.until
    key = asked.book_id, account_id, first, last
    known = None if connection.in_atomic_block else _states.of(key)
    own, stamp = known.stamps if known else (None, None)
    values = balances.parameters(asked.book_id, last) | {"ids": [account_id]}
    values |= {"account": account_id, "first": first, "last": last, "own": own, "stamp": stamp}
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, values)
        row = cursor.fetchone()
    if row is None:
        raise NotFound("There is no such account in this book.")
    shared, of_book, base, own, stamp, name, currency, closing, dates, *rest = row
    if known and (own, stamp) == known.stamps:
        return known, State(shared, of_book, base)
    moves = dict(zip(dates, zip(*rest, strict=True), strict=True)) if dates else {}
    state = _State((own, stamp), name, currency, closing, moves)
    _states.keep(key, state)
    return state, State(shared, of_book, base)


def timeline(asked: Asked, account_id: UUID, currency: str = "") -> Timeline:
    """Return an account's balance at the end of each day of a period, in one statement.

    Reads the account's entries of these days, unless nothing moved up to their end since this
    process read them; what was on it before them follows. With a `currency`, each day also at its
    own rate: these are read in one more, unless they are as this process last read them.

    :raises NotFound: if the book has no such account.
    :raises Invalid: if there are more days than `LONGEST`.
    """
    period = asked.period
    if (period.until - period.since).days >= LONGEST:
        raise invalid("?date_from", "too_long", f"A timeline has {LONGEST} days at the most.")
    state, of_rates = _state(asked, account_id)
    opening = state.closing - sum((moved for moved, _ in state.moves.values()), ZERO)
    days, balance, day = [], opening, period.since
    while day <= period.until:
        moved, entries = state.moves.get(day, (ZERO, 0))
        balance += moved
        days.append(DayOfAccount(day, moved, entries, balance))
        day += DAY
    if currency:
        dates = tuple(one.on for one in days)
        held = frozenset((state.currency,))
        rates = rates_of(asked.book_id, currency, held, dates, of_rates)
        days = [_converted(one, rates.rate(state.currency, one.on), currency) for one in days]
    return Timeline(asked, account_id, state.name, state.currency, opening, days, currency)


def _converted(day: DayOfAccount, rate: Rate, currency: str) -> DayOfAccount:
    return day._replace(converted=rate.convert(day.balance, currency), rate=rate)
