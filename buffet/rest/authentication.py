"""Who calls: a bearer token, looked up with its session, user, seat and book in one query."""

import time
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.db import connection
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken

from buffet.audit import Actor
from buffet.models import Book


@dataclass(frozen=True, slots=True)
class Seat:
    """The caller's place in the book that the request is about."""

    book: Book
    role: str

    @property
    def may_write(self) -> bool:
        """Whether the role allows changes."""
        return self.role in ("owner", "editor")


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in person, and their seat in the chosen book if they have one."""

    id: UUID
    email: str
    name: str
    is_staff: bool
    default_book_id: UUID | None
    session_id: UUID
    seat: Seat | None
    is_authenticated = True
    is_active = True

    def actor(self, request_id: str) -> Actor:
        """Return the caller as the history will name them."""
        return Actor(self.id, "api", request_id, self.email)


@lru_cache(maxsize=4096)
def _verified(token: bytes) -> tuple[UUID, UUID, float]:
    """Return user, session and end of an access token whose signature holds."""
    verified = AccessToken(token)
    return UUID(verified["user_id"]), UUID(verified["sid"]), float(verified["exp"])


_CALLER = """
SELECT u.email, u.name, u.is_staff, u.default_book_id, m.role,
    b.id, b.name, b.base_currency, b.time_zone, b.version
FROM buffet_session s
JOIN buffet_user u ON u.id = s.user_id AND u.is_active
LEFT JOIN buffet_membership m ON m.user_id = u.id
    AND m.book_id = coalesce(%s::uuid, u.default_book_id)
    AND (m.expires_at IS NULL OR m.expires_at > now())
LEFT JOIN buffet_book b ON b.id = m.book_id
WHERE s.id = %s AND s.user_id = %s AND s.ended_at IS NULL AND s.expires_at > now()
"""


class BearerAuthentication(BaseAuthentication):
    """Read `Authorization: Bearer …` and the `X-Book` header."""

    def authenticate(self, request: Request) -> tuple[Caller, str] | None:
        """Return the caller; None when no bearer token was sent.

        :raises AuthenticationFailed: if the token is wrong, expired or its session has ended.
        """
        kind, _, token = get_authorization_header(request).partition(b" ")
        if kind.lower() != b"bearer":
            return None
        try:
            user_id, session_id, end = _verified(token.strip())
        except (TokenError, KeyError, ValueError) as error:
            raise AuthenticationFailed("The token is not valid.", "token_invalid") from error
        if end <= time.time():
            raise AuthenticationFailed("The token has expired.", "token_expired")
        with connection.cursor() as cursor:
            cursor.execute(_CALLER, (chosen_book(request), session_id, user_id))
            row = cursor.fetchone()
        if row is None:
            raise AuthenticationFailed("The session has ended.", "session_ended")
        email, name, is_staff, default_book_id, role, *book = row
        seat = Seat(Book.from_db("default", BOOK_COLUMNS, book), role) if role else None
        caller = Caller(user_id, email, name, is_staff, default_book_id, session_id, seat)
        return caller, session_id

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme, so that DRF answers 401 and not 403."""
        return 'Bearer realm="api"'


BOOK_COLUMNS = ("id", "name", "base_currency", "time_zone", "version")
_NOBODYS_BOOK = UUID(int=0)


def chosen_book(request: Request) -> UUID | None:
    """Return the book of the `X-Book` header; one that nobody has for a malformed header."""
    sent = request.headers.get("X-Book")
    if sent is None:
        return None
    try:
        return UUID(sent)
    except ValueError:
        return _NOBODYS_BOOK
