"""The statements that stand behind the book: the days they are about, and their balances."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection


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


def stated(book_id: UUID, until: date) -> Sequence[Stated]:
    """Return the statements that begin up to a day, in the order in which they follow each other.

    One without a line that names no days is about none.
    """
    sql = f"SELECT * FROM ({STATED}) AS s WHERE since <= %(until)s ORDER BY since, until, id"
    with connection.cursor() as cursor:
        cursor.execute(sql, {"book": book_id, "until": until})
        return [Stated(*row) for row in cursor.fetchall()]
