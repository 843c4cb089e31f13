"""What is on an account: how its balance came there, month by month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection

from reports.queries.worth import ZERO, month_ends


@dataclass(frozen=True, slots=True)
class AccountPast:
    """The balance at each month's end up to a day, in the account's currency, and its entries.

    `entries` counts those up to the day; `months` are (last day, balance), the day itself last.
    """

    entries: int
    months: Sequence[tuple[date, Decimal]]


_MONTHS = """
SELECT month, sum(debit - credit), sum(entries) FROM transactions_monthlybalance
WHERE book_id = %(book)s AND account_id = %(account)s AND month < %(first)s
GROUP BY month
UNION ALL
SELECT %(first)s, sum(amount), count(*) FROM transactions_entry
WHERE account_id = %(account)s AND date >= %(first)s AND date <= %(on)s
ORDER BY 1
"""


def account_past(book_id: UUID, account_id: UUID, on: date) -> AccountPast:
    """Return an account's balance by month up to the end of `on`, in one statement.

    Reads its monthly balances and the entries of the day's own month.
    """
    first = on.replace(day=1)
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS, {"book": book_id, "account": account_id, "first": first, "on": on})
        rows = cursor.fetchall()
    *before, (_, moved, _) = rows
    ends = month_ends(before[0][0] if before else None, on)
    found, total, position = [], ZERO, 0
    for end in ends:
        while position < len(before) and before[position][0] <= end:
            total += before[position][1]
            position += 1
        found.append((end, total))
    total += sum((row[1] for row in before[position:]), ZERO) + (moved or ZERO)
    return AccountPast(int(sum(row[2] for row in rows)), [*found, (on, total)])
