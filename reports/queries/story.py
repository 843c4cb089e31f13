"""Who recorded, changed or deleted a transaction, or brought it back: when, by which door."""

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


# A row that was deleted begins anew when it is brought back: each time it does is a beginning. A
# change of the transaction and its entries is one deed, and so is a deletion: they share their
# context and instant. What is changed as it is brought back is so after it is there.
_STORY = """
WITH begun AS (
    SELECT created_at, created_by, created_via FROM transactions_transaction
    WHERE id = %(id)s AND book_id = %(book)s
    UNION
    SELECT created_at, created_by, created_via FROM transactions_transactionevent
    WHERE pgh_obj_id = %(id)s AND book_id = %(book)s
)
SELECT CASE row_number() OVER (ORDER BY b.created_at) WHEN 1 THEN 'recorded' ELSE 'restored' END,
    b.created_at, coalesce(nullif(u.name, ''), u.email, ''), b.created_via
FROM begun b LEFT JOIN buffet_user u ON u.id = b.created_by
UNION ALL
SELECT CASE WHEN bool_or(e.deletes) THEN 'deleted' ELSE 'changed' END, max(e.at),
    max(coalesce(nullif(u.name, ''), u.email, c.metadata->>'email', '')),
    max(coalesce(c.metadata->>'door', 'sql'))
FROM (
    SELECT pgh_context_id AS context, pgh_created_at AS began,
        greatest(pgh_created_at, created_at) AS at, pgh_label = 'delete' AS deletes
    FROM transactions_transactionevent WHERE pgh_obj_id = %(id)s AND book_id = %(book)s
    UNION ALL
    SELECT pgh_context_id, pgh_created_at, pgh_created_at, false
    FROM transactions_entryevent WHERE transaction_id = %(id)s AND book_id = %(book)s
) AS e
LEFT JOIN pghistory_context c ON c.id = e.context
LEFT JOIN buffet_user u ON u.id::text = c.metadata->>'user'
GROUP BY e.began, e.context
"""
#: In which order things were done that have the same instant.
_ORDER = ("recorded", "deleted", "restored", "changed")


def transaction_story(book_id: UUID, transaction_id: UUID) -> Sequence[Event]:
    """Return what happened to a transaction, oldest first, in one statement.

    Each deed is recorded, changed, deleted or restored.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STORY, {"book": book_id, "id": transaction_id})
        events = [Event(*row) for row in cursor.fetchall()]
    # What is changed in the database transaction that records it seems to be so before.
    return sorted(events, key=lambda one: (one.deed != "recorded", one.at, _ORDER.index(one.deed)))


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
