"""Whether an account opened later than lines of an import are dated: its balance has them then."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from buffet import money
from transactions.models import Import

# By way of what opening balances are against, which has few entries; an account may have millions.
_LATER = """
SELECT o.transaction_id, o.id, o.other_id, o.date, o.amount, o.is_plain, l.lines, l.total
FROM (
    SELECT e.transaction_id, e.id, q.id AS other_id, e.date, e.amount, q.amount = -e.amount AND (
        SELECT count(*) FROM transactions_entry n WHERE n.transaction_id = e.transaction_id
    ) = 2 AS is_plain
    FROM accounts_account a
    JOIN transactions_entry q ON q.account_id = a.id AND q.date > %(first)s
    JOIN transactions_entry e ON e.transaction_id = q.transaction_id
        AND e.account_id = %(account)s
    JOIN transactions_transaction t ON t.id = q.transaction_id AND t.source = 'opening'
    WHERE a.book_id = %(book)s AND a.kind = 'opening_balances'
    ORDER BY e.date, e.id LIMIT 1
) AS o CROSS JOIN LATERAL (
    SELECT count(*) AS lines, sum(l.amount) AS total FROM transactions_importline l
    WHERE l.of_import_id = %(import)s AND l.verdict IN ('new', 'transfer') AND l.date < o.date
) AS l WHERE l.lines > 0
"""


@dataclass(frozen=True, slots=True)
class Opened:
    """The opening balance of an account, and what of an import is dated before it.

    `total` is what those `lines` move; `is_plain` says that nothing but the opening balance is
    in its transaction, of which `other_id` is the entry against equity.
    """

    transaction_id: UUID
    entry_id: UUID
    other_id: UUID
    opened_on: date
    amount: Decimal
    is_plain: bool
    lines: int
    total: Decimal

    def amount_before(self, gap: Decimal | None, on: date | None) -> Decimal:
        """Return what the account opened with before the lines, in its currency.

        With the `gap` to what the bank says is on it at the end of a day, that is what closes it;
        without, what leaves the account with the same balance on the day on which it opened.
        """
        if gap is None or on is None:
            return self.amount - self.total
        return gap + (self.amount if self.opened_on <= on else 0)


def opened_later(started: Import) -> Opened | None:
    """Return the first opening balance that is dated after lines which an import records."""
    if started.first_on is None:
        return None
    values: dict[str, UUID | date] = {
        "book": started.book_id,
        "account": started.account_id,
        "import": started.id,
        "first": started.first_on,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LATER, values)
        row = cursor.fetchone()
    return None if row is None else Opened(*row)


def day_before(started: Import, on: date) -> date:
    """Return the day before the first of a statement, whose last is `on`."""
    return min(day for day in (started.first_on, started.starts_on or on) if day) - timedelta(1)


def read(opened: Opened, instead: tuple[date, Decimal] | None, currency: str) -> dict[str, Any]:
    """Return it as its readers see it; `instead` is the day and the amount that it should have."""
    return {
        "transaction": opened.transaction_id,
        "date": opened.opened_on,
        "amount": money.text(opened.amount, currency),
        "lines": opened.lines,
        "instead": None
        if instead is None
        else {"date": instead[0], "amount": money.text(instead[1], currency)},
    }
