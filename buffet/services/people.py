"""People: how they come to have an account, and what they change about themselves."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import IntegrityError
from django.db.transaction import atomic

from buffet import letters, limits, sign_ins
from buffet.audit import Actor, acting
from buffet.errors import NotFound, Refusal, invalid
from buffet.models import Invitation, User
from buffet.services.books import raise_versions, seat_of
from buffet.services.members import invitation_of_link, take_seat
from buffet.services.passwords import LinkNotValid, refuse_weak
from buffet.staff_models import Outcome

SALT = "buffet.register"
GOOD_FOR = 24 * 60 * 60


class RegistrationClosed(Refusal):
    """One cannot register here; ask who runs this service for an account."""

    code = "registration_closed"
    status = 403


class AlreadyRegistered(Refusal):
    """This e-mail address has an account: sign in."""

    code = "already_registered"


def ask_to_register(*, email: str, address: str, language: str = "en") -> None:
    """Send a letter in `language` with a link to register.

    Somebody with an account gets a letter that says so: whoever asks is told the same, and has to
    wait as long, whether the address has an account or not.

    :raises RegistrationClosed: if only invited people register here, or nobody.
    :raises TooManyLetters: if too many were asked for.
    """
    if settings.REGISTRATION != "open":
        raise RegistrationClosed
    limits.letter(email, address)
    email = email.strip().lower()
    if User.objects.filter(email=email).exists():
        letters.already_registered(email, language=language)
    else:
        token = signing.dumps({"email": email}, salt=SALT)
        letters.registration(email, token, language=language)


def email_of_link(token: str) -> tuple[str, Invitation | None]:
    """Return the address that a link to register, or an invitation, has proved.

    :raises RegistrationClosed: if nobody registers here with such a link.
    :raises LinkNotValid: if it has expired or never was one.
    """
    invitation = invitation_of_link(token)
    if settings.REGISTRATION not in (("open", "invited") if invitation else ("open",)):
        raise RegistrationClosed
    if invitation:
        return invitation.email, invitation
    try:
        return signing.loads(token, salt=SALT, max_age=GOOD_FOR)["email"], None
    except signing.BadSignature:
        raise LinkNotValid from None


def register(
    *,
    token: str,
    password: str,
    name: str = "",
    door: str = "api",
    address: str = "",
    user_agent: str = "",
) -> User:
    """Make an account for the address that a link has proved; an invitation's is also accepted.

    The history of signing in keeps that the link was used, and from which network `address`.

    :raises RegistrationClosed: if nobody registers here with such a link.
    :raises LinkNotValid: if the link has expired or never was one.
    :raises AlreadyRegistered: if the address has an account.
    :raises Invalid: if the password is too weak.
    """
    email, invitation = email_of_link(token)
    if User.objects.filter(email=email).exists():
        raise AlreadyRegistered
    refuse_weak(password, User(email=email, name=name), "/password")
    try:
        with atomic():
            user = User.objects.create_user(email, password, name=name)
            if invitation:
                take_seat(by=Actor(user.id, door, email=email), user_id=user.id, token=token)
            told = {"door": door, "address": address, "user_agent": user_agent}
            sign_ins.note(Outcome.LETTER, user_id=user.id, **told)
    except IntegrityError:
        raise AlreadyRegistered from None
    user.refresh_from_db()
    return user


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
        if "name" in given:
            raise_versions(user_id)
        if given:
            User.objects.filter(id=user_id).update(**given)
        return User.objects.get(id=user_id)
