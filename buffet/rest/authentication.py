"""Who calls: a bearer token, looked up with its session, user, seat and book in one query."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken

from buffet import limits
from buffet.audit import Actor
from buffet.days import day_in
from buffet.keys import START, digest
from buffet.models import SHARED_VERSION, Book, Scope
from buffet.rest.problems import SCHEME
from buffet.seats import BOOK_COLUMNS


class Seat:
    """The caller's place in the book that the request is about."""

    def __init__(self, role: str, book: Sequence[Any], shared: int) -> None:
        self.role, self.book_id, self._book, self.shared = role, book[0], book, shared
        #: Today in the book's time zone: one day for all of a request, however long it takes.
        self.today = day_in(book[3])

    @property
    def state(self) -> tuple[Any, ...]:
        """What answers about the book follow from: all of it, what all books share, the day."""
        return (*self._book, self.shared, self.today)

    @property
    def version(self) -> int:
        """The book's version."""
        return self._book[4]

    @cached_property
    def book(self) -> Book:
        """The book, made when it is asked for; its id alone is asked more often."""
        return Book.from_db("default", BOOK_COLUMNS, self._book)

    @property
    def may_write(self) -> bool:
        """Whether the role allows changes."""
        return self.role in ("owner", "editor")


# Not frozen: that costs a request as much as all else that is read of its caller.
@dataclass(slots=True, eq=False)
class Caller:
    """A signed-in person, and their seat in the chosen book if they have one."""

    id: UUID
    email: str
    name: str
    is_staff: bool
    default_book_id: UUID | None
    session_id: UUID | None
    seat: Seat | None
    #: Whether they may change anything; a token may have been given for reading alone.
    may_write: bool = True
    is_authenticated = True
    is_active = True

    def actor(self, request_id: str) -> Actor:
        """Return the caller as the history will name them."""
        return Actor(self.id, "api", request_id, self.email)


@lru_cache(maxsize=4096)
def _verified(token: str) -> tuple[UUID, UUID, float, str]:
    """Return user, session, end and the session's text of an access token whose signature holds."""
    verified = AccessToken(token.encode())  # type: ignore[arg-type]  # it takes the text
    session = UUID(verified["sid"])
    return UUID(verified["user_id"]), session, float(verified["exp"]), str(session)


_COLUMNS = f"""
    u.email, u.name, u.is_staff, u.default_book_id, m.role,
    b.id, b.name, b.base_currency, b.time_zone, b.version, b.month_start_day,
    {SHARED_VERSION}, rate.count, rate.seconds
"""
_SEAT = """
LEFT JOIN rate ON true
LEFT JOIN buffet_membership m ON m.user_id = u.id
    AND m.book_id = coalesce(%(book)s::uuid, u.default_book_id)
    AND (m.expires_at IS NULL OR m.expires_at > now())
LEFT JOIN buffet_book b ON b.id = m.book_id
"""
_BY = {
    "session": f"""
SELECT {_COLUMNS}
FROM buffet_session s
JOIN buffet_user u ON u.id = s.user_id AND u.is_active
{_SEAT}
WHERE s.id = %(session)s AND s.user_id = %(user)s AND s.ended_at IS NULL AND s.expires_at > now()
""",
    "token": f"""
SELECT {_COLUMNS}, p.id, p.scope, p.used_at IS NULL OR p.used_at < now() - interval '1 hour', u.id
FROM buffet_personaltoken p
JOIN buffet_user u ON u.id = p.user_id AND u.is_active
{_SEAT}
WHERE p.digest = %(digest)s AND p.revoked_at IS NULL
    AND (p.expires_at IS NULL OR p.expires_at > now())
""",
}
#: The query of who calls, by the kind of token and whether the request is counted.
QUERIES = {
    (kind, counted): f"WITH rate AS ({limits.SPEND if counted else limits.LOOK}) {query}"
    for kind, query in _BY.items()
    for counted in (False, True)
}
#: What the columns of their answers are, in order.
TYPES = (
    *(str, str, bool, UUID, str, UUID, str, str, str, int, int, int, int, int),
    *(UUID, str, bool, UUID),
)
#: How many of them every answer has; that about a personal token has more.
SHARED = 14


