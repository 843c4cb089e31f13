"""Close a month, so that its entries no longer change, and reopen it."""

from datetime import date

from buffet.audit import Actor, writing
from buffet.errors import Fault, Refusal, invalid
from buffet.models import Book
from transactions.models import ClosedMonth


class AlreadyClosed(Refusal):
    """This month is closed already."""

    code = "already_closed"


class NotClosed(Refusal):
    """This month is not closed."""

    code = "not_closed"
    status = 404


class MonthNotOver(Refusal):
    """This month is not over yet."""

    code = "month_not_over"


def closed_fault(pointer: str, day: date) -> Fault:
    """Return what is wrong with changing the closed month that a day lies in."""
    return Fault(
        pointer, "month_closed", f"{day:%Y-%m} is closed; an owner of the book can reopen it."
    )


def close_month(
    *, book: Book, by: Actor, month: date, today: date, reason: str = ""
) -> ClosedMonth:
    """Close the month that `month` lies in; its row says who closed it and when.

    :raises MonthNotOver: if its last day is not before `today`, the book's.
    :raises AlreadyClosed: if it is closed.
    """
    first = month.replace(day=1)
    if first >= today.replace(day=1):
        raise MonthNotOver
    with writing(book.id, by=by, reason=reason):
        if ClosedMonth.objects.filter(book=book, month=first).exists():
            raise AlreadyClosed
        return ClosedMonth.objects.create(book=book, month=first)


def reopen_month(*, book: Book, by: Actor, month: date, reason: str) -> None:
    """Reopen a closed month; who closed it, who reopened it and why stay in the history.

    :raises Invalid: if no reason is given.
    :raises NotClosed: if it is not closed.
    """
    if not reason.strip():
        raise invalid("?reason", "required", "Say why it is reopened.")
    with writing(book.id, by=by, reason=reason):
        closed = ClosedMonth.objects.filter(book=book, month=month.replace(day=1))
        if not closed.exists():
            raise NotClosed
        closed._raw_delete("default")
