"""The statements that stand behind the book: the days they are about, and their balances."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Stated:
    """A committed import: the first and the last day of its statement, and what it begins with."""

    id: UUID
    account_id: UUID
    file_name: str
    since: date
    until: date
    opening: Decimal | None
    closing: Decimal | None


# A file says which days it is about, or else its lines do. None is about days after the one it was
# made on: banks name the end of what was asked for, even if that is to come.
STATED = """
SELECT i.id, i.account_id, i.file_name, coalesce(i.starts_on, i.first_on) AS since,
    least(coalesce(i.ends_on, i.last_on), (i.created_at AT TIME ZONE b.time_zone)::date) AS until,
    coalesce(i.opening_balance, i.closing_balance - i.total) AS opening,
    i.closing_balance AS closing
FROM transactions_import i JOIN buffet_book b ON b.id = i.book_id
WHERE i.book_id = %(book)s AND i.status = 'committed'
"""
