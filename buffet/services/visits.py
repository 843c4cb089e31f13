"""Visits of staff to a book: they see what a member sees, change nothing, and leave a trace."""

from datetime import timedelta
from uuid import UUID

from django.db.models import F, Func, JSONField, Value
from django.db.models.functions import Now
from django.utils import timezone

from buffet.audit import Actor, writing
from buffet.errors import NotAllowed, NotFound, invalid
from buffet.models import Membership, User, Visit
from buffet.roles import SEE_AS_MEMBER
from buffet.services.books import seat_of

LASTS = timedelta(minutes=15)


def begin_visit(*, by: Actor, seat_id: UUID, reason: str) -> Visit:
    """Begin to see a book as a member of it does.

    :raises NotAllowed: if the one who does so has no leave to.
    :raises NotFound: if there is no such seat, or it has expired.
    :raises Invalid: if no reason is given.
    """
    if not reason.strip():
        raise invalid("/reason", "required", "Say why: the book's members read it.")
    seat = Membership.objects.unexpired().filter(id=seat_id).first()
    if seat is None:
        raise NotFound("There is no such seat, or it has expired.")
    with writing(seat.book_id, by=by, reason=reason):
        _refuse_unless_staff(by)
        return Visit.objects.create(
            book_id=seat.book_id,
            staff_id=by.user_id,
            seen_as_id=seat.user_id,
            reason=reason.strip(),
            expires_at=timezone.now() + LASTS,
        )


def _refuse_unless_staff(by: Actor) -> None:
    staff = User.objects.filter(is_staff=True, is_active=True)
    user = staff.filter(id=by.user_id).first() if by.user_id else None
    if user is None or not user.has_perm(SEE_AS_MEMBER):
        raise NotAllowed("Only some of staff see a book as its members do.")


def current_visit(*, visit_id: str, staff: User) -> tuple[Visit, str] | None:
    """Return a visit that goes on and the member's role; None if it is over.

    It is over, too, when the member has no seat any more, or the visitor no leave.
    """
    found = Visit.objects.current().filter(id=visit_id, staff=staff)
    visit = found.select_related("book", "seen_as").first()
    if visit is None or not staff.is_staff or not staff.has_perm(SEE_AS_MEMBER):
        return None
    try:
        return visit, seat_of(visit.seen_as_id, visit.book_id)
    except NotFound:
        return None


def note_page(*, visit_id: UUID, address: str) -> None:
    """Keep which page was opened."""
    added = Func(
        F("pages"), Value([address[:300]], JSONField()), template="%(expressions)s",
        arg_joiner=" || ", output_field=JSONField(),
    )  # fmt: skip
    Visit.objects.filter(id=visit_id).update(pages=added)


def end_visit(*, visit_id: str, staff_id: UUID) -> None:
    """End a visit of one's own; one that is over stays as it was."""
    Visit.objects.current().filter(id=visit_id, staff_id=staff_id).update(ended_at=Now())
