"""Private links to a calendar: who has one reads what is coming in a book, until it is revoked."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Now

from buffet import keys
from buffet.audit import Actor, acting
from buffet.errors import NotFound, Refusal
from buffet.models import Book, CalendarLink, Membership, User

MOST_LINKS = 20


class TooManyLinks(Refusal):
    """You have as many calendar links as one may have; revoke some that you do not use."""

    code = "too_many_links"


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link and its secret, which nobody can tell again."""

    link: CalendarLink
    secret: str


def open_calendar(*, by: Actor, user_id: UUID, book_id: UUID) -> NewLink:
    """Make a private link to a book's calendar for one of its members.

    :raises TooManyLinks: if the user has as many as one may have.
    """
    with acting(by=by):
        # Locked, so that two at once are counted one after the other.
        User.objects.select_for_update().get(id=user_id)
        if CalendarLink.objects.filter(user_id=user_id, revoked_at=None).count() >= MOST_LINKS:
            raise TooManyLinks
        secret = keys.secret()
        link = CalendarLink.objects.create(
            user_id=user_id, book_id=book_id, digest=keys.digest(secret)
        )
        link.refresh_from_db()
        return NewLink(link, secret)


def current_calendars(user_id: UUID, book_id: UUID) -> QuerySet[CalendarLink]:
    """Return the user's links to a book's calendar that are not revoked."""
    return CalendarLink.objects.filter(user_id=user_id, book_id=book_id, revoked_at=None)


def revoke_calendar(*, by: Actor, user_id: UUID, book_id: UUID, link_id: UUID) -> None:
    """End a private link, at once.

    :raises NotFound: if the user has no such link to the book.
    """
    with acting(by=by):
        if not current_calendars(user_id, book_id).filter(id=link_id).update(revoked_at=Now()):
            raise NotFound("You have no such link.")


def book_of_calendar(secret: str) -> Book | None:
    """Return the book that a private link shows; None if it is revoked or its maker has left."""
    link = (
        CalendarLink.objects.select_related("book")
        .filter(digest=keys.digest(secret), revoked_at=None, user__is_active=True)
        .first()
    )
    if link is None:
        return None
    seats = Membership.objects.current(link.user_id).filter(book_id=link.book_id)
    return link.book if seats.exists() else None
