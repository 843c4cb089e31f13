"""The statements that stand behind the book: the days they are about, and their balances."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from transactions.queries import points


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


class OfAccount(NamedTuple):
    """An account, the day it begins to count and the one it was archived on; its statements.

    And its balance points: their days, whether the ledger agrees and whether somebody did.
    """

    id: UUID
    name: str
    kind: str
    currency: str
    opened_on: date | None
    archived_on: date | None
    files: Sequence[Stated]
    points: Sequence[tuple[date, bool, bool]]


# An account counts from the day it was opened or from the first that moved it, whichever is the
# earlier; that a balance was opened with is no movement, since no statement shows it. Of what was
# open before the period nobody asks since when.
BEGAN = "least(a.opened_on, began.date)"
_BEGINNING = """
LEFT JOIN LATERAL (
    SELECT e.date FROM transactions_entry e
    JOIN transactions_transaction t ON t.id = e.transaction_id
    WHERE e.account_id = a.id AND t.source <> 'opening'
        AND (a.opened_on IS NULL OR a.opened_on > %(since)s)
    ORDER BY e.date LIMIT 1
) AS began ON true
"""


def beginning(since: str) -> str:
    """Return what joins to accounts `a` when they `BEGAN`; `since` is the period's parameter."""
    return _BEGINNING.replace("%(since)s", f"%({since})s")


# All in one statement, since what three cost beside their work is more than the work.
_ACCOUNTS = f"""
SELECT a.id, a.name, a.kind, a.currency, {BEGAN},
    (a.archived_at AT TIME ZONE b.time_zone)::date,
    files.ids, files.names, files.starts, files.ends, files.openings, files.closings,
    points.days, points.agree, points.reconciled
FROM accounts_account a
JOIN buffet_book b ON b.id = a.book_id
{beginning("since")}
LEFT JOIN (
    SELECT s.account_id, array_agg(s.id ORDER BY s.since, s.until, s.id) AS ids,
        array_agg(s.file_name ORDER BY s.since, s.until, s.id) AS names,
        array_agg(s.since ORDER BY s.since, s.until, s.id) AS starts,
        array_agg(s.until ORDER BY s.since, s.until, s.id) AS ends,
        array_agg(s.opening ORDER BY s.since, s.until, s.id) AS openings,
        array_agg(s.closing ORDER BY s.since, s.until, s.id) AS closings
    FROM ({STATED}) AS s WHERE s.since <= %(until)s GROUP BY s.account_id
) AS files ON files.account_id = a.id
LEFT JOIN (
    SELECT p.account_id, array_agg(p.on ORDER BY p.on) AS days,
        array_agg(p.balance = p.computed ORDER BY p.on) AS agree,
        array_agg(p.reconciled_at IS NOT NULL ORDER BY p.on) AS reconciled
    FROM ({points.BESIDE}) AS p GROUP BY p.account_id
) AS points ON points.account_id = a.id
WHERE a.book_id = %(book)s AND a.type IN ('asset', 'liability')
ORDER BY a.name, a.id
"""


def by_account(book_id: UUID, since: date, until: date) -> list[OfAccount]:
    """Return the real accounts by name, with their statements that begin up to a day.

    One without a line that names no days is about none. And with their balance points between the
    two days, and the nearest beside them.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ACCOUNTS, {"book": book_id, "since": since, "until": until})
        return [_of_account(*row) for row in cursor.fetchall()]


def _of_account(*values: Any) -> OfAccount:
    *own, ids, names, starts, ends, openings, closings, days, agree, reconciled = values
    files = zip(ids, names, starts, ends, openings, closings, strict=True) if ids else ()
    return OfAccount._make(
        (
            *own,
            [Stated(id, own[0], *rest) for id, *rest in files],
            [*zip(days, agree, reconciled, strict=True)] if days else (),
        )
    )
