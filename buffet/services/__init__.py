"""What people do before and around books: sign in, register, keep books together."""

from buffet.services.books import change_book, create_book, raise_versions, seat_of
from buffet.services.calendars import (
    book_of_calendar,
    current_calendars,
    open_calendar,
    revoke_calendar,
)
from buffet.services.members import (
    AlreadyMember,
    LastOwner,
    change_member,
    current_invitations,
    end_membership,
    ended_seat,
    invitation_of_link,
    invite,
    keeps_owner,
    members_of,
    refuse_unless_owner,
    take_back,
    take_seat,
)
from buffet.services.passwords import (
    ask_for_reset,
    change_password,
    reset_password,
    user_of_link,
)
from buffet.services.people import ask_to_register, change_user, email_of_link, register
from buffet.services.signing_in import (
    Tokens,
    current_sessions,
    end_session,
    end_sessions,
    open_session,
    refresh,
    sign_in,
    sign_out,
)
from buffet.services.support import grant_support, revoke_support
from buffet.services.tokens import create_token, current_tokens, revoke_token

__all__ = [
    "AlreadyMember",
    "LastOwner",
    "Tokens",
    "ask_for_reset",
    "ask_to_register",
    "book_of_calendar",
    "change_book",
    "change_member",
    "change_password",
    "change_user",
    "create_book",
    "create_token",
    "current_calendars",
    "current_invitations",
    "current_sessions",
    "current_tokens",
    "email_of_link",
    "end_membership",
    "end_session",
    "end_sessions",
    "ended_seat",
    "grant_support",
    "invitation_of_link",
    "invite",
    "keeps_owner",
    "members_of",
    "open_calendar",
    "open_session",
    "raise_versions",
    "refresh",
    "refuse_unless_owner",
    "register",
    "reset_password",
    "revoke_calendar",
    "revoke_support",
    "revoke_token",
    "seat_of",
    "sign_in",
    "sign_out",
    "take_back",
    "take_seat",
    "user_of_link",
]
