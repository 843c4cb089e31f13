"""Figures of the whole service, each by one statement whose price does not grow with the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from buffet import capacity
from buffet.ids import first_id

DAYS = 14
#: The transactions of a day that are counted; where there are more, that is said.
MOST_A_DAY = 20_000
#: The rows of a list on the board.
MOST = 8
#: Minutes after which nobody is at work on an import any more.
PATIENCE = 10


def rows(sql: str, values: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """Return the rows of a statement, by the names of its columns."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


_SIZES = """
SELECT (SELECT count(*) FROM buffet_book) AS books,
    (SELECT count(*) FROM buffet_book WHERE created_at > now() - interval '7 days') AS new_books,
    (SELECT count(*) FROM buffet_user WHERE is_active) AS users,
    (SELECT count(*) FROM buffet_user WHERE created_at > now() - interval '7 days') AS new_users,
    (
        SELECT greatest(reltuples::bigint, looked_at.count) FROM pg_class, (
            SELECT count(*) FROM (SELECT FROM transactions_transaction LIMIT 10000) AS few
        ) AS looked_at WHERE oid = 'transactions_transaction'::regclass
    ) AS transactions
"""


def sizes() -> dict[str, int]:
    """Return how many books and active users there are, and about how many transactions.

    A table that the database has not counted yet is not said to be empty.
    """
    return rows(_SIZES)[0]


@dataclass(frozen=True, slots=True)
class Day:
    """How many transactions were recorded on a day, in UTC, and a bar's height in per cent."""

    on: date
    count: int
    height: int

    @property
    def gap(self) -> int:
        """What is above its bar."""
        return 100 - self.height

    @property
    def is_more(self) -> bool:
        """Whether there were more than were counted."""
        return self.count > MOST_A_DAY


# An id begins with the milliseconds at which it was made, so that a day is a range of the primary
# key, which is read as an index alone.
_VOLUME = """
SELECT d.day, (
    SELECT count(*) FROM (
        SELECT FROM transactions_transaction t
        WHERE t.id >= d.since AND t.id < d.until LIMIT %(most)s
    ) AS counted
) AS count
FROM unnest(%(days)s::date[], %(since)s::uuid[], %(until)s::uuid[]) AS d (day, since, until)
ORDER BY d.day
"""


def volume(now: datetime) -> list[Day]:
    """Return what was recorded on each of the last days; what was restored keeps its day."""
    days = [now.date() - timedelta(days=ago) for ago in range(DAYS)]
    values = {
        "days": days,
        "since": [first_id(day) for day in days],
        "until": [first_id(day + timedelta(days=1)) for day in days],
        "most": MOST_A_DAY + 1,
    }
    found = rows(_VOLUME, values)
    highest = max(row["count"] for row in found) or 1
    return [Day(row["day"], row["count"], round(100 * row["count"] / highest)) for row in found]


_STOPPED = """
SELECT i.id, i.file_name, i.status, i.done, i.lines_count, i.updated_at, b.name AS book,
    count(*) OVER () AS all_of_them
FROM transactions_import i JOIN buffet_book b ON b.id = i.book_id
WHERE i.status IN ('committing', 'reverting')
    AND i.updated_at < now() - make_interval(mins => %(mins)s)
ORDER BY i.updated_at DESC LIMIT %(most)s
"""


def stopped_imports() -> list[dict[str, Any]]:
    """Return the imports that stopped half-way: a part of the file is in the book."""
    return rows(_STOPPED, {"mins": PATIENCE, "most": MOST})


_INTEGRITY = """
SELECT v.id, v.verified_at, v.who, v.verified_via, v.checks, v.broken::text AS broken
FROM transactions_verification v WHERE v.book_id IS NULL ORDER BY v.id DESC LIMIT 1
"""
_BROKEN = """
SELECT id, book, verified_at FROM (
    SELECT DISTINCT ON (v.book_id) v.id, b.name AS book, v.verified_at, v.broken
    FROM transactions_verification v JOIN buffet_book b ON b.id = v.book_id
    ORDER BY v.book_id, v.id DESC
) AS latest WHERE broken <> '{}' ORDER BY verified_at DESC LIMIT %(most)s
"""


def last_verification() -> dict[str, Any] | None:
    """Return when all books were verified last, by whom and what was found."""
    return next(iter(rows(_INTEGRITY)), None)


def broken_books() -> list[dict[str, Any]]:
    """Return the books that did not hold when they were verified last."""
    return rows(_BROKEN, {"most": MOST})


# As payments settle the earliest statement first: what was due, less all that was paid. Which
# statement somebody chose for a payment does not change the sum.
_OVERDUE = """
SELECT found.*, count(*) OVER () AS all_of_them FROM (
    SELECT a.name AS card, b.id AS book_id, b.name AS book, a.currency, max(i.id::text)
            FILTER (WHERE i.due_on = due.last) AS invoice_id,
        due.last AS due_on, sum(
            i.purchases + i.fees + i.interest + i.taxes + i.adjustments - i.refunds
        ) FILTER (WHERE i.due_on <= due.last) - sum(i.payments) AS left
    FROM buffet_book b JOIN invoices_invoice i ON i.book_id = b.id
    JOIN accounts_creditcard c ON c.id = i.card_id JOIN accounts_account a ON a.id = c.account_id
    JOIN LATERAL (
        SELECT max(o.due_on) AS last FROM invoices_invoice o
        WHERE o.card_id = c.id AND o.due_on < (now() AT TIME ZONE b.time_zone)::date
    ) AS due ON due.last IS NOT NULL
    GROUP BY c.id, a.name, b.id, b.name, a.currency, due.last
) AS found WHERE found.left > 0 ORDER BY found.due_on LIMIT %(most)s
"""


def overdue() -> list[dict[str, Any]]:
    """Return the cards on which more was due than was paid, the longest overdue first."""
    return rows(_OVERDUE, {"most": MOST})


@dataclass(frozen=True, slots=True)
class Connections:
    """The connections that are open, what the database takes, and what instances may hold."""

    used: int
    active: int
    most: int
    budget: int
    per_instance: int

    @property
    def is_over(self) -> bool:
        """Whether more are open than instances may hold."""
        return self.used > self.budget


_CONNECTIONS = """
SELECT count(*) AS used, count(*) FILTER (WHERE state = 'active') AS active,
    current_setting('max_connections')::int AS most
FROM pg_stat_activity WHERE backend_type = 'client backend'
"""


def connections() -> Connections:
    """Return how many connections are open, against the budget."""
    found = rows(_CONNECTIONS)[0]
    return Connections(
        used=found["used"],
        active=found["active"],
        most=found["most"],
        budget=capacity.of_instances(found["most"]),
        per_instance=capacity.per_instance(settings.WEB_WORKERS, settings.WEB_THREADS),
    )


_SLOW = """
SELECT route, method, count(*) AS count, max(milliseconds) AS slowest, max(at) AS at,
    max(queries) AS queries
FROM buffet_slowrequest WHERE at > now() - interval '1 day'
GROUP BY route, method ORDER BY slowest DESC LIMIT %(most)s
"""


def slow_requests() -> list[dict[str, Any]]:
    """Return the slowest routes of the last day."""
    return rows(_SLOW, {"most": MOST})


def first(found: Sequence[dict[str, Any]]) -> int:
    """Return how many there are of what is listed."""
    return found[0]["all_of_them"] if found else 0
