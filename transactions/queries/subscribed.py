"""Read subscriptions with what was paid of them, and remember them while nothing of it changes."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from accounts.models import Account
from buffet.audit import history_of
from buffet.models import Book
from buffet.postgresql.columns import Columns
from buffet.remembering import Latest
from transactions.models import Subscription

_SUBSCRIPTION, _ACCOUNT = Columns(Subscription), Columns(Account)
_BEGUN = f"""
SELECT (
    SELECT array_agg(p.due_on) FROM transactions_subscriptionpayment p
    WHERE p.subscription_id = s.id AND p.due_on BETWEEN %s AND %s
), (
    SELECT max(p.due_on) FROM transactions_subscriptionpayment p
    WHERE p.subscription_id = s.id AND p.due_on < %s
), {_SUBSCRIPTION.of("s")}, {_ACCOUNT.of("a")}, {_ACCOUNT.of("c")}
FROM transactions_subscription s JOIN accounts_account a ON a.id = s.account_id
LEFT JOIN accounts_account c ON c.id = s.category_id
WHERE s.book_id = %s AND s.starts_on <= %s ORDER BY s.name, s.id
"""


_STAMPED = ("transactions_subscription", "accounts_account", "buffet_tombstone")
#: The number of the state of all that `begun` reads of a book; null where it has no subscription. A
#: payment changes its subscription, too; what is deleted leaves a tombstone.
VERSION = f"""CASE
    WHEN EXISTS (SELECT FROM transactions_subscription WHERE book_id = %(book)s)
    THEN greatest({
    ", ".join(f"(SELECT max(version) FROM {one} WHERE book_id = %(book)s)" for one in _STAMPED)
})
END"""


class _State(NamedTuple):
    """The subscriptions of a book in a state of them."""

    version: int
    rows: Sequence[Subscription]


#: By book and days. To make models of ten subscriptions and their accounts cost as much as eight
#: bare views.
_states: Latest[_State] = Latest(5_000, lambda state: 1 + len(state.rows))


def begun(book_id: UUID, first: date, last: date) -> list[Subscription]:
    """Return a book's subscriptions that begin by the last day, in one statement.

    Each with what was paid of it between the two days, as `is_paid` reads it, and up to when it was
    before them, as `settled` does.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BEGUN, (first, last, first, book_id, last))
        return [_begun(row) for row in cursor.fetchall()]


def of_version(
    book_id: UUID, first: date, last: date, version: int | None
) -> Sequence[Subscription]:
    """Return the same for those who have read `VERSION`: if it is known, without asking.

    Who asks does not change them.
    """
    if version is None:
        return ()
    known = None if connection.in_atomic_block else _states.of((book_id, first, last))
    if known is None or known.version != version:
        known = _State(version, begun(book_id, first, last))
        _states.keep((book_id, first, last), known)
    return known.rows


def _begun(row: Sequence[Any]) -> Subscription:
    """Return a subscription with its account, its category and what was paid of it."""
    account = 2 + len(_SUBSCRIPTION)
    category = account + len(_ACCOUNT)
    found = _SUBSCRIPTION.row(row[2:account])
    found.account = _ACCOUNT.row(row[account:category])
    found.category = _ACCOUNT.row(row[category:]) if found.category_id else None
    found.paid_on, found.paid_before = row[0] or (), row[1]
    return found


def is_paid(row: Subscription, due_on: date) -> bool:
    """Whether a payment of a subscription of `begun` is linked to a due date."""
    return due_on in row.paid_on


def settled(row: Subscription, before: date) -> date | None:
    """Return the last due date of a subscription of `begun` that was paid before a day.

    That day lies between the two that were asked about.
    """
    paid = [day for day in (row.paid_before, *row.paid_on) if day is not None and day < before]
    return max(paid, default=None)


def was_deleted(book: Book, subscription_id: UUID) -> bool:
    """Whether the book had a subscription of this id that is deleted."""
    gone = history_of(Subscription, pgh_label="delete", pgh_obj_id=subscription_id, book=book)
    return gone.exists()
