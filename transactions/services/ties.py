"""What hung on a transaction when it was deleted, and hangs on it again when it comes back.

A tie is a statement that reads its own history: of the book %(book)s, what went with the
transaction %(transaction)s at the instant %(at)s, where what it was tied to is there and nothing
took its place. Apps above add theirs when they are ready.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

#: A payment of a subscription, unless that is gone, is in another currency or goes the other way by
#: now, or another transaction paid the due date since.
_PAYMENT = """
INSERT INTO transactions_subscriptionpayment
    (id, book_id, subscription_id, transaction_id, due_on, date)
SELECT e.id, t.book_id, s.id, t.id, e.due_on, t.date
FROM transactions_subscriptionpaymentevent e
JOIN transactions_transaction t ON t.id = e.transaction_id AND t.book_id = e.book_id
JOIN transactions_subscription s ON s.id = e.subscription_id AND s.book_id = e.book_id
WHERE e.book_id = %(book)s AND e.transaction_id = %(transaction)s
    AND e.pgh_label = 'delete' AND e.pgh_created_at = %(at)s
    AND NOT EXISTS (
        SELECT FROM transactions_subscriptionpayment o
        WHERE o.subscription_id = s.id AND o.due_on = e.due_on
    )
    AND EXISTS (
        SELECT FROM transactions_entry m
        JOIN accounts_account a ON a.id = m.account_id AND a.type IN ('asset', 'liability')
        JOIN accounts_account pays ON pays.id = s.account_id AND pays.currency = m.currency
        LEFT JOIN accounts_account c ON c.id = s.category_id
        WHERE m.transaction_id = t.id AND (m.amount > 0) = (coalesce(c.type, '') = 'income')
    )
ORDER BY e.pgh_id DESC LIMIT 1
"""

#: Lines of statements that brought it, where it was merged into a transfer since.
_LINES = """
WITH lines AS (
    UPDATE transactions_importline SET verdict = 'new', reason = 'not_in_the_book',
        is_chosen = false, transaction_id = NULL, entry_id = NULL
    WHERE book_id = %(book)s AND new_id = %(transaction)s AND verdict IN ('transfer', 'duplicate')
    RETURNING of_import_id
)
-- So that they have a new version, as their lines have changed.
UPDATE transactions_import i SET done = i.done
FROM (SELECT DISTINCT of_import_id FROM lines) AS l WHERE i.id = l.of_import_id
"""

_TIES = [_PAYMENT, _LINES]
#: Of two transactions that become one: what refuses it, and what goes along.
_REFUSALS: list[Callable[[Sequence[UUID]], None]] = []
_LED: list[str] = []


def add(*ties: str) -> None:
    """Add ties of an app above, in this order."""
    _TIES.extend(ties)


def tie_again(book_id: UUID, transaction_id: UUID, at: datetime) -> None:
    """Tie a transaction that came back to what it hung on when it was deleted at an instant."""
    wanted: dict[str, UUID | datetime] = {"book": book_id, "transaction": transaction_id, "at": at}
    with connection.cursor() as cursor:
        for tie in _TIES:
            cursor.execute(tie, wanted)


def add_merging(refusal: Callable[[Sequence[UUID]], None], *led: str) -> None:
    """Add what an app above has against merging some transactions, and what it leads along.

    What is led along is a statement: of the book %(book)s, what hung on the entry %(source)s, which
    is gone, hangs on %(entry)s of the transaction %(transaction)s.
    """
    _REFUSALS.append(refusal)
    _LED.extend(led)


def refuse_merging(ids: Sequence[UUID]) -> None:
    """Refuse to merge transactions on which something hangs that a transfer cannot be."""
    for refusal in _REFUSALS:
        refusal(ids)


def lead_to(book_id: UUID, transaction_id: UUID, source_id: UUID, entry_id: UUID) -> None:
    """Lead what hung on an entry that is gone to another one of a transaction."""
    wanted = {
        "book": book_id,
        "transaction": transaction_id,
        "source": source_id,
        "entry": entry_id,
    }
    with connection.cursor() as cursor:
        for led in _LED:
            cursor.execute(led, wanted)
