"""Sign in, stay signed in, sign out."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.contrib.auth import authenticate
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.db.transaction import atomic
from django.utils import timezone
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import RefreshToken

from buffet import limits, sign_ins
from buffet.errors import NotFound, Refusal
from buffet.models import Session, User, others
from buffet.staff_models import Outcome


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


def sign_in(*, email: str, password: str, address: str = "", user_agent: str = "") -> Tokens:
    """Open a session and return its first tokens; `address` is the client's network address.

    :raises WrongCredentials: if the e-mail or the password is wrong or the user deactivated; it
        takes as long for an address that nobody has.
    :raises TooManyAttempts: if too many failed lately.
    """
    told = {"door": "api", "address": address, "user_agent": user_agent}
    try:
        limits.attempt(email, address)
    except limits.TooManyAttempts:
        sign_ins.note(Outcome.LOCKED, user_id=sign_ins.owner_of(email), **told)
        raise
    user = authenticate(username=email.strip().lower(), password=password)
    if not isinstance(user, User):
        sign_ins.note(Outcome.WRONG, user_id=sign_ins.owner_of(email), **told)
        raise WrongCredentials
    limits.succeeded(email, address)
    sign_ins.note(Outcome.PASSWORD, user_id=user.pk, **told)
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
        claims = RefreshToken(token)  # type: ignore[arg-type]  # it takes the text
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


def current_sessions(user_id: UUID) -> QuerySet[Session]:
    """Return the user's sessions that go on."""
    return Session.objects.filter(user_id=user_id, ended_at=None, expires_at__gt=Now())


def end_session(*, user_id: UUID, session_id: UUID) -> None:
    """End one of the user's sessions, its access tokens included.

    :raises NotFound: if the user has no such session.
    """
    found = current_sessions(user_id).filter(id=session_id)
    if not found.update(ended_at=Now(), ended_because="ended by its user"):
        raise NotFound("You have no such session.")


def end_sessions(*, user_id: UUID, because: str, but: UUID | None = None) -> None:
    """End the user's sessions, all or all but one, their access tokens included."""
    others(current_sessions(user_id), but).update(ended_at=Now(), ended_because=because)
