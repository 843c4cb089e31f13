"""What the templates of a book's members are given: seats and invitations in words and days."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone

from buffet import services
from buffet.errors import NotFound
from buffet.models import Invitation, Membership, Role
from reports.requests import PageRequest
from reports.sharing.forms import MAY, ROLES, last_day


@dataclass(frozen=True, slots=True)
class Line:
    """A member: their role, its last day if it has one, whether that is past, and if it is you."""

    seat: Membership
    role: Any
    last_day: date | None
    is_over: bool
    is_own: bool

    @property
    def name(self) -> str:
        """Return how they are called."""
        return self.seat.user.name or self.seat.user.email

    @property
    def may(self) -> Any:
        """Return what somebody of their role does."""
        return MAY[Role(self.seat.role)]


@dataclass(frozen=True, slots=True)
class Offer:
    """An invitation: the role, how long its link is good, and the last day of the seat if any."""

    invitation: Invitation
    role: Any
    good_until: date
    last_day: date | None


def line(request: PageRequest, seat: Membership) -> Line:
    """Return a member as the page tells them."""
    ends = seat.expires_at
    return Line(
        seat,
        ROLES[Role(seat.role)],
        last_day(ends, request.book) if ends else None,
        ends is not None and ends <= timezone.now(),
        seat.user_id == request.user.id,
    )


def members(request: PageRequest) -> list[Line]:
    """Return the book's members, the first to come first."""
    seats = services.members_of(request.book.id).order_by("created_at", "id")
    return [line(request, seat) for seat in seats]


def offers(request: PageRequest) -> list[Offer]:
    """Return the open invitations, the newest first."""
    book = request.book
    return [
        Offer(
            one,
            ROLES[Role(one.role)],
            book.day(one.expires_at),
            last_day(one.seat_expires_at, book) if one.seat_expires_at else None,
        )
        for one in services.current_invitations(book.id).order_by("-id")
    ]


def invited(request: PageRequest, id: UUID | None) -> Invitation | None:
    """Return the invitation that was sent just now.

    :raises NotFound: if the book never had it.
    """
    if id is None:
        return None
    found = Invitation.objects.filter(book=request.book, id=id).first()
    if found is None:
        raise NotFound("The book has no such invitation.")
    return found
