"""Passwords: changed by who knows the old one, reset by who reads the account's e-mail."""

from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.db.transaction import atomic

from buffet import letters, limits, sign_ins
from buffet.audit import Actor, acting
from buffet.errors import Fault, Invalid, Refusal
from buffet.models import User
from buffet.services.signing_in import end_sessions
from buffet.staff_models import Outcome


class WrongPassword(Refusal):
    """This is not your password."""

    code = "wrong_password"
    status = 403


class LinkNotValid(Refusal):
    """This link was used, has expired or never was one: ask for a new one."""

    code = "link_not_valid"
    status = 403


def refuse_weak(password: str, user: User, pointer: str) -> None:
    """Check a new password.

    :raises Invalid: saying each thing that is wrong with it.
    """
    try:
        validate_password(password, user)
    except ValidationError as error:
        faults = [Fault(pointer, "weak", sentence) for sentence in error.messages]
        raise Invalid(faults) from None


def change_password(
    *,
    by: Actor,
    user_id: UUID,
    session_id: UUID | None,
    current: str,
    new: str,
    language: str = "en",
) -> None:
    """Change the user's own password; whoever is signed in elsewhere is so no more.

    They are told by a letter in `language`.

    :raises WrongPassword: if `current` is not their password.
    :raises Invalid: if the new one is too weak.
    """
    user = User.objects.get(id=user_id)
    if not user.check_password(current):
        raise WrongPassword
    refuse_weak(new, user, "/new_password")
    user.set_password(new)
    with atomic(), acting(by=by):
        user.save(update_fields=["password"])
        end_sessions(user_id=user_id, because="password changed", but=session_id)
    letters.password_changed(user.email, language=language)


def ask_for_reset(*, email: str, address: str, language: str = "en") -> None:
    """Send a letter in `language` with a link to choose a new password.

    Somebody without an account gets a letter that says so: whoever asks is told the same, and has
    to wait as long, whether the address has an account or not.

    :raises TooManyLetters: if too many were asked for.
    """
    limits.letter(email, address)
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        letters.nobody(email, language=language)
    else:
        token = f"{user.id}.{default_token_generator.make_token(user)}"
        letters.reset(user.email, token, language=language)


def user_of_link(token: str, *, lock: bool = False) -> User:
    """Return the person whose link to choose a new password this is.

    :raises LinkNotValid: if it was used, has expired or never was one.
    """
    id, _, proof = token.partition(".")
    try:
        users = User.objects.select_for_update() if lock else User.objects.all()
        user = users.filter(id=UUID(id), is_active=True).first()
    except ValueError:
        user = None
    if user is None or not default_token_generator.check_token(user, proof):
        raise LinkNotValid
    return user


def reset_password(
    *,
    token: str,
    new: str,
    door: str = "api",
    address: str = "",
    user_agent: str = "",
    language: str = "en",
) -> User:
    """Choose a new password with the link of a letter; everybody signed in is so no more.

    The history of signing in keeps that the link was used, and from which network `address`. A
    letter in `language` tells them.

    :raises LinkNotValid: if the link was used, has expired or never was one.
    :raises Invalid: if the new password is too weak.
    """
    with atomic():
        # Locked: of two uses of one link at once, the second finds another password's proof.
        user = user_of_link(token, lock=True)
        refuse_weak(new, user, "/new_password")
        user.set_password(new)
        with acting(by=Actor(user.id, door, email=user.email)):
            user.save(update_fields=["password"])
            end_sessions(user_id=user.id, because="password reset")
        told = {"door": door, "address": address, "user_agent": user_agent}
        sign_ins.note(Outcome.LETTER, user_id=user.id, **told)
    limits.forget(user.email)
    letters.password_changed(user.email, language=language)
    return user