class Question(NamedTuple):
    """Who calls? Asked with one of `QUERIES` and its parameters, within a limit."""

    query: tuple[str, bool]
    parameters: dict[str, Any]
    limit: limits.Limit

    def answer(self, row: Sequence[Any]) -> tuple[Caller, limits.Rate | None]:
        """Return who calls, and how much of their limit is used.

        :raises TooManyRequests: if the token was sent too often.
        """
        email, name, is_staff, default_book_id, role, *book, shared, used, seconds = row[:SHARED]
        limit = self.limit
        rate = limits.Rate(limit, used or 0, seconds or limit.period) if limit.most else None
        if rate is not None:
            limits.refuse_beyond(rate)
        known = self.parameters
        if len(row) > SHARED:
            _, scope, _, user_id = row[SHARED:]
            session_id, may_write = None, scope == Scope.WRITE
        else:
            user_id, session_id, may_write = known["user"], known["session"], True
        seat = Seat(role, book, shared or 0) if role else None
        caller = Caller(
            user_id, email, name, is_staff, default_book_id, session_id, seat, may_write
        )
        return caller, rate


def question(sent: Mapping[str, Any]) -> Question | None:
    """Return how to ask who sent a request, from its environment; None if no token came with it.

    :raises AuthenticationFailed: if the token is wrong or has expired.
    """
    kind, _, token = sent.get("HTTP_AUTHORIZATION", "").partition(" ")
    if kind.lower() != "bearer":
        return None
    token = token.strip()
    known: dict[str, Any] = {"book": chosen_book(sent.get("HTTP_X_BOOK"))}
    if token.startswith(START):
        by, whose = "token", digest(token)
        known["digest"] = whose
    else:
        try:
            known["user"], known["session"], end, whose = _verified(token)
        except (TokenError, KeyError, ValueError) as error:
            raise AuthenticationFailed("The token is not valid.", "token_invalid") from error
        if end <= time.time():
            raise AuthenticationFailed("The token has expired.", "token_expired")
        by = "session"
    limit = limits.of_tokens()
    is_read = sent["REQUEST_METHOD"] in SAFE_METHODS
    times = limits.times(limit, is_read=is_read) if limit.most else 0
    known |= {"name": f"{limit.what} {whose[:50]}", "period": limit.period, "times": times}
    return Question((by, times > 0), known, limit)


class BearerAuthentication(BaseAuthentication):
    """Read `Authorization: Bearer …` and the `X-Book` header."""

    def authenticate(self, request: Request) -> tuple[Caller, UUID | None] | None:
        """Return the caller and their session; None when no bearer token was sent.

        :raises AuthenticationFailed: if the token is wrong, expired or its session has ended.
        """
        caller = caller_of(request._request)
        return (caller, caller.session_id) if caller else None

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme, so that DRF answers 401 and not 403."""
        return SCHEME


#: Where the gate leaves the caller whom it has found, in the request's environment.
FOUND = "buffet.found"


def caller_of(request: limits.CountedRequest) -> Caller | None:
    """Return who calls, by one query; None when no bearer token was sent.

    The query also counts the request, and `request.rate` tells how much of its limit is used.

    :raises AuthenticationFailed: if the token is wrong, expired or its session has ended.
    :raises TooManyRequests: if the token was sent too often.
    """
    # From the environment: the request's headers are a dictionary made anew from it.
    sent = request.META
    if FOUND in sent:
        caller, request.rate = sent[FOUND]
        return caller
    asked = question(sent)
    if asked is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(QUERIES[asked.query], asked.parameters)
        row = cursor.fetchone()
    if row is None:
        if "session" in asked.parameters:
            raise AuthenticationFailed("The session has ended.", "session_ended")
        raise AuthenticationFailed("The token is not valid.", "token_invalid")
    if is_to_be_kept(row):
        _used(row[SHARED])
    try:
        caller, request.rate = asked.answer(row)
    except limits.TooManyRequests as refusal:
        request.rate = refusal.rate
        raise
    return caller


def is_to_be_kept(row: Sequence[Any]) -> bool:
    """Whether the answer is about a personal token whose use is to be kept."""
    return len(row) > SHARED and row[SHARED + 2]


def _used(token_id: UUID) -> None:
    """Keep that a token is in use: by the hour, since a write costs more than most readings."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE buffet_personaltoken SET used_at = now() WHERE id = %s", (token_id,))


_NOBODYS_BOOK = UUID(int=0)


def chosen_book(sent: str | None) -> UUID | None:
    """Return the book of the `X-Book` header; one that nobody has for a malformed header."""
    if sent is None:
        return None
    try:
        return UUID(sent)
    except ValueError:
        return _NOBODYS_BOOK
