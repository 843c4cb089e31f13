"""The book's imports as a list, and what their lines are about by name."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Count, Sum

from transactions.models import Import, Vendor
from transactions.queries import points

#: How many imports stand on a page.
PAGE = 30


@dataclass(frozen=True, slots=True)
class Imported:
    """An import: whose file it is, the days it is about and how many lines are what.

    `gap` is what the account lacks at the end of a committed statement to have the bank's balance.
    """

    id: UUID
    account_id: UUID
    account_name: str
    currency: str
    status: str
    format: str
    file_name: str
    made_at: datetime
    since: date | None
    until: date | None
    lines: int
    done: int
    counts: Mapping[str, int]
    closing: Decimal | None
    point_id: UUID | None
    gap: Decimal | None = None


_IMPORTS = """
SELECT i.id, i.account_id, a.name, a.currency, i.status, i.format, i.file_name, i.created_at,
    coalesce(i.starts_on, i.first_on), coalesce(i.ends_on, i.last_on), i.lines_count, i.done,
    coalesce((
        SELECT jsonb_object_agg(c.verdict, c.lines) FROM (
            SELECT l.verdict, count(*) AS lines FROM transactions_importline l
            WHERE l.of_import_id = i.id GROUP BY l.verdict
        ) AS c
    ), '{}')::text, i.closing_balance, p.id
FROM (
    SELECT * FROM transactions_import
    WHERE book_id = %(book)s AND (%(before)s::uuid IS NULL OR id < %(before)s)
        AND (%(account)s::uuid IS NULL OR account_id = %(account)s)
    ORDER BY id DESC LIMIT %(limit)s
) AS i
JOIN accounts_account a ON a.id = i.account_id
LEFT JOIN transactions_balancepoint p ON p.account_id = i.account_id
    AND p.on = greatest(coalesce(i.last_on, i.ends_on), i.closing_on)
    AND i.closing_balance IS NOT NULL AND i.status = 'committed'
ORDER BY i.id DESC
"""


def page(
    book_id: UUID, before: UUID | None = None, account: UUID | None = None
) -> tuple[Sequence[Imported], UUID | None]:
    """Return a page of imports, the newest first, and before which the next begins, if any.

    In two statements: those of the bank's balances are read together.
    """
    values = {"book": book_id, "before": before, "account": account, "limit": PAGE + 1}
    with connection.cursor() as cursor:
        cursor.execute(_IMPORTS, values)
        read = [[*row[:12], json.loads(row[12]), *row[13:]] for row in cursor.fetchall()]
    rows = [Imported(*row) for row in read]
    kept = rows[:PAGE]
    days = [row.since for row in kept if row.point_id and row.since]
    computed: dict[UUID | None, Decimal] = {}
    if days:
        filters = points.Filters(date_from=min(days), account_id=account)
        computed = {one.id: one.computed for one in points.page(book_id, filters)}
    found = [_beside(row, computed.get(row.point_id)) for row in kept]
    return found, kept[-1].id if len(rows) > PAGE else None


def _beside(row: Imported, computed: Decimal | None) -> Imported:
    if computed is None or row.closing is None:
        return row
    return replace(row, gap=row.closing - computed)


class Waiting(NamedTuple):
    """The lines of a file that its bank had not booked: how many, and what they come to."""

    lines: int
    total: Decimal


def waiting(started: Import) -> Waiting:
    """Return what a file says is pending, which is in none of its statement's sums."""
    found = started.lines.filter(is_pending=True).aggregate(lines=Count("id"), total=Sum("amount"))
    return Waiting(found["lines"], found["total"] or Decimal(0))


@dataclass(frozen=True, slots=True)
class Told:
    """A transaction that a line repeats, completes or may be, as the page names it."""

    id: UUID
    date: date
    description: str
    accounts: str
    categories: Sequence[UUID]
    #: Their names; empty where it has none.
    sorted_as: str


_TOLD = """
SELECT t.id, t.date, t.description, string_agg(DISTINCT a.name, ', ' ORDER BY a.name),
    coalesce(array_agg(DISTINCT a.id) FILTER (WHERE a.kind = 'category'), '{}'),
    coalesce(string_agg(DISTINCT a.name, ', ') FILTER (WHERE a.kind = 'category'), '')
FROM transactions_transaction t
JOIN transactions_entry e ON e.transaction_id = t.id
JOIN accounts_account a ON a.id = e.account_id
WHERE t.book_id = %s AND t.id = ANY(%s)
GROUP BY t.id
"""


def told(book_id: UUID, ids: Iterable[UUID]) -> dict[UUID, Told]:
    """Return those of some transactions that the book has, by id."""
    wanted = list({*ids})
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, (book_id, wanted))
        return {row[0]: Told(*row) for row in cursor.fetchall()}


#: How many vendors a page proposes by name; others are known by theirs all the same.
MOST_VENDORS = 1000


def vendors(book_id: UUID, used: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of the book's vendors by id, as many as a page proposes, and of all used."""
    rows = Vendor.objects.filter(book_id=book_id).order_by("name", "id")
    known = dict(rows.values_list("id", "name")[:MOST_VENDORS])
    missing = {*used} - known.keys()
    return known | dict(rows.filter(id__in=missing).values_list("id", "name")) if missing else known


@dataclass(frozen=True, slots=True)
class Category:
    """A category as a list of choices names it: with those that it belongs to."""

    id: UUID
    name: str
    type: str


_CATEGORIES = """
WITH RECURSIVE tree AS (
    SELECT id, name::text AS path, type FROM accounts_account
    WHERE book_id = %(book)s AND kind = 'category' AND parent_id IS NULL AND archived_at IS NULL
    UNION ALL
    SELECT a.id, tree.path || ' / ' || a.name, a.type FROM accounts_account a
    JOIN tree ON a.parent_id = tree.id
    WHERE a.book_id = %(book)s AND a.kind = 'category' AND a.archived_at IS NULL
)
SELECT id, path, type FROM tree ORDER BY type DESC, path, id
"""


def categories(book_id: UUID) -> Sequence[Category]:
    """Return the categories that are not archived, those of income first."""
    with connection.cursor() as cursor:
        cursor.execute(_CATEGORIES, {"book": book_id})
        return [Category(*row) for row in cursor.fetchall()]
