"""Sign in, stay signed in, sign out; open books."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django.contrib.auth import authenticate
from django.db.transaction import atomic
from django.utils import timezone
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import RefreshToken

from buffet.audit import Actor, acting, writing
from buffet.errors import NotAllowed, NotFound, Refusal, invalid
from buffet.models import Book, Membership, Role, Session, User


class WrongCredentials(Refusal):
    """The e-mail address or the password is wrong."""

    code = "wrong_credentials"
    status = 401


class SessionEnded(Refusal):
    """This refresh token is not valid, or its session has ended: sign in again."""

    code = "session_ended"
    status = 401


@dataclass(frozen=True, slots=True)
class Tokens:
    """A short access token and the refresh token that renews it once."""

    access: str
    refresh: str


def sign_in(*, email: str, password: str, user_agent: str = "") -> Tokens:
    """Open a session and return its first tokens.

    :raises WrongCredentials: if the e-mail or the password is wrong or the user deactivated; it
        takes as long for an address that nobody has.
    """
    user = authenticate(username=email.strip().lower(), password=password)
    if not isinstance(user, User):
        raise WrongCredentials
    return open_session(user, user_agent)


def open_session(user: User, user_agent: str = "") -> Tokens:
    """Open a session for someone who has proved who they are."""
    session = Session(user=user, user_agent=user_agent[:200])
    return _issue(session)


def _issue(session: Session) -> Tokens:
    """Return new tokens and make their refresh token the only good one."""
    refresh = RefreshToken()
    refresh["user_id"] = str(session.user_id)
    refresh["sid"] = str(session.id)
    session.refresh_id = refresh["jti"]
    session.expires_at = datetime.fromtimestamp(refresh["exp"], UTC)
    session.used_at = timezone.now()
    session.save()
    return Tokens(str(refresh.access_token), str(refresh))


def refresh(*, token: str) -> Tokens:
    """Exchange a refresh token for new tokens, once.

    A token that was exchanged before is in two hands, one of them a thief's: the session ends.

    :raises SessionEnded: if the token is not the session's last, or the session has ended.
    """
    claims = _claims(token)
    tokens = None
    with atomic():
        session = _locked(claims)
        if session.refresh_id == claims["jti"]:
            tokens = _issue(session)
        else:
            _end(session, "refresh token used twice")
    if tokens is None:
        raise SessionEnded
    return tokens


def sign_out(*, token: str) -> None:
    """End the session of a refresh token, its access tokens included.

    :raises SessionEnded: if it is no token of a session that goes on.
    """
    claims = _claims(token)
    with atomic():
        _end(_locked(claims), "signed out")


def _claims(token: str) -> RefreshToken:
    try:
        claims = RefreshToken(token)
        UUID(claims["sid"])
    except (TokenError, KeyError, ValueError) as error:
        raise SessionEnded from error
    return claims


def _locked(claims: RefreshToken) -> Session:
    """Return the session, locked: of two uses of one token at once, the second sees the first."""
    session = (
        Session.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(
            id=claims["sid"],
            ended_at__isnull=True,
            expires_at__gt=timezone.now(),
            user__is_active=True,
        )
        .first()
    )
    if session is None:
        raise SessionEnded
    return session


def _end(session: Session, because: str) -> None:
    session.ended_at, session.ended_because = timezone.now(), because
    session.save(update_fields=["ended_at", "ended_because"])


def create_book(
    *, by: Actor, user_id: UUID, name: str, base_currency: str, time_zone: str = "UTC"
) -> Book:
    """Open a book and seat its owner; it becomes their default book if they have none."""
    _refuse_unknown_zone(time_zone)
    with acting(by=by):
        book = Book.objects.create(name=name, base_currency=base_currency, time_zone=time_zone)
        Membership.objects.create(book=book, user_id=user_id, role=Role.OWNER)
        User.objects.filter(id=user_id, default_book=None).update(default_book=book)
        return book


def change_book(*, by: Actor, book_id: UUID, user_id: UUID, **given: Any) -> Book:
    """Change a book's name, base currency or time zone.

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


def seat_of(user_id: UUID, book_id: UUID) -> str:
    """Return the user's role in a book.

    :raises NotFound: if they have no seat in it, or it has expired.
    """
    seat = Membership.objects.current(user_id).filter(book_id=book_id).first()
    if seat is None:
        raise NotFound("There is no such book, or you are not a member of it.")
    return seat.role


def change_user(*, by: Actor, user_id: UUID, **given: Any) -> User:
    """Change a user's own name or default book.

    :raises Invalid: if they are not a member of the book.
    """
    if given.get("default_book_id") is not None:
        try:
            seat_of(user_id, given["default_book_id"])
        except NotFound as error:
            raise invalid("/default_book", "not_found", error.detail) from None
    with acting(by=by):
        if given:
            User.objects.filter(id=user_id).update(**given)
        return User.objects.get(id=user_id)


def _refuse_unknown_zone(name: str) -> None:
    if name not in available_timezones():
        raise invalid("/time_zone", "unknown", "This is no zone of the IANA time zone database.")
