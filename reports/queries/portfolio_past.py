"""How net worth came there: the ends of the months before the overview's."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection

from accounts.rates import Rates
from buffet.remembering import remembered
from reports.queries.worth import MonthEnd, MonthSum, history, month_ends


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
) -> Past:
    """Return the month ends before `first`, remembered by all that they follow from.

    Of the real accounts named, or of all where none is. `changed` is the book's version when one of
    those months last changed, read before: what is remembered is of that state, or of a newer one
    that nobody asks for by the older version.
    """
    ends = month_ends(since, first)
    if not ends:
        return Past()
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
