"""What accounts moved, month by month of a period: the ground of every report of flows.

Where months are calendar months, from the kept sums of months, in time that does not grow with
history; only what a period cuts off its first and last month is read from entries, the shorter part
of it. Where they begin on another day, or only what went through some accounts is asked for, from
the entries of the period.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from reports.periods import DAY, Month
from reports.queries import gains
from transactions.queries.balances import month_after


class Sum(NamedTuple):
    """What an account moved in the month of a place, in one currency; neither side has a sign."""

    account_id: str
    currency: str
    place: int
    debit: Decimal
    credit: Decimal
    entries: int

    @property
    def amount(self) -> Decimal:
        """What it moved: positive when more came onto it than went."""
        return self.debit - self.credit


class _Part(NamedTuple):
    """Days whose entries are added to what the month of a place has, or taken off it."""

    since: date
    until: date
    sign: int
    place: int


# By account and day, which an index finds: summed where it is found, so that no plan reads the
# entries of all time to keep those of a few days.
_OF_DAYS = """
    SELECT a.id AS account_id, found.currency, p.place, found.debit * p.sign AS debit,
        found.credit * p.sign AS credit, found.entries * p.sign AS entries
    FROM accounts_account a
    CROSS JOIN unnest(%(since)s::date[], %(until)s::date[], %(signs)s::int[], %(parts)s::int[])
        AS p (since, until, sign, place)
    CROSS JOIN LATERAL (
        SELECT e.currency, sum(greatest(e.amount, 0)) AS debit,
            sum(greatest(-e.amount, 0)) AS credit, count(*) AS entries
        FROM transactions_entry e
        WHERE e.account_id = a.id AND e.date >= p.since AND e.date <= p.until{narrowed}
        GROUP BY e.currency
    ) AS found
    WHERE {asked}
"""
_OF_MONTHS = """
    SELECT a.id, k.currency, w.place, k.debit, k.credit, k.entries
    FROM unnest(%(months)s::date[], %(places)s::int[]) AS w (month, place)
    JOIN transactions_monthlybalance k ON k.book_id = %(book)s AND k.month = w.month
    JOIN accounts_account a ON a.id = k.account_id
    WHERE {asked}
"""
_SUMS = """
SELECT moved.account_id::text, moved.currency, moved.place, sum(moved.debit), sum(moved.credit),
    sum(moved.entries)::bigint
FROM ({parts}) AS moved
GROUP BY 1, 2, 3 HAVING sum(moved.entries) <> 0
"""
_THROUGH = """ AND EXISTS (
            SELECT FROM transactions_entry o
            WHERE o.transaction_id = e.transaction_id AND o.account_id = ANY(%(through)s)
        )"""
_WITH_STATUS = " AND e.status = %(status)s"


def sums(
    book_id: UUID,
    months: Sequence[Month],
    today: date,
    *,
    start_day: int = 1,
    types: Sequence[str] = (),
    accounts: Sequence[UUID | str] = (),
    through: Sequence[UUID] = (),
    status: str = "",
    valued: Sequence[str] = (),
) -> list[Sum]:
    """Return what accounts moved in each of some months, in one statement.

    Of accounts of these types, or of just these; `through` keeps what moved together with these
    real accounts, `status` the entries of one. Of those that are `valued`, without what valuations
    added. Months may be named more than once, in any order.
    """
    asked = ["a.book_id = %(book)s"]
    values: dict[str, object] = {"book": book_id, "through": [*through]}
    if types:
        asked.append("a.type = ANY(%(types)s)")
        values["types"] = [*types]
    if accounts:
        asked.append("a.id = ANY(%(accounts)s::uuid[])")
        values["accounts"] = [str(one) for one in accounts]
    narrowed = (_THROUGH if through else "") + (_WITH_STATUS if status else "")
    parts = _OF_DAYS
    if narrowed or start_day != 1:
        values |= {
            "status": status,
            "since": [month.since for month in months],
            "until": [month.until for month in months],
            "signs": [1] * len(months),
            "parts": list(range(len(months))),
        }
    else:
        parts += f" UNION ALL {_OF_MONTHS}"
        values |= _reach(months, today)
    if valued:
        parts += f" UNION ALL {gains.OF_GAINS}{gains.THROUGH if through else ''}"
        values |= gains.parameters(months, valued)
    conditions = {"asked": " AND ".join(asked), "narrowed": narrowed}
    with connection.cursor() as cursor:
        cursor.execute(_SUMS.format(parts=parts.format(**conditions)), values)
        return [Sum._make(row) for row in cursor.fetchall()]


def _reach(months: Sequence[Month], today: date) -> dict[str, list[object]]:
    """Return how to reach the sums of clipped calendar months from whole ones."""
    whole: list[tuple[date, int]] = []
    parts: list[_Part] = []
    for place, month in enumerate(months):
        last = month_after(month.name) - DAY
        outside = [
            _Part(since, until, -1, place)
            for since, until in ((month.name, month.since - DAY), (month.until + DAY, last))
            if since <= until
        ]
        if not outside or _is_less_outside(month, outside, today):
            whole.append((month.name, place))
            parts += outside
        else:
            parts.append(_Part(month.since, month.until, 1, place))
    return {
        "months": [name for name, _ in whole],
        "places": [place for _, place in whole],
        "since": [part.since for part in parts],
        "until": [part.until for part in parts],
        "signs": [part.sign for part in parts],
        "parts": [part.place for part in parts],
    }


def _is_less_outside(month: Month, outside: Sequence[_Part], today: date) -> bool:
    """Whether less is likely to lie outside of the days than in them: little is dated ahead."""
    yesterday = today - timedelta(days=1)  # the book's today may be the day before
    there = sum((part.until - part.since).days + 1 for part in outside if part.since < yesterday)
    return there <= (month.until - month.since).days + 1
