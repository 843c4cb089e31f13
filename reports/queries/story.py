"""Who recorded a transaction and who changed it: when, and through which door."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection


@dataclass(frozen=True, slots=True)
class Event:
    """Something that someone did to a transaction, at an instant, through a door."""

    deed: str
    at: datetime
    by: str
    door: str


# A change of the transaction and its entries is one deed: they share their context.
_STORY = """
SELECT 'recorded', t.created_at, coalesce(nullif(u.name, ''), u.email, ''), t.created_via
FROM transactions_transaction t LEFT JOIN buffet_user u ON u.id = t.created_by
WHERE t.id = %(id)s AND t.book_id = %(book)s
UNION ALL
SELECT 'changed', min(e.at), max(coalesce(nullif(u.name, ''), u.email, c.metadata->>'email', '')),
    max(coalesce(c.metadata->>'door', 'sql'))
FROM (
    SELECT pgh_context_id AS context, pgh_created_at AS at, pgh_id
    FROM transactions_transactionevent WHERE pgh_obj_id = %(id)s AND book_id = %(book)s
    UNION ALL
    SELECT pgh_context_id, pgh_created_at, pgh_id
    FROM transactions_entryevent WHERE transaction_id = %(id)s AND book_id = %(book)s
) AS e
LEFT JOIN pghistory_context c ON c.id = e.context
LEFT JOIN buffet_user u ON u.id::text = c.metadata->>'user'
GROUP BY coalesce(e.context::text, e.pgh_id::text)
"""


def transaction_story(book_id: UUID, transaction_id: UUID) -> Sequence[Event]:
    """Return what happened to a transaction, oldest first, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_STORY, {"book": book_id, "id": transaction_id})
        events = [Event(*row) for row in cursor.fetchall()]
    return sorted(events, key=lambda event: (event.deed != "recorded", event.at))


@dataclass(frozen=True, slots=True)
class Deletion:
    """A transaction that is gone, as it last was: when it was deleted, and by whom."""

    description: str
    date: date
    at: datetime
    by: str


_DELETION = """
SELECT e.description, e.date, e.pgh_created_at,
    coalesce(nullif(u.name, ''), u.email, c.metadata->>'email', '')
FROM transactions_transactionevent e
LEFT JOIN pghistory_context c ON c.id = e.pgh_context_id
LEFT JOIN buffet_user u ON u.id::text = c.metadata->>'user'
WHERE e.pgh_obj_id = %(id)s AND e.book_id = %(book)s AND e.pgh_label = 'delete'
ORDER BY e.pgh_id DESC LIMIT 1
"""


def transaction_deletion(book_id: UUID, transaction_id: UUID) -> Deletion | None:
    """Return when a transaction of the book was deleted last; None if it never was."""
    with connection.cursor() as cursor:
        cursor.execute(_DELETION, {"book": book_id, "id": transaction_id})
        found = cursor.fetchone()
    return Deletion(*found) if found else None
