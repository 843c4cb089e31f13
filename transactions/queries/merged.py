"""Which transaction was merged into a transfer, as the history of both tells."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection


@dataclass(frozen=True, slots=True)
class Merged:
    """A transaction that is gone since it became a side of a transfer, by the change `step_id`.

    `entry_id` is the transfer's entry that tells of it.
    """

    id: UUID
    into_id: UUID
    entry_id: UUID
    step_id: UUID
    date: date
    description: str
    account_id: UUID
    account: str


#: What went in the very change that an entry was changed in, and had what that has still.
FROM_HISTORY = """
FROM transactions_entryevent e
JOIN transactions_entry n ON n.id = e.pgh_obj_id AND n.book_id = %(book)s
JOIN accounts_account a ON a.id = n.account_id AND a.type IN ('asset', 'liability')
JOIN transactions_transactionevent gone ON gone.pgh_context_id = e.pgh_context_id
    AND gone.book_id = %(book)s AND gone.pgh_label = 'delete'
WHERE e.pgh_label = 'update' AND EXISTS (
        SELECT FROM transactions_entryevent s
        WHERE s.transaction_id = gone.pgh_obj_id AND s.pgh_context_id = gone.pgh_context_id
            AND s.pgh_label = 'delete' AND s.account_id = n.account_id AND s.amount = n.amount
    )
    AND NOT EXISTS (SELECT FROM transactions_transaction t WHERE t.id = gone.pgh_obj_id)
"""
_MERGED = f"""
SELECT gone.pgh_obj_id, n.transaction_id, n.id, gone.pgh_context_id, gone.date, gone.description,
    a.id, a.name
{FROM_HISTORY} AND {{which}}
ORDER BY e.pgh_id DESC LIMIT 1
"""


def merged(book_id: UUID, transaction_id: UUID) -> Merged | None:
    """Return what was merged into a transaction last, and can be separated from it again."""
    return _found(book_id, "e.transaction_id = %(id)s", transaction_id)


def merged_into(book_id: UUID, transaction_id: UUID) -> Merged | None:
    """Return where a transaction that is gone was merged into; None if it was not."""
    return _found(book_id, "gone.pgh_obj_id = %(id)s", transaction_id)


def _found(book_id: UUID, which: str, id: UUID) -> Merged | None:
    with connection.cursor() as cursor:
        cursor.execute(_MERGED.format(which=which), {"book": book_id, "id": id})
        row = cursor.fetchone()
    return Merged(*row) if row else None
