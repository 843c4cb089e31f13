"""Books: opened, changed, and who has a seat in them."""

from typing import Any
from uuid import UUID

from django.db import connection

from buffet.audit import Actor, acting, writing
from buffet.days import zones
from buffet.errors import NotAllowed, NotFound, invalid
from buffet.models import Book, Membership, Role, User

#: In an order, so that two of them wait for each other's locks rather than for ever.
_RAISE = """
SELECT buffet_touch(id) FROM (
    SELECT id FROM buffet_book WHERE id IN (
        SELECT book_id FROM buffet_membership WHERE user_id = %(user)s
        UNION SELECT book_id FROM buffet_membershipevent WHERE user_id = %(user)s
    ) ORDER BY id OFFSET 0
) AS of_person
"""


def create_book(
    *,
    by: Actor,
    user_id: UUID,
    name: str,
    base_currency: str,
    time_zone: str = "UTC",
    month_start_day: int = 1,
) -> Book:
    """Open a book and seat its owner; it becomes their default book if they have none."""
    _refuse_unknown_zone(time_zone)
    with acting(by=by):
        book = Book.objects.create(
            name=name,
            base_currency=base_currency,
            time_zone=time_zone,
            month_start_day=month_start_day,
        )
        Membership.objects.create(book=book, user_id=user_id, role=Role.OWNER)
        User.objects.filter(id=user_id, default_book=None).update(default_book=book)
        return book


def change_book(*, by: Actor, book_id: UUID, user_id: UUID, **given: Any) -> Book:
    """Change a book's name, base currency, time zone or the day on which its months begin.

    :raises NotFound: if the user is not a member of the book.
    :raises NotAllowed: if they are not an owner.
    """
    role = seat_of(user_id, book_id)
    if role != Role.OWNER:
        raise NotAllowed("Only an owner changes the book itself.")
    _refuse_unknown_zone(given.get("time_zone", "UTC"))
    with writing(book_id, by=by):
        if given:
            Book.objects.filter(id=book_id).update(**given)
        return Book.objects.get(id=book_id)


def seat_of(user_id: UUID | None, book_id: UUID) -> str:
    """Return the user's role in a book.

    :raises NotFound: if they have no seat in it, or it has expired.
    """
    seats = Membership.objects.current(user_id) if user_id else Membership.objects.none()
    seat = seats.filter(book_id=book_id).first()
    if seat is None:
        raise NotFound("There is no such book, or you are not a member of it.")
    return seat.role


def raise_versions(user_id: UUID) -> None:
    """Give the books in which somebody has or had a seat another version, in the same transaction.

    What names people is remembered by its book's version: call it where a name changes, before the
    user's row is written, as whoever holds a book's lock may write to its people.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RAISE, {"user": user_id})


def _refuse_unknown_zone(name: str) -> None:
    if name not in zones():
        raise invalid("/time_zone", "unknown", "This is no zone of the IANA time zone database.")
