"""What valuations added to accounts: nothing moved, so no report of flows counts it."""

from collections.abc import Sequence

from django.db import connection

from accounts.models import Kind
from reports.asking import Asked
from reports.periods import Month
from reports.queries.sums import Sum
from reports.queries.worth import ZERO

# From the few entries on the account of gains, found by its days. A transaction of more accounts
# than one counts on the first of them.
_GAINS = """
SELECT valued.account_id::text, v.currency, w.place, sum(greatest(-v.amount, 0)),
    sum(greatest(v.amount, 0)), count(*)
FROM unnest(%(since)s::date[], %(until)s::date[], %(places)s::int[]) AS w (since, until, place)
JOIN accounts_account a ON a.book_id = %(book)s AND a.kind = %(kind)s
JOIN transactions_entry v ON v.account_id = a.id AND v.date >= w.since AND v.date <= w.until
CROSS JOIN LATERAL (
    SELECT e.account_id FROM transactions_entry e
    WHERE e.transaction_id = v.transaction_id AND e.account_id = ANY(%(accounts)s::uuid[])
    ORDER BY e.id LIMIT 1
) AS valued
{narrowed}
GROUP BY 1, 2, 3
"""
_THROUGH = """WHERE EXISTS (
    SELECT FROM transactions_entry o
    WHERE o.transaction_id = v.transaction_id AND o.account_id = ANY(%(through)s)
)"""


def gains(asked: Asked, months: Sequence[Month], accounts: Sequence[str]) -> list[Sum]:
    """Return what valuations moved these accounts in each of some months, in one statement.

    Losses are credits. Only what went through `asked.accounts`, if they are narrowed.
    """
    wanted = {
        "book": asked.book_id,
        "kind": Kind.VALUATION,
        "accounts": [*accounts],
        "through": [*asked.accounts],
        "since": [month.since for month in months],
        "until": [month.until for month in months],
        "places": list(range(len(months))),
    }
    with connection.cursor() as cursor:
        cursor.execute(_GAINS.format(narrowed=_THROUGH if asked.accounts else ""), wanted)
        return [Sum._make(row) for row in cursor.fetchall()]


def less(found: Sequence[Sum], apart: Sequence[Sum]) -> list[Sum]:
    """Return sums without a part of them."""
    left = {(one.account_id, one.currency, one.place): one for one in found}
    for one in apart:
        key = (one.account_id, one.currency, one.place)
        whole = left.get(key) or Sum(*key, ZERO, ZERO, 0)
        left[key] = whole._replace(
            debit=whole.debit - one.debit,
            credit=whole.credit - one.credit,
            entries=whole.entries - one.entries,
        )
    return list(left.values())
