"""The letters we send: plain text, each with one link and why it came."""

import logging
from contextlib import suppress
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage

from buffet.errors import Refusal

logger = logging.getLogger(__name__)
SIGNATURE = "\n\nBetter Call Buffet\n{home}\n"


class NotSent(Refusal):
    """The letter could not be sent; please try again."""

    code = "letter_not_sent"
    status = 503
    retry_after = 60


def link(path: str) -> str:
    """Return an address of ours; where we live is a setting, whatever host a client asked for."""
    return f"{settings.PUBLIC_URL.rstrip('/')}/{path}"


def send(to: str, subject: str, text: str) -> None:
    """Send a letter.

    :raises NotSent: if the mail server does not take it.
    """
    body = text + SIGNATURE.format(home=link(""))
    try:
        EmailMessage(subject, body, to=[to]).send()
    except (OSError, SMTPException) as error:
        logger.error("mail: %s", error)
        raise NotSent from error


def registration(to: str, token: str) -> None:
    """Send the link with which one registers."""
    send(
        to,
        "Your account at Better Call Buffet",
        "Open this link to choose your password; it is good for a day:\n\n"
        f"{link(f'register/{token}')}\n\n"
        "If you did not ask for an account, there is nothing to do: none has been made.",
    )


def already_registered(to: str) -> None:
    """Tell someone who asked for an account that they have one; the screen told nobody."""
    send(
        to,
        "You have an account at Better Call Buffet",
        "Somebody, most likely you, asked for an account with this e-mail address, which has "
        f"one.\n\nSign in:          {link('sign-in')}\n"
        f"Forgot password:  {link('forgot-password')}",
    )


def reset(to: str, token: str) -> None:
    """Send the link with which one chooses a new password."""
    send(
        to,
        "Choose a new password",
        "Open this link to choose a new password; it is good for an hour, once:\n\n"
        f"{link(f'reset-password/{token}')}\n\n"
        "If you did not ask for it, there is nothing to do: your password stays as it is.",
    )


def nobody(to: str) -> None:
    """Tell someone who asked for a new password that they have no account."""
    send(
        to,
        "You have no account at Better Call Buffet",
        "Somebody, most likely you, asked for a new password for this e-mail address, which has "
        "no account here. Perhaps you registered with another address.",
    )


def password_changed(to: str) -> None:
    """Tell the owner of an account that its password is another now; a mere courtesy."""
    with suppress(NotSent):
        send(
            to,
            "Your password has been changed",
            "The password of your account has been changed, and everybody who was signed in with "
            "it is so no more.\n\nIf this was not you, choose a new one at once:\n\n"
            f"{link('forgot-password')}",
        )


def invitation(to: str, token: str, *, book: str, role: str, by: str) -> None:
    """Send the link with which one takes a seat in a book."""
    send(
        to,
        f"{by} invites you to “{book}”",
        f"{by} invites you to the book “{book}” as its {role}. Open this link to accept; it is "
        f"good for a week:\n\n{link(f'invitations/{token}')}\n\n"
        "If you do not know them, there is nothing to do.",
    )
