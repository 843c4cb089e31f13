"""What an import would carry into months that are closed already."""

from typing import Any
from uuid import UUID

from django.db import connection

from buffet import money
from transactions.models import Import

# By month to begin with: there are some dozens of them, and lines by the hundred thousand. A line
# in a closed month is not among them, since it is refused.
_CARRIED = """
WITH closed AS MATERIALIZED (
    SELECT month FROM transactions_closedmonth WHERE book_id = %(book)s
), moved AS (
    SELECT date_trunc('month', days.date)::date AS month, sum(days.amount) AS amount
    FROM transactions_importline l
    LEFT JOIN transactions_entry e ON e.id = l.entry_id AND l.verdict IN ('transfer', 'posted')
    CROSS JOIN LATERAL (
        SELECT CASE WHEN l.verdict = 'transfer' THEN coalesce(e.date, l.date) ELSE l.date END,
            l.amount
        UNION ALL SELECT e.date, -e.amount WHERE l.verdict = 'posted' AND e.id IS NOT NULL
    ) AS days (date, amount)
    WHERE l.of_import_id = %(import)s AND l.number > %(done)s
        AND l.verdict IN ('new', 'transfer', 'posted') AND EXISTS (SELECT FROM closed)
    GROUP BY 1
)
SELECT c.month, sum(m.amount) FROM closed c JOIN moved m ON m.month < c.month
WHERE NOT EXISTS (SELECT FROM closed o WHERE o.month = m.month)
GROUP BY c.month HAVING sum(m.amount) <> 0 ORDER BY c.month
"""


def closed_months(started: Import) -> list[dict[str, Any]]:
    """Return by how much the account's balances at the ends of closed months would change.

    A closed month keeps its entries. What is dated in an open one before it is carried into its
    balances all the same, so whoever commits is told beforehand.
    """
    wanted: dict[str, UUID | int] = {
        "book": started.book_id,
        "import": started.id,
        "done": started.done,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CARRIED, wanted)
        currency = started.account.currency
        return [
            {"month": f"{month:%Y-%m}", "change": money.text(change, currency)}
            for month, change in cursor.fetchall()
        ]
