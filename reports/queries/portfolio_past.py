"""How net worth came there: the ends of the months before the overview's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.utils import timezone

from accounts.rates import Rates
from buffet.remembering import remembered
from reports.periods import DAY, Period
from reports.queries.sums import sums
from reports.queries.worth import MonthEnd, MonthSum, history, month_ends
from transactions.queries import balances


@dataclass(frozen=True, eq=False)
class Past:
    """The month ends before the report's month: the same object as long as they are the same."""

    months: tuple[MonthEnd, ...] = ()


# What needs no rate is added up already; what does is rounded by account.
_MONTHS = """
SELECT month, '', currency, type = 'asset', debit - credit FROM transactions_typetotal
WHERE book_id = %(book)s AND type IN ('asset', 'liability') AND currency = %(target)s
    AND month < %(first)s
UNION ALL
SELECT k.month, a.id::text, k.currency, a.type = 'asset', k.debit - k.credit
FROM accounts_account a JOIN transactions_monthlybalance k
    ON k.book_id = a.book_id AND k.account_id = a.id AND k.currency = a.currency
WHERE a.book_id = %(book)s AND a.type IN ('asset', 'liability') AND a.currency <> %(target)s
    AND k.month < %(first)s
"""
_MONTHS_OF_SOME = """
SELECT k.month, a.id::text, k.currency, a.type = 'asset', k.debit - k.credit
FROM accounts_account a JOIN transactions_monthlybalance k
    ON k.book_id = a.book_id AND k.account_id = a.id AND k.currency = a.currency
WHERE a.book_id = %(book)s AND a.id = ANY(%(ids)s::uuid[]) AND k.month < %(first)s
"""


@remembered(maxsize=256)
def past_of(
    book_id: UUID,
    ids: tuple[UUID, ...],
    since: date | None,
    first: date,
    changed: int | None,
    known: Rates,
    start_day: int = 1,
) -> Past:
    """Return the ends of the months before that of `first`, remembered by all they follow from.

    Of the real accounts named, or of all where none is. `changed` is the book's version when one of
    those months last changed, read before: what is remembered is of that state, or of a newer one
    that nobody asks for by the older version.
    """
    ends = month_ends(since, first, start_day)
    if not ends:
        return Past()
    if start_day != 1:
        return _of_months_between(book_id, ids, ends, known, start_day)
    values: dict[str, UUID | list[UUID] | date | str] = {
        "book": book_id,
        "ids": [*ids],
        "first": first,
        "target": known.target,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS_OF_SOME if ids else _MONTHS, values)
        sums: list[MonthSum] = cursor.fetchall()
    return Past(history(sums, ends, known))


# What was on each account at the end of a day.
_STANDING = f"""
{{moves}}
SELECT a.id::text, a.currency, a.type = 'asset', {balances.BALANCE} FROM accounts_account a
{balances.BALANCES}
WHERE a.book_id = %(book)s AND a.type IN ('asset', 'liability') {{some}}
"""
_OF_ALL = _STANDING.format(moves=balances.MOVES, some="")
_OF_SOME = _STANDING.format(moves=balances.MOVES_OF, some="AND a.id = ANY(%(ids)s::uuid[])")


def _of_months_between(
    book_id: UUID, ids: tuple[UUID, ...], ends: Sequence[date], known: Rates, start_day: int
) -> Past:
    """Return month ends between two calendar months: what was there at first, and what came since.

    What was moved in days of calendar months is remembered by them.
    """
    first, *others = ends
    with connection.cursor() as cursor:
        wanted = balances.parameters(book_id, first) | {"ids": [*ids]}
        cursor.execute(_OF_SOME if ids else _OF_ALL, wanted)
        rows: list[tuple[str, str, bool, Decimal]] = cursor.fetchall()
    sides = {id: is_asset for id, _, is_asset, _ in rows}
    found: list[MonthSum] = [(first, *row) for row in rows]
    if others:
        months = Period(first + DAY, others[-1], start_day=start_day).months
        moved = sums(book_id, months, timezone.now().date(), accounts=ids or None).months
        found += [
            (
                month.until.replace(day=1),
                one.account_id,
                one.currency,
                sides[one.account_id],
                one.amount,
            )
            for month, own in zip(months, moved, strict=True)
            for one in own.sums(sides)
        ]
    # Of the calendar month that something moved in first, it may have been the other part.
    begun = any(total for *_, total in rows)
    return Past(history(found, ends if begun else ends[1:], known, start_day))
