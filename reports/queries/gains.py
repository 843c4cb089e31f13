"""What valuations added to accounts: nothing moved, so no report of flows counts it."""

from collections.abc import Sequence
from typing import Any

from accounts.models import Kind
from reports.periods import Month

# What valuations moved accounts in some days, the other way round, so that it comes off what moved
# them. From the few entries on the account of gains, found by its days. A transaction of more
# accounts than one counts on the first in its currency, if any; entries of accounts stay as many
# as they are.
_MOVED = """
    SELECT {columns}valued.account_id, v.currency, -greatest(-v.amount, 0) AS debit,
        -greatest(v.amount, 0) AS credit, 0 AS entries
    FROM {days}accounts_account a
    JOIN transactions_entry v ON v.account_id = a.id AND v.date >= w.since AND v.date <= w.until
    CROSS JOIN LATERAL (
        SELECT e.account_id FROM transactions_entry e
        WHERE e.transaction_id = v.transaction_id AND e.account_id = ANY(%(valued)s::uuid[])
        ORDER BY e.currency <> v.currency, e.id LIMIT 1
    ) AS valued
    WHERE a.book_id = %(book)s AND a.kind = %(gains)s
"""
#: Of a span `w` of days in a month.
OF_SPAN = _MOVED.format(columns="", days="")
#: Of some months, and of what moved together with some accounts: a part of the sums.
THROUGH = (
    _MOVED.format(
        columns="w.place, NULL::bigint, ",
        days="unnest(%(gains_since)s::date[], %(gains_until)s::date[], %(gains_places)s::int[])"
        " AS w (since, until, place) CROSS JOIN ",
    )
    + """
    AND EXISTS (
        SELECT FROM transactions_entry o
        WHERE o.transaction_id = v.transaction_id AND o.account_id = ANY(%(through)s)
    )
"""
)


def parameters(months: Sequence[Month], accounts: Sequence[str]) -> dict[str, Any]:
    """Return the parameters of what was added to these accounts in some months."""
    return {
        "gains": Kind.VALUATION,
        "valued": [*accounts],
        "gains_since": [month.since for month in months],
        "gains_until": [month.until for month in months],
        "gains_places": list(range(len(months))),
    }
