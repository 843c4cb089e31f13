"""What valuations and opening balances added to accounts: no report of flows counts it."""

from collections.abc import Sequence
from typing import Any

from accounts.models import Kind
from reports.periods import Month

#: The kinds of equity that money comes from which was there before, or which was found.
OPENED = (Kind.OPENING_BALANCES, Kind.ADJUSTMENTS)

# What valuations moved accounts in some days, the other way round, so that it comes off what moved
# them. From the few entries on the account of gains, found by its days. A transaction of more
# accounts than one counts on the first in its currency, if any; entries of accounts stay as many
# as they are.
_GAINED = """
    SELECT {columns}valued.account_id, v.currency, -greatest(-v.amount, 0) AS debit,
        -greatest(v.amount, 0) AS credit, 0 AS entries
    FROM {days}accounts_account a
    JOIN transactions_entry v ON v.account_id = a.id AND v.date >= w.since AND v.date <= w.until
    CROSS JOIN LATERAL (
        SELECT e.account_id FROM transactions_entry e
        WHERE e.transaction_id = v.transaction_id AND e.account_id = ANY(%(valued)s::uuid[])
        ORDER BY e.currency <> v.currency, e.id LIMIT 1
    ) AS valued
    WHERE a.book_id = %(book)s AND a.kind = %(gains)s {through}
"""
# What opening balances and adjustments added to them, but no more than came onto them in the
# transaction, which may open other accounts, too. Where that is all of it, each account's own;
# else it counts on the first.
_OPENED = """
    SELECT {columns}opened.account_id, v.currency, -greatest(opened.amount, 0) AS debit,
        -greatest(-opened.amount, 0) AS credit, 0 AS entries
    FROM {days}LATERAL (
        SELECT e.transaction_id, e.currency, -sum(e.amount) AS amount
        FROM accounts_account a
        JOIN transactions_entry e ON e.account_id = a.id AND e.date >= w.since AND e.date <= w.until
        WHERE a.book_id = %(book)s AND a.kind = ANY(%(opened)s)
        GROUP BY e.transaction_id, e.currency
    ) AS v
    CROSS JOIN LATERAL (
        SELECT own.account_id,
            CASE WHEN v.amount * own.whole < own.whole * own.whole THEN v.amount
                ELSE own.amount END
        FROM (
            SELECT e.account_id, e.amount, sum(e.amount) OVER () AS whole,
                row_number() OVER (ORDER BY e.id) AS place
            FROM transactions_entry e
            WHERE e.transaction_id = v.transaction_id AND e.currency = v.currency
                AND e.account_id = ANY(%(valued)s::uuid[])
        ) AS own
        WHERE v.amount * own.whole > 0
            AND (v.amount * own.whole >= own.whole * own.whole OR own.place = 1)
    ) AS opened (account_id, amount)
    WHERE true {through}
"""
_BOTH = f"{_GAINED} UNION ALL {_OPENED}"
#: Of a span `w` of days in a month.
OF_SPAN = _BOTH.format(columns="", days="", through="")
#: Of some months, and of what moved together with some accounts: a part of the sums.
THROUGH = _BOTH.format(
    columns="w.place, NULL::bigint, ",
    days="unnest(%(gains_since)s::date[], %(gains_until)s::date[], %(gains_places)s::int[])"
    " AS w (since, until, place) CROSS JOIN ",
    through="""AND EXISTS (
        SELECT FROM transactions_entry o
        WHERE o.transaction_id = v.transaction_id AND o.account_id = ANY(%(through)s)
    )""",
)


def parameters(months: Sequence[Month], accounts: Sequence[str]) -> dict[str, Any]:
    """Return the parameters of what these added to some accounts in some months."""
    return {
        "gains": Kind.VALUATION,
        "opened": [*OPENED],
        "valued": [*accounts],
        "gains_since": [month.since for month in months],
        "gains_until": [month.until for month in months],
        "gains_places": list(range(len(months))),
    }
