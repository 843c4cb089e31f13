"""Seats in a book: offered by letter, taken, changed and left."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from buffet import keys, letters, limits
from buffet.audit import Actor, history_of, writing
from buffet.errors import NotAllowed, NotFound, Refusal, invalid
from buffet.models import (
    Book,
    Invitation,
    InvitationQuerySet,
    Membership,
    Role,
    User,
)
from buffet.services.books import seat_of
from buffet.services.passwords import LinkNotValid

MOST_OPEN = 50


class LastOwner(Refusal):
    """A book keeps an owner whose seat does not expire: make somebody else one first."""

    code = "last_owner"


class AlreadyMember(Refusal):
    """They have a seat in this book already; change its role instead."""

    code = "already_member"


class TooManyInvitations(Refusal):
    """The book has as many open invitations as it may have; take back some first."""

    code = "too_many_invitations"


class OtherAddress(Refusal):
    """This invitation is for another e-mail address than yours."""

    code = "other_address"
    status = 403


def refuse_unless_owner(user_id: UUID | None, book_id: UUID) -> UUID:
    """Check that somebody owns a book, and return who.

    :raises NotFound: if they have no seat in it.
    :raises NotAllowed: if their seat is not an owner's.
    """
    role = seat_of(user_id, book_id)
    if user_id is None or role != Role.OWNER:
        raise NotAllowed("Only an owner decides who has a seat in the book.")
    return user_id


def _refuse_past(expires_at: datetime | None, pointer: str) -> None:
    if expires_at is not None and expires_at <= timezone.now():
        raise invalid(pointer, "past", "A seat expires in the future.")


def current_invitations(book_id: UUID | None = None) -> InvitationQuerySet:
    """Return the invitations, of one book or all, that can be accepted."""
    found = Invitation.objects.filter(answered_at=None, expires_at__gt=Now())
    return found if book_id is None else found.filter(book_id=book_id)


def invite(
    *,
    by: Actor,
    book_id: UUID,
    email: str,
    role: str,
    seat_expires_at: datetime | None = None,
    address: str = "",
    language: str = "en",
) -> Invitation:
    """Offer somebody a seat by letter; a new offer to the same address replaces the last.

    The letter is in `language`.

    :raises NotAllowed: if the one who invites does not own the book.
    :raises AlreadyMember: if the address is that of a member.
    :raises TooManyLetters: if too many letters were asked for.
    """
    email = email.strip().lower()
    _refuse_past(seat_expires_at, "/seat_expires_at")
    limits.letter(email, address)
    with writing(book_id, by=by):
        owner_id = refuse_unless_owner(by.user_id, book_id)
        if Membership.objects.unexpired().filter(book_id=book_id, user__email=email).exists():
            raise AlreadyMember
        Invitation.objects.filter(book_id=book_id, email=email, answered_at=None).update(
            answered_at=Now(), answer="replaced"
        )
        if current_invitations(book_id).count() >= MOST_OPEN:
            raise TooManyInvitations
        token = keys.secret()
        made = Invitation.objects.create(
            book_id=book_id,
            email=email,
            role=role,
            seat_expires_at=seat_expires_at,
            digest=keys.digest(token),
            invited_by_id=owner_id,
        )
        made.refresh_from_db()
        book = Book.objects.get(id=book_id)
        inviter = User.objects.get(id=owner_id)
        # Inside, so that an offer whose letter could not be sent is none.
        host = inviter.name or inviter.email
        letters.invitation(email, token, book=book.name, role=role, by=host, language=language)
        return made


def invitation_of_link(token: str) -> Invitation | None:
    """Return the invitation whose letter had this token, if it can be accepted."""
    found = current_invitations().filter_token(token)
    return found.select_related("book", "invited_by").first()


def take_back(*, by: Actor, book_id: UUID, invitation_id: UUID) -> None:
    """End an open invitation.

    :raises NotFound: if the book has no such open invitation.
    """
    with writing(book_id, by=by):
        refuse_unless_owner(by.user_id, book_id)
        found = current_invitations(book_id).filter(id=invitation_id)
        if not found.update(answered_at=Now(), answer="taken back"):
            raise NotFound("The book has no such invitation.")


def take_seat(*, by: Actor, user_id: UUID, token: str) -> Membership:
    """Accept an invitation.

    :raises LinkNotValid: if it was answered, has expired or never was one.
    :raises OtherAddress: if it was sent to another address than the user's.
    :raises AlreadyMember: if the user has a seat in the book by now.
    """
    offered = current_invitations().filter_token(token).first()
    if offered is None:
        raise LinkNotValid
    user = User.objects.get(id=user_id)
    if offered.email != user.email:
        raise OtherAddress
    with writing(offered.book_id, by=by):
        taken = current_invitations().filter(id=offered.id)
        if not taken.update(answered_at=Now(), answer="accepted"):
            raise LinkNotValid
        seats = Membership.objects.filter(book_id=offered.book_id, user=user)
        if seats.unexpired().exists():
            raise AlreadyMember
        # One that had expired gives way.
        seat, _ = Membership.objects.update_or_create(
            book_id=offered.book_id,
            user=user,
            defaults={"role": offered.role, "expires_at": offered.seat_expires_at},
        )
        User.objects.filter(id=user.id, default_book=None).update(default_book=offered.book_id)
        return seat


def keeps_owner(book_id: UUID, *, without: UUID) -> bool:
    """Whether somebody else owns the book for good."""
    others = Membership.objects.filter(book_id=book_id, role=Role.OWNER, expires_at=None)
    return others.exclude(user_id=without).exists()


def _member(book_id: UUID, member_id: UUID) -> Membership:
    found = Membership.objects.filter(book_id=book_id, user_id=member_id)
    seat = found.select_related("user").first()
    if seat is None:
        raise NotFound("The book has no such member.")
    return seat


def change_member(*, by: Actor, book_id: UUID, member_id: UUID, **given: Any) -> Membership:
    """Change a member's `role` or the instant at which their seat expires (`expires_at`).

    :raises NotAllowed: if the one who changes it does not own the book.
    :raises LastOwner: if no owner without an expiry would be left.
    """
    _refuse_past(given.get("expires_at"), "/expires_at")
    with writing(book_id, by=by):
        refuse_unless_owner(by.user_id, book_id)
        seat = _member(book_id, member_id)
        for name, value in given.items():
            setattr(seat, name, value)
        if given:
            stays_owner = seat.role == Role.OWNER and seat.expires_at is None
            if not stays_owner and not keeps_owner(book_id, without=member_id):
                raise LastOwner
            seat.save(update_fields=[*given])
        return seat


def end_membership(*, by: Actor, book_id: UUID, member_id: UUID) -> None:
    """Take a seat away, or leave one's own; it ends at once.

    :raises NotAllowed: if the seat is somebody else's and the caller does not own the book.
    :raises LastOwner: if no owner without an expiry would be left.
    """
    with writing(book_id, by=by):
        if by.user_id != member_id:
            refuse_unless_owner(by.user_id, book_id)
        elif not Membership.objects.current(member_id).filter(book_id=book_id).exists():
            raise NotFound("There is no such book, or you are not a member of it.")
        seat = _member(book_id, member_id)
        if not keeps_owner(book_id, without=member_id):
            raise LastOwner
        seat.delete()
        left = User.objects.filter(id=member_id, default_book_id=book_id)
        other = Membership.objects.current(member_id).order_by("id").first()
        left.update(default_book=other.book_id if other else None)


def members_of(book_id: UUID) -> QuerySet[Membership]:
    """Return the seats in a book, expired ones among them, with who has them."""
    return Membership.objects.filter(book_id=book_id).select_related("user")


def ended_seat(seat_id: UUID) -> tuple[UUID, UUID] | None:
    """Return the book that a seat was in and who had it, if it was taken away or left."""
    end = history_of(Membership, pgh_label="delete", pgh_obj_id=seat_id).first()
    if end is None:
        return None
    told = vars(end)
    return told["book_id"], told["user_id"]
