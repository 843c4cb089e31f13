"""Support's view of a book's amounts: granted by an owner for a while, and taken back."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models.functions import Now
from django.utils import timezone

from buffet.audit import Actor, writing
from buffet.errors import NotFound, invalid
from buffet.models import SupportAccess
from buffet.services.members import refuse_unless_owner

LONGEST = timedelta(days=30)


def grant_support(*, by: Actor, book_id: UUID, expires_at: datetime) -> SupportAccess:
    """Let support see the book's amounts until an instant; a new grant replaces the last.

    :raises NotAllowed: if the one who grants it does not own the book.
    :raises Invalid: if the instant is past, or further away than `LONGEST`.
    """
    now = timezone.now()
    if not now < expires_at <= now + LONGEST:
        raise invalid("/expires_at", "out_of_range", "Access ends within the next 30 days.")
    with writing(book_id, by=by):
        refuse_unless_owner(by.user_id, book_id)
        SupportAccess.objects.of_book(book_id).filter(revoked_at=None).update(revoked_at=Now())
        made = SupportAccess.objects.create(
            book_id=book_id, granted_by_id=by.user_id, expires_at=expires_at
        )
        made.refresh_from_db()
        return made


def revoke_support(*, by: Actor, book_id: UUID, access_id: UUID) -> None:
    """End support's access at once.

    :raises NotAllowed: if the one who revokes it does not own the book.
    :raises NotFound: if the book has no such access that holds.
    """
    with writing(book_id, by=by):
        refuse_unless_owner(by.user_id, book_id)
        found = SupportAccess.objects.of_book(book_id).current().filter(id=access_id)
        if not found.update(revoked_at=Now()):
            raise NotFound("The book grants support no such access.")
