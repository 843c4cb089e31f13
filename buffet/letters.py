"""The letters we send: plain text, each with one link and why it came.

Each is in the language of whoever's request causes it (`language`, a code of Django's).
"""

import logging
from contextlib import suppress
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from buffet.errors import Refusal
from buffet.models import Role

logger = logging.getLogger(__name__)
SIGNATURE = "\n\nBetter Call Buffet\n{home}\n"
#: What one is invited to be.
INVITED = {
    Role.OWNER: gettext_noop("{person} invites you to the book “{book}” as its owner."),
    Role.EDITOR: gettext_noop("{person} invites you to the book “{book}” as its editor."),
    Role.VIEWER: gettext_noop("{person} invites you to the book “{book}” as its viewer."),
}


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


def _paragraphs(*texts: str) -> str:
    return "\n\n".join(texts)


def registration(to: str, token: str, *, language: str) -> None:
    """Send the link with which one registers."""
    with override(language):
        send(
            to,
            _("Your account at Better Call Buffet"),
            _paragraphs(
                _("Open this link to choose your password; it is good for a day:"),
                link(f"register/{token}"),
                _("If you did not ask for an account, there is nothing to do: none has been made."),
            ),
        )


def already_registered(to: str, *, language: str) -> None:
    """Tell someone who asked for an account that they have one; the screen told nobody."""
    with override(language):
        send(
            to,
            _("You have an account at Better Call Buffet"),
            _paragraphs(
                _(
                    "Somebody, most likely you, asked for an account with this e-mail address, "
                    "which has one."
                ),
                _("To sign in: {link}").format(link=link("sign-in")),
                _("If you forgot the password: {link}").format(link=link("forgot-password")),
            ),
        )


def reset(to: str, token: str, *, language: str) -> None:
    """Send the link with which one chooses a new password."""
    with override(language):
        send(
            to,
            _("Choose a new password"),
            _paragraphs(
                _("Open this link to choose a new password; it is good for an hour, once:"),
                link(f"reset-password/{token}"),
                _(
                    "If you did not ask for it, there is nothing to do: your password stays as it "
                    "is."
                ),
            ),
        )


def nobody(to: str, *, language: str) -> None:
    """Tell someone who asked for a new password that they have no account."""
    with override(language):
        send(
            to,
            _("You have no account at Better Call Buffet"),
            _(
                "Somebody, most likely you, asked for a new password for this e-mail address, "
                "which has no account here. Perhaps you registered with another address."
            ),
        )


def password_changed(to: str, *, language: str) -> None:
    """Tell the owner of an account that its password is another now; a mere courtesy."""
    with suppress(NotSent), override(language):
        send(
            to,
            _("Your password has been changed"),
            _paragraphs(
                _(
                    "The password of your account has been changed, and everybody who was signed "
                    "in with it is so no more."
                ),
                _("If this was not you, choose a new one at once:"),
                link("forgot-password"),
            ),
        )


def invitation(to: str, token: str, *, book: str, role: str, by: str, language: str) -> None:
    """Send the link with which one takes a seat in a book."""
    with override(language):
        send(
            to,
            _("{person} invites you to “{book}”").format(person=by, book=book),
            _paragraphs(
                _(INVITED[Role(role)]).format(person=by, book=book),
                _("Open this link to accept; it is good for a week:"),
                link(f"invitations/{token}"),
                _("If you do not know them, there is nothing to do."),
            ),
        )
