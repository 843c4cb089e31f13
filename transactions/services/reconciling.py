"""Agree with a bank's statement: what led to it stays as it is."""

from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Count, Min
from django.utils import timezone

from accounts.models import Account
from buffet import money
from buffet.audit import Actor, writing
from buffet.errors import Refusal
from buffet.models import Book
from transactions.models import BalancePoint, Entry, Status
from transactions.queries import points
from transactions.services.points import get_point


class AlreadyReconciled(Refusal):
    """This balance point is reconciled already."""

    code = "already_reconciled"


class NotReconciled(Refusal):
    """This balance point is not reconciled."""

    code = "not_reconciled"


class BalancesDiffer(Refusal):
    """The ledger says something else than this balance point."""

    code = "balances_differ"


class StillPending(Refusal):
    """Entries up to this day are still pending."""

    code = "still_pending"


class LaterIsReconciled(Refusal):
    """A later day of this account is reconciled: unlock that one first."""

    code = "later_is_reconciled"


def reconcile(*, book: Book, by: Actor, point_id: UUID) -> BalancePoint:
    """Agree with a balance: the account's entries up to its day are reconciled, and stay.

    Those in closed months keep the status that they have.

    :raises NotFound: if the book has no such point.
    :raises AlreadyReconciled: if it is reconciled.
    :raises BalancesDiffer: if the ledger says something else.
    :raises StillPending: if entries up to its day are pending.
    """
    with writing(book.id, by=by):
        point = points.get(book.id, point_id)
        if point.reconciled_at is not None:
            raise AlreadyReconciled
        if not point.ok:
            expected, computed, off = (
                money.text(amount, point.currency)
                for amount in (point.expected, point.computed, point.difference)
            )
            raise BalancesDiffer(
                f"{point.account_name} should have {expected} {point.currency} at the end of "
                f"{point.on}, and has {computed}: the difference is {off}."
            )
        _refuse_pending(point)
        locked = _locked_through(point.account_id)
        _mark(point.account_id, locked, point.on, Status.CLEARED, Status.RECONCILED)
        BalancePoint.objects.filter(id=point.id).update(reconciled_at=timezone.now())
        return get_point(book, point_id)


def _refuse_pending(point: points.Point) -> None:
    pending = Entry.objects.filter(
        account_id=point.account_id, date__lte=point.on, status=Status.PENDING
    ).aggregate(count=Count("id"), first=Min("date"))
    count, first = pending["count"], pending["first"]
    if count:
        raise StillPending(
            f"{count} entries are still pending up to {point.on}, the first of {first}."
            if count > 1
            else f"1 entry is still pending up to {point.on}, that of {first}."
        )


def unlock(*, book: Book, by: Actor, point_id: UUID, reason: str) -> BalancePoint:
    """Let what led to the latest reconciled balance of an account change again.

    :raises NotFound: if the book has no such point.
    :raises NotReconciled: if it is not reconciled.
    :raises LaterIsReconciled: if a later day of the account is.
    """
    with writing(book.id, by=by, reason=reason):
        point = get_point(book, point_id)
        if point.reconciled_at is None:
            raise NotReconciled
        locked = point.account.locked_through
        if locked != point.on:
            raise LaterIsReconciled(
                f"{point.account.name} is reconciled up to {locked}: unlock that day first."
            )
        BalancePoint.objects.filter(id=point.id).update(reconciled_at=None)
        before = _locked_through(point.account_id)
        _mark(point.account_id, before, point.on, Status.RECONCILED, Status.CLEARED)
        return get_point(book, point_id)


def _locked_through(account_id: UUID) -> date | None:
    return Account.objects.values_list("locked_through", flat=True).get(id=account_id)


_MARK = """
UPDATE transactions_entry e SET status = %(after)s
WHERE e.account_id = %(account)s AND e.status = %(before)s AND e.date <= %(until)s
    AND e.date > coalesce(%(since)s::date, '-infinity') AND NOT EXISTS (
        SELECT FROM transactions_closedmonth c
        WHERE c.book_id = e.book_id AND c.month = date_trunc('month', e.date)::date
    )
"""


def _mark(account_id: UUID, since: date | None, until: date, before: str, after: str) -> None:
    """Give an account's entries behind one day, up to another, the status `after`."""
    with connection.cursor() as cursor:
        cursor.execute(
            _MARK,
            {
                "account": account_id,
                "since": since,
                "until": until,
                "before": str(before),
                "after": str(after),
            },
        )
