"""What valuations added to accounts: nothing moved, so no report of flows counts it."""

from collections.abc import Sequence
from typing import Any

from accounts.models import Kind
from reports.periods import Month

#: What valuations moved accounts in each of some months, the other way round, so that it comes off
#: what moved them: a part of the sums. From the few entries on the account of gains, found by its
#: days. A transaction of more accounts than one counts on the first of them; entries of accounts
#: stay as many as they are.
OF_GAINS = """
    SELECT w.place, NULL::bigint, valued.account_id, v.currency, -greatest(-v.amount, 0),
        -greatest(v.amount, 0), 0
    FROM unnest(%(gains_since)s::date[], %(gains_until)s::date[], %(gains_places)s::int[])
        AS w (since, until, place)
    JOIN accounts_account a ON a.book_id = %(book)s AND a.kind = %(gains)s
    JOIN transactions_entry v ON v.account_id = a.id AND v.date >= w.since AND v.date <= w.until
    CROSS JOIN LATERAL (
        SELECT e.account_id FROM transactions_entry e
        WHERE e.transaction_id = v.transaction_id AND e.account_id = ANY(%(valued)s::uuid[])
        ORDER BY e.id LIMIT 1
    ) AS valued
"""
THROUGH = """
    WHERE EXISTS (
        SELECT FROM transactions_entry o
        WHERE o.transaction_id = v.transaction_id AND o.account_id = ANY(%(through)s)
    )
"""


def parameters(months: Sequence[Month], accounts: Sequence[str]) -> dict[str, Any]:
    """Return the parameters of `OF_GAINS`, for what was added to these accounts."""
    return {
        "gains": Kind.VALUATION,
        "valued": [*accounts],
        "gains_since": [month.since for month in months],
        "gains_until": [month.until for month in months],
        "gains_places": list(range(len(months))),
    }
