"""Who reads a page, and which books they may read: found by one statement."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from django.utils import timezone

from buffet.models import SHARED_VERSION, Book, User

#: Of a book, in the order of its fields.
BOOK_COLUMNS = ("id", "name", "base_currency", "time_zone", "version", "month_start_day")


@dataclass(frozen=True, slots=True)
class Seat:
    """A reader's place in a book; `shared` is the number of the state of what all books share."""

    role: str
    book: Book
    shared: int
    today: date


# As JSON, since the seats of a reader are no columns of theirs.
_READER = f"""
SELECT u.*, coalesce({SHARED_VERSION}, 0) AS shared, coalesce((
    SELECT json_agg(json_build_array(m.role, {", ".join(f"b.{one}" for one in BOOK_COLUMNS)})
        ORDER BY m.created_at, m.id)
    FROM buffet_membership m JOIN buffet_book b ON b.id = m.book_id
    WHERE m.user_id = u.id AND (m.expires_at IS NULL OR m.expires_at > now())
), '[]')::text AS seats_found
FROM buffet_user u WHERE u.id = %s
"""


def reader(user_id: UUID) -> User | None:
    """Return a user with what `seats` tells of them; None if there is no such user."""
    return next(iter(User.objects.raw(_READER, [user_id])), None)


def seats(of: User) -> list[Seat]:
    """Return the seats of a reader that have not expired, the oldest first."""
    now = timezone.now()
    return [
        Seat(role, book := _book(row), of.shared, book.day(now))
        for role, *row in orjson.loads(of.seats_found)
    ]


def _book(row: list[Any]) -> Book:
    return Book.from_db("default", BOOK_COLUMNS, [UUID(row[0]), *row[1:]])
